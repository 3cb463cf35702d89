"""Unit work: every stage of every unit, a bounded number in flight, one failure costing one unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from prefect.futures import PrefectFuture, wait
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from tasks.backfill.task import capture_unit
from tasks.clean.task import clean_unit
from tasks.dedupe.task import sketch_unit
from tasks.enrich.task import enrich_unit
from tasks.job import Job
from tasks.receipts import Receipt
from tasks.units import Unit

IN_FLIGHT = 64
"""Units whose tasks exist at once: enough to keep workers busy, few enough for the server's database."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one unit ended: its receipts by stage, or the error of the stage that failed."""

    unit: Unit
    receipts: dict[str, Receipt]
    error: str | None = None


def unit_runner(units: int = 3) -> TaskRunner[Any]:
    """Threads for the tasks of *units* units at once: they wait for document workers most of their time."""
    return ThreadPoolTaskRunner(max_workers=units)


def work_through(job: Job, units: Sequence[Unit]) -> Iterator[Outcome]:
    """Capture, clean, sketch and enrich every unit; yields what became of each, in order."""
    for window in _windows(units, IN_FLIGHT):
        captured = [capture_unit.submit(job, unit) for unit in window]
        cleaned = [
            clean_unit.submit(job, unit, return_state=False, wait_for=[c])
            for unit, c in zip(window, captured, strict=True)
        ]
        sketched = [
            sketch_unit.submit(job, unit, return_state=False, wait_for=[c])
            for unit, c in zip(window, cleaned, strict=True)
        ]
        enriched = [
            enrich_unit.submit(job, unit, return_state=False, wait_for=[c])
            for unit, c in zip(window, cleaned, strict=True)
        ]
        stages = {"capture": captured, "clean": cleaned, "sketch": sketched, "enrich": enriched}
        wait([future for futures in stages.values() for future in futures])
        for place, unit in enumerate(window):
            yield _outcome(unit, {stage: futures[place] for stage, futures in stages.items()})


def _windows(units: Iterable[Unit], size: int) -> Iterator[list[Unit]]:
    source = iter(units)
    while window := list(islice(source, size)):
        yield window


def _outcome(unit: Unit, futures: dict[str, PrefectFuture[Receipt]]) -> Outcome:
    receipts: dict[str, Receipt] = {}
    error = None
    for stage, future in futures.items():
        state = future.state
        if state.is_completed():
            receipts[stage] = future.result()
        elif error is None:
            error = f"{stage}: {state.message or state.name}"
    return Outcome(unit, receipts, error)
