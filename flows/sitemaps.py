"""Backfill by sitemaps: the pages that an outlet's sitemaps date to a span of days, fetched as politely as a crawl does."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from prefect import flow, get_run_logger

from flows.backfill import make_job, run_units
from flows.observe import tell_run
from flows.refresh import refresh_lake
from flows.run_sitemaps import chosen_outlet
from flows.runners import unit_runner
from flows.summary import RunSummary, add_up
from tasks.backfill.archives import remember_expected
from tasks.backfill.days import span_between
from tasks.config import Source
from tasks.crawl.apart import Background, crawl_in_background
from tasks.crawl.crawler import user_agent
from tasks.crawl.dated import Dated, check_read, count_fetched
from tasks.crawl.frontier import open_frontier
from tasks.crawl.task import crawl_source, finish_units
from tasks.job import Job
from tasks.progress import Step, report_step


@flow(name="backfill-sitemaps", flow_run_name="backfill sitemaps of {source}", task_runner=unit_runner())
def backfill_sitemaps(
    source: str,
    first: str | None = None,
    end: str | None = None,
    sources_file: str = "data/sources.toml",
    lake: str = "data/lake",
    languages: list[str] | None = None,
    refresh: bool = True,
    settings_file: str | None = None,
) -> RunSummary:
    """Take the pages of *source* from day *first* up to, and without, day *end* into the lake, then refresh the marts.

    Raises ConfigError before any request when the source, a date or a setting is wrong, and when no sitemap can be read.
    """
    days = span_between(first, end)
    job = make_job(lake, settings_file, sources_file, languages or [])
    outlet = chosen_outlet(dict(job.sources), source, sources_file)
    user_agent(job.settings.crawl)
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    with crawl_in_background(job.lake.root, job.settings.crawl) as background:
        listed = background.list_dated(outlet, days.first, days.end, run)
        check_read(listed, source)
        get_run_logger().info("source=%s pages=%d days=%s", source, _count(listed), days)
        done = add_up(_rounds(job, outlet, run, background))
    with open_frontier(job.lake.root) as frontier:
        got = count_fetched(frontier, listed.pages)
    expected = {day: len(keys) for day, keys in listed.pages.items()}
    remember_expected(job.lake, f"{source} (sitemaps)", expected, "pages", got)
    summary = replace(done, notes=tuple(listed.notes()))
    if refresh:
        summary = summary.with_marts(refresh_lake(job))
    tell_run(job.lake.root, summary.plain(), "backfill-sitemaps")
    return summary


def _rounds(job: Job, source: Source, run: str, background: Background) -> Iterator[RunSummary]:
    """Fetch what is due and work it through, round by round, until nothing is due: each round is committed by itself."""
    bare = source.model_copy(update={"feeds": (), "sitemaps": (), "front_pages": (), "hosts": ()})
    number = 0
    while True:
        number += 1
        receipt, units = crawl_source(job, bare, f"{run}-{number}", background)
        report_step(Step("plan", source.name, len(units)))
        summary = run_units(job, units, refresh=False)
        finish_units(job.lake, [unit.unit_id for unit in units if unit.unit_id not in summary.failed])
        rows = {"rows_in": receipt.rows_in, "rows_out": receipt.rows_out, "rejected": receipt.rejected}
        reasons = {f"crawl: {reason}": count for reason, count in receipt.counts.items()}
        yield replace(summary, rows={"crawl": rows, **summary.rows}, reasons={**summary.reasons, **reasons})
        if not receipt.rows_in:
            return


def _count(listed: Dated) -> int:
    return sum(map(len, listed.pages.values()))
