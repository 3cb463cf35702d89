"""Archives over HTTP: whole or ranged reads over kept connections, bounded in bytes, in silence and in slowness.

Only hosts that the user named are asked.  A redirect is followed on the same host alone: one that leads elsewhere, to a
private address for instance, is an error that says where it wanted to go.  Certificates are checked.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from tasks.errors import TransientError, UnitError

READ = 1 << 20
"""Bytes taken from a response at once, at most."""
SLOWEST = 1024.0
"""Bytes per second that a response must bring on average over :data:`PATIENCE`, or it is given up."""
PATIENCE = 60.0
"""Seconds over which the rate of a response is judged."""
MOST_HOPS = 5
_DRAIN = 1 << 16
_PASSING = frozenset({408, 425, 429})
_MOVED = frozenset({301, 302, 303, 307, 308})


class MissingError(UnitError):
    """The address leads nowhere (404, 410)."""


class RefusedError(UnitError):
    """The server does not give this to us (401, 403)."""


class NotAllowedError(UnitError):
    """The server does not answer this kind of request (405, 501)."""


class Answer(NamedTuple):
    """The head of a response: where it came from, its status, its headers by lower-case name."""

    url: str
    status: int
    headers: Mapping[str, str]


Body = Iterator[bytes]
"""A response's bytes as they come."""


def agent(contact: str | None) -> str:
    """What archives are told about who asks: ``columninch/<version>`` and, if set, the contact."""
    try:
        name = f"columninch/{version('columninch')}"
    except PackageNotFoundError:
        name = "columninch/0"
    return f"{name} (+{contact})" if contact else name


@dataclass(slots=True)
class Web:
    """A client for one thread: one kept connection per host; ``timeout`` is the longest silence, in seconds."""

    user_agent: str
    timeout: float = 60.0
    clock: Callable[[], float] = time.monotonic
    connections: dict[tuple[str, str], http.client.HTTPConnection] = field(default_factory=dict)

    def head(self, url: str) -> Answer:
        """The head of what *url* leads to.  Raises what :meth:`get` does."""
        with self.get(url, method="HEAD") as (answer, _):
            return answer

    def read(self, url: str, limit: int) -> bytes:
        """The whole of a small resource.  UnitError when it has more than *limit* bytes, else what :meth:`get` raises."""
        with self.get(url) as (_, body):
            parts, size = [], 0
            for part in body:
                size += len(part)
                if size > limit:
                    raise UnitError(f"{url}: more than {limit} bytes; this is not the list it should be")
                parts.append(part)
            return b"".join(parts)

    @contextmanager
    def get(
        self, url: str, headers: Mapping[str, str] | None = None, method: str = "GET"
    ) -> Iterator[tuple[Answer, Body]]:
        """The answer and its body, redirects on the same host followed.

        Raises MissingError, RefusedError, UnitError for other final answers, and TransientError for what may be
        different soon: no connection, silence, slowness, a body that ends early, 429 and 5xx.
        """
        for _ in range(MOST_HOPS + 1):
            with self._exchange(url, headers or {}, method) as (answer, body):
                if answer.status not in _MOVED or "location" not in answer.headers:
                    check_status(answer)
                    yield answer, body
                    return
            url = _follow(url, answer.headers["location"])
        raise UnitError(f"{url}: more than {MOST_HOPS} redirects")

    @contextmanager
    def _exchange(self, url: str, headers: Mapping[str, str], method: str) -> Iterator[tuple[Answer, Body]]:
        """One request; a kept connection that the server has closed meanwhile is opened anew, once."""
        key, target = _split(url)
        is_whole = False
        try:
            with _transient(url, self.timeout):
                response = self._send(key, target, headers, method)
            answer = Answer(url, response.status, {n.lower(): v for n, v in response.getheaders()})
            yield answer, self._pieces(response, url)
            with _transient(url, self.timeout):
                is_whole = _drain(response)
        finally:
            if not is_whole and (connection := self.connections.pop(key, None)) is not None:
                connection.close()

    def _send(
        self, key: tuple[str, str], target: str, headers: Mapping[str, str], method: str
    ) -> http.client.HTTPResponse:
        if key[0] == "http" and _proxy_for(*key):
            target = f"http://{key[1]}{target}"
        sent = {"User-Agent": self.user_agent, "Accept-Encoding": "identity", **headers}
        if (known := self.connections.get(key)) is not None:
            try:
                known.request(method, target, headers=sent)
                return known.getresponse()
            except (http.client.RemoteDisconnected, ConnectionError):
                known.close()
        connection = self.connections[key] = _connect(*key, self.timeout)
        connection.request(method, target, headers=sent)
        return connection.getresponse()

    def _pieces(self, response: http.client.HTTPResponse, url: str) -> Body:
        """The body as it comes, given up when it comes too slowly or ends before its length."""
        started, size = self.clock(), 0
        while True:
            with _transient(url, self.timeout):
                piece = response.read1(READ)
            if not piece:
                break
            size += len(piece)
            yield piece
            elapsed = self.clock() - started
            if elapsed > PATIENCE:
                if size < SLOWEST * elapsed:
                    raise TransientError(f"{url}: only {size} bytes in {elapsed:.0f} s")
                started, size = self.clock(), 0
        if response.length:
            raise TransientError(f"{url}: ended {response.length} bytes early")

    def close(self) -> None:
        """Close every kept connection."""
        for connection in self.connections.values():
            connection.close()
        self.connections.clear()


