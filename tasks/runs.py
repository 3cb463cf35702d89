"""What is running in a lake and how far it is: a small file per process, written anew every second or so."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from tasks.progress import Step, listening, told_by
from tasks.receipts import write_atomically
from tasks.tally import Tally

EVERY = 1.0
"""Seconds between two writings, at least."""
MOST_SHOWN = 20
"""Failures that a file holds, the latest ones."""


@dataclass(frozen=True, slots=True)
class RunState:
    """One run: counts and rates as :class:`tasks.tally.Tally` has them, ``left`` in seconds, failures by unit.

    ``is_alive`` is judged by the process, when it is one of this machine.
    """

    label: str
    pid: int
    host: str
    started_at: float
    updated_at: float
    units: int | None
    done: int
    known: int
    failed: int
    pages: int
    fetched: int
    rate: float
    left: float | None
    failures: dict[str, str] = field(default_factory=dict)
    ended: bool = False
    is_alive: bool = False


@contextmanager
def recording(root: Path, label: str, units: int) -> Iterator[Callable[[str, str], None]]:
    """Keep a file about this run in the lake at *root*, fed by progress steps; yields what to call for each failed unit.

    A lake that cannot be written is no reason to stop: then nothing is kept.
    """
    tally, failed, before = Tally(units), dict[str, str](), told_by()
    path, started = runs_folder(root) / f"{socket.gethostname()}-{os.getpid()}.json", time.time()
    guard, last = Lock(), 0.0

    def write(ended: bool = False) -> None:
        """Put down how far the run is."""
        state = RunState(
            label, os.getpid(), socket.gethostname(), started, time.time(), tally.units, tally.done, tally.known,
            tally.failed, tally.pages, tally.fetched, tally.rate, tally.left,
            dict(list(failed.items())[-MOST_SHOWN:]), ended,
        )  # fmt: skip
        with suppress(OSError):
            write_atomically(path, json.dumps(asdict(state)).encode())

    def take(step: Step) -> None:
        """Count a step, pass it on, and write at most every so many seconds."""
        nonlocal last
        tally.take(step)
        if before is not None:
            before(step)
        with guard:
            if time.monotonic() - last >= EVERY:
                last = time.monotonic()
                write()

    _forget_old(root)
    write()
    try:
        with listening(take):
            yield failed.__setitem__
    finally:
        write(ended=True)


def runs_folder(root: Path) -> Path:
    """Where the files about runs are."""
    return root / "runs"


def run_states(root: Path) -> list[RunState]:
    """Every run that a file tells of, the latest first."""
    found = []
    for path in runs_folder(root).glob("*.json"):
        try:
            plain: dict[str, Any] = json.loads(path.read_bytes())
            state = RunState(**(plain | {"is_alive": not plain["ended"] and _is_alive(plain)}))
        except (OSError, ValueError, TypeError, KeyError):
            continue
        found.append(state)
    return sorted(found, key=lambda one: one.started_at, reverse=True)


def _is_alive(plain: dict[str, Any]) -> bool:
    """Whether the process still exists; of another machine's, whether it wrote within two minutes."""
    if plain["host"] != socket.gethostname():
        return time.time() - float(plain["updated_at"]) < 120
    try:
        os.kill(int(plain["pid"]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _forget_old(root: Path) -> None:
    """Drop the files of runs that are over, but for the latest."""
    over = [one for one in run_states(root) if not one.is_alive]
    for one in over[1:]:
        with suppress(OSError):
            (runs_folder(root) / f"{one.host}-{one.pid}.json").unlink(missing_ok=True)
