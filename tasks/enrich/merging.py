"""Spellings of one unknown person over the whole corpus: read from the units' tables, decided by names and company.

The answer depends on the set of units alone, not on the order in which they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa

from tasks.contracts import Column, Contract
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.linking_merge import Seen, candidates, merge_unknown
from tasks.store import Lake, Work

VERSION = "1"
UNIT = "all"
"""The one unit of this stage: everything enriched."""

_UNKNOWN = "ci:person:"
MERGED = Contract(
    "merged",
    "ids of unknown persons that are another spelling of somebody's name",
    (
        Column("actor_id", pa.string(), "key: id that goes", True),
        Column("merged_into", pa.string(), "id that stays", True),
        Column("units", pa.list_(pa.string()), "units that mention the one that goes", True),
    ),
    key=("actor_id",),
    sort=("actor_id",),
    mart=False,
)


def merge_lake(lake: Lake) -> int:
    """Commit the table of merged ids for everything enriched so far; returns how many there are.

    The caller holds the lake's lock.  Nothing is read when no unit has changed.
    """
    receipts = lake.receipts("enrich")
    digests = "\n".join(f"{receipt.unit_id} {receipt.digest}" for receipt in receipts)
    inputs = hashlib.sha256(digests.encode()).hexdigest()
    units = [receipt.unit_id for receipt in receipts]
    receipt, _ = lake.commit("merge", UNIT, inputs, VERSION, "", lambda _: _merge(lake, units))
    return receipt.file("merged").rows


def _merge(lake: Lake, units: Sequence[str]) -> Work:
    """Find the merged ids of *units*."""
    rows: list[dict[str, object]] = []
    count = 0
    if units:
        with duckdb.connect(":memory:") as connection:
            connection.execute("set memory_limit = '1GB'")
            for name in ("mentions", "actors"):
                paths = [str(lake.table_path(name, unit)) for unit in units]
                connection.read_parquet(paths, filename=True).create_view(name)
            found = _unknown(connection)
            count = len(found)
            merged = merge_unknown(_with_company(connection, found))
            rows = [
                {"actor_id": i, "merged_into": merged[i], "units": units_of}
                for i, units_of in _units_of(connection, sorted(merged))
            ]
    return Work({"merged": MERGED.table(rows)}, count, count, contracts={"merged": MERGED})


def _unknown(connection: duckdb.DuckDBPyConnection) -> dict[str, Seen]:
    """Return unknown persons with name as most units have it and number of articles; those in the gazetteer are known."""
    known = load_gazetteer().rows
    rows = connection.execute(
        """
        with written as (
            select actor_id, name from actors where starts_with(actor_id, $prefix)
            group by actor_id, name qualify row_number() over (partition by actor_id order by count(*) desc, name) = 1
        )
        select actor_id, name, count(distinct article_id) from mentions join written using (actor_id) group by all
        """,
        {"prefix": _UNKNOWN},
    ).fetchall()
    return {i: Seen(name, articles, frozenset()) for i, name, articles in rows if i not in known}


def _with_company(connection: duckdb.DuckDBPyConnection, found: Mapping[str, Seen]) -> dict[str, Seen]:
    """Return those whose name sounds like another's, with the ids of all actors that any of their articles names."""
    alike = candidates(found)
    _keep(connection, alike)
    rows = connection.execute(
        """
        select one.actor_id, list(distinct other.actor_id)
        from wanted join mentions as one using (actor_id) join mentions as other using (article_id)
        where other.actor_id <> one.actor_id group by 1
        """
    ).fetchall()
    company = {actor_id: frozenset(others) for actor_id, others in rows}
    return {i: Seen(found[i].name, found[i].articles, company.get(i, frozenset())) for i in alike}


def _units_of(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each id with the units that mention it, both sorted."""
    _keep(connection, ids)
    yield from connection.execute(
        """
        select actor_id, list_sort(list(distinct parse_filename(filename, true)))
        from wanted join mentions using (actor_id) group by 1 order by 1
        """
    ).fetchall()


def _keep(connection: duckdb.DuckDBPyConnection, ids: Sequence[str]) -> None:
    """Make the table ``wanted`` of ids."""
    connection.register("ids", pa.table({"actor_id": pa.array(ids, pa.string())}))
    connection.execute("create or replace temp table wanted as select actor_id from ids")
    connection.unregister("ids")
