"""One statement for several small months: what a statement costs however few its rows, they share.

A large month stands alone and is streamed; either way a month's rows come in the order of their table's contract.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

import duckdb
import numpy as np
import pyarrow as pa

from tasks.contracts import TABLES

NO_MONTH = "__HIVE_DEFAULT_PARTITION__"
"""Partition of rows without a date: Hive's own name for null, which DuckDB, pyarrow and Spark read as such."""
TOGETHER = 1_000
"""Articles of the months that are built in one go, at most, unless it is one month: a table of them is held in memory."""
BATCH_ROWS = 122_880
"""Rows of a large month handed over at a time."""

Rows: TypeAlias = pa.Table | pa.RecordBatchReader
"""Rows of a table, in the order of its contract."""
ByMonth: TypeAlias = Callable[[], Iterator[tuple[str, Rows]]]
"""Rows of a table for each of some months, made when they are asked for."""

_TIES = ("end", "actor_id", "surface", "kind")
"""Columns that order rows which a contract's own order leaves open."""


def month_number(month: str) -> int:
    """The number of a month's first article: months since year 0 times 2^32; 0 for articles without a date."""
    return 0 if month == NO_MONTH else (int(month[:4]) * 12 + int(month[5:]) - 1) << 32


def group_months(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    """Months that are built in one go, in their order; *sizes* are their articles."""
    group: list[str] = []
    total = 0
    for month in sorted(sizes):
        if group and total + sizes[month] > TOGETHER:
            yield group
            group, total = [], 0
        group.append(month)
        total += sizes[month]
    if group:
        yield group


def read_months(
    connection: duckdb.DuckDBPyConnection, name: str, rows: str, part: str, months: Sequence[str]
) -> Iterator[tuple[str, Rows]]:
    """Rows of the table *name* for each of the months, whose rows *rows* (a view, or a query in brackets) are.

    *part* is SQL for the number of a row's month.  One month is streamed and occupies the connection until it is read.
    """
    if len(months) == 1:
        yield months[0], read_ordered(connection, name, rows)
        return
    found = connection.sql(
        f"select {_columns(name)}, {part} as part from {rows} order by part, {_order(name)}"
    ).to_arrow_table()
    parts, found = found["part"].to_numpy(), found.drop_columns(["part"])
    for month in months:
        number = month_number(month) >> 32
        start, end = (int(n) for n in np.searchsorted(parts, (number, number + 1)))
        # In one piece, as a stream's batches are: where pages end must not depend on what lies beside the month.
        yield month, found.slice(start, end - start).combine_chunks()


def read_ordered(connection: duckdb.DuckDBPyConnection, name: str, rows: str) -> pa.RecordBatchReader:
    """Rows of a view or query in brackets that holds a table, in the order of its contract."""
    return connection.sql(f"select {_columns(name)} from {rows} order by {_order(name)}").to_arrow_reader(
        BATCH_ROWS
    )


def _columns(name: str) -> str:
    return ", ".join(f'"{column}"' for column in TABLES[name].schema.names)


def _order(name: str) -> str:
    contract = TABLES[name]
    order = [*contract.sort, *(tie for tie in _TIES if tie in contract.schema.names)]
    return ", ".join(f'"{column}" nulls last' for column in dict.fromkeys(order))
