"""When a list or a page is asked for again: soon where things change, ever later where they do not."""

from __future__ import annotations

from collections.abc import Sequence

SHORTEST, LONGEST = 300.0, 60 * 86_400.0
"""Five minutes for a ticker, two months for a feed that seems to have ended."""
FIRST = 3600.0
_FULL, _FASTER, _FAST, _SLOWER = 0.5, 0.25, 0.7, 1.5
_AFTER_FAILURE = 600.0
HOUR = 3600.0


def next_pause(pause: float, elapsed: float, fresh: int, listed: int) -> float:
    """Seconds until a list is asked again that showed *fresh* new addresses among *listed*, *elapsed* seconds after the last time.

    A list half of which is new loses entries between two visits: it is asked four times as often.  One that was asked
    sooner than its pause and had nothing new tells nothing.
    """
    if not pause:
        return FIRST
    if fresh:
        pause *= _FASTER if fresh >= _FULL * max(1, listed) else _FAST
    elif elapsed >= pause / 2:
        pause *= _SLOWER
    return min(max(pause, SHORTEST), LONGEST)


def pause_after_failure(pause: float, failures: int) -> float:
    """Seconds until a list is asked again that could not be had *failures* times in a row."""
    return min(max(pause, _AFTER_FAILURE) * 2.0 ** min(failures - 1, 20), LONGEST)


def next_look(at: float, number: int, hours: Sequence[float]) -> float:
    """When a page whose retrieval *number* was at *at* is looked at again; 0 when it no longer is.

    *hours* are those from each retrieval to the next one.
    """
    return at + hours[number - 1] * HOUR if 1 <= number <= len(hours) else 0.0
