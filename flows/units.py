"""Unit work: every stage of every unit, a bounded number in flight, one failure costing one unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from itertools import islice
from typing import Any

from prefect import Task
from prefect.futures import PrefectFuture

from flows.current import current_receipts
from flows.runners import Submit, open_runner
from tasks.backfill.fetched import known_unit
from tasks.backfill.remote import Remote
from tasks.backfill.shards import Shard
from tasks.backfill.spool import drop
from tasks.backfill.task import capture_unit, fetch_archive, fetch_shard
from tasks.backfill.works import Work, work_name
from tasks.clean.task import clean_unit
from tasks.dedupe.task import sketch_unit
from tasks.enrich.task import enrich_unit
from tasks.job import Job
from tasks.progress import Step, report_step, stoppable
from tasks.receipts import Receipt
from tasks.units import Unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one unit ended: its receipts by stage, or the error of the stage that failed."""

    work: Work
    receipts: dict[str, Receipt]
    error: str | None = None

    @property
    def name(self) -> str:
        """What the unit is called."""
        return work_name(self.work)


def work_through(job: Job, units: Iterable[Work]) -> Iterator[Outcome]:
    """Fetch, capture, clean, sketch and enrich every unit; yields what became of each, as they end.

    As many units are in flight as settings say, begun in the order given: each holds at most one fetched archive on
    the disk.  What a unit waits for is never queued behind it, since a stage is submitted once its input is there.
    """
    lanes, source = job.settings.runner.units + 1, iter(units)
    pool = ThreadPoolExecutor(lanes, "unit")
    waiting: set[Future[Outcome]] = set()
    with open_runner(job.settings) as submit, stoppable():
        try:
            while True:
                for work in islice(source, lanes - len(waiting)):
                    waiting.add(pool.submit(copy_context().run, _work_through, job, work, submit))
                if not waiting:
                    return
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


class _StageError(Exception):
    """A stage of the unit failed; the message names it."""


def _work_through(job: Job, work: Work, submit: Submit) -> Outcome:
    """One unit from its files to its receipts."""
    receipts: dict[str, Receipt] = {}
    unit: Work = work
    try:
        unit = work if isinstance(work, Unit) else _fetch(job, work, submit)
        if (current := current_receipts(job, unit)) is not None:
            report_step(Step("current", unit.unit_id, is_done=True))
            return Outcome(work, current)
        for stages in _ORDER:
            futures = {stage: submit(task, {"job": job, "unit": unit}) for stage, task in stages.items()}
            for stage, future in futures.items():
                receipts[stage] = _result(stage, future)
                if job.settings.runner.kind == "dask":
                    _tell(receipts[stage])
    except _StageError as error:
        failed = Outcome(work, receipts, str(error))
        report_step(Step("failed", failed.name, is_done=True))
        return failed
    finally:
        if isinstance(work, Remote) and isinstance(unit, Unit):
            for one in unit.inputs:
                drop(job.lake.root, one.sha256)
    return Outcome(work, receipts)


def _fetch(job: Job, remote: Remote | Shard, submit: Submit) -> Unit:
    """The unit that a file from elsewhere makes; it is fetched only when there is something to do."""
    known = known_unit(job.lake, remote)
    if known is not None and current_receipts(job, known) is not None:
        return known
    task, name = (fetch_shard, "shard") if isinstance(remote, Shard) else (fetch_archive, "remote")
    unit: Unit = _result("fetch", submit(task, {"job": job, name: remote}))
    return unit


def _result(stage: str, future: PrefectFuture[Any]) -> Any:
    """What a stage gave; _StageError with what it said when it failed."""
    future.wait()
    state = future.state
    if not state.is_completed():
        raise _StageError(f"{stage}: {state.message or state.name}")
    return future.result()


def _tell(receipt: Receipt) -> None:
    """Progress of a stage that ran in another process, whose own steps nobody here hears."""
    report_step(Step(receipt.stage, receipt.unit_id, receipt.rows_in))
    report_step(Step(receipt.stage, receipt.unit_id, receipt.rows_in, is_done=True))


_ORDER: tuple[dict[str, Task[..., Any]], ...] = (
    {"capture": capture_unit},
    {"clean": clean_unit},
    {"sketch": sketch_unit, "enrich": enrich_unit},
)
"""Stages in order; those that stand together wait for nothing of each other."""
