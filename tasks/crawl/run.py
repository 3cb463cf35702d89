"""One source, one run: read its feeds, fetch what they list and nobody has, keep every response, remember what is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from yarl import URL

from tasks.config import Source
from tasks.crawl.archive import FEEDS, Archive, Earlier
from tasks.crawl.archive import Kept as KeptAs
from tasks.crawl.aside import run_aside
from tasks.crawl.crawler import Crawler, ask_permission, software
from tasks.crawl.exchange import PASSING, Fetched, Result
from tasks.crawl.fetch import fetch
from tasks.crawl.frontier import Due, Kept, Visit
from tasks.crawl.gates import PATIENCE
from tasks.crawl.listing import read_lists
from tasks.crawl.made import Failure, Run, together
from tasks.crawl.rebuild import archive_kept, source_folder, take_up
from tasks.crawl.recover import recover_archives
from tasks.crawl.revisit import next_look
from tasks.crawl.states import save_hosts
from tasks.urls import canonical_url

MOST_PAGES = 2_000
"""Pages of one source fetched in one run; the others stay due."""
ROUNDS = 3
"""Times that pages are asked for in one run whose host said "in a moment" (429 or 503 with a short Retry-After)."""
RUN_SECONDS = 2_700.0
"""After this long no further page of a source is begun: an hourly crawl should end within its hour."""
_REFUSED = frozenset({Result.ROBOTS, Result.BLOCKED, Result.REDIRECTS})


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a run did for one source.

    ``listed`` counts URLs seen for the first time, ``asked`` those that were due, ``counts`` how the asked ones ended, by
    :class:`Result`, and ``failures`` names those that were not fetched; ``feeds`` holds each list's status, ``trapped`` what
    was left out as endless, ``waiting`` how many URLs are due or will be, ``recovered`` how many pages earlier runs had fetched before they were killed.  ``archives`` are all that wait to be worked
    through, older ones included.
    """

    source: str
    run: str
    listed: int
    asked: int
    counts: Mapping[str, int]
    feeds: Mapping[str, str]
    archives: tuple[Kept, ...]
    files: tuple[Path, ...]
    failures: tuple[Failure, ...] = ()
    trapped: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    recovered: int = 0

    @property
    def fetched(self) -> int:
        """Pages fetched."""
        return self.counts.get(Result.FETCHED, 0)


async def crawl(
    crawler: Crawler,
    source: Source,
    run: str,
    tell: Callable[[int], None] = lambda _: None,
    due_only: bool = False,
) -> Crawled:
    """Crawl one source.  *run* names the run (letters, digits and dashes); *tell* hears of every page.

    With *due_only*, lists are asked for when their time has come, otherwise all of them.  Whatever happens, the archives
    are closed properly; a URL is due until its response is in one of them.
    """
    folder = source_folder(crawler.root, source.name)
    recovered = take_up(
        crawler.frontier, crawler.root, source, recover_archives(folder), crawler.clock(), crawler.settings
    )
    day = folder / datetime.fromtimestamp(crawler.clock(), UTC).strftime("%Y-%m-%d")
    pages, feeds = Archive(day, run, software()), Archive(day, run + FEEDS, software())
    made = Run(crawler, source, pages, feeds, tell, due_only)
    try:
        await read_lists(made)
        for _ in range(ROUNDS):
            made.soon = None
            await _fetch_all(made, crawler.frontier.due(source.name, crawler.clock(), MOST_PAGES))
            if made.soon is None:
                break
            await asyncio.sleep(made.soon)
    finally:
        await run_aside(crawler.client.aside.writer, _close, made)
        finished = await run_aside(
            crawler.client.aside.writer, archive_kept, crawler.root, source.name, pages.finished
        )
        for kept in finished:
            crawler.frontier.add_archive(kept)
        save_hosts(crawler.frontier, crawler.client.gates.manners(), crawler.clock())
    return Crawled(
        source.name, run, made.listed, sum(made.counts.values()), dict(made.counts), made.status,
        tuple(crawler.frontier.waiting_archives(source.name)), (*pages.finished, *feeds.finished),
        tuple(made.failures), dict(made.trapped), crawler.frontier.counts(source.name).get("due", 0),
        recovered,
    )  # fmt: skip


def _close(made: Run) -> None:
    made.pages.close()
    made.feeds.close()


