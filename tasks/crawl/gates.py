"""Turns at hosts: how many requests at once, how long between two, and when a host wants to be left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

PATIENCE = 120.0
"""Seconds that a request waits for its turn at most; a host that wants more is left for a later run."""
SLOWEST = 60.0
"""Longest pause, in seconds, that slowness or refusals alone lead to."""
_FASTER = 0.7


class PostponedError(Exception):
    """The host wants a longer pause than this run can make; ``seconds`` until it may be asked again."""

    def __init__(self, seconds: float) -> None:
        """Keep the pause, in seconds."""
        super().__init__(f"the host wants to be left alone for {seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Manners:
    """How a host wants to be treated, in seconds: left alone from now, pause it wants, pause for refusing, time it takes."""

    pause: float = 0.0
    wanted: float = 0.0
    penalty: float = 0.0
    latency: float = 0.0


@dataclass(slots=True)
class _Host:
    """What is known of one host; times are those of the gates' clock, in seconds.

    Whoever waits for the pause to end holds the ``door``, so that pauses are kept between requests as they are made.
    """

    places: asyncio.Semaphore
    door: asyncio.Lock = field(default_factory=asyncio.Lock)
    wanted: float = 0.0
    penalty: float = 0.0
    latency: float = 0.0
    next_at: float = 0.0
    paused_until: float = 0.0


@dataclass(slots=True)
class Gates:
    """Turns at every host that one crawl asks: at most ``per_host`` requests at once, ``delay`` seconds between two."""

    delay: float
    per_host: int
    clock: Callable[[], float] = monotonic
    patience: float = PATIENCE
    hosts: dict[str, _Host] = field(default_factory=dict)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at *host* and hold it.  Raises PostponedError when that would take longer than is sensible."""
        known = self._host(host)
        async with known.places:
            async with known.door:
                while (left := max(known.next_at, known.paused_until) - self.clock()) > 0:
                    if left > self.patience:
                        raise PostponedError(left)
                    await asyncio.sleep(left)
                known.next_at = self.clock() + self.pause_of(host)
            yield

    def pause_of(self, host: str) -> float:
        """Seconds between two requests to *host*: as set, as robots.txt wants, or longer while it is slow or refuses."""
        known = self._host(host)
        slowed = min(known.latency, SLOWEST) if self.delay else 0.0
        return max(self.delay, known.wanted, known.penalty, slowed)

    def want(self, host: str, seconds: float) -> None:
        """The host's robots.txt asks for this many seconds between two requests."""
        self._host(host).wanted = seconds

    def learn(self, host: str, seconds: float, is_refused: bool, retry_after: float | None = None) -> None:
        """Take in that an answer took *seconds* and whether it said "too many" (429 or 503), and for how long."""
        known = self._host(host)
        known.latency = seconds if not known.latency else 0.7 * known.latency + 0.3 * seconds
        if is_refused:
            known.penalty = min(max(2 * known.penalty, 2 * self.delay, 1.0), SLOWEST)
            pause = known.penalty if retry_after is None else retry_after
            known.paused_until = max(known.paused_until, self.clock() + pause)
        else:
            known.penalty = known.penalty * _FASTER if known.penalty > 0.1 else 0.0

    def recall(self, hosts: Mapping[str, Manners]) -> None:
        """Begin with what is known of *hosts* from an earlier crawl."""
        for host, manners in hosts.items():
            known = self._host(host)
            known.wanted, known.penalty, known.latency = manners.wanted, manners.penalty, manners.latency
            known.paused_until = self.clock() + manners.pause if manners.pause else 0.0

    def manners(self) -> dict[str, Manners]:
        """How every host that was asked wants to be treated from now on."""
        now = self.clock()
        return {
            host: Manners(max(0.0, one.paused_until - now), one.wanted, one.penalty, one.latency)
            for host, one in self.hosts.items()
        }

    def _host(self, host: str) -> _Host:
        if host not in self.hosts:
            self.hosts[host] = _Host(asyncio.Semaphore(self.per_host))
        return self.hosts[host]
