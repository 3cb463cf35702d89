"""Trying again: pauses that grow, that heed what the server asks for, and that end at once when the run is stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tasks.errors import TransientError, UnitError
from tasks.progress import pause

_T = TypeVar("_T")
LONGEST = 300.0
"""Seconds between two tries, at most; a server that asks for more is left alone."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often something is tried in a row without progress, and how long after the first failure, in seconds."""

    tries: int = 6
    first_pause: float = 1.0

    def wait(self, failures: int, error: TransientError) -> None:
        """Pause after the *failures*-th failure in a row.  UnitError when enough has been tried."""
        if failures >= self.tries:
            raise UnitError(f"{error} ({failures} tries); run it again later") from error
        seconds = min(LONGEST, self.first_pause * 2 ** (failures - 1))
        if error.retry_after is not None:
            if error.retry_after > LONGEST:
                raise UnitError(f"{error}; the server asks for {error.retry_after:.0f} s of rest") from error
            seconds = max(seconds, error.retry_after)
        pause(seconds)

    def persist(self, action: Callable[[], _T]) -> _T:
        """What *action* returns, tried again while it raises TransientError."""
        failures = 0
        while True:
            try:
                return action()
            except TransientError as error:
                failures += 1
                self.wait(failures, error)
