"""Tell whoever watches how far unit work has come: one callback, kept in a context variable, absent by default."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import Event
from typing import TypeVar

from tasks.errors import CorpusError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Step:
    """Something happened: *rows* more rows went through *stage* of *unit*; ``is_done`` once the unit's stage is committed."""

    stage: str
    unit_id: str
    rows: int = 0
    is_done: bool = False


_listener: ContextVar[Callable[[Step], None] | None] = ContextVar("progress_listener", default=None)


@contextmanager
def listening(listener: Callable[[Step], None]) -> Iterator[None]:
    """Send every step made inside this block, tasks in threads included, to *listener*."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def told_by() -> Callable[[Step], None] | None:
    """Who listens now, if anybody."""
    return _listener.get()


def report_step(step: Step) -> None:
    """Tell the listener, if there is one."""
    if (listener := _listener.get()) is not None:
        listener(step)


def counted(rows: Iterable[_T], stage: str, unit_id: str, every: int = 16) -> Iterator[_T]:
    """The same rows; every *every* of them are reported as a step."""
    waiting = 0
    for row in rows:
        yield row
        waiting += 1
        if waiting == every:
            report_step(Step(stage, unit_id, waiting))
            waiting = 0
    report_step(Step(stage, unit_id, waiting))


_stopping: ContextVar[Event | None] = ContextVar("stopping", default=None)


@contextmanager
def stoppable() -> Iterator[None]:
    """Tell whatever was begun inside this block, tasks in threads included, to stop once the block is left."""
    event = Event()
    token = _stopping.set(event)
    try:
        yield
    finally:
        event.set()
        _stopping.reset(token)


def pause(seconds: float) -> None:
    """Sleep, and raise CorpusError as soon as the run is stopped."""
    event = _stopping.get()
    if event is None:
        time.sleep(seconds)
    elif event.wait(seconds):
        raise CorpusError("stopped; the same command goes on where it was")
