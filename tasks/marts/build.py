"""Bring the marts up to date: rebuild the partitions whose inputs changed, leave the others as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tasks.contracts import GROUPS, STORYLINES, TABLES
from tasks.errors import ConfigError
from tasks.marts import assemble, publish
from tasks.marts.coverage import build_coverage
from tasks.marts.events import Period, build_storylines, gather_periods, month_before
from tasks.marts.months import NO_MONTH, group_months, read_ordered
from tasks.parquet import parquet_bytes, read_parquet
from tasks.store import Lake

VERSION = "3"
STORYLINES_VERSION = "2"


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of the marts: its name, whether it was rebuilt, and how many articles it has."""

    name: str
    was_rebuilt: bool
    articles: int


def refresh_marts(
    lake: Lake,
    grouped: pa.Table | Sequence[Path],
    groups: pa.Table | Sequence[Path],
    months: tuple[str, str] | None = None,
    memory: str = assemble.MEMORY,
) -> Iterator[Partition]:
    """Rebuild what changed, a month at a time; yields each partition as soon as it is current.

    *grouped* and *groups* are tables, or the files that hold them.  *months* (first and last, ``YYYY-MM``) limits the months
    looked at; *memory* is what DuckDB may hold (it spills the rest).  The caller holds the lake's lock.  Interrupted at any
    point, the next call ends with the same files.
    """
    check_months(months)
    publish.roll_forward(lake)
    sources = assemble.committed_sources(lake)
    if not sources.units:
        publish.withdraw(lake, set())
        return
    with assemble.open_workspace(lake, grouped, memory) as connection:
        assemble.index_articles(connection, lake, sources.units)
        inputs = assemble.month_inputs(connection, sources)
        coverage = split_by_month(build_coverage(connection, lake, sources.units))
        wanted = [month for month in inputs if months is None or months[0] <= month <= months[1]]
        for group in group_months({month: inputs[month].articles for month in wanted}):
            yield from _refresh_months(connection, lake, {month: inputs[month].digest for month in group})
            _refresh_storylines(connection, lake, [month for month in group if month != NO_MONTH])
        small = [(f"coverage-{month}", month, "coverage", rows) for month, rows in sorted(coverage.items())]
        actors = assemble.build_actors(connection, lake, sources.units)
        publish.publish_files(lake, "small", _changed(lake, [*small, ("actors", None, "actors", actors)]))
        _refresh_groups(connection, lake, groups)
    kept = {
        f"{table}-{month}"
        for table, months in (("coverage", coverage), ("storylines", inputs))
        for month in months
    }
    publish.withdraw(lake, {*inputs, *kept, "actors", "groups"})
    assemble.forget_months(lake)


def plan_months(
    lake: Lake, grouped: Sequence[Path], months: tuple[str, str] | None = None, memory: str = assemble.MEMORY
) -> dict[str, str]:
    """The months that are not current, each with the digest of its inputs: what :func:`make_month` may do anywhere, in any order.

    The caller holds the lake's lock until all are made, then calls :func:`refresh_marts`, which does what is left.
    """
    check_months(months)
    publish.roll_forward(lake)
    sources = assemble.committed_sources(lake)
    if not sources.units:
        return {}
    with assemble.open_workspace(lake, grouped, memory) as connection:
        assemble.index_articles(connection, lake, sources.units)
        inputs = assemble.month_inputs(connection, sources)
        assemble.export_months(connection, lake)
    return {
        month: made_of.digest
        for month, made_of in inputs.items()
        if (months is None or months[0] <= month <= months[1])
        and not publish.is_current(lake, month, _key(month, made_of.digest))
    }


def make_month(
    lake: Lake, grouped: Sequence[Path], month: str, inputs: str, memory: str = assemble.MEMORY
) -> Partition:
    """Build one planned month; needs nothing that another month makes."""
    with assemble.open_workspace(lake, grouped, memory) as connection:
        assemble.import_month(connection, lake, month)
        (partition,) = _refresh_months(connection, lake, {month: inputs})
    return partition


def check_months(months: tuple[str, str] | None) -> None:
    """Raise ConfigError unless *months* is None or two months, first before last."""
    for month in months or ():
        year, _, number = month.partition("-")
        if not (len(month) == 7 and year.isdigit() and number.isdigit() and 1 <= int(number) <= 12):
            raise ConfigError(f"{month!r} is not a month; write it as YYYY-MM, for example 2024-03")
    if months and months[0] > months[1]:
        raise ConfigError(f"--from {months[0]} is after --to {months[1]}; swap them")


