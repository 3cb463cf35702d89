"""How far a run of unit work has come: units, pages and bytes, their rates, and the time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from tasks.progress import Step

_PAGES = "clean"
"""The stage whose rows are counted as pages: it takes most of the time."""


@dataclass(slots=True)
class Tally:
    """Counts made of progress steps.  ``units`` is null until the plan is known; ``fresh`` are units worked on in this run."""

    units: int | None = None
    clock: Callable[[], float] = time.monotonic
    fresh: int = 0
    known: int = 0
    failed: int = 0
    pages: int = 0
    fetched: int = 0
    started: float = field(default=0.0)
    _guard: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        """Start the clock."""
        self.started = self.clock()

    def take(self, step: Step) -> None:
        """Count one step; any thread may call this."""
        with self._guard:
            match step.stage, step.is_done:
                case "plan", _:
                    self.units = step.rows
                case "fetch", False:
                    self.fetched += step.rows
                case "enrich", True:
                    self.fresh += 1
                case "current", True:
                    self.known += 1
                case "failed", True:
                    self.failed += 1
                case stage, False if stage == _PAGES:
                    self.pages += step.rows

    @property
    def done(self) -> int:
        """Units that ended, well or not."""
        return self.fresh + self.known + self.failed

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return max(0.001, self.clock() - self.started)

    @property
    def rate(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds

    @property
    def left(self) -> float | None:
        """Seconds until the last unit ends, at the pace of those worked on so far; null while nobody can say.

        Units that needed no work took no time and say nothing of the pace.
        """
        worked = self.fresh + self.failed
        if self.units is None or not worked:
            return None
        return max(0, self.units - self.done) * self.seconds / worked

    def line(self, label: str) -> str:
        """One line for people."""
        units = f"{self.done}/{'?' if self.units is None else self.units} units"
        fetched = f", {self.fetched / 1e6:,.0f} MB fetched" if self.fetched else ""
        failed = f", {self.failed} failed" if self.failed else ""
        about = f", about {self.left:.0f} s left" if self.left is not None else ""
        return f"{label}: {units}, {self.pages:,} pages, {self.rate:.0f}/s{fetched}{failed}{about}"
