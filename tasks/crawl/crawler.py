"""One crawl: what all sources share, opened once and closed properly, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import time

import aiohttp
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from tasks.config import CrawlSettings
from tasks.crawl.archive import Archive, Earlier
from tasks.crawl.aside import open_aside, run_aside
from tasks.crawl.exchange import Exchange, Fetched, Result
from tasks.crawl.fetch import Client, fetch, host_key
from tasks.crawl.frontier import Frontier, open_frontier
from tasks.crawl.gates import Gates, PostponedError
from tasks.crawl.guard import Guard, GuardedResolver, Lookup, system_lookup
from tasks.crawl.robots import ALLOW_ALL, BLOCKED, BYTES, UNREACHABLE, Rules, read_robots, robots_url
from tasks.crawl.states import ListState, load_hosts, load_list, save_list
from tasks.errors import ConfigError

HEADER_LINE = 8190
"""Bytes of one header line, at most; a head has 128 lines at most."""
READ = 1 << 14
"""Bytes taken from a socket at once."""
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


class SmallReads(ResponseHandler):
    """A connection that takes little from its socket at once: aiohttp has no setting for it, asyncio takes 256 KiB.

    A server that sends chunks of one byte makes each byte work, and 200 connections take their turns between two looks
    at the clock.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Limit the reads of asyncio's own transports; those of TLS decode in pieces of their own."""
        if hasattr(transport, "max_size"):
            transport.max_size = READ
        super().connection_made(transport)


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
    connector._factory = partial(SmallReads, loop=loop)  # type: ignore[assignment]
    session = aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None), raise_for_status=False,
        max_line_size=HEADER_LINE, max_field_size=HEADER_LINE, skip_auto_headers=("User-Agent",),
    )  # fmt: skip
    gates = Gates(settings.delay_seconds, settings.per_host)
    places = asyncio.Semaphore(settings.connections)
    with open_aside() as aside, open_frontier(root) as frontier:
        async with session:
            client = Client(session, gates, guard, settings, places, agent, aside)
            gates.recall(load_hosts(frontier, clock()))
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
        await _keep_robots(crawler, where, fetched, archive)
        if fetched.result is Result.REDIRECTS:
            return ALLOW_ALL  # RFC 9309, 2.3.1.2: more than five redirects may count as no file
        if fetched.result is Result.BLOCKED:
            # The host itself is private, or its robots.txt is said to be on one that is: then nobody can say.
            return UNREACHABLE if _has_answer(fetched) else BLOCKED
        if not fetched.exchanges or (fetched.last.error and fetched.result is not Result.TOO_LARGE):
            return UNREACHABLE
        rules = await run_aside(crawler.client.aside.reader, _read, fetched.last)
    finally:
        fetched.close()
    crawler.client.gates.want(host_key(where), rules.delay or 0.0)
    return rules


def _has_answer(fetched: Fetched) -> bool:
    return any(exchange.head for exchange in fetched.exchanges)


def _read(last: Exchange) -> Rules:
    return read_robots(last.status, last.content(BYTES))


async def _keep_robots(crawler: Crawler, where: URL, fetched: Fetched, archive: Archive) -> None:
    """Keep the answers; a robots.txt that is as it was is kept as a revisit."""
    known = load_list(crawler.frontier, str(where))
    for exchange in fetched.exchanges:
        earlier = Earlier(str(where), known.digest, known.kept_at) if known.digest else None
        kept = await archive.keep_aside(exchange, crawler.client.aside, earlier)
        if kept is not None and not kept.is_revisit and exchange.url == str(where):
            state = ListState(digest=kept.digest, kept_at=exchange.at.timestamp(), status="robots")
            save_list(crawler.frontier, str(where), "", state)


async def ask_permission(crawler: Crawler, url: URL, archive: Archive) -> Result | None:
    """None when robots.txt lets *url* be fetched.  PostponedError while nobody can say."""
    rules = await rules_of(crawler, url, archive)
    if rules is BLOCKED:
        return Result.BLOCKED
    if not rules.is_known:
        raise PostponedError(_ASK_AGAIN)
    return None if rules.allows(str(url)) else Result.ROBOTS