def _key(month: str, inputs: str) -> str:
    return hashlib.sha256(f"marts {VERSION} {month} {inputs}".encode()).hexdigest()


def _refresh_months(
    connection: duckdb.DuckDBPyConnection, lake: Lake, inputs: Mapping[str, str]
) -> Iterator[Partition]:
    """Some months brought up to date, those that are not current all in one go."""
    keys = {month: _key(month, made_of) for month, made_of in inputs.items()}
    stale = {month: key for month, key in keys.items() if not publish.is_current(lake, month, key)}
    made = {}
    if stale:
        tables = assemble.build_months(connection, lake, list(stale))
        made = publish.publish_months(lake, stale, tables)
    for month in keys:
        receipt = made.get(month) or lake.require("marts", month)
        yield Partition(month, month in made, receipt.file("articles").rows)


def _refresh_storylines(connection: duckdb.DuckDBPyConnection, lake: Lake, months: Sequence[str]) -> None:
    """The storylines of some months, each of which goes on from those at the end of the month before."""
    stale = [month for month in months if _storylines_key(lake, month)[1]]
    periods = _gather_periods(connection, lake, stale) if stale else {}
    for month in months:
        key, is_stale = _storylines_key(lake, month)  # once more: the month before may have become another
        if is_stale:
            period = periods.pop(month, None) or _gather_periods(connection, lake, [month])[month]
            path = publish.mart_path(lake.root, "storylines", month_before(month))
            before = read_parquet(path, STORYLINES) if path.is_file() else STORYLINES.empty()
            table = build_storylines(period, month, before)
            data = parquet_bytes(STORYLINES, table)
            file = publish.File(f"storylines-{month}", month, key, "storylines", table.num_rows, data)
            publish.publish_files(lake, file.partition, [file])


def _storylines_key(lake: Lake, month: str) -> tuple[str, bool]:
    """The key of a month's storylines, and whether they are to be made anew."""
    before = month_before(month)
    known = [lake.receipt("marts", name) for name in (before, month, f"storylines-{before}")]
    inputs = " ".join(receipt.digest if receipt else "" for receipt in known)
    key = hashlib.sha256(f"storylines {VERSION}.{STORYLINES_VERSION} {month} {inputs}".encode()).hexdigest()
    return key, not publish.is_current(lake, f"storylines-{month}", key)


def _gather_periods(
    connection: duckdb.DuckDBPyConnection, lake: Lake, months: Sequence[str]
) -> dict[str, Period]:
    wanted = sorted({one for month in months for one in (month_before(month), month)})
    files = {
        table: [path for month in wanted if (path := publish.mart_path(lake.root, table, month)).is_file()]
        for table in ("articles", "texts", "postings", "mentions", "places")
    }
    return gather_periods(connection, files, months)


def _changed(lake: Lake, tables: Iterable[tuple[str, str | None, str, pa.Table]]) -> Iterator[publish.File]:
    """Files of small tables that are cheap to make: made each time, written when they differ.

    *tables* are (partition, month, table, rows).
    """
    for partition, month, name, table in tables:
        data = parquet_bytes(TABLES[name], table)
        content = hashlib.sha256(data).hexdigest()
        key = hashlib.sha256(f"marts {VERSION} {partition} {content}".encode()).hexdigest()
        if not publish.is_current(lake, partition, key):
            yield publish.File(partition, month, key, name, table.num_rows, data)


def _refresh_groups(
    connection: duckdb.DuckDBPyConnection, lake: Lake, groups: pa.Table | Sequence[Path]
) -> None:
    """The table of groups, which can be large: written when its files are others."""
    if isinstance(groups, pa.Table):
        publish.publish_files(lake, "groups", _changed(lake, [("groups", None, "groups", groups)]))
        return
    assemble.view_files(connection, "all_groups", GROUPS, groups)
    digests = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in groups)
    key = hashlib.sha256(f"marts {VERSION} groups {' '.join(digests)}".encode()).hexdigest()
    if not publish.is_current(lake, "groups", key):
        rows = read_ordered(connection, "groups", "all_groups")
        publish.publish_stream(lake, "groups", None, key, "groups", rows)


def split_by_month(coverage: pa.Table) -> Mapping[str, pa.Table]:
    """Coverage, which is in order of days, by month."""
    months, starts = np.unique(coverage["day"].to_numpy().astype("datetime64[M]"), return_index=True)
    ends = [*starts[1:], coverage.num_rows][: len(starts)]  # no date in the whole lake: no month, no end
    return {
        str(month): coverage.slice(start, end - start)
        for month, start, end in zip(months, starts, ends, strict=True)
    }
