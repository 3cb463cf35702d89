"""What an outlet lists: its feeds and sitemaps read, unless they have not changed, and their pages entered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from tasks.config import Source
from tasks.crawl.archive import Archive
from tasks.crawl.crawler import Crawler, ask_permission
from tasks.crawl.feeds import read_feed
from tasks.crawl.fetch import Exchange, Fetched, Result, fetch
from tasks.crawl.frontier import FeedState
from tasks.crawl.sitemaps import Listed, Sitemap, read_sitemap
from tasks.urls import bare_host, canonical_url

RECENT = timedelta(days=3)
"""Pages and sitemaps that changed longer ago are left to a backfill: a sitemap lists an outlet's whole history."""
MOST_SITEMAPS = 40
"""Sitemaps of one source read in one run."""
_DEPTH = 3


@dataclass(slots=True)
class Run:
    """What the parts of one run of one source share: where pages and feeds are kept, and what became of each."""

    crawler: Crawler
    source: Source
    pages: Archive
    feeds: Archive
    tell: Callable[[int], None]
    listed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    status: dict[str, str] = field(default_factory=dict)
    claimed: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)


async def together(parts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all *parts* at once; the first error ends the others and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from errors


async def read_lists(made: Run) -> None:
    """Read every feed and sitemap of the source; ``made.status`` says how each went."""
    feeds = [_read_feed(made, url) for url in made.source.feeds]
    await together([*feeds, *(_read_sitemap(made, url, 0) for url in made.source.sitemaps)])


async def _read_feed(made: Run, url: str) -> None:
    def enter(last: Exchange) -> tuple[str, FeedState]:
        entries = read_feed(last.content(made.crawler.settings.max_bytes), last.url)
        return _enter(made, [entry.url for entry in entries]), FeedState()

    await _ask(made, url, enter)


async def _read_sitemap(made: Run, url: str, depth: int) -> None:
    """Read one sitemap and those it leads to; circles and endless nests end, and what was left out is said."""
    if url in made.asked:
        return
    if depth > _DEPTH or len(made.asked) >= MOST_SITEMAPS:
        made.status[url] = f"not read: more than {MOST_SITEMAPS} sitemaps, or nested deeper than {_DEPTH}"
        return
    made.asked.add(url)

    def enter(last: Exchange) -> tuple[str, FeedState]:
        limit = made.crawler.settings.max_bytes
        found = read_sitemap(last.content(limit), last.url, limit)
        since = datetime.fromtimestamp(made.crawler.clock(), UTC) - RECENT
        pages = [page.url for page in found.pages if page.at is not None and page.at >= since]
        children = choose_sitemaps(found, since)
        old = len(found.pages) - len(pages)
        status = _enter(made, pages) + (f", {old} older or without a date" if old else "")
        return status, FeedState(children=tuple(one.url for one in children))

    state = await _ask(made, url, enter)
    await together([_read_sitemap(made, child, depth + 1) for child in state.children])


def choose_sitemaps(found: Sitemap, since: datetime) -> list[Listed]:
    """The sitemaps of an index that may hold pages since *since*: dated ones first, then those without a date, last names first."""
    dated = [one for one in found.sitemaps if one.at is not None and one.at >= since]
    undated = [one for one in found.sitemaps if one.at is None]
    ordered = sorted(dated, key=lambda one: one.at or since, reverse=True)
    return [*ordered, *sorted(undated, key=lambda one: one.url, reverse=True)][:MOST_SITEMAPS]


async def _ask(made: Run, url: str, enter: Callable[[Exchange], tuple[str, FeedState]]) -> FeedState:
    """Fetch a list, unless it has not changed, let *enter* take in what it says, and remember its state."""
    crawler = made.crawler
    known = crawler.frontier.feed(url)
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    fetched = await fetch(
        crawler.client,
        url,
        lambda target: ask_permission(crawler, target, made.feeds),
        {header: value for header, value in conditions.items() if value},
    )
    try:
        for exchange in fetched.exchanges:
            made.feeds.keep(exchange)
        status, state = _take_in(fetched, known, enter)
        crawler.frontier.save_feed(url, made.source.name, state, status, crawler.clock())
        made.status[url] = status
    finally:
        fetched.close()
    return state


def _take_in(
    fetched: Fetched, known: FeedState, enter: Callable[[Exchange], tuple[str, FeedState]]
) -> tuple[str, FeedState]:
    """What to say of a list that was asked for, and what to remember of it."""
    if fetched.result is not Result.FETCHED:
        return f"{fetched.result}: {fetched.detail}" if fetched.detail else str(fetched.result), known
    headers = fetched.last.headers
    status, state = enter(fetched.last)
    return status, replace(state, etag=headers.get("etag"), modified=headers.get("last-modified"))


def _enter(made: Run, urls: list[str]) -> str:
    """Enter the pages that belong to the outlet; returns a line about them."""
    own = list(_own(made.source, urls))
    made.listed += made.crawler.frontier.list_urls(made.source.name, own, made.crawler.clock())
    others = len(urls) - len(own)
    return f"{len(urls)} entries" + (f", {others} of other hosts" if others else "")


def _own(source: Source, urls: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(key, address) of the pages that belong to the outlet: those on any host when it has none configured."""
    hosts = {bare_host(host) for host in source.hosts}
    for url in urls:
        host = bare_host(urlsplit(url).hostname or "")
        if not hosts or host in hosts or any(host.endswith("." + one) for one in hosts):
            yield canonical_url(url), url
