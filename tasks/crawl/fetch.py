"""One request, bounded in everything: time, bytes on the wire, bytes decoded, headers, and where it may go.

What came back is kept as it came (content codings not undone), also when it was cut; what went wrong is said beside it.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from tasks.config import CrawlSettings
from tasks.crawl.aside import Aside, run_aside
from tasks.crawl.decode import ACCEPTED, decoded_sizes, split_codings
from tasks.crawl.exchange import IN_MEMORY, Exchange, Fetched, Result, request_head, response_head
from tasks.crawl.gates import Gates, PostponedError
from tasks.crawl.guard import BlockedError, Guard

MOST_HOPS = 5
"""Redirects followed, as RFC 9309 wants for robots.txt and browsers double."""
URL_LIMIT = 4096
_SLICE_SECONDS = 0.004
"""Unpacking of one response that the loop itself does: enough for a page, not for a bomb."""
_MARGIN_SECONDS, _MARGIN_SHARE = 0.5, 0.05
"""How much before its deadline a request is given up, so that its connection is closed by then on a busy machine too."""
_LINGER_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Client:
    """What every request of a crawl shares: the session, the turns at hosts, the guard and the limits.

    Whoever unpacks holds the ``desk``: one body at a time.
    """

    session: aiohttp.ClientSession
    gates: Gates
    guard: Guard
    settings: CrawlSettings
    places: asyncio.Semaphore
    agent: str
    aside: Aside
    spool: str | None = None
    desk: asyncio.Lock = field(default_factory=asyncio.Lock)


Permission = Callable[[URL], Awaitable[Result | None]]
"""Why a URL is not to be fetched (robots.txt, already known), or None when it is.  May raise PostponedError."""


async def fetch(
    client: Client,
    url: str,
    allowed: Permission | None = None,
    conditions: Mapping[str, str] | None = None,
    limit: int | None = None,
) -> Fetched:
    """Fetch *url*, following redirects by hand: every hop is checked, waits its turn and has its own deadline.

    *conditions* are headers of a conditional request.  The body is cut at *limit* bytes (default: as set).  Raises nothing.
    """
    made: list[Exchange] = []
    target, limit = url, limit or client.settings.max_bytes
    for _ in range(MOST_HOPS + 1):
        try:
            parsed = parse_url(target)
            client.guard.check_url(parsed)
        except BlockedError as error:
            return Fetched(Result.BLOCKED, tuple(made), str(error))
        try:
            if allowed is not None and (refused := await allowed(parsed)) is not None:
                return Fetched(refused, tuple(made), str(parsed))
            async with client.gates.turn(host_key(parsed)), client.places:
                exchange, failed = await _exchange(client, parsed, conditions or {}, limit)
                if failed is not None:
                    await _linger(exchange)
        except PostponedError as error:
            return Fetched(Result.POSTPONED, tuple(made), str(error), error.seconds)
        made.append(exchange)
        if failed is not None:
            return Fetched(failed, tuple(made), exchange.error or "")
        location = exchange.headers.get("location")
        if exchange.status not in (301, 302, 303, 307, 308) or not location:
            return _judge(tuple(made))
        target = _join(parsed, location)
    return Fetched(Result.REDIRECTS, tuple(made), f"more than {MOST_HOPS} redirects")


async def _linger(exchange: Exchange) -> None:
    """Keep the turn after an answer was cut until its host has seen the end: it counts what it has not seen closed."""
    try:
        await asyncio.sleep(_LINGER_SECONDS)
    except asyncio.CancelledError:
        exchange.close()
        raise


def parse_url(url: str) -> URL:
    """The URL as it will be requested.  BlockedError when it is none."""
    try:
        if len(url) > URL_LIMIT:
            raise BlockedError(f"an address of {len(url)} characters")
        parsed = URL(url).with_fragment(None)
        if parsed.scheme and parsed.raw_host and parsed.port:
            return parsed
    except ValueError as error:
        raise BlockedError(f"not an address: {url[:200]!r} ({error})") from error
    raise BlockedError(f"not an address of the web: {url[:200]!r}")


def host_key(url: URL) -> str:
    """What a turn is held at: the host in lower case, whatever the port."""
    return (url.raw_host or "").lower().rstrip(".")


def _join(base: URL, location: str) -> str:
    """Where a redirect leads; header bytes that are no ASCII are UTF-8 in practice."""
    try:
        return str(base.join(URL(location.strip())))
    except ValueError:
        return location.strip() or "about:blank"


def _judge(made: tuple[Exchange, ...]) -> Fetched:
    """What the last status means."""
    last = made[-1]
    status = last.status
    if status == 304:
        return Fetched(Result.NOT_MODIFIED, made)
    if status in (429, 503):
        return Fetched(
            Result.REFUSED, made, f"status {status}", retry_after(last.headers.get("retry-after"), last.at)
        )
    if 200 <= status < 300:
        return Fetched(Result.FETCHED, made)
    is_passing = status >= 500 or status in (408, 425)
    return Fetched(Result.SERVER_ERROR if is_passing else Result.CLIENT_ERROR, made, f"status {status}")


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a ``Retry-After`` header asks for: a number or a date (RFC 9110); None when it says neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - now).total_seconds())


async def _exchange(
    client: Client, url: URL, conditions: Mapping[str, str], limit: int
) -> tuple[Exchange, Result | None]:
    """One request under its deadline; the result is None when a whole response came."""
    made = Exchange(str(url), datetime.now(UTC))
    started = time.monotonic()
    failed: Result | None = None
    try:
        limit_seconds = client.settings.timeout_seconds
        async with asyncio.timeout(limit_seconds - min(_MARGIN_SECONDS, limit_seconds * _MARGIN_SHARE)):
            await _receive(client, url, conditions, limit, made)
    except asyncio.CancelledError:
        made.close()
        raise
    except TimeoutError:
        failed, made.truncated = Result.TIMED_OUT, "time"
        made.error = f"not done after {client.settings.timeout_seconds:g} s"
    except (aiohttp.ClientError, OSError, ValueError, asyncio.IncompleteReadError) as error:
        failed, made.truncated = _explain(error, bool(made.head)), "disconnect"
        made.error = f"{type(error).__name__}: {error}"[:300]
    made.seconds = time.monotonic() - started
    try:
        await _weigh(client, made, limit)
    except asyncio.CancelledError:
        made.close()
        raise
    if failed is None and made.truncated == "length":
        failed = Result.TOO_LARGE
    is_refused = made.status in (429, 503)
    wanted = retry_after(made.headers.get("retry-after"), made.at) if is_refused else None
    client.gates.learn(host_key(url), made.seconds, is_refused, wanted)
    return made, failed


def _explain(error: BaseException, is_begun: bool) -> Result:
    """What an error of aiohttp or the system means."""
    inner = getattr(error, "os_error", error)
    if isinstance(inner, BlockedError | aiohttp.InvalidURL) or isinstance(error.__cause__, BlockedError):
        return Result.BLOCKED
    if is_begun or isinstance(error, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return Result.BROKEN
    return Result.UNREACHABLE


async def _receive(
    client: Client, url: URL, conditions: Mapping[str, str], limit: int, made: Exchange
) -> None:
    """Send the request and fill *made* as the response comes in, so that what came before a fault is kept."""
    headers = {"User-Agent": client.agent, "Accept": "*/*", "Accept-Encoding": ACCEPTED, **conditions}
    async with client.session.get(url, headers=headers, allow_redirects=False) as response:
        made.request, made.head = request_head(response), response_head(response, None)
        made.status = response.status
        made.headers = {name.lower(): value for name, value in reversed(list(response.headers.items()))}
        made.address = _peer(response)
        made.body = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=client.spool)  # noqa: SIM115
        async for piece in response.content.iter_any():
            kept = piece[: limit - made.size]
            made.body.write(kept)
            made.size += len(kept)
            if len(kept) < len(piece):
                made.truncated, made.error = "length", f"more than {limit} bytes"
                response.close()
                break
        made.head = response_head(response, made.size)


async def _weigh(client: Client, made: Exchange, limit: int) -> None:
    """Count what the body decodes to, up to just over *limit*; what takes long is done aside.

    Only once it is all there, and one body at a time: what unpacks 200 slow bodies as they come holds 200 windows of 16 MB.
    """
    made.decoded = made.size
    codings = split_codings(made.headers.get("content-encoding", ""))
    if not codings or not made.size:
        return
    async with client.desk:
        sizes = decoded_sizes(made.pieces(), codings)
        total, is_over = _count(sizes, limit, time.monotonic() + _SLICE_SECONDS)
        if not is_over and total <= limit:
            rest, _ = await run_aside(client.aside.writer, _count, sizes, limit - total)
            total += rest
    made.decoded = max(total, made.size)
    if total > limit:
        made.truncated, made.error = "length", f"more than {limit} bytes when decoded"


def _count(sizes: Iterator[int], limit: int, until: float = math.inf) -> tuple[int, bool]:
    """The sum of *sizes*, up to just over *limit* or until it is late, and whether none is left."""
    total = 0
    for size in sizes:
        total += size
        if total > limit or time.monotonic() > until:
            return total, False
    return total, True


def _peer(response: aiohttp.ClientResponse) -> str | None:
    """The address that answered, if the connection is still known."""
    transport = response.connection.transport if response.connection else None
    peer = transport.get_extra_info("peername") if transport else None
    return str(peer[0]) if peer else None
