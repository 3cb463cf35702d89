"""One crawl: what all sources share, opened once and closed properly, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import time

import aiohttp
from yarl import URL

from tasks.config import CrawlSettings
from tasks.crawl.archive import Archive
from tasks.crawl.fetch import Client, Result, fetch, host_key
from tasks.crawl.frontier import Frontier, open_frontier
from tasks.crawl.gates import Gates, PostponedError
from tasks.crawl.guard import Guard, GuardedResolver, Lookup, system_lookup
from tasks.crawl.robots import ALLOW_ALL, BYTES, UNREACHABLE, Rules, read_robots, robots_url
from tasks.errors import ConfigError

HEADER_LINE = 8190
"""Bytes of one header line, at most; a head has 128 lines at most."""
_LOOKUPS = 16
_ASK_AGAIN = 1800.0
"""Seconds until a host whose robots.txt cannot be had is asked again."""


@dataclass(frozen=True, slots=True)
class Crawler:
    """An open crawl into the lake at ``root``.  ``clock`` gives seconds since 1970."""

    client: Client
    frontier: Frontier
    root: Path
    clock: Callable[[], float] = time
    robots: dict[str, asyncio.Task[Rules]] = field(default_factory=dict)

    @property
    def settings(self) -> CrawlSettings:
        """How publishers are treated."""
        return self.client.settings


def user_agent(settings: CrawlSettings) -> str:
    """``columninch/<version> (+contact)``.  ConfigError when there is no contact or it cannot stand in a header."""
    contact = (settings.contact or "").strip()
    if not contact:
        raise ConfigError(
            "corpus.toml: crawl.contact: set it to your e-mail or web address, so that publishers can reach you"
        )
    if not contact.isascii() or not contact.isprintable() or set(contact) & set("()"):
        raise ConfigError("corpus.toml: crawl.contact: use printable ASCII without parentheses")
    return f"{software()} (+{contact})"


def software() -> str:
    """Name and version, as archives and servers are told."""
    try:
        return f"columninch/{version('columninch')}"
    except PackageNotFoundError:
        return "columninch/0"


@asynccontextmanager
async def open_crawler(
    root: Path, settings: CrawlSettings, lookup: Lookup = system_lookup, clock: Callable[[], float] = time
) -> AsyncIterator[Crawler]:
    """A crawl into the lake at *root*.  Raises ConfigError before any request when no contact is set."""
    agent = user_agent(settings)
    guard = Guard(frozenset(host.lower() for host in settings.allow_hosts))
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_LOOKUPS, "look-up"))
    connector = aiohttp.TCPConnector(
        limit=0, resolver=GuardedResolver(guard, lookup), socket_factory=guard.open_socket, ttl_dns_cache=60,
        enable_cleanup_closed=True,
    )  # fmt: skip
    session = aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None), raise_for_status=False,
        max_line_size=HEADER_LINE, max_field_size=HEADER_LINE, skip_auto_headers=("User-Agent",),
    )  # fmt: skip
    gates = Gates(settings.delay_seconds, settings.per_host)
    places = asyncio.Semaphore(settings.connections)
    with open_frontier(root) as frontier:
        async with session:
            client = Client(session, gates, guard, settings, places, agent)
            yield Crawler(client, frontier, root, clock)


async def rules_of(crawler: Crawler, url: URL, archive: Archive) -> Rules:
    """What the robots.txt of the URL's host says; asked once a crawl, its answer kept in *archive*."""
    where = str(robots_url(url))
    if where not in crawler.robots:
        crawler.robots[where] = asyncio.create_task(_ask_rules(crawler, URL(where), archive))
    return await asyncio.shield(crawler.robots[where])


async def _ask_rules(crawler: Crawler, where: URL, archive: Archive) -> Rules:
    fetched = await fetch(crawler.client, str(where), limit=BYTES)
    try:
        for exchange in fetched.exchanges:
            archive.keep(exchange)
        if fetched.result is Result.REDIRECTS:
            return ALLOW_ALL  # RFC 9309, 2.3.1.2: more than five redirects may count as no file
        if not fetched.exchanges or (fetched.last.error and fetched.result is not Result.TOO_LARGE):
            return UNREACHABLE
        if fetched.result is Result.BLOCKED:
            return UNREACHABLE
        rules = read_robots(fetched.last.status, fetched.last.content(BYTES))
    finally:
        fetched.close()
    if rules.delay:
        crawler.client.gates.want(host_key(where), rules.delay)
    return rules


async def ask_permission(crawler: Crawler, url: URL, archive: Archive) -> Result | None:
    """None when robots.txt lets *url* be fetched.  PostponedError while nobody can say."""
    rules = await rules_of(crawler, url, archive)
    if not rules.is_known:
        raise PostponedError(_ASK_AGAIN)
    return None if rules.allows(str(url)) else Result.ROBOTS