async def _fetch_all(made: Run, due: list[Due]) -> None:
    """Fetch every due URL, as many at once as settings and hosts allow, until the run's time is over."""
    loop = asyncio.get_running_loop()
    end, waiting = loop.time() + RUN_SECONDS, iter(due)
    made.claimed.update((one.key, one.key) for one in due)

    async def work() -> None:
        """Fetch one waiting page after the other until none waits or time is up."""
        for one in waiting:
            if loop.time() > end:
                return
            await _fetch_one(made, one)

    await together([work() for _ in range(min(len(due), made.crawler.settings.connections))])


async def _fetch_one(made: Run, due: Due) -> None:
    """Fetch one page, keep what came, and remember how it ended."""
    crawler, last = made.crawler, due.last

    async def allowed(url: URL) -> Result | None:
        """Why a redirect to *url* is not followed, or None when it may be."""
        key = due.key if str(url) == due.url else canonical_url(str(url))
        is_others = made.claimed.setdefault(key, due.key) != due.key
        if key != due.key and (is_others or (last is None and crawler.frontier.is_fetched(key))):
            return Result.KNOWN
        return await ask_permission(crawler, url, made.feeds)

    asked = {"If-None-Match": last.etag, "If-Modified-Since": last.modified} if last else {}
    fetched = await fetch(
        crawler.client, due.url, allowed, {name: value for name, value in asked.items() if value}
    )
    kept: KeptAs | None = None
    try:
        earlier = Earlier(due.url, last.digest, last.at) if last else None
        for exchange in fetched.exchanges:
            kept = await made.pages.keep_aside(exchange, crawler.client.aside, earlier)
    finally:
        fetched.close()
    result = fetched.result
    if result is Result.FETCHED and last is not None and kept is not None and kept.is_revisit:
        result = Result.NOT_MODIFIED
    if last is not None:
        _settle_again(made, due, last, fetched, result, kept)
    else:
        _settle(made, due, fetched, kept)
    if result is not Result.POSTPONED:
        made.counts[result] += 1
        if result is not Result.FETCHED:
            made.failures.append(Failure(due.url, result, fetched.detail))
        made.tell(1)


def _settle(made: Run, due: Due, fetched: Fetched, kept: KeptAs | None) -> None:
    """Remember how a page ended: fetched, to be tried again, or done with."""
    crawler, source, result = made.crawler, made.source.name, fetched.result
    frontier, now = crawler.frontier, crawler.clock()
    if result is Result.FETCHED:
        last = fetched.last.url
        visit = _visit(crawler, fetched, 1, kept)
        also = [] if last == due.url else [canonical_url(last)]
        frontier.mark_fetched(dict.fromkeys([due.key, *also]), source, now, visit)
    elif result is Result.KNOWN:
        frontier.settle(due.key, "fetched", result)
    elif result is Result.POSTPONED:
        frontier.postpone(due.key, now, fetched.wait or 0.0)
    elif result in PASSING:
        is_left = frontier.retry(due.key, due.attempts, result, now, fetched.wait)
        if is_left and fetched.wait is not None and fetched.wait <= PATIENCE:
            made.soon = max(made.soon or 0.0, fetched.wait)
    else:
        frontier.settle(due.key, "refused" if result in _REFUSED else "failed", result)


def _visit(crawler: Crawler, fetched: Fetched, number: int, kept: KeptAs | None) -> Visit:
    """What to remember of a page that was just fetched, by the crawl's own clock."""
    headers, now = fetched.last.headers, crawler.clock()
    return Visit(
        fetched.last.at.timestamp(), number, headers.get("etag"), headers.get("last-modified"), kept.digest if kept else None,
        next_look(now, number, crawler.settings.look_again_hours),
    )  # fmt: skip


def _settle_again(
    made: Run, due: Due, last: Visit, fetched: Fetched, result: Result, kept: KeptAs | None
) -> None:
    """Remember how looking at a page again ended.  Whatever happened, the page stays fetched."""
    crawler, number, now = made.crawler, last.number + 1, made.crawler.clock()
    later = next_look(now, number, crawler.settings.look_again_hours)
    if result is Result.FETCHED:
        crawler.frontier.mark_fetched(
            [due.key], made.source.name, now, _visit(crawler, fetched, number, kept)
        )
    elif result is Result.POSTPONED:
        crawler.frontier.look_later(due.key, last.number, now + (fetched.wait or 0.0))
    elif result is Result.NOT_MODIFIED or result in PASSING:
        crawler.frontier.look_later(due.key, number, later, None if result is Result.NOT_MODIFIED else result)
    else:
        crawler.frontier.look_later(due.key, number, 0.0, result)
