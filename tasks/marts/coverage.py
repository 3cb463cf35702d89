"""Counts per source and day, from what the stages committed: listed, fetched, extracted, kept, enriched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from tasks.analyse.statistics import Counts, coverage_rows
from tasks.contracts import COVERAGE
from tasks.store import Lake


def build_coverage(connection: duckdb.DuckDBPyConnection, lake: Lake, units: Sequence[str]) -> pa.Table:
    """The ``coverage`` table of the whole lake, every month of it.

    Captures count on the day they were fetched, or, where nobody wrote that down, on the day their article was
    published; articles count on the day they were published, listed addresses on the day a feed first named them.
    ``index_articles`` must have run on *connection*.
    """
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
        {
            name: [str(lake.table_path(name, unit)) for unit in units]
            for name in ("captures", "cleaned", "enriched")
        },
    ).fetchall()
    return COVERAGE.table(coverage_rows([*(Counts(*row) for row in rows), *listed_counts(lake)]))


def listed_counts(lake: Lake) -> Iterator[Counts]:
    """How many addresses the feeds of each source listed for the first time on each day, as the crawls' receipts say."""
    for receipt in lake.receipts("crawl"):
        for day, listed in receipt.meta.get("listed", {}).items():
            yield Counts(date.fromisoformat(day), str(receipt.meta["source"]), int(listed), 0, 0, 0, 0)
