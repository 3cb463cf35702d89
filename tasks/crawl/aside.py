"""Heavy work beside the event loop: hashing, packing and parsing in threads, so that no deadline waits for them.

The loop looks at its clock only between two steps.  What takes longer than a few milliseconds is therefore done
elsewhere, or in slices (:func:`tasks.crawl.fetch.fetch`).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")

_SWITCH_SECONDS = 0.0005
"""How long a thread that works in Python keeps the interpreter from the loop; 5 ms by default, for every read of a socket."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Two threads: one ``reader`` parses (so that one hostile list at a time costs memory), one ``writer`` archives."""

    reader: Executor
    writer: Executor


@contextmanager
def open_aside() -> Iterator[Aside]:
    """The threads; on leaving, what was begun is finished."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        with ThreadPoolExecutor(1, "read") as reader, ThreadPoolExecutor(1, "write") as writer:
            yield Aside(reader, writer)
    finally:
        sys.setswitchinterval(before)


async def run_aside(pool: Executor, work: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """What *work* returns or raises, done in *pool*.  Whoever is cancelled meanwhile still waits for its end.

    A file that a thread writes to must not be closed under it.
    """
    future = pool.submit(work, *args, **kwargs)
    waiting = asyncio.wrap_future(future)
    try:
        return await asyncio.shield(waiting)
    except asyncio.CancelledError:
        if not future.cancel():
            await asyncio.wait([waiting])
        raise
