"""Killable worker processes: a deadline in CPU seconds and a memory limit for every document.

Limits are the kernel's (``RLIMIT_CPU``, ``RLIMIT_AS``), so that they hold inside C code, where no Python signal handler
runs, and so that a busy machine changes nothing: CPU time is what the page itself used.  A worker that dies costs the
document it was at; another takes its place.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import connection, forkserver
from pathlib import Path
from typing import Any, Literal, TypeVar

from tasks.errors import ConfigError
from tasks.memory import give_back_memory, keep_memory_small
from tasks.slots import Slots, open_slots, submit
from tasks.worker_process import WorkerDied, WorkerSlow

_T = TypeVar("_T")
_R = TypeVar("_R")
_CHUNKS_PER_WORKER = 3
_CHUNKS_PER_LIFE = 400
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may cost: CPU seconds, memory in MiB on top of what a fresh worker maps, wall seconds as backstop."""

    cpu_seconds: int = 10
    memory_mb: int = 2048
    wall_seconds: int = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """What happened instead of a result: the document used too much ``cpu``, ``memory`` or ``wall`` time, or killed its worker."""

    kind: Literal["cpu", "memory", "wall", "died"]
    detail: str


@dataclass(frozen=True, slots=True)
class Pool:
    """An open pool of document workers; use :func:`map_documents` with it."""

    slots: Slots
    workers: int
    limits: Limits


@contextmanager
def open_pool(workers: int, limits: Limits, preload: Sequence[str] = ()) -> Iterator[Pool]:
    """A pool of *workers* processes, ended and reaped on leaving.

    *preload* names modules that every worker needs: they are imported once, in the fork server, and shared.
    """
    if multiprocessing.current_process().daemon:
        raise ConfigError(
            "this Dask worker may not start processes of its own; start it with --no-nanny, or with "
            "DASK_DISTRIBUTED__WORKER__DAEMON=False in its environment"
        )
    context = _fork_server(preload)
    with open_slots(workers, context, partial(_start_worker, limits), _CHUNKS_PER_LIFE) as slots:
        yield Pool(slots, workers, limits)


def start_fork_server(preload: Sequence[str]) -> None:
    """Have the fork server import *preload* from now on, beside whatever this process does until the first document."""
    _fork_server(preload)
    forkserver.ensure_running()


def _fork_server(preload: Sequence[str]) -> multiprocessing.context.ForkServerContext:
    keep_memory_small()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tasks.workers", *preload])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    return context


def map_documents(
    pool: Pool, function: Callable[[_T], _R], documents: Iterable[_T], chunk: int = _CHUNK
) -> Iterator[tuple[_T, _R | Failure]]:
    """Each document with ``function(document)`` or the Failure that came instead, in the order given.

    *function* must be importable by name.  Few documents are held at a time.  When a worker dies, each document of
    its chunk is tried again alone, so that a bad one cannot take its neighbours along.
    """
    waiting: deque[tuple[list[_T], Future[list[_R | Failure]]]] = deque()
    source = iter(documents)
    exhausted = False
    while True:
        while not exhausted and len(waiting) < pool.workers * _CHUNKS_PER_WORKER:
            batch = list(islice(source, chunk))
            exhausted = not batch
            if batch:
                waiting.append((batch, _schedule(pool, function, batch)))
        if not waiting:
            return
        batch, future = waiting.popleft()
        yield from zip(batch, _collect(pool, function, batch, future), strict=True)


def _schedule(pool: Pool, function: Callable[[_T], _R], batch: list[_T]) -> Future[list[_R | Failure]]:
    wall = pool.limits.wall_seconds * max(1, len(batch))
    return submit(pool.slots, _run, (function, batch, pool.limits), wall)


def _collect(
    pool: Pool,
    function: Callable[[_T], _R],
    batch: list[_T],
    future: Future[list[_R | Failure]],
    is_second: bool = False,
) -> list[_R | Failure]:
    try:
        return future.result()
    except WorkerSlow:
        failure = Failure("wall", f"no answer within {pool.limits.wall_seconds} s")
    except WorkerDied as error:
        failure = _explain_death(error.exitcode, pool.limits)
        if len(batch) == 1 and error.exitcode == -signal.SIGKILL and not is_second:
            # somebody killed the worker, not the document: it gets another
            return _collect(pool, function, batch, _schedule(pool, function, batch), is_second=True)
    if len(batch) == 1:
        return [failure]
    singles = [(one, _schedule(pool, function, [one])) for one in batch]
    return [_collect(pool, function, [one], again)[0] for one, again in singles]


def _explain_death(exitcode: int | None, limits: Limits) -> Failure:
    if exitcode == -signal.SIGXCPU:
        return Failure("cpu", f"used more than {limits.cpu_seconds} s of CPU time")
    return Failure("died", f"worker ended with {exitcode}")


def _run(function: Callable[[_T], _R], batch: list[_T], limits: Limits) -> list[_R | Failure]:
    """In the worker: every document of a chunk, each with its own CPU deadline."""
    results: list[_R | Failure] = []
    for one in batch:
        _set_deadline(limits.cpu_seconds)
        try:
            results.append(function(one))
        except MemoryError:
            results.append(Failure("memory", f"needed more than {limits.memory_mb} MiB"))
    give_back_memory()
    return results


def _set_deadline(seconds: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + seconds, hard))


def _start_worker(limits: Limits) -> None:
    """In the worker, once: limit memory, leave no core file, keep libraries quiet, and end when the parent does."""
    logging.disable(logging.ERROR)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    mapped = int(statm.read_text().split()[0]) * resource.getpagesize() if statm.exists() else 0
    resource.setrlimit(resource.RLIMIT_AS, (mapped + limits.memory_mb * 2**20, resource.RLIM_INFINITY))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: Any) -> None:
    connection.wait([sentinel])
    os._exit(1)
