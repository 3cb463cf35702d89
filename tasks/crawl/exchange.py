"""One request and what came of it: how fetching ended, and the exchange as it goes into an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import IO, Literal

import aiohttp

from tasks.crawl.decode import decode_within, split_codings

IN_MEMORY = 1 << 17
"""Bytes of one body kept in memory; what is longer waits in a temporary file."""
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
    bytes of the body on the wire, ``decoded`` those after undoing the content coding; ``seconds`` is how long it took.
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
    seconds: float = 0.0

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
