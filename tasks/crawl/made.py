"""What the parts of one run of one source share."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from typing import Any

from tasks.config import Source
from tasks.crawl.archive import Archive
from tasks.crawl.crawler import Crawler


@dataclass(frozen=True, slots=True)
class Failure:
    """A page that was asked for and not fetched: its address, how that ended, and what a person should know."""

    url: str
    result: str
    detail: str


@dataclass(slots=True)
class Run:
    """One run of one source: where pages and feeds are kept, and what became of each.

    ``soon`` is the longest pause, in seconds, after which a host said that it would answer in this very run.  ``trapped`` counts addresses left out because they would have no end, by reason; ``due_only`` leaves lists alone whose
    time has not come.
    """

    crawler: Crawler
    source: Source
    pages: Archive
    feeds: Archive
    tell: Callable[[int], None]
    due_only: bool = False
    listed: int = 0
    soon: float | None = None
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    status: dict[str, str] = field(default_factory=dict)
    trapped: Counter[str] = field(default_factory=Counter)
    claimed: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @staticmethod
    async def breathe() -> None:
        """Let others have their turn."""
        await asyncio.sleep(0)


async def together(parts: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """Run all *parts* at once; the first error ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors
