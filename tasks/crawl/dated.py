"""An outlet's history by its sitemaps: which pages they date to a span of days, entered as due like any other page.

A day in the address decides, since it stays what it was when the page is changed; else the date that the sitemap gives, of
publication or of the last change.  A page without either is counted and left out: nobody can say whether it belongs to the span.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from tasks.config import Source
from tasks.crawl.archive import FEEDS, Archive
from tasks.crawl.aside import run_aside
from tasks.crawl.crawler import Crawler, ask_permission, software
from tasks.crawl.entries import Entries, own_entries
from tasks.crawl.exchange import Result
from tasks.crawl.fetch import fetch
from tasks.crawl.frontier import Frontier
from tasks.crawl.rebuild import source_folder
from tasks.crawl.sitemaps import Listed, Sitemap, read_sitemap
from tasks.errors import ConfigError
from tasks.urls import canonical_url

MOST_SITEMAPS = 5_000
"""Sitemaps read for one span: those of every day of thirteen years."""
DEPTH = 4
_IN_ADDRESS = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/_]?(?P<month>0[1-9]|1[0-2])(?:[-/_]?(?P<day>0[1-9]|[12]\d|3[01]))?(?!\d)"
)


@dataclass(slots=True)
class Dated:
    """What the sitemaps of an outlet list for a span.

    ``pages`` holds the keys of its pages by day, ``status`` what became of each sitemap, ``undated`` and ``others`` count
    pages without a date and of other days, hosts or without an end.
    """

    pages: dict[date, set[str]] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    undated: int = 0
    others: Counter[str] = field(default_factory=Counter)
    is_entered: bool = True

    @property
    def is_read(self) -> bool:
        """Whether any sitemap could be read."""
        return any("entries" in status for status in self.status.values())

    def notes(self) -> list[str]:
        """What people should know: pages left out and why, sitemaps that could not be read."""
        notes = [f"{self.undated:,} pages without a date left out"] if self.undated else []
        notes += [f"{count:,} pages {why}" for why, count in self.others.items()]
        unread = [f"{url}: {status}" for url, status in self.status.items() if "entries" not in status]
        return [*notes, *unread[:20]]


def check_read(listed: Dated, source: str) -> None:
    """ConfigError when not one sitemap of *source* could be read."""
    if not listed.is_read:
        problems = "; ".join(f"{url}: {status}" for url, status in listed.status.items())
        raise ConfigError(f"--sitemaps {source}: no sitemap could be read ({problems})"[:1000])


async def list_dated(
    crawler: Crawler, source: Source, first: date, end: date, run: str, enter: bool = True
) -> Dated:
    """Read the sitemaps of *source* and enter the pages of the days from *first* up to, and without, *end* as due.

    Sitemaps that by their own date or name hold no such page are not asked for.  With *enter* false, nothing is entered.
    Whatever happens, what was read is kept and its archive is closed.
    """
    day = source_folder(crawler.root, source.name) / datetime.now(UTC).strftime("%Y-%m-%d")
    made = Dated(is_entered=enter)
    archive = Archive(day, f"{run}-dated{FEEDS}", software())
    waiting = [(url, 0) for url in source.sitemaps]
    try:
        while waiting:
            url, depth = waiting.pop()
            if url in made.status:
                continue
            if depth > DEPTH or len(made.status) >= MOST_SITEMAPS:
                made.status[url] = (
                    f"not read: more than {MOST_SITEMAPS} sitemaps, or nested deeper than {DEPTH}"
                )
                continue
            found = await _read(crawler, url, archive, made)
            await _enter(crawler, source, found, first, end, made)
            waiting += [(one.url, depth + 1) for one in reversed(found.sitemaps) if may_hold(one, first, end)]
    finally:
        await run_aside(crawler.client.aside.writer, archive.close)
    return made


async def _read(crawler: Crawler, url: str, archive: Archive, made: Dated) -> Sitemap:
    """One sitemap; one without anything when it cannot be had, which ``made.status`` says."""
    limit = crawler.settings.max_bytes
    fetched = await fetch(crawler.client, url, lambda target: ask_permission(crawler, target, archive))
    try:
        for exchange in fetched.exchanges:
            await archive.keep_aside(exchange, crawler.client.aside)
        if fetched.result is not Result.FETCHED:
            made.status[url] = f"{fetched.result}: {fetched.detail}"
            return Sitemap()
        last = fetched.last
        found = await run_aside(
            crawler.client.aside.reader, lambda: read_sitemap(last.content(limit), last.url, limit)
        )
    finally:
        fetched.close()
    made.status[url] = f"{len(found.pages) + len(found.sitemaps)} entries"
    return found


async def _enter(
    crawler: Crawler, source: Source, found: Sitemap, first: date, end: date, made: Dated
) -> None:
    """Enter the pages of the span that belong to the outlet."""
    days: dict[str, date] = {}
    for page in found.pages:
        day = day_of(page)
        if day is None:
            made.undated += 1
        elif first <= day < end:
            days[canonical_url(page.url)] = day
        else:
            made.others["of other days"] += 1
    wanted = [(page.url, None) for page in found.pages if canonical_url(page.url) in days]
    own = own_entries(source, Entries(wanted), datetime.fromtimestamp(crawler.clock(), UTC))
    made.others.update(own.trapped)
    if own.others:
        made.others["of other hosts"] += own.others
    for key, _, _ in own.pages:
        made.pages.setdefault(days[key], set()).add(key)
    if made.is_entered:
        crawler.frontier.list_urls(source.name, [(key, url) for key, url, _ in own.pages], crawler.clock())


def day_of(page: Listed) -> date | None:
    """The day (UTC) that a page belongs to: as its address says, else as the sitemap does; None when neither does."""
    named = _IN_ADDRESS.search(page.url)
    if named is not None and named["day"] is not None:
        try:
            return date(int(named["year"]), int(named["month"]), int(named["day"]))
        except ValueError:
            pass
    return page.at.date() if page.at is not None else None


def may_hold(sitemap: Listed, first: date, end: date) -> bool:
    """Whether a sitemap of an index may list pages of the span: not one that was last changed before it, nor one named after
    another month or day, a day to either side allowed for other zones.
    """
    if sitemap.at is not None and sitemap.at.date() < first:
        return False
    named = _IN_ADDRESS.search(sitemap.url)
    if named is None:
        return True
    year, month, day = int(named["year"]), int(named["month"]), int(named["day"] or 1)
    try:
        begin = date(year, month, day)
    except ValueError:
        return True
    last = begin.toordinal() + (1 if named["day"] else 31)
    return begin.toordinal() - 1 < end.toordinal() and last + 1 > first.toordinal()


def count_fetched(frontier: Frontier, pages: Mapping[date, Collection[str]]) -> dict[date, int]:
    """How many of the *pages* (keys by day) are in an archive."""
    return {day: sum(map(frontier.is_fetched, keys)) for day, keys in pages.items()}
