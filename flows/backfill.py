"""Backfill: years of archives and folders into the lake.  Killed, damaged and out of order is the ordinary case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from prefect import flow, get_run_logger

from flows.observe import tell_run, with_progress
from flows.refresh import refresh_lake
from flows.runners import check_runner, unit_runner
from flows.summary import RunSummary, add_up, summarise_units
from flows.units import Outcome, work_through
from tasks.backfill.known import plan_backfill
from tasks.backfill.works import Work, from_plain, to_plain, work_name
from tasks.config import load_settings, load_sources
from tasks.enrich.tagging import tagger_version
from tasks.job import Job, document_workers
from tasks.quarantine import clear_failure, failures, held_names, record_failure
from tasks.runs import recording
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


def run_units(
    job: Job, units: Sequence[Work], refresh: bool, label: str = "backfill", again: bool = False
) -> RunSummary:
    """Unit work over *units*, then lake work if *refresh*; returns what was done.

    Units that failed in several runs are left alone, and said so, unless tried *again* on purpose.
    """
    held = {} if again else held_names(job.lake)
    chosen = [work for work in units if work_name(work) not in held]
    left_alone = {name: held[name] for name in map(work_name, units) if name in held}
    with recording(job.lake.root, label, len(chosen)) as tell, document_workers(job.settings):
        summary = summarise_units(settle(job, with_progress(work_through(job, chosen), len(chosen)), tell))
    summary = replace(summary, held=left_alone)
    return summary.with_marts(refresh_lake(job)) if refresh else summary


def settle(job: Job, outcomes: Iterable[Outcome], tell: Callable[[str, str], None]) -> Iterator[Outcome]:
    """The same outcomes; failures are written down for ``retry``, and forgotten once their unit is committed."""
    known = {failure.name for failure in failures(job.lake)}
    for outcome in outcomes:
        if outcome.error is not None:
            tell(outcome.name, outcome.error)
            with suppress(OSError):  # a lake that cannot be written has failed the unit already
                record_failure(job.lake, outcome.name, outcome.error, to_plain(outcome.work), job.languages)
        elif outcome.name in known:
            clear_failure(job.lake, outcome.name)
        yield outcome


@flow(name="retry", flow_run_name="retry {lake}", task_runner=unit_runner())
def retry(
    lake: str = "data/lake",
    refresh: bool = True,
    settings_file: str | None = None,
    sources_file: str | None = None,
) -> RunSummary:
    """Take up every unit that failed, those held back included, then refresh the marts."""
    job = make_job(lake, settings_file, sources_file, [])
    by_languages: dict[tuple[str, ...], list[Work]] = {}
    for failure in failures(job.lake):
        by_languages.setdefault(failure.languages, []).append(from_plain(failure.work))
    done = [
        run_units(replace(job, languages=languages), works, False, "retry", again=True)
        for languages, works in sorted(by_languages.items())
    ]
    summary = add_up(done)
    if refresh:
        summary = summary.with_marts(refresh_lake(job))
    tell_run(job.lake.root, summary.plain(), "retry")
    return summary


def make_job(lake: str, settings_file: str | None, sources_file: str | None, languages: Sequence[str]) -> Job:
    """Read and check every setting, then open the lake, making it where there is none."""
    settings = load_settings(Path(settings_file) if settings_file else None)
    check_runner(settings, lake)
    tagger_version(settings.enrich.tagger)  # a tagger that is not installed stops the run here
    sources = load_sources(Path(sources_file)) if sources_file else {}
    return Job(open_lake(lake, create=True), settings, sources, tuple(sorted(languages)))
