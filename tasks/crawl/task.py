"""Crawling as Prefect sees it: one source, one task."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.config import Source
from tasks.contracts import REJECTS
from tasks.crawl.apart import Background
from tasks.crawl.exchange import Result
from tasks.crawl.frontier import Kept, open_frontier
from tasks.crawl.listing import is_problem
from tasks.crawl.made import Failure
from tasks.crawl.run import Crawled
from tasks.errors import UnitError
from tasks.job import Job
from tasks.parquet import describe_file, parquet_bytes
from tasks.progress import Step, report_step
from tasks.receipts import Receipt, WrittenFile, file_sha256, receipt_key, save_receipt, write_atomically
from tasks.store import Lake
from tasks.units import Input, Unit

VERSION = "1"


@task(name="crawl", task_run_name="crawl {source.name}", cache_policy=NO_CACHE, tags=["net"])
def crawl_source(
    job: Job, source: Source, run: str, crawl: Background, due_only: bool = False
) -> tuple[Receipt, list[Unit]]:
    """Crawl one source; returns what was done and the units that wait to be worked through.

    Raises UnitError when none of the source's feeds could be read; units of earlier runs then wait for the next one.
    """
    done = crawl.crawl(source, run, lambda pages: report_step(Step("crawl", source.name, pages)), due_only)
    receipt = _save(job.lake, done)
    report_step(Step("crawl", source.name, is_done=True))
    get_run_logger().info(
        "source=%s listed=%d asked=%d fetched=%d waiting=%d",
        source.name, done.listed, done.asked, done.fetched, done.waiting,
    )  # fmt: skip
    if done.trapped:
        get_run_logger().warning("source=%s trapped=%s", source.name, dict(done.trapped))
    if problems := [f"{url}: {status}" for url, status in done.feeds.items() if is_problem(status)]:
        get_run_logger().warning("source=%s %s", source.name, problems)
    units = [unit_of(job.lake, kept) for kept in done.archives]
    if problems and not units and len(problems) == len(done.feeds):
        raise UnitError(f"{source.name}: no feed could be read ({'; '.join(problems)})"[:1000])
    return receipt, units


def _save(lake: Lake, done: Crawled) -> Receipt:
    """The receipt of a run, kept when there was anything to do: pages asked for = fetched + others by how they ended; URLs listed first that day."""
    rejected = {str(name): count for name, count in done.counts.items() if name != Result.FETCHED}
    unit = f"{done.run}-{receipt_key('crawl', done.source, '', '', '')[:16]}"
    key = receipt_key("crawl", unit, "", VERSION, "")
    day = datetime.now(UTC).date().isoformat()
    meta = {
        "source": done.source, "run": done.run, "listed": {day: done.listed}, "feeds": dict(done.feeds),
        "trapped": dict(done.trapped), "waiting": done.waiting, "recovered": done.recovered,
    }  # fmt: skip
    if not (done.asked or done.listed or done.files or done.recovered):
        return Receipt("crawl", unit, key, 0, 0, 0, (), {}, {}, meta)
    files = [
        WrittenFile("raw", str(path.relative_to(lake.root)), 0, path.stat().st_size, file_sha256(path))
        for path in done.files
    ]
    if done.failures:
        files.append(_save_failures(lake, unit, key[:16], done.failures))
    receipt = Receipt(
        "crawl",
        unit,
        key,
        done.asked,
        done.fetched,
        done.asked - done.fetched,
        tuple(files),
        rejected,
        {},
        meta,
    )
    return save_receipt(lake.root, receipt)


def _save_failures(lake: Lake, unit: str, run_id: str, failures: Sequence[Failure]) -> WrittenFile:
    """Rows of ``rejects`` for the pages that were asked for and not fetched."""
    rows = [
        {
            "stage": "crawl", "unit_id": unit, "url": _plain(one.url), "reason": str(one.result),
            "detail": _plain(one.detail[:500]) or None, "run_id": run_id,
        }
        for one in failures
    ]  # fmt: skip
    table = REJECTS.table(rows)
    path, data = lake.table_path("rejects", unit, "crawl"), parquet_bytes(REJECTS, table)
    write_atomically(path, data)
    return describe_file(lake.root, path, "rejects", len(rows), data)


def _plain(text: str) -> str:
    """Text that can be written as UTF-8, whatever a server sent."""
    return text.encode("utf-8", "replace").decode()


def unit_of(lake: Lake, kept: Kept) -> Unit:
    """The unit that an archive makes."""
    return Unit(
        kept.unit_id, "crawl", (Input(str(lake.root / kept.path), kept.size, kept.sha256),), kept.source
    )


def finish_units(lake: Lake, unit_ids: Collection[str]) -> None:
    """Remember that these units are in the lake, so that the next crawl does not take them up again."""
    with open_frontier(lake.root) as frontier:
        frontier.finish_archives(unit_ids)
