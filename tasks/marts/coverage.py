"""Counts per source and day, from what the stages committed: listed, fetched, extracted, kept, enriched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from tasks.analyse.calendars import coverage_table
from tasks.analyse.statistics import Counts
from tasks.store import Lake


def build_coverage(connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str]) -> pa.Table:
    """The ``coverage`` table of the whole lake, every month of it.

    Captures count on the day they were fetched, or, where nobody wrote that down, on the day their article was
    published; articles count on the day they were published, listed addresses on the day a feed first named them.
    ``index_articles`` must have run on *connection*.
    """
    files = {name: _files(lake, name, units) for name in ("captures", "cleaned", "enriched")}
    if not all(files.values()):
        return coverage_table(listed_counts(lake))
    rows = connection.execute(
        """
        with fetched as (
            select coalesce(c.captured_at::timestamp::date, a.published_on) as day, coalesce(c.source, a.source) as source,
                   count(*) as fetched, count(a.article_id) as extracted
            from read_parquet($captures) as c
            left join read_parquet($cleaned) as a
              on a.unit_id = c.unit_id and a.capture_id = c.capture_id
            group by all
        ),
        kept as (
            select c.published_on as day, c.source, count(*) as kept, count(*) as enriched
            from read_parquet($cleaned) as c
            join chosen using (article_id, unit_id)
            semi join read_parquet($enriched) as e on e.article_id = c.article_id
            group by all
        )
        select day, source, 0 as listed, coalesce(fetched, 0) as fetched, coalesce(extracted, 0) as extracted,
               coalesce(kept, 0) as kept, coalesce(enriched, 0) as enriched
        from fetched full join kept using (day, source)
        where day is not null and source is not null
        order by day, source
        """,
        files,
    ).fetchall()
    return coverage_table([*(Counts(*row) for row in rows), *listed_counts(lake)])


def _files(lake: Lake, table: str, units: Sequence[str]) -> list[str]:
    """Files of the units' table.  One whose unit failed to be made again is left out: its captures count when it is back."""
    paths = [lake.table_path(table, unit) for unit in units]
    return [str(path) for path in paths if path.is_file()]


def listed_counts(lake: Lake) -> Iterator[Counts]:
    """How many addresses the feeds of each source listed for the first time on each day, as the crawls' receipts say."""
    for receipt in lake.receipts("crawl"):
        for day, listed in receipt.meta.get("listed", {}).items():
            yield Counts(date.fromisoformat(day), str(receipt.meta["source"]), int(listed), 0, 0, 0, 0)
