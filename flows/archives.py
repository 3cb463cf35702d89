"""Backfill from elsewhere: CC-NEWS files of a span of days, fetched one by one, only those that the lake has not."""

from __future__ import annotations

from dataclasses import replace

from prefect import flow, get_run_logger

from flows.backfill import make_job, run_units
from flows.observe import tell_run
from flows.runners import unit_runner
from flows.summary import RunSummary
from tasks.backfill.archives import hosts_of, plan_ccnews, plan_warnings, remember_expected
from tasks.backfill.ccnews import CCNEWS
from tasks.backfill.cdx_plan import plan_cdx
from tasks.backfill.days import Order, parse_span, span_between
from tasks.progress import Step, report_step


@flow(name="backfill-ccnews", flow_run_name="backfill CC-NEWS {days}", task_runner=unit_runner())
def backfill_ccnews(
    days: str,
    order: Order = "newest",
    base: str | None = None,
    outlets: list[str] | None = None,
    lake: str = "data/lake",
    languages: list[str] | None = None,
    refresh: bool = True,
    settings_file: str | None = None,
    sources_file: str | None = None,
) -> RunSummary:
    """Take the CC-NEWS files of *days* (``2019-03..2019-05``) into the lake, then refresh the marts.

    With *outlets*, only their pages; their hosts are those that *sources_file* says.

    Raises ConfigError before anything is written when the span, the address or a setting is wrong.
    """
    span = parse_span(days, "--ccnews")
    job = make_job(lake, settings_file, sources_file, languages or [])
    plan = plan_ccnews(job.lake, job.settings, span, order, base, hosts_of(job.sources, outlets or []))
    remember_expected(job.lake, CCNEWS, plan.expected)
    known = sum(one.is_known for one in plan.files)
    report_step(Step("plan", CCNEWS, len(plan.files)))
    get_run_logger().info(
        "files=%d known=%d days=%s unlisted=%s odd=%d", len(plan.files), known, span, plan.unlisted, plan.odd
    )
    summary = replace(run_units(job, plan.remotes, refresh), notes=tuple(plan_warnings(plan)))
    tell_run(job.lake.root, summary.plain(), "backfill-ccnews")
    return summary


@flow(name="backfill-cdx", flow_run_name="backfill CDX {lists}", task_runner=unit_runner())
def backfill_cdx(
    lists: list[str],
    first: str | None = None,
    end: str | None = None,
    order: Order = "newest",
    source: str | None = None,
    base: str | None = None,
    lake: str = "data/lake",
    languages: list[str] | None = None,
    refresh: bool = True,
    settings_file: str | None = None,
    sources_file: str | None = None,
) -> RunSummary:
    """Take the pages that *lists* of captures name from day *first* up to, and without, day *end* into the lake.

    Raises ConfigError before anything is fetched when a list, a date or a setting is wrong.
    """
    days = span_between(first, end)
    job = make_job(lake, settings_file, sources_file, languages or [])
    plan = plan_cdx(job.lake, job.settings, lists, days, order, source, base)
    for collection, expected in plan.expected.items():
        remember_expected(job.lake, collection, expected, "records")
    report_step(Step("plan", "CDX", len(plan.shards)))
    get_run_logger().info("shards=%d days=%s passed=%s", len(plan.shards), days, dict(plan.passed))
    works = [one.shard for one in plan.shards]
    summary = replace(run_units(job, works, refresh), notes=tuple(plan.notes))
    tell_run(job.lake.root, summary.plain(), "backfill-cdx")
    return summary