@contextmanager
def _transient(url: str, timeout: float) -> Iterator[None]:
    """What goes wrong on the wire inside the block is worth another try."""
    try:
        yield
    except TimeoutError as error:
        raise TransientError(f"{url}: nothing came for {timeout:g} s") from error
    except (http.client.HTTPException, OSError) as error:
        raise TransientError(f"{url}: {type(error).__name__}: {error}"[:300]) from error


def _split(url: str) -> tuple[tuple[str, str], str]:
    """((scheme, host and port), path and query).  UnitError unless *url* is http(s) with a host."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        _ = parts.port
    except ValueError as error:
        raise UnitError(f"{url}: not an address ({error})") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UnitError(f"{url}: not an address of the web")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if any(ord(sign) < 33 or ord(sign) > 126 for sign in host + target):
        raise UnitError(f"{url!r}: holds signs that no address has")
    return (parts.scheme, host), target


def _proxy_for(scheme: str, host: str) -> str | None:
    """Host and port of the proxy that the environment names for *host*; None when there is none."""
    proxy = None if proxy_bypass(host.rpartition(":")[0] or host) else getproxies().get(scheme)
    return urlsplit(proxy if "//" in proxy else f"//{proxy}").netloc if proxy else None


def _connect(scheme: str, host: str, timeout: float) -> http.client.HTTPConnection:
    """A connection to *host*, or to its proxy: TLS goes through a tunnel, so that nobody between can read it."""
    proxy = _proxy_for(scheme, host)
    if scheme == "http":
        return http.client.HTTPConnection(proxy or host, timeout=timeout)
    connection = http.client.HTTPSConnection(proxy or host, timeout=timeout)
    if proxy:
        connection.set_tunnel(host)
    return connection


def _follow(url: str, location: str) -> str:
    """Where a redirect leads.  UnitError when that is another host, or a step back from https."""
    target = urljoin(url, location.strip())
    here, there = urlsplit(url), urlsplit(target)
    if (there.hostname != here.hostname) or (here.scheme == "https" != there.scheme):
        raise UnitError(f"{url}: leads to {target[:200]}, another host; name that one if you trust it")
    return target


def _drain(response: http.client.HTTPResponse) -> bool:
    """Whether the connection can be used again: what is left of the body is read if it is little."""
    if response.length is not None and response.length <= _DRAIN:
        response.read()
    return response.isclosed() and not response.will_close


def check_status(answer: Answer) -> None:
    """Raise the error that a status stands for; nothing for 200 to 299."""
    status, url = answer.status, answer.url
    if 200 <= status < 300:
        return
    if status in (404, 410):
        raise MissingError(f"{url}: not there (status {status}); check the address and the dates")
    if status in (401, 403):
        raise RefusedError(
            f"{url}: refused (status {status}); the server wants a key, or such a file does not exist there"
        )
    if status in (405, 501):
        raise NotAllowedError(f"{url}: status {status}; the server does not answer such a request")
    if status >= 500 or status in _PASSING:
        raise TransientError(f"{url}: status {status}", retry_after(answer.headers.get("retry-after")))
    raise UnitError(f"{url}: status {status}")


def retry_after(header: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for: a number or a date (RFC 9110); None when it says neither."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, ((when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
