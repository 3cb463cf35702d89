"""Worker processes that share nothing, each with a thread of the parent that gives it calls and waits for its answers.

A process that is killed at any moment, even in the middle of reading or writing, costs the answer it owed and nothing
else.  Pools whose processes share one channel wait for ever when one is killed while it holds the channel's lock
(docs/decisions/0002).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any

from tasks.worker_process import (
    Worker,
    WorkerDied,
    WorkerSlow,
    ask_worker,
    end_worker,
    is_alive,
    start_worker,
)

_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Job:
    future: Future[Any]
    call: bytes
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """Open slots: ``life`` is how many answers one process gives before another takes its place."""

    context: ForkServerContext
    start: Callable[[], None]
    life: int
    jobs: SimpleQueue[_Job | None] = field(default_factory=SimpleQueue)
    workers: dict[int, Worker] = field(default_factory=dict)
    closing: threading.Event = field(default_factory=threading.Event)


@contextmanager
def open_slots(
    count: int, context: ForkServerContext, start: Callable[[], None], life: int
) -> Iterator[Slots]:
    """*count* slots; each process calls *start* first.  On leaving, processes are ended and open jobs are cancelled."""
    slots = Slots(context, start, life)
    threads = [threading.Thread(target=_serve_slot, args=(slots, n), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield slots
    finally:
        slots.closing.set()
        for _ in threads:
            slots.jobs.put(None)
        for worker in list(slots.workers.values()):
            worker.process.kill()
        for thread in threads:
            thread.join(_STOP_SECONDS)
        _cancel_rest(slots)


def submit(
    slots: Slots, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float
) -> Future[Any]:
    """A future of ``function(*arguments)`` in the next free process.

    It raises WorkerDied, WorkerSlow after *seconds* of work, CorpusError with the words of whatever else *function* raised,
    and CancelledError when the slots are closed before.  Raises at once what cannot be sent to another process.
    """
    future: Future[Any] = Future()
    slots.jobs.put(_Job(future, bytes(ForkingPickler.dumps((function, arguments))), seconds))
    if slots.closing.is_set():
        future.cancel()
    return future


def _cancel_rest(slots: Slots) -> None:
    while not slots.jobs.empty():
        job = slots.jobs.get()
        if job is not None:
            job.future.cancel()


def _serve_slot(slots: Slots, number: int) -> None:
    """In a thread of the parent: one job after the other, until there is a stop among them."""
    while (job := slots.jobs.get()) is not None and not slots.closing.is_set():
        if not job.future.set_running_or_notify_cancel():
            continue
        try:
            error, value = ask_worker(_living_worker(slots, number), job.call, job.seconds)
        except (WorkerDied, WorkerSlow) as failure:
            _end(slots, number)
            job.future.set_exception(failure)
        else:
            if error is None:
                job.future.set_result(value)
            else:
                job.future.set_exception(error)
    if job is not None:
        job.future.cancel()
    _end(slots, number)


def _living_worker(slots: Slots, number: int) -> Worker:
    """The slot's process, or a new one when it is gone or has given enough answers."""
    worker = slots.workers.get(number)
    if worker is not None and worker.answers < slots.life and is_alive(worker):
        return worker
    _end(slots, number)
    worker = slots.workers[number] = start_worker(slots.context, slots.start)
    if slots.closing.is_set():
        worker.process.kill()
    return worker


def _end(slots: Slots, number: int) -> None:
    worker = slots.workers.pop(number, None)
    if worker is not None:
        end_worker(worker)
