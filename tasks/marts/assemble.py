"""From the tables of units to the tables people query, one month at a time, in DuckDB.

A unit's rows are read where they lie; what does not fit into memory spills into the staging folder.  An article that
came in with several units is taken from the earliest of them, so that the answer does not depend on their order.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.contract import Contract
from tasks.contracts import ACTORS, ARTICLES, GROUPED, MARTS, TABLES
from tasks.errors import ContractError
from tasks.marts.derive import DERIVED
from tasks.marts.months import NO_MONTH, ByMonth, month_number, read_months
from tasks.receipts import Receipt
from tasks.store import Lake

MEMORY = "2GB"
"""Memory of DuckDB, however many articles a month has; what needs more is spilled."""
_UNDATED = "undated"
_FROM_UNITS = ("texts", "mentions", "mention_spans", "quotes", "places")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the marts are built from: per unit the receipts of cleaning and of enrichment."""

    cleaned: Mapping[str, Receipt]
    enriched: Mapping[str, Receipt]
    merged: Mapping[str, str] = field(default_factory=dict)
    """Per unit what its actors' ids become, as text; units of which nothing changes are left out."""

    @property
    def units(self) -> list[str]:
        """Units that went through both stages, sorted."""
        return sorted(self.cleaned.keys() & self.enriched.keys())


def committed_sources(lake: Lake) -> Sources:
    """Everything committed so far."""
    return Sources(
        {receipt.unit_id: receipt for receipt in lake.receipts("clean")},
        {receipt.unit_id: receipt for receipt in lake.receipts("enrich")},
        _merged_by_unit(lake),
    )


def _merged_by_unit(lake: Lake) -> dict[str, str]:
    """Per unit the ids that become another's, with what they become."""
    found: dict[str, str] = {}
    path = lake.table_path("merged", "all")
    for row in pq.read_table(path).to_pylist() if path.is_file() else ():
        for unit in row["units"]:
            found[unit] = f"{found.get(unit, '')} {row['actor_id']}>{row['merged_into']}"
    return found


def read_merged(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Make the temporary table ``merged``: ids of unknown persons that are another spelling of somebody's name."""
    connection.execute("create or replace temp table merged (actor_id varchar, merged_into varchar)")
    path = lake.table_path("merged", "all")
    if path.is_file():
        connection.execute(
            "insert into merged select actor_id, merged_into from read_parquet($path)", {"path": str(path)}
        )


@contextmanager
def open_workspace(
    lake: Lake, grouped: pa.Table | Sequence[Path], memory: str = MEMORY
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that spills below the lake and knows the *grouped* table or its files,
    and which actors were merged; closed on leaving.
    """
    spill = lake.root / "staging" / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=spill) as own, duckdb.connect(":memory:") as connection:
        connection.execute(f"set memory_limit = '{memory}'")
        connection.execute("set temp_directory = $folder", {"folder": own})
        connection.execute("set enable_progress_bar = false")  # the terminal is the command's
        connection.execute("set preserve_insertion_order = false")  # every table says what its order is
        read_merged(connection, lake)
        if isinstance(grouped, pa.Table):
            connection.register("grouped", GROUPED.check(grouped))
        else:
            view_files(connection, "grouped", GROUPED, grouped)
        yield connection


def view_files(
    connection: duckdb.DuckDBPyConnection, name: str, contract: Contract, files: Sequence[Path]
) -> None:
    """Make the view *name* over Parquet files of a table.  Raises ContractError when one is missing or of another form."""
    for file in files:
        try:
            contract.check(pq.read_schema(file).empty_table())
        except (OSError, pa.ArrowInvalid) as error:
            raise ContractError(
                f"{file}: cannot be read ({error}); run the same command again to make it anew"
            ) from error
    if files:
        connection.read_parquet([str(file) for file in files], hive_partitioning=False).create_view(name)
    else:
        connection.register(name, contract.empty())


def index_articles(connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str]) -> None:
    """Make the temporary table ``chosen``: for each article the unit it is taken from, and its month."""
    connection.execute(
        f"""
        create or replace temp table chosen as
        select article_id, unit_id, published_on, coalesce(strftime(published_on, '%Y-%m'), '{NO_MONTH}') as month
        from read_parquet($files)
        qualify row_number() over (partition by article_id order by published_on nulls last, captured_at nulls last, unit_id) = 1
        """,
        {"files": _paths(lake, "cleaned", units)},
    )


def export_months(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    """Write ``chosen`` below the staging folder, a folder per month, so that months can be built apart from each other."""
    forget_months(lake)
    target = str(_chosen(lake)).replace("'", "''")
    connection.execute(
        f"""
        copy (select *, if(month = '{NO_MONTH}', '{_UNDATED}', month) as part from chosen)
        to '{target}' (format parquet, partition_by (part))
        """
    )


def import_month(connection: duckdb.DuckDBPyConnection, lake: Lake, month: str) -> None:
    """Make ``chosen`` of one month, as it was exported."""
    folder = _chosen(lake) / f"part={_UNDATED if month == NO_MONTH else month}"
    files = sorted(str(path) for path in folder.glob("*.parquet"))
    connection.read_parquet(files, hive_partitioning=False).create_view("chosen")


def forget_months(lake: Lake) -> None:
    """Remove what was exported."""
    shutil.rmtree(_chosen(lake), ignore_errors=True)


def _chosen(lake: Lake) -> Path:
    return lake.root / "staging" / "chosen"


class Inputs(NamedTuple):
    """What a month's files are made of, as a digest (hexadecimal), and how many articles it has."""

    digest: str
    articles: int


def month_inputs(connection: duckdb.DuckDBPyConnection, sources: Sources) -> dict[str, Inputs]:
    """Months that have articles, each with everything its files are made of."""
    rows = connection.execute(
        """
        select month, list(distinct unit_id order by unit_id), count(*),
               bit_xor(hash(article_id, unit_id)), bit_xor(hash(grouped))
        from chosen left join grouped using (article_id)
        group by month order by month
        """
    ).fetchall()
    return {
        month: Inputs(_digest(count, articles, groups, *(_made_by(sources, unit) for unit in units)), count)
        for month, units, count, articles, groups in rows
    }


def build_months(
    connection: duckdb.DuckDBPyConnection, lake: Lake, months: Sequence[str]
) -> dict[str, ByMonth]:
    """The tables of some months, by name.

    The articles stay on *connection* as ``month_articles``, the other tables from units can be read there as ``month_texts``
    and so on; what comes of one month alone occupies the connection until it is read to its end.
    """
    units = [
        row[0]
        for row in connection.execute(
            f"select distinct unit_id from chosen where month in ({_quoted(months)}) order by 1"
        ).fetchall()
    ]
    _gather_articles(connection, lake, units, months)
    for name in _FROM_UNITS:
        _view_rows(connection, lake, name, units)
    found = {name: (f"month_{name}", "part") for name in _FROM_UNITS}
    found |= {"articles": ("month_articles", "number >> 32"), **DERIVED}
    return {
        name: partial(read_months, connection, name, rows, part, months)
        for name, (rows, part) in found.items()
    }


def build_actors(connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str]) -> pa.Table:
    """Every actor that any unit mentions, once."""
    files = _paths(lake, "actors", units)
    if not files:
        return ACTORS.empty()
    query = """
        with once as (
            select distinct on (actor_id) * from read_parquet($files) order by actor_id, len(aliases) desc, name
        ),
        spellings as (
            select merged_into as actor_id, list(name) as names from once join merged using (actor_id) group by all
        )
        select once.* replace (list_sort(list_distinct(list_concat(aliases, coalesce(names, [])))) as aliases)
        from once left join spellings using (actor_id) anti join merged using (actor_id) order by actor_id
    """
    return ACTORS.check(connection.sql(query, params={"files": files}).to_arrow_table())


def _gather_articles(
    connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str], months: Sequence[str]
) -> None:
    """Make the temporary table ``month_articles``."""
    columns = ", ".join(map(_article_column, ARTICLES.schema.names))
    first = " ".join(f"when '{month}' then {month_number(month)}" for month in months)
    apart = (
        "partition by month " if len(months) > 1 else ""
    )  # costs half as much again where nothing is to be parted
    connection.execute(
        f"""
        create or replace temp table month_articles as
        with numbered as (
            select article_id, unit_id,
                   case month {first} end + row_number() over ({apart}order by published_on, article_id) - 1 as number
            from chosen where month in ({_quoted(months)})
        )
        select {columns}
        from read_parquet($cleaned) as c
        join numbered using (article_id, unit_id)
        join (select *, parse_filename(filename, true) as unit_id from read_parquet($enriched, filename = true)) as e
          using (article_id, unit_id)
        left join grouped as g using (article_id)
        """,
        {"cleaned": _paths(lake, "cleaned", units), "enriched": _paths(lake, "enriched", units)},
    )


