"""From the tables of units to the tables people query, one month at a time, in DuckDB.

A unit's rows are read where they lie; what does not fit into memory spills into the staging folder.  An article that
came in with several units is taken from the earliest of them, so that the answer does not depend on their order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from tasks.contracts import ACTORS, ARTICLES, GROUPED, MARTS, TABLES
from tasks.receipts import Receipt
from tasks.store import Lake

NO_MONTH = "__HIVE_DEFAULT_PARTITION__"
"""Partition of rows without a date: Hive's own name for null, which DuckDB, pyarrow and Spark read as such."""

_FROM_UNITS = ("texts", "mentions", "mention_spans", "quotes", "places")
MONTHLY = ("articles", *_FROM_UNITS)
"""Tables built from units, one file per month, all of one build with those derived from them."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the marts are built from: per unit the receipts of cleaning and of enrichment."""

    cleaned: Mapping[str, Receipt]
    enriched: Mapping[str, Receipt]

    @property
    def units(self) -> list[str]:
        """Units that went through both stages, sorted."""
        return sorted(self.cleaned.keys() & self.enriched.keys())


def committed_sources(lake: Lake) -> Sources:
    """Everything committed so far."""
    return Sources(
        {receipt.unit_id: receipt for receipt in lake.receipts("clean")},
        {receipt.unit_id: receipt for receipt in lake.receipts("enrich")},
    )


@contextmanager
def open_workspace(lake: Lake, grouped: pa.Table, memory: str = "2GB") -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that spills below the lake and knows the *grouped* table; closed on leaving."""
    spill = lake.root / "staging" / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"set memory_limit = '{memory}'")
        connection.execute("set temp_directory = $folder", {"folder": str(spill)})
        connection.register("grouped_arrow", GROUPED.check(grouped))
        connection.execute("create temp table grouped as select * from grouped_arrow")
        yield connection


def index_articles(connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str]) -> None:
    """Make the temporary table ``chosen``: for each article the unit it is taken from, and its month."""
    connection.execute(
        f"""
        create or replace temp table chosen as
        select article_id, unit_id, coalesce(strftime(published_on, '%Y-%m'), '{NO_MONTH}') as month
        from read_parquet($files)
        qualify row_number() over (partition by article_id order by published_on nulls last, captured_at nulls last, unit_id) = 1
        """,
        {"files": _paths(lake, "cleaned", units)},
    )


def month_inputs(connection: duckdb.DuckDBPyConnection, sources: Sources) -> dict[str, str]:
    """Months that have articles, each with a digest (hexadecimal) of everything its files are made of."""
    rows = connection.execute(
        """
        select month, list(distinct unit_id order by unit_id), count(*),
               bit_xor(hash(article_id, unit_id)), bit_xor(hash(grouped))
        from chosen left join grouped using (article_id)
        group by month order by month
        """
    ).fetchall()
    return {
        month: _digest(count, articles, groups, *(_made_by(sources, unit) for unit in units))
        for month, units, count, articles, groups in rows
    }


def build_month(
    connection: duckdb.DuckDBPyConnection, lake: Lake, sources: Sources, month: str
) -> dict[str, pa.Table]:
    """The tables of one month that come from units, checked against their contracts, by name.

    Articles and texts stay registered on *connection* as ``month_articles`` and ``month_texts``.
    """
    units = [
        row[0]
        for row in connection.execute(
            "select distinct unit_id from chosen where month = $m order by 1", {"m": month}
        ).fetchall()
    ]
    tables = {"articles": ARTICLES.check(_articles(connection, lake, units, month))}
    connection.register("month_articles", tables["articles"])
    for name in _FROM_UNITS:
        tables[name] = TABLES[name].check(_from_units(connection, lake, name, units, month))
    connection.register("month_texts", tables["texts"])
    return tables


def build_actors(connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str]) -> pa.Table:
    """Every actor that any unit mentions, once."""
    files = _paths(lake, "actors", units)
    if not files:
        return ACTORS.empty()
    query = (
        "select distinct on (actor_id) * from read_parquet($files) order by actor_id, len(aliases) desc, name"
    )
    return ACTORS.check(connection.sql(query, params={"files": files}).to_arrow_table())


def _articles(
    connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str], month: str
) -> pa.Table:
    columns = ", ".join(_article_column(name, month) for name in ARTICLES.schema.names)
    return connection.sql(
        f"""
        select {columns}
        from read_parquet($cleaned) as c
        join chosen using (article_id, unit_id)
        join (select *, parse_filename(filename, true) as unit_id from read_parquet($enriched, filename = true)) as e
          using (article_id, unit_id)
        left join grouped as g using (article_id)
        where chosen.month = $month
        """,
        params={
            "cleaned": _paths(lake, "cleaned", units),
            "enriched": _paths(lake, "enriched", units),
            "month": month,
        },
    ).to_arrow_table()


def _article_column(name: str, month: str) -> str:
    """One column of ``articles``: an article that duplicate search has not seen yet is its own group."""
    if name == "group_id":
        return "coalesce(g.group_id, c.article_id) as group_id"
    if name == "is_canonical":
        return "coalesce(g.is_canonical, true) as is_canonical"
    if name == "number":
        return (
            f"{month_number(month)} + row_number() over (order by c.published_on, c.article_id) - 1 as number"
        )
    if name in GROUPED.schema.names[3:]:
        return f"g.{name}"
    return f"e.{name}" if name in TABLES["enriched"].schema.names[1:] else f"c.{name}"


def month_number(month: str) -> int:
    """The number of a month's first article: months since year 0 times 2^32; 0 for articles without a date."""
    return 0 if month == NO_MONTH else (int(month[:4]) * 12 + int(month[5:]) - 1) << 32


def _from_units(
    connection: duckdb.DuckDBPyConnection, lake: Lake, name: str, units: Sequence[str], month: str
) -> pa.Table:
    columns = ", ".join(_unit_column(name, column) for column in MARTS[name].schema.names)
    return connection.sql(
        f"""
        select {columns}
        from (select *, parse_filename(filename, true) as unit_id from read_parquet($files, filename = true)) as t
        join month_articles as a using (article_id, unit_id)
        """,
        params={"files": _paths(lake, name, units)},
    ).to_arrow_table()


def _unit_column(table: str, name: str) -> str:
    """One column of a table beside ``articles``; a mention says some things of its article, so that counting needs no join."""
    if table == "mentions" and name == "group_id":
        return "nullif(a.group_id, t.article_id) as group_id"
    return f"a.{name}" if table == "mentions" and name in ("language", "is_canonical") else f"t.{name}"


def _paths(lake: Lake, table: str, units: Sequence[str]) -> list[str]:
    return [str(lake.table_path(table, unit)) for unit in units]


def _made_by(sources: Sources, unit: str) -> str:
    return f"{unit} {sources.cleaned[unit].digest} {sources.enriched[unit].digest}"


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
