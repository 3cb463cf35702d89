"""Crawl: what the feeds list and the lake has not, fetched politely, kept as WARC, taken into the lake."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from prefect import flow
from prefect.futures import PrefectFuture, wait
from prefect.task_runners import ThreadPoolTaskRunner

from flows.backfill import make_job, run_units
from flows.observe import tell_run
from flows.runners import unit_runner
from flows.summary import RunSummary
from tasks.config import Source
from tasks.crawl.apart import Background, crawl_in_background
from tasks.crawl.crawler import user_agent
from tasks.crawl.listing import is_problem
from tasks.crawl.task import crawl_source, finish_units
from tasks.errors import ConfigError
from tasks.job import Job
from tasks.receipts import Receipt
from tasks.units import Unit

SOURCES_AT_ONCE = 64
"""Sources crawled at once: their tasks only wait, and hosts have limits of their own."""

Ended = dict[str, "tuple[Receipt, list[Unit]] | str"]
"""What each source's crawl gave, or its error."""


@flow(name="crawl", flow_run_name="crawl {sources_file}", task_runner=unit_runner())
def crawl(
    sources_file: str = "data/sources.toml",
    sources: list[str] | None = None,
    lake: str = "data/lake",
    refresh: bool = True,
    settings_file: str | None = None,
    due_only: bool = False,
) -> RunSummary:
    """Crawl the *sources* named, all by default, then work through what came and refresh the marts.

    With *due_only*, feeds and sitemaps are asked when their time has come: every few minutes to every other month, as they change.
    Raises ConfigError before any request when a setting or a source is wrong, or no contact is set.
    """
    job = make_job(lake, settings_file, sources_file, [])
    if job.lake.remote:
        raise ConfigError(
            f"--lake {lake}: a crawl keeps its archives and its frontier on a disk; name a folder"
        )
    chosen = choose_sources(job, sources, sources_file)
    user_agent(job.settings.crawl)
    run = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    with crawl_in_background(job.lake.root, job.settings.crawl) as background:
        ended = crawl_sources(job, chosen, run, background, due_only)
    units = [unit for one in ended.values() if not isinstance(one, str) for unit in one[1]]
    summary = run_units(job, units, refresh)
    finish_units(job.lake, [unit.unit_id for unit in units if unit.unit_id not in summary.failed])
    whole = with_crawl(summary, ended)
    tell_run(job.lake.root, whole.plain(), "crawl")
    return whole


def choose_sources(job: Job, names: Sequence[str] | None, sources_file: str) -> list[Source]:
    """The sources named, all by default.  Raises ConfigError for one that is not listed."""
    if unknown := sorted(set(names or ()) - job.sources.keys()):
        raise ConfigError(f"{sources_file}: lists no source {unknown[0]!r}; correct the name or add it")
    return [source for name, source in job.sources.items() if not names or name in names]


def crawl_sources(
    job: Job, sources: Sequence[Source], run: str, background: Background, due_only: bool = False
) -> Ended:
    """Crawl all *sources*, each in a task; one failure costs one source."""
    sharing: ThreadPoolTaskRunner[Any] = ThreadPoolTaskRunner(max_workers=SOURCES_AT_ONCE)
    with sharing as runner:
        futures: list[PrefectFuture[tuple[Receipt, list[Unit]]]] = [
            runner.submit(
                crawl_source,
                {"job": job, "source": source, "run": run, "crawl": background, "due_only": due_only},
            )
            for source in sources
        ]
        with ExitStack() as undo:
            undo.callback(background.stop)  # the tasks' threads wait for it when we are stopped here
            wait(futures)
            undo.pop_all()
        return {
            source.name: future.result() if future.state.is_completed() else _failure(future)
            for source, future in zip(sources, futures, strict=True)
        }


def _failure(future: PrefectFuture[tuple[Receipt, list[Unit]]]) -> str:
    return f"crawl: {future.state.message or future.state.name}"


def with_crawl(summary: RunSummary, ended: Ended) -> RunSummary:
    """The summary with what crawling did: pages asked for and fetched, reasons, sources that failed."""
    receipts = [one[0] for one in ended.values() if not isinstance(one, str)]
    failed = {name: one for name, one in ended.items() if isinstance(one, str)}
    rows = {
        "rows_in": sum(receipt.rows_in for receipt in receipts),
        "rows_out": sum(receipt.rows_out for receipt in receipts),
        "rejected": sum(receipt.rejected for receipt in receipts),
    }
    reasons = dict(summary.reasons)
    for receipt in receipts:
        for reason, count in receipt.counts.items():
            reasons[f"crawl: {reason}"] = reasons.get(f"crawl: {reason}", 0) + count
    notes = tuple(note for receipt in receipts for note in crawl_notes(receipt.meta))
    return replace(
        summary,
        rows={"crawl": rows, **summary.rows},
        reasons=reasons,
        failed={**summary.failed, **failed},
        notes=(*summary.notes, *notes),
    )


def crawl_notes(meta: Mapping[str, Any]) -> Iterator[str]:
    """What a person should know of one outlet's run: lists that could not be read, what was left out, what waits."""
    source = meta["source"]
    for url, status in meta["feeds"].items():
        if is_problem(status):
            yield f"{source}: {url}: {status}"
    if meta["trapped"]:
        left = ", ".join(f"{reason} {count:,}" for reason, count in sorted(meta["trapped"].items()))
        yield f"{source}: left out as endless: {left}"
    if meta["recovered"]:
        yield f"{source}: {meta['recovered']:,} pages that an earlier crawl had fetched before it was killed are taken in"
    if meta["waiting"]:
        yield f"{source}: {meta['waiting']:,} addresses wait for a later crawl"
