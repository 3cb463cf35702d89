"""Looking at an outlet without a lake: what it offers, and whether the lists it is followed by are healthy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from yarl import URL

from tasks.config import CrawlSettings, Source
from tasks.crawl.archive import Archive
from tasks.crawl.crawler import Crawler, ask_permission, open_crawler, rules_of, software
from tasks.crawl.discover import Found, Got, discover
from tasks.crawl.entries import is_own
from tasks.crawl.exchange import Fetched, Result
from tasks.crawl.feeds import read_feed
from tasks.crawl.fetch import fetch
from tasks.crawl.front import read_front_page
from tasks.crawl.gates import PostponedError
from tasks.crawl.guard import BlockedError, Lookup, system_lookup
from tasks.crawl.sitemaps import read_date, read_sitemap
from tasks.errors import ConfigError
from tasks.urls import bare_host

STALE = timedelta(days=30)
"""A list whose newest entry is older than this is said to be asleep."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one list of an outlet is: ``verdict`` is ``ok``, ``stale``, ``empty``, ``other hosts`` or how asking for it failed.

    ``entries`` counts what it lists, ``own`` what of it belongs to the outlet, ``newest`` is the date of its newest entry
    (UTC), where it writes dates; ``seconds`` how long the answer took.
    """

    source: str
    url: str
    kind: str
    verdict: str
    entries: int = 0
    own: int = 0
    newest: datetime | None = None
    seconds: float = 0.0
    detail: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether pages may be expected from it."""
        return self.verdict in ("ok", "stale")


@dataclass(frozen=True, slots=True)
class Looker:
    """An open look: a crawler that keeps nothing, and an archive that is thrown away."""

    crawler: Crawler
    archive: Archive

    async def ask(self, url: str) -> Fetched:
        """Fetch *url* as a crawl would: with turns, limits and robots.txt.  The caller closes it."""
        return await fetch(
            self.crawler.client, url, lambda target: ask_permission(self.crawler, target, self.archive)
        )


@asynccontextmanager
async def _looking(settings: CrawlSettings, lookup: Lookup) -> AsyncIterator[Looker]:
    with TemporaryDirectory(prefix="columninch-") as folder:
        async with open_crawler(Path(folder), settings, lookup) as crawler:
            archive = Archive(Path(folder) / "seen", "look", software())
            try:
                yield Looker(crawler, archive)
            finally:
                archive.close()


def look_at(url: str, settings: CrawlSettings, lookup: Lookup = system_lookup) -> Found:
    """What the outlet at *url* offers.  ConfigError when nothing can be had there, or no contact is set."""
    try:
        parsed = URL(url if "://" in url else f"https://{url}")
        url = str(parsed.join(URL("/")) if parsed.raw_path == "/" and not parsed.raw_query_string else parsed)
    except ValueError as error:
        raise ConfigError(f"{url}: not an address ({error})") from error
    problems: dict[str, str] = {}

    async def main() -> Found | None:
        """Look at one address, with a client of its own."""
        async with _looking(settings, lookup) as looker:

            async def get(address: str) -> Got | None:
                """What the server answers, or None; why it does not is kept."""
                fetched = await looker.ask(address)
                try:
                    if fetched.result is not Result.FETCHED:
                        problems[address] = f"{fetched.result} {fetched.detail}".strip()
                        return None
                    return Got(fetched.last.url, fetched.last.content(settings.max_bytes))
                finally:
                    fetched.close()

            return await discover(url, get, await _named_sitemaps(looker, url))

    found = asyncio.run(main())
    if found is None:
        raise ConfigError(
            f"{url}: {problems.get(url, 'nothing came')}; give the address of the outlet's front page"
        )
    return found


async def _named_sitemaps(looker: Looker, url: str) -> tuple[str, ...]:
    """Sitemaps that the robots.txt of the address names; none when it cannot be had."""
    try:
        looker.crawler.client.guard.check_url(parsed := URL(url))
        return (await rules_of(looker.crawler, parsed, looker.archive)).sitemaps
    except (BlockedError, PostponedError, ValueError):
        return ()


def check_sources(
    sources: Iterable[Source], settings: CrawlSettings, now: datetime, lookup: Lookup = system_lookup
) -> list[Health]:
    """How every feed, sitemap and front page of the *sources* is, in their order."""

    async def main() -> list[Health]:
        """Ask all lists at once, with one client."""
        async with _looking(settings, lookup) as looker:
            asked = [
                _check(looker, source, url, kind, now) for source in sources for url, kind in lists_of(source)
            ]
            return list(await asyncio.gather(*asked))

    return asyncio.run(main())


def lists_of(source: Source) -> Iterator[tuple[str, str]]:
    """(address, kind) of every list an outlet is followed by; its front pages when it names nothing else."""
    yield from ((url, "feed") for url in source.feeds)
    yield from ((url, "sitemap") for url in source.sitemaps)
    fronts = source.front_pages
    if not (source.feeds or source.sitemaps or fronts):
        fronts = tuple(f"https://{host}/" for host in source.hosts)
    yield from ((url, "front page") for url in fronts)


async def _check(looker: Looker, source: Source, url: str, kind: str, now: datetime) -> Health:
    fetched = await looker.ask(url)
    try:
        seconds = round(sum(one.seconds for one in fetched.exchanges), 3)
        if fetched.result is not Result.FETCHED:
            return Health(source.name, url, kind, str(fetched.result), seconds=seconds, detail=fetched.detail)
        last = fetched.last
        body = last.content(looker.crawler.settings.max_bytes)
        links, dates = read_any(body, last.url, kind, looker.crawler.settings.max_bytes)
    finally:
        fetched.close()
    hosts = {bare_host(host) for host in source.hosts}
    own = sum(is_own(hosts, link) for link in links)
    newest = max((date for date in dates if date <= now + timedelta(days=1)), default=None)
    verdict = "ok" if own else "other hosts" if links else "empty"
    if own and newest is not None and newest < now - STALE:
        verdict = "stale"
    detail = f"moved to {last.url}" if len(fetched.exchanges) > 1 else ""
    return Health(source.name, url, kind, verdict, len(links), own, newest, seconds, detail)


def read_any(body: bytes, url: str, kind: str, limit: int) -> tuple[list[str], list[datetime]]:
    """Addresses that a list of this kind holds, sitemaps of an index among them, and the dates it writes."""
    if kind == "front page":
        return read_front_page(body, url), []
    if kind == "sitemap":
        found = read_sitemap(body, url, limit)
        if listed := (*found.pages, *found.sitemaps):
            return [one.url for one in listed], [one.at for one in listed if one.at is not None]
    entries = read_feed(body, url)
    dates = (read_any_date(entry.updated or entry.published or "") for entry in entries)
    return [entry.url for entry in entries], [date for date in dates if date is not None]


def read_any_date(text: str) -> datetime | None:
    """A date of RSS (RFC 822) or Atom (ISO 8601) in UTC, or None."""
    if (at := read_date(text)) is not None:
        return at
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
