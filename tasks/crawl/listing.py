"""What an outlet lists: its feeds and sitemaps read, unless they have not changed, and their pages entered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tasks.crawl.archive import Earlier
from tasks.crawl.aside import run_aside
from tasks.crawl.crawler import ask_permission
from tasks.crawl.entries import Entries, own_entries
from tasks.crawl.exchange import Exchange, Fetched, Result
from tasks.crawl.feeds import read_feed
from tasks.crawl.fetch import fetch
from tasks.crawl.front import read_front_page
from tasks.crawl.made import Run, together
from tasks.crawl.revisit import next_pause, pause_after_failure
from tasks.crawl.sitemaps import Listed, Sitemap, read_date, read_sitemap
from tasks.crawl.states import ListState, load_list, save_list

RECENT = timedelta(days=3)
"""Pages and sitemaps that changed longer ago are left to a backfill: a sitemap lists an outlet's whole history."""
MOST_SITEMAPS = 40
"""Sitemaps of one source read in one run."""
MOST_UNDATED = 1_000
"""Pages without a date in a sitemap that is taken for news: as many as a news sitemap may list."""
DEPTH = 3
NOT_DUE = "not due"
_AT_ONCE = 1_000

Read = Callable[[Exchange, int, datetime], Entries]
"""Reads a list as it came, unpacked to so many bytes, at a time (UTC)."""


async def read_lists(made: Run) -> None:
    """Read every feed and sitemap of the source; ``made.status`` says how each went.

    Front pages are read where the outlet names no list, or none of its lists can be read.
    """
    source = made.source
    feeds = [_ask(made, url, read_feed_list) for url in source.feeds]
    await together([*feeds, *(_read_sitemap(made, url, 0) for url in source.sitemaps)])
    fronts = source.front_pages or tuple(f"https://{host}/" for host in source.hosts)
    if all(is_problem(status) for status in made.status.values()):
        await together([_ask(made, url, read_front_list) for url in fronts])


def is_problem(status: str) -> bool:
    """Whether what is said of a list means that it could not be read."""
    fine = ("entries", Result.NOT_MODIFIED, "unchanged", NOT_DUE, Result.POSTPONED)
    return not any(word in status for word in fine)


def read_feed_list(last: Exchange, limit: int, now: datetime) -> Entries:
    """The entries of a feed."""
    entries = read_feed(last.content(limit), last.url)
    return Entries([(entry.url, _changed(read_date(entry.updated or ""), now)) for entry in entries])


def read_front_list(last: Exchange, limit: int, now: datetime) -> Entries:
    """The articles that a front page links to."""
    return Entries([(url, None) for url in read_front_page(last.content(limit), last.url)])


def read_sitemap_list(last: Exchange, limit: int, now: datetime) -> Entries:
    """The pages of a sitemap that are new enough, and the sitemaps it leads to; a feed may stand in for a sitemap."""
    found, since = read_sitemap(last.content(limit), last.url, limit), now - RECENT
    if not found.pages and not found.sitemaps:
        return read_feed_list(last, limit, now)
    undated = sum(page.at is None for page in found.pages)
    pages = [
        page for page in found.pages if (page.at >= since if page.at is not None else undated <= MOST_UNDATED)
    ]
    old = len(found.pages) - len(pages)
    note = f", {old} older or without a date" if old else ""
    children = tuple(one.url for one in choose_sitemaps(found, since))
    return Entries([(page.url, _changed(page.at, now)) for page in pages], note, len(found.pages), children)


def _changed(at: datetime | None, now: datetime) -> str | None:
    """A date of change as the frontier compares it; none for what lies ahead."""
    return at.strftime("%Y-%m-%dT%H:%M:%S") if at is not None and at <= now else None


async def _read_sitemap(made: Run, url: str, depth: int) -> None:
    """Read one sitemap and those it leads to; circles and endless nests end, and what was left out is said."""
    if url in made.asked:
        return
    if depth > DEPTH or len(made.asked) >= MOST_SITEMAPS:
        made.status[url] = f"not read: more than {MOST_SITEMAPS} sitemaps, or nested deeper than {DEPTH}"
        made.trapped["nested_sitemaps"] += 1
        return
    made.asked.add(url)
    state = await _ask(made, url, read_sitemap_list)
    await together([_read_sitemap(made, child, depth + 1) for child in state.children])


