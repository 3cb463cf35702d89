"""One request, bounded in everything: time, bytes on the wire, bytes decoded, headers, and where it may go.

What came back is kept as it came (content codings not undone), also when it was cut; what went wrong is said beside it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import IO, Literal

import aiohttp
from yarl import URL

from tasks.config import CrawlSettings
from tasks.crawl.decode import ACCEPTED, CodingError, decode_within, open_decoder, split_codings
from tasks.crawl.gates import Gates, PostponedError
from tasks.crawl.guard import BlockedError, Guard

MOST_HOPS = 5
"""Redirects followed, as RFC 9309 wants for robots.txt and browsers double."""
IN_MEMORY = 1 << 17
"""Bytes of one body kept in memory; what is longer waits in a temporary file."""
URL_LIMIT = 4096
_READ = 1 << 16

Truncation = Literal["length", "time", "disconnect"]
"""Why a body was cut, in the words of WARC 1.1."""


class Result(StrEnum):
    """How fetching a URL ended; the names of all but the first two are kept as reasons in the crawl's receipt."""

    FETCHED = "fetched"
    NOT_MODIFIED = "not_modified"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    REFUSED = "refused"
    REDIRECTS = "redirects"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    POSTPONED = "postponed"
    KNOWN = "known"


PASSING = frozenset(
    {Result.SERVER_ERROR, Result.REFUSED, Result.UNREACHABLE, Result.TIMED_OUT, Result.BROKEN}
)
"""What may be different next time."""


@dataclass(slots=True)
class Exchange:
    """One request and what came back.

    ``head`` and ``body`` are as they go into the archive; ``head`` is empty when no response began.  ``size`` counts the
    bytes of the body on the wire, ``decoded`` those after undoing the content coding.
    """

    url: str
    at: datetime
    request: bytes = b""
    head: bytes = b""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: IO[bytes] | None = None
    size: int = 0
    decoded: int = 0
    address: str | None = None
    truncated: Truncation | None = None
    error: str | None = None

    def pieces(self) -> Iterator[bytes]:
        """The body as it came, piece by piece."""
        if self.body is not None:
            self.body.seek(0)
            while piece := self.body.read(_READ):
                yield piece

    def content(self, limit: int) -> bytes:
        """The first *limit* bytes of the decoded body."""
        return decode_within(self.pieces(), split_codings(self.headers.get("content-encoding", "")), limit)

    def close(self) -> None:
        """Free the body."""
        if self.body is not None:
            self.body.close()


@dataclass(frozen=True, slots=True)
class Fetched:
    """How fetching a URL ended, after following redirects: the exchanges in order, and what a person should know."""

    result: Result
    exchanges: tuple[Exchange, ...] = ()
    detail: str = ""
    wait: float | None = None

    @property
    def last(self) -> Exchange:
        """The last exchange; only for results that had one."""
        return self.exchanges[-1]

    def close(self) -> None:
        """Free the bodies."""
        for exchange in self.exchanges:
            exchange.close()


@dataclass(frozen=True, slots=True)
class Client:
    """What every request of a crawl shares: the session, the turns at hosts, the guard and the limits."""

    session: aiohttp.ClientSession
    gates: Gates
    guard: Guard
    settings: CrawlSettings
    places: asyncio.Semaphore
    agent: str
    spool: str | None = None


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
        async with asyncio.timeout(client.settings.timeout_seconds):
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
    if failed is None and made.truncated == "length":
        failed = Result.TOO_LARGE
    is_refused = made.status in (429, 503)
    wanted = retry_after(made.headers.get("retry-after"), made.at) if is_refused else None
    client.gates.learn(host_key(url), time.monotonic() - started, is_refused, wanted)
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
        count = _meter(split_codings(made.headers.get("content-encoding", "")))
        async for piece in response.content.iter_any():
            kept = piece[: limit - made.size]
            made.body.write(kept)
            made.size += len(kept)
            made.decoded += count(kept, limit - made.decoded)
            if len(kept) < len(piece) or made.decoded > limit:
                made.truncated, made.error = "length", f"more than {limit} bytes"
                response.close()
                break
        made.head = response_head(response, made.size)


def _meter(codings: tuple[str, ...]) -> Callable[[bytes, int], int]:
    """Counts what coded bytes decode to, up to just over a limit, keeping none of it.

    Bytes that cannot be decoded count as they are: what the reader makes of them is not the crawl's business.
    """
    try:
        feed = open_decoder(codings)
    except CodingError:
        return lambda data, _: len(data)
    is_broken = not codings

    def count(data: bytes, left: int) -> int:
        nonlocal is_broken
        total = 0
        try:
            for piece in () if is_broken else feed(data):
                total += len(piece)
                if total > left:
                    return total
        except CodingError:
            is_broken = True
        return max(total, len(data)) if is_broken else total

    return count


def _peer(response: aiohttp.ClientResponse) -> str | None:
    """The address that answered, if the connection is still known."""
    transport = response.connection.transport if response.connection else None
    peer = transport.get_extra_info("peername") if transport else None
    return str(peer[0]) if peer else None


def request_head(response: aiohttp.ClientResponse) -> bytes:
    """The request as it was sent."""
    asked = response.request_info
    lines = [f"{asked.method} {asked.url.raw_path_qs} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in asked.headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def response_head(response: aiohttp.ClientResponse, size: int | None) -> bytes:
    """Status line and headers as they came, but for chunks, which are gone: the header that announced them is renamed.

    With *size*, the bytes of the body, a head that had chunks gets the length it would have had without.
    """
    version = response.version or aiohttp.HttpVersion11
    lines = [f"HTTP/{version.major}.{version.minor} {response.status} {response.reason or ''}".encode()]
    was_chunked = False
    for name, value in response.raw_headers:
        if name.lower() == b"transfer-encoding":
            was_chunked = True
            lines.append(b"X-Crawl-Transfer-Encoding: " + value)
        else:
            lines.append(name + b": " + value)
    if was_chunked and size is not None:
        lines.append(b"Content-Length: %d" % size)
    return b"\r\n".join(lines) + b"\r\n\r\n"
