"""Opening a lake for questions: ``connect(lake)`` in Python, ``lake.duckdb`` for anything that speaks DuckDB."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import duckdb

from tasks.analyse.queries import Query, find_query, list_queries
from tasks.analyse.views import (
    comment_statements,
    escape_glob,
    query_statements,
    queryable,
    quote,
    view_statements,
)
from tasks.errors import ConfigError
from tasks.receipts import write_atomically

STORAGE_VERSION = "v1.0.0"
"""Storage version of ``lake.duckdb``: the oldest that holds views, macros and comments.  DuckDB 1.1 and later can query it
(1.0 opens the file, but has no ``getvariable``)."""
VIEWS_FILE = "lake.duckdb"
"""Name of the views file in the lake's folder."""


class LakeWarning(UserWarning):
    """The lake can be read, but not everything in it is as it should be."""


@dataclass(frozen=True, slots=True)
class MixedMonth:
    """A month whose tables come from more than one build: (table, build id) pairs."""

    month: str
    builds: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        """What happened and what to do."""
        builds = ", ".join(f"{table} {build}" for table, build in self.builds)
        return f"{self.month}: tables of different builds ({builds}); 'columninch refresh' finishes what was cut short"


class LakeReader:
    """A lake opened for questions.  Closing it, or leaving its ``with`` block, frees its files.

    Named queries are methods: ``reader.actor_trend(actor="Russia", bucket="month")``; each returns a DuckDB relation,
    which becomes ``.df()``, ``.pl()``, ``.to_arrow_table()`` or ``.fetchall()``.  ``reader.sql(…)`` asks in SQL.
    Each answer has a cursor of its own, so that several may be read at once.  No question changes the lake.
    """

    def __init__(self, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
        """Wrap *connection*, whose views are those of the lake at *root*; see :func:`connect`."""
        self.root = root
        self.connection = connection
        self.mixed_months = find_mixed_months(root, connection)
        self._made: set[str] = set()

    def sql(self, query: str, /, **values: object) -> duckdb.DuckDBPyRelation:
        """The rows of any SQL; ``$name`` in it stands for the value given as ``name``."""
        for named in list_queries():
            self._make(named)
        cursor = self.connection.cursor()
        return cursor.sql(query, params=values) if values else cursor.sql(query)

    def query(self, name: str, /, **parameters: object) -> duckdb.DuckDBPyRelation:
        """The rows of the named query.

        Raises ConfigError for an unknown query or actor, or a parameter that does not fit, and says what would.
        """
        found = find_query(name)
        bound = found.bind(parameters)
        if isinstance(bound.get("actor"), str):
            bound["actor"] = self.find_actor(str(bound["actor"]))
        if "baseline_days" in {p.name for p in found.parameters}:
            bound = {**self._recent_period(bound), **bound}
        self._make(found)
        cursor = self.connection.cursor()
        for statement, value in found.values(bound):
            cursor.execute(statement, value)
        return cursor.sql(found.call(bound))

    def _make(self, query: Query) -> None:
        """Create the query's macro when it is first wanted: all of them would take longer than opening the lake."""
        if query.name not in self._made:
            self.connection.cursor().execute(query.macro())
            self._made.add(query.name)

    def _recent_period(self, bound: Mapping[str, object]) -> dict[str, object]:
        """The default period of the ``rising_…`` queries as days: said in advance, the months outside are not read."""
        until = bound.get("until")
        if until is None:
            until = self._rows("SELECT max(v.published_on) + 1 FROM volumes AS v")[0][0]
        if not isinstance(until, date):
            return {}
        return {"start": until - min(timedelta(days=7), until - date.min), "until": until}

    def find_actor(self, wanted: str) -> str:
        """The id of the actor with that id, name or alias, whatever the case.

        Raises ConfigError when there is none, naming the nearest, or when several share the name, naming their ids.
        """
        rows = self._rows(_ACTORS, {"wanted": wanted})
        best = [row for row in rows if row[2] == rows[0][2]]
        if len(best) == 1:
            return str(best[0][0])
        if best:
            which = ", ".join(f"{actor_id} ({kind})" for actor_id, kind, _ in best)
            raise ConfigError(f"actor {wanted!r} could be {which}; give the id")
        if self._rows("SELECT 1 FROM mentions AS m WHERE m.actor_id = $wanted LIMIT 1", {"wanted": wanted}):
            return wanted
        names = {str(name).lower(): str(name) for (name,) in self._rows("SELECT a.name FROM actors AS a")}
        near = get_close_matches(wanted.lower(), names, 3)
        hint = (
            f"did you mean {' or '.join(names[n] for n in near)}?"
            if near
            else "'columninch query rising_actors' lists some"
        )
        raise ConfigError(f"no actor {wanted!r} in {self.root}; {hint}")

    def table(self, name: str) -> duckdb.DuckDBPyRelation:
        """All rows of a table.  Raises ConfigError when there is no such table."""
        if name not in queryable():
            raise ConfigError(f"no table {name!r}; there are {', '.join(queryable())}")
        return self.connection.cursor().table(name)

    def _rows(self, query: str, values: Mapping[str, object] | None = None) -> list[tuple[Any, ...]]:
        """All rows at once, which leaves nothing open on the connection."""
        return self.connection.cursor().execute(query, values).fetchall()

    def __getattr__(self, name: str) -> Callable[..., duckdb.DuckDBPyRelation]:
        """A named query as a method."""
        if name.startswith("_") or name not in {q.name for q in list_queries()}:
            raise AttributeError(f"no query {name!r}")
        return partial(self.query, name)

    def __dir__(self) -> Iterable[str]:
        """Attributes, named queries among them."""
        return [*super().__dir__(), *(q.name for q in list_queries())]

    def close(self) -> None:
        """Free the connection and its files."""
        self.connection.close()

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()


_ACTORS = """
WITH ranked AS (
  SELECT a.actor_id, a.kind, CASE
    WHEN lower(a.actor_id) = lower($wanted) THEN 1
    WHEN lower(a.name) = lower($wanted) THEN 2
    WHEN list_contains(string_split(lower(array_to_string(a.aliases, chr(10))), chr(10)), lower($wanted)) THEN 3 END AS how
  FROM actors AS a
)
SELECT r.actor_id, r.kind, r.how FROM ranked AS r WHERE r.how IS NOT NULL ORDER BY r.how, r.actor_id"""


def connect(lake: str | Path, threads: int | None = None) -> LakeReader:
    """Open the lake at *lake* for questions; works from any directory and alongside a running refresh.

    Warns with :class:`LakeWarning` about months whose tables come from different builds.  When the lake has moved,
    its ``lake.duckdb`` is written again, if it may be.  Raises ConfigError when there is no lake.  *threads* limits
    DuckDB's threads.
    """
    root = Path(lake).absolute()
    if not root.is_dir():
        raise ConfigError(
            f"--lake {lake}: there is no lake here; 'columninch backfill' or 'columninch demo' makes one"
        )
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    if threads:
        settings["threads"] = threads
    connection = duckdb.connect(config=settings)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    for statement in view_statements(root):
        connection.execute(statement)
    reader = LakeReader(root, connection)
    if has_moved(root):
        with suppress(OSError):
            write_views(root)
    for month in reader.mixed_months:
        warnings.warn(str(month), LakeWarning, stacklevel=2)
    return reader


def has_moved(root: Path) -> bool:
    """Whether ``lake.duckdb`` is there and looks for the files in another place than *root*."""
    try:
        return quote(escape_glob(str(root)))[1:-1].encode() not in (root / VIEWS_FILE).read_bytes()
    except OSError:
        return False


def find_mixed_months(root: Path, connection: duckdb.DuckDBPyConnection) -> tuple[MixedMonth, ...]:
    """Months whose files' footers carry more than one ``build_id``.

    Looks twice before it says so: between two looks a refresh has long renamed all tables of a month.
    """
    first = _mixed_builds(root, connection)
    second = _mixed_builds(root, connection) if first else {}
    return tuple(
        MixedMonth(month, tuple(sorted(first[month])))
        for month in sorted(first)
        if second.get(month) == first[month]
    )


def _mixed_builds(root: Path, connection: duckdb.DuckDBPyConnection) -> dict[str, set[tuple[str, str]]]:
    """(table, build id) pairs of each month that has more than one build id."""
    if not any(root.glob("marts/*/month=*/*.parquet")):
        return {}
    glob = quote(escape_glob(str(root)) + "/marts/*/month=*/*.parquet")
    rows = connection.execute(
        f"SELECT k.file_name, decode(k.value) FROM parquet_kv_metadata({glob}) AS k WHERE decode(k.key) = 'build_id'"
    ).fetchall()
    months: dict[str, set[tuple[str, str]]] = {}
    for name, build in rows:
        path = Path(name)
        months.setdefault(path.parent.name.removeprefix("month="), set()).add((path.stem, build))
    return {month: builds for month, builds in months.items() if len({build for _, build in builds}) > 1}


def write_views(lake: str | Path) -> Path:
    """Write ``lake.duckdb`` into the lake, replaced whole, and return its path.

    It holds no rows: a view per table, with comments, and a table macro per named query.  After the lake has moved,
    :func:`connect` writes it again; until then, ``SET VARIABLE lake = '/new/place'`` serves in the shell.
    """
    root = Path(lake).absolute()
    if not root.is_dir():
        raise ConfigError(
            f"--lake {lake}: there is no lake here; 'columninch backfill' or 'columninch demo' makes one"
        )
    with TemporaryDirectory() as folder:
        built = Path(folder) / VIEWS_FILE
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH {quote(str(built))} AS lake (STORAGE_VERSION '{STORAGE_VERSION}')")
            connection.execute("USE lake")
            connection.execute("BEGIN")  # 250 commits to a file cost more than what they commit
            for statement in chain(view_statements(root, True), query_statements(), comment_statements()):
                connection.execute(statement)
            connection.execute("COMMIT")
            connection.execute("USE memory")
            connection.execute("DETACH lake")
        write_atomically(root / VIEWS_FILE, built.read_bytes())
    return root / VIEWS_FILE