def choose_sitemaps(found: Sitemap, since: datetime) -> list[Listed]:
    """The sitemaps of an index that may hold pages since *since*: dated ones first, then those without a date, last names first."""
    dated = [one for one in found.sitemaps if one.at is not None and one.at >= since]
    undated = [one for one in found.sitemaps if one.at is None]
    ordered = sorted(dated, key=lambda one: one.at or since, reverse=True)
    return [*ordered, *sorted(undated, key=lambda one: one.url, reverse=True)][:MOST_SITEMAPS]


async def _ask(made: Run, url: str, read: Read) -> ListState:
    """Fetch a list, unless it is not due or has not changed, enter what it lists, and remember its state."""
    crawler = made.crawler
    known, now = load_list(crawler.frontier, url), crawler.clock()
    if made.due_only and known.due_at > now:
        made.status[url] = NOT_DUE
        return known
    conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    fetched = await fetch(
        crawler.client,
        url,
        lambda target: ask_permission(crawler, target, made.feeds),
        {header: value for header, value in conditions.items() if value},
    )
    try:
        state = await _take_in(made, fetched, known, read, url)
    finally:
        fetched.close()
    state = replace(state, checked_at=now, due_at=now + state.pause)
    if fetched.result is not Result.POSTPONED:
        save_list(crawler.frontier, url, made.source.name, state)
    made.status[url] = state.status
    return state


async def _take_in(made: Run, fetched: Fetched, known: ListState, read: Read, url: str) -> ListState:
    """Keep what came and enter what it lists; returns what to remember of the list."""
    crawler, now = made.crawler, made.crawler.clock()
    earlier = Earlier(url, known.digest, known.kept_at) if known.digest else None
    for exchange in fetched.exchanges:
        kept = await made.feeds.keep_aside(exchange, crawler.client.aside, earlier)
    elapsed = now - known.checked_at
    calm = replace(known, failures=0, pause=next_pause(known.pause, elapsed, 0, known.entries))
    if fetched.result is Result.NOT_MODIFIED:
        return replace(calm, status=str(Result.NOT_MODIFIED))
    if fetched.result is not Result.FETCHED:
        failures = known.failures + 1
        status = f"{fetched.result}: {fetched.detail}" if fetched.detail else str(fetched.result)
        return replace(
            known, status=status, failures=failures, pause=pause_after_failure(known.pause, failures)
        )
    last = fetched.last
    etag, modified = last.headers.get("etag"), last.headers.get("last-modified")
    if kept is not None and kept.is_revisit:
        return replace(calm, status="unchanged", etag=etag, modified=modified)
    at = datetime.fromtimestamp(now, UTC)
    found = await run_aside(crawler.client.aside.reader, _read_own, made, read, last, at)
    before = made.listed
    await _enter(made, found)
    pause = next_pause(known.pause, elapsed, made.listed - before, found.listed)
    return ListState(
        etag, modified, children=found.children, digest=kept.digest if kept and last.url == url else None,
        kept_at=last.at.timestamp(), pause=pause, entries=found.listed, status=found.status,
    )  # fmt: skip


def _read_own(made: Run, read: Read, last: Exchange, now: datetime) -> Entries:
    """What a list says, without what is another outlet's or a trap."""
    return own_entries(made.source, read(last, made.crawler.settings.max_bytes, now), now)


async def _enter(made: Run, found: Entries) -> None:
    """Enter what a list says, a thousand addresses at once so that nobody waits for long."""
    frontier, now = made.crawler.frontier, made.crawler.clock()
    made.trapped.update(found.trapped)
    for at in range(0, len(found.pages), _AT_ONCE):
        part: Sequence[tuple[str, str, str | None]] = found.pages[at : at + _AT_ONCE]
        made.listed += frontier.list_urls(made.source.name, [(key, url) for key, url, _ in part], now)
        frontier.note_changes([(key, changed) for key, _, changed in part if changed], now)
        await made.breathe()
