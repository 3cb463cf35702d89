"""One source, one run: read its feeds, fetch what they list and nobody has, keep every response, remember what is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from yarl import URL

from tasks.config import Source
from tasks.crawl.archive import FEEDS, Archive
from tasks.crawl.crawler import Crawler, ask_permission, software
from tasks.crawl.fetch import PASSING, Fetched, Result, fetch
from tasks.crawl.frontier import Due, Kept
from tasks.crawl.listing import Run, read_lists, together
from tasks.crawl.rebuild import enter_archives, source_folder, take_up
from tasks.crawl.recover import recover_archives
from tasks.urls import canonical_url

MOST_PAGES = 2_000
"""Pages of one source fetched in one run; the others stay due."""
RUN_SECONDS = 2_700.0
"""After this long no further page of a source is begun: an hourly crawl should end within its hour."""
_REFUSED = frozenset({Result.ROBOTS, Result.BLOCKED, Result.REDIRECTS})


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a run did for one source.

    ``listed`` counts URLs seen for the first time, ``asked`` those that were due, ``counts`` how the asked ones ended, by
    :class:`Result`; ``feeds`` holds each feed's status.  ``archives`` are all that wait to be worked through, older ones included.
    """

    source: str
    run: str
    listed: int
    asked: int
    counts: Mapping[str, int]
    feeds: Mapping[str, str]
    archives: tuple[Kept, ...]
    files: tuple[Path, ...]

    @property
    def fetched(self) -> int:
        """Pages fetched."""
        return self.counts.get(Result.FETCHED, 0)


async def crawl(
    crawler: Crawler, source: Source, run: str, tell: Callable[[int], None] = lambda _: None
) -> Crawled:
    """Crawl one source.  *run* names the run (letters, digits and dashes); *tell* hears of every page.

    Whatever happens, the archives are closed properly; a URL is due until its response is in one of them.
    """
    folder = source_folder(crawler.root, source.name)
    take_up(crawler.frontier, crawler.root, source.name, recover_archives(folder), crawler.clock())
    day = folder / datetime.fromtimestamp(crawler.clock(), UTC).strftime("%Y-%m-%d")
    made = Run(crawler, source, Archive(day, run, software()), Archive(day, run + FEEDS, software()), tell)
    try:
        await read_lists(made)
        due = crawler.frontier.due(source.name, crawler.clock(), MOST_PAGES)
        await _fetch_all(made, due)
    finally:
        made.pages.close()
        made.feeds.close()
        enter_archives(crawler.frontier, crawler.root, source.name, made.pages.finished)
    return Crawled(
        source.name, run, made.listed, sum(made.counts.values()), dict(made.counts), made.status,
        tuple(crawler.frontier.waiting_archives(source.name)), (*made.pages.finished, *made.feeds.finished),
    )  # fmt: skip


async def _fetch_all(made: Run, due: list[Due]) -> None:
    """Fetch every due URL, as many at once as settings and hosts allow, until the run's time is over."""
    loop = asyncio.get_running_loop()
    end, waiting = loop.time() + RUN_SECONDS, iter(due)
    made.claimed.update((one.key, one.key) for one in due)

    async def work() -> None:
        for one in waiting:
            if loop.time() > end:
                return
            await _fetch_one(made, one)

    await together([work() for _ in range(min(len(due), made.crawler.settings.connections))])


async def _fetch_one(made: Run, due: Due) -> None:
    """Fetch one page, keep what came, and remember how it ended."""
    crawler = made.crawler

    async def allowed(url: URL) -> Result | None:
        key = due.key if str(url) == due.url else canonical_url(str(url))
        is_others = made.claimed.setdefault(key, due.key) != due.key
        if key != due.key and (is_others or crawler.frontier.is_fetched(key)):
            return Result.KNOWN
        return await ask_permission(crawler, url, made.feeds)

    fetched = await fetch(crawler.client, due.url, allowed)
    try:
        for exchange in fetched.exchanges:
            made.pages.keep(exchange)
        _settle(crawler, made.source.name, due, fetched)
    finally:
        fetched.close()
    if fetched.result is not Result.POSTPONED:
        made.counts[fetched.result] += 1
        made.tell(1)


def _settle(crawler: Crawler, source: str, due: Due, fetched: Fetched) -> None:
    """Remember how a page ended: fetched, to be tried again, or done with."""
    frontier, result, now = crawler.frontier, fetched.result, crawler.clock()
    if result is Result.FETCHED:
        last = fetched.last.url
        frontier.mark_fetched({due.key, due.key if last == due.url else canonical_url(last)}, source, now)
    elif result is Result.KNOWN:
        frontier.settle(due.key, "fetched", result)
    elif result is Result.POSTPONED:
        frontier.postpone(due.key, now, fetched.wait or 0.0)
    elif result in PASSING:
        frontier.retry(due.key, due.attempts, result, now, fetched.wait)
    else:
        frontier.settle(due.key, "refused" if result in _REFUSED else "failed", result)
