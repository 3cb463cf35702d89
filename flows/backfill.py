"""Backfill: years of archives and folders into the lake.  Killed, damaged and out of order is the ordinary case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger

from flows.observe import tell_run, with_progress
from flows.refresh import refresh_lake
from flows.runners import check_runner, unit_runner
from flows.summary import RunSummary, summarise_units
from flows.units import Work, work_through
from tasks.backfill.known import plan_backfill
from tasks.config import load_settings, load_sources
from tasks.enrich.tagging import tagger_version
from tasks.job import Job, document_workers
from tasks.store import open_lake
from tasks.units import Kind


@flow(name="backfill", flow_run_name="backfill {paths}", task_runner=unit_runner())
def backfill(
    paths: list[str],
    lake: str = "data/lake",
    kind: Kind | None = None,
    source: str | None = None,
    languages: list[str] | None = None,
    refresh: bool = True,
    settings_file: str | None = None,
    sources_file: str | None = None,
) -> RunSummary:
    """Take everything under *paths* into the lake: only what is not there yet, then refresh the marts.

    Returns counts per stage and the units that failed.  Raises ConfigError before anything is written when a path
    or a setting is wrong.
    """
    job = make_job(lake, settings_file, sources_file, languages or [])
    units = [one.unit for one in plan_backfill(job.lake, paths, kind, source)]
    get_run_logger().info("units=%d paths=%s", len(units), paths)
    summary = run_units(job, units, refresh)
    tell_run(job.lake.root, summary.plain(), "backfill")
    return summary


def run_units(job: Job, units: Sequence[Work], refresh: bool) -> RunSummary:
    """Unit work over *units*, then lake work if *refresh*; returns what was done."""
    with document_workers(job.settings):
        summary = summarise_units(with_progress(work_through(job, units), len(units)))
    if refresh:
        summary = summary.with_marts(refresh_lake(job))
    return summary


def make_job(lake: str, settings_file: str | None, sources_file: str | None, languages: Sequence[str]) -> Job:
    """Read and check every setting, then open the lake, making it where there is none."""
    settings = load_settings(Path(settings_file) if settings_file else None)
    check_runner(settings)
    tagger_version(settings.enrich.tagger)  # a tagger that is not installed stops the run here
    sources = load_sources(Path(sources_file)) if sources_file else {}
    return Job(open_lake(lake, create=True), settings, sources, tuple(sorted(languages)))