def _quoted(months: Sequence[str]) -> str:
    return ", ".join(f"'{month}'" for month in months)


def _article_column(name: str) -> str:
    """One column of ``articles``: an article that duplicate search has not seen yet is its own group."""
    if name == "group_id":
        return "coalesce(g.group_id, c.article_id) as group_id"
    if name == "is_canonical":
        return "coalesce(g.is_canonical, true) as is_canonical"
    if name == "number":
        return "numbered.number"
    if name in GROUPED.schema.names[3:]:
        return f"g.{name}"
    return f"e.{name}" if name in TABLES["enriched"].schema.names[1:] else f"c.{name}"


def _view_rows(connection: duckdb.DuckDBPyConnection, lake: Lake, name: str, units: Sequence[str]) -> None:
    """Make the view ``month_<name>`` of the rows that belong to the articles of ``month_articles``."""
    columns = ", ".join(_unit_column(name, column) for column in MARTS[name].schema.names)
    connection.read_parquet(_paths(lake, name, units), filename=True).create_view(
        f"unit_{name}", replace=True
    )
    connection.execute(
        f"""
        create or replace temp view month_{name} as
        select {columns}, a.number >> 32 as part
        from (select *, parse_filename(filename, true) as unit_id from unit_{name}) as t
        join month_articles as a using (article_id, unit_id)
        """
    )


def _unit_column(table: str, name: str) -> str:
    """One column of a table beside ``articles``; a mention says some things of its article, so that counting needs no join."""
    if name in ("actor_id", "speaker_id"):
        return (
            f"coalesce((select merged_into from merged where merged.actor_id = t.{name}), t.{name}) as {name}"
        )
    if table == "mentions" and name == "group_id":
        return "nullif(a.group_id, t.article_id) as group_id"
    return f"a.{name}" if table == "mentions" and name in ("language", "is_canonical") else f"t.{name}"


def _paths(lake: Lake, table: str, units: Sequence[str]) -> list[str]:
    return [str(lake.table_path(table, unit)) for unit in units]


def _made_by(sources: Sources, unit: str) -> str:
    return (
        f"{unit} {sources.cleaned[unit].digest} {sources.enriched[unit].digest}{sources.merged.get(unit, '')}"
    )


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
