"""The SQL that makes a lake queryable: one view per table, with comments, and the macros of the named queries."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.analyse.queries import base_statements, list_queries
from tasks.contracts import MARTS, TABLES, Contract
from tasks.errors import ContractError
from tasks.reference import data_file

UNIT_TABLES = ("rejects", "captures", "sites")
"""Unit tables that people look into as well."""
LAKE_VARIABLE = "lake"
"""DuckDB variable that tells a moved ``lake.duckdb`` where the lake is now: ``SET VARIABLE lake = '/new/place'``."""
_SCALARS: Mapping[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMPTZ",
}
_POSTINGS = r"""
SELECT left(w.word, 64) AS term, w.number, CAST(least(count(*), 32767) AS SMALLINT) AS count
FROM (
  SELECT a.number, unnest(regexp_split_to_array(lower(concat_ws(' ', a.title, t.text)), '[^\p{L}\p{N}]+')) AS word
  FROM articles AS a
  INNER JOIN texts AS t ON t.article_id = a.article_id
  WHERE a.enrich_version IS NOT NULL
) AS w
WHERE w.word <> ''
GROUP BY left(w.word, 64), w.number"""
_VOLUMES = """
SELECT v.published_on, v.source, v.language, CAST(1 AS INTEGER) AS article_count, CAST(v.is_canonical AS INTEGER) AS canonical_count
FROM articles AS v
WHERE v.enrich_version IS NOT NULL AND v.published_on IS NOT NULL"""
_ACTOR_VOLUMES = """
SELECT
  v.actor_id,
  v.published_on,
  CAST(count(*) AS INTEGER) AS article_count,
  CAST(count(*) FILTER (WHERE v.is_canonical) AS INTEGER) AS canonical_count
FROM mentions AS v
WHERE v.published_on IS NOT NULL
GROUP BY v.actor_id, v.published_on"""
_COVERAGE = """
WITH
  daily AS (
    SELECT a.published_on AS day, a.source, count(*) AS kept, count(a.enrich_version) AS enriched
    FROM articles AS a
    WHERE a.published_on IS NOT NULL
    GROUP BY a.published_on, a.source
  ),
  calendar AS (
    SELECT d.source, CAST(unnest(generate_series(min(d.day), (SELECT max(x.day) FROM daily AS x), INTERVAL 1 DAY)) AS DATE) AS day
    FROM daily AS d
    GROUP BY d.source
  ),
  filled AS (
    SELECT c.day, c.source, coalesce(d.kept, 0) AS kept, coalesce(d.enriched, 0) AS enriched
    FROM calendar AS c
    LEFT JOIN daily AS d ON d.day = c.day AND d.source = c.source
  ),
  usual AS (
    SELECT f.day, f.source, f.kept, f.enriched, CASE WHEN count(o.day) >= 3 THEN median(o.kept) END AS expected
    FROM filled AS f
    LEFT JOIN filled AS o
      ON o.source = f.source AND o.day <> f.day AND abs(o.day - f.day) <= 56 AND (o.day - f.day) % 7 = 0
    GROUP BY f.day, f.source, f.kept, f.enriched
  ),
  tested AS (
    SELECT
      u.*,
      CASE
        WHEN u.expected IS NULL OR u.expected = 0 THEN 'unknown'
        WHEN u.kept >= 0.5 * u.expected THEN 'ok'
        WHEN u.kept - u.expected + u.kept * ln(u.expected / greatest(u.kept, 1)) < -9.2 THEN 'gap'
        ELSE 'low'
      END AS status
    FROM usual AS u
  )
SELECT
  t.day,
  t.source,
  CAST(0 AS INTEGER) AS listed,
  CAST(t.kept AS INTEGER) AS fetched,
  CAST(t.kept AS INTEGER) AS extracted,
  CAST(t.kept AS INTEGER) AS kept,
  CAST(t.enriched AS INTEGER) AS enriched,
  CAST(t.expected AS FLOAT) AS expected,
  t.status,
  t.status = 'gap' AS is_gap
FROM tested AS t"""
"""Median of the same weekday in the eight weeks around, as in ``statistics``; Chernoff's bound of a Poisson tail, under 1 in 10,000."""
_MENTIONS = """
SELECT m.* REPLACE (a.language AS language, a.is_canonical AS is_canonical, a.group_id AS group_id)
FROM ({mentions}) AS m
LEFT JOIN articles AS a ON a.article_id = m.article_id AND a.published_on = m.published_on"""
_COMPUTED: Mapping[str, str] = {
    "coverage": _COVERAGE,
    "volumes": _VOLUMES,
    "actor_volumes": _ACTOR_VOLUMES,
    "postings": _POSTINGS,
}
"""How the tables that the marts have for speed alone are made where a lake, written by others, lacks them."""
_FILLED: Mapping[str, str] = {"mentions": "is_canonical", "articles": "number"}
"""Columns that a lake written by others may have left empty."""
_ABSENT: Mapping[tuple[str, str], str] = {("articles", "number"): 'f."article_id"'}
"""What stands for a column that the files do not have, where it is not null."""


def sql_type(kind: pa.DataType) -> str:
    """DuckDB's name of an Arrow type.  Raises ContractError for one that no contract uses."""
    if kind in _SCALARS:
        return _SCALARS[kind]
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT(" + ", ".join(f'"{f.name}" {sql_type(f.type)}' for f in kind) + ")"
    raise ContractError(f"no SQL type for {kind}")


