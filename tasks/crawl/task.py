"""Crawling as Prefect sees it: one source, one task."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.config import Source
from tasks.crawl.fetch import Result
from tasks.crawl.frontier import Kept, open_frontier
from tasks.crawl.run import Crawled
from tasks.crawl.thread import Background
from tasks.errors import UnitError
from tasks.job import Job
from tasks.progress import Step, report_step
from tasks.receipts import Receipt, WrittenFile, file_sha256, receipt_key, save_receipt
from tasks.store import Lake
from tasks.units import Input, Unit

VERSION = "1"


@task(name="crawl", task_run_name="crawl {source.name}", cache_policy=NO_CACHE, tags=["net"])
def crawl_source(job: Job, source: Source, run: str, crawl: Background) -> tuple[Receipt, list[Unit]]:
    """Crawl one source; returns what was done and the units that wait to be worked through.

    Raises UnitError when none of the source's feeds could be read; units of earlier runs then wait for the next one.
    """
    done = crawl.crawl(source, run, lambda pages: report_step(Step("crawl", source.name, pages)))
    receipt = _save(job.lake, done)
    report_step(Step("crawl", source.name, is_done=True))
    get_run_logger().info(
        "source=%s listed=%d asked=%d fetched=%d", source.name, done.listed, done.asked, done.fetched
    )
    if problems := _feed_problems(done):
        get_run_logger().warning("source=%s %s", source.name, problems)
    units = [unit_of(job.lake, kept) for kept in done.archives]
    if problems and not units and len(problems) == len(done.feeds):
        raise UnitError(f"{source.name}: no feed could be read ({'; '.join(problems)})"[:1000])
    return receipt, units


def _feed_problems(done: Crawled) -> list[str]:
    """The feeds that could not be read, each with what happened."""
    fine = ("entries", Result.NOT_MODIFIED)
    return [
        f"{url}: {status}" for url, status in done.feeds.items() if not any(word in status for word in fine)
    ]


def _save(lake: Lake, done: Crawled) -> Receipt:
    """The receipt of a run, kept when there was anything to do: pages asked for = fetched + others by how they ended; URLs listed first that day."""
    rejected = {str(name): count for name, count in done.counts.items() if name != Result.FETCHED}
    files = tuple(
        WrittenFile("raw", str(path.relative_to(lake.root)), 0, path.stat().st_size, file_sha256(path))
        for path in done.files
    )
    unit = f"{done.run}-{receipt_key('crawl', done.source, '', '', '')[:16]}"
    day = datetime.now(UTC).date().isoformat()
    receipt = Receipt(
        "crawl", unit, receipt_key("crawl", unit, "", VERSION, ""), done.asked, done.fetched,
        done.asked - done.fetched, files, rejected, {},
        {"source": done.source, "run": done.run, "listed": {day: done.listed}, "feeds": dict(done.feeds)},
    )  # fmt: skip
    return save_receipt(lake.root, receipt) if done.asked or done.listed else receipt


def unit_of(lake: Lake, kept: Kept) -> Unit:
    """The unit that an archive makes."""
    return Unit(
        kept.unit_id, "crawl", (Input(str(lake.root / kept.path), kept.size, kept.sha256),), kept.source
    )


def finish_units(lake: Lake, unit_ids: Collection[str]) -> None:
    """Remember that these units are in the lake, so that the next crawl does not take them up again."""
    with open_frontier(lake.root) as frontier:
        frontier.finish_archives(unit_ids)
