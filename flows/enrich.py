"""Enrichment done again: only rows made by an older version or otherwise, without cleaning a page twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from prefect import flow

from flows.backfill import make_job
from flows.refresh import refresh_lake
from flows.runners import open_runner, unit_runner
from flows.summary import RunSummary, summarise_units
from flows.units import Outcome
from tasks.backfill.known import committed_units
from tasks.enrich.stale import find_stale
from tasks.enrich.task import enrich_unit
from tasks.job import Job, document_workers
from tasks.units import Unit


@dataclass(frozen=True, slots=True)
class Redo:
    """A unit to enrich again, and the languages its backfill had been limited to."""

    unit: Unit
    languages: tuple[str, ...]


@flow(name="enrich", flow_run_name="enrich {lake}", task_runner=unit_runner())
def enrich(
    lake: str = "data/lake",
    since_version: int | None = None,
    refresh: bool = True,
    settings_file: str | None = None,
) -> RunSummary:
    """Enrich again what is not as this version, these settings and this gazetteer would make it, then refresh the marts.

    With *since_version* only units made by a version before it.  Pages are not read or cleaned again.
    """
    job = make_job(lake, settings_file, None, [])
    stale = find_stale(job, since_version)
    units = {unit.unit_id: unit for unit in committed_units(job.lake.receipts("capture"))}
    redo = [Redo(units[one.unit_id], one.languages) for one in stale if one.unit_id in units]
    with document_workers(job.settings):
        summary = summarise_units(_work_through(job, redo))
    return summary.with_marts(refresh_lake(job)) if refresh else summary


def _work_through(job: Job, redo: Sequence[Redo]) -> Iterator[Outcome]:
    """Enrich the units, each limited to its languages; yields what became of each, in order."""
    with open_runner(job.settings) as submit:
        futures = [
            submit(enrich_unit, {"job": replace(job, languages=one.languages), "unit": one.unit})
            for one in redo
        ]
        for one, future in zip(redo, futures, strict=True):
            future.wait()
            state = future.state
            if state.is_completed():
                yield Outcome(one.unit, {"enrich": future.result()})
            else:
                yield Outcome(one.unit, {}, f"enrich: {state.message or state.name}")