def quote(text: str) -> str:
    """*text* as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def escape_glob(path: str) -> str:
    """A path in which no character is a wildcard."""
    return re.sub(r"([\[*?])", r"[\1]", path)


def table_glob(contract: Contract) -> str:
    """Where the files of a table are, below the lake's root."""
    name = contract.name
    if not contract.mart:
        return f"units/{name}/*.parquet"
    return (
        f"marts/{name}/month=*/{name}.parquet"
        if contract.partition == "month"
        else f"marts/{name}/{name}.parquet"
    )


def queryable() -> dict[str, Contract]:
    """The tables that get a view, by name; ``articles`` before what is built upon it."""
    return {**MARTS, **{name: TABLES[name] for name in UNIT_TABLES}}


def _file_columns(lake: Path, contract: Contract) -> set[str] | None:
    """Columns of the table's newest file by name, or None when it has no file; columns of ``_FILLED`` only where they are filled."""
    files = sorted(lake.glob(table_glob(contract)))
    if not files:
        return None
    footers = (pq.read_metadata(file) for file in reversed(files))
    footer = next((f for f in footers if f.num_rows), None)
    names = set(pq.read_schema(files[-1]).names)
    return names - _unfilled(footer, _FILLED.get(contract.name, "")) if footer else names


def _unfilled(footer: pq.FileMetaData, name: str) -> set[str]:
    """The column *name* of a file, if it has no value at all there."""
    chunks = [
        chunk
        for group in range(footer.num_row_groups)
        for chunk in (footer.row_group(group).column(n) for n in range(footer.num_columns))
        if chunk.path_in_schema == name
    ]
    is_empty = all(c.statistics is not None and c.statistics.null_count == c.num_values for c in chunks)
    return {name} if is_empty else set()


def _files_sql(lake: Path, contract: Contract, is_portable: bool) -> str:
    """``read_parquet(…)`` of the table's files; portable: the variable ``lake`` may say where they are now."""
    below = f"/{table_glob(contract)}"
    root = escape_glob(str(lake))
    place = (
        f"coalesce(getvariable('{LAKE_VARIABLE}'), {quote(root)}) || {quote(below)}"
        if is_portable
        else quote(root + below)
    )
    return f"read_parquet({place}, hive_partitioning = FALSE)"


def _table_select(lake: Path, contract: Contract, present: Collection[str] | None, is_portable: bool) -> str:
    """The SELECT of a table's view: its columns in order, typed; a table without files has no rows."""
    if present is None:
        typed = ", ".join(f'CAST(NULL AS {sql_type(c.type)}) AS "{c.name}"' for c in contract.columns)
        return f"SELECT {typed} WHERE FALSE"
    columns = ", ".join(_column_sql(contract, c.name, sql_type(c.type), present) for c in contract.columns)
    return f"SELECT {columns} FROM {_files_sql(lake, contract, is_portable)} AS f"


def _column_sql(contract: Contract, name: str, kind: str, present: Collection[str]) -> str:
    """One column of a view, also where the files are of another age than the contract."""
    if (contract.name, name) == ("mentions", "group_id") and name in present:
        return 'coalesce(f."group_id", f."article_id") AS "group_id"'
    if name in present:
        return f'f."{name}"'
    return f'{_ABSENT.get((contract.name, name), f"CAST(NULL AS {kind})")} AS "{name}"'


def topics_select() -> str:
    """The SELECT of the ``topics`` view, from the shipped names: topic_code, name, broader_code (null at level 1)."""
    with data_file("reference", "topics_names.tsv").open(encoding="utf-8", newline="") as file:
        rows = [
            (r["code"], r["name"], r["parent"])
            for r in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    values = ", ".join(
        f"({quote(code)}, {quote(name)}, nullif({quote(broader)}, ''))" for code, name, broader in rows
    )
    return f"SELECT t.topic_code, t.name, t.broader_code FROM (VALUES {values}) AS t(topic_code, name, broader_code)"


def view_statements(lake: Path, is_portable: bool = False) -> Iterator[str]:
    """Statements that create the views of the lake at *lake* and the macros that queries share, in order.

    A table that is not there yet is an empty view of the right type.
    """
    columns = {name: _file_columns(lake, contract) for name, contract in queryable().items()}
    for name, present in columns.items():
        select = _table_select(lake, queryable()[name], present, is_portable)
        if name == "mentions" and present and "is_canonical" not in present:
            select = _MENTIONS.format(mentions=select)
        if name in _COMPUTED and present is None and columns["articles"]:
            select = _COMPUTED[name]
        yield f"CREATE OR REPLACE VIEW {name} AS {select}"
    yield f"CREATE OR REPLACE VIEW topics AS {topics_select()}"
    yield from base_statements()


def query_statements() -> Iterator[str]:
    """Statements that create the macros of the named queries; after :func:`view_statements`."""
    yield from (query.macro() for query in list_queries())


def comment_statements() -> Iterator[str]:
    """Statements that comment the views, their columns and the macros."""
    for name, contract in queryable().items():
        yield f"COMMENT ON VIEW {name} IS {quote(contract.about)}"
        yield from (f'COMMENT ON COLUMN {name}."{c.name}" IS {quote(c.about)}' for c in contract.columns)
    yield from (f"COMMENT ON MACRO TABLE {q.name} IS {quote(q.purpose)}" for q in list_queries())
