"""A small news server on loopback: outlets on hosts of their own, and every bad manner we know.

It speaks raw bytes over asyncio, so that it can break every rule.  It ends with its context, and no answer lasts longer
than ``LONGEST`` seconds or ``MOST`` bytes.
"""

from __future__ import annotations

import asyncio
import gzip
import threading
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

import brotli
import zstandard

LONGEST = 8.0
MOST = 40_000_000
SECRET = b"the secret of the inner network"


@dataclass
class Asked:
    """A request as the server read it."""

    host: str
    path: str
    headers: dict[str, str]


Answer = Callable[["Server", Asked, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """One host of the test network and what it was asked."""

    host: str
    answers: dict[str, Answer | bytes | tuple[int, dict[str, str], bytes]]
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    busy: int = 0
    most_busy: int = 0

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def counts(self) -> Counter[str]:
        return Counter(one.path for one in self.asked)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
                async with asyncio.timeout(LONGEST):
                    while await self._one(reader, writer):
                        pass
                writer.close()
                await writer.wait_closed()
        finally:
            if not writer.transport.is_closing():
                writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines) if value
        }
        asked = Asked(headers.get("host", ""), first.split(" ")[1], headers)
        self.asked.append(asked)
        self.at.append(time.monotonic())
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        try:
            answer = self.answers.get(asked.path, (404, {}, b"<html>nothing here</html>"))
            if isinstance(answer, bytes):
                answer = (200, {"Content-Type": "text/html; charset=utf-8"}, answer)
            if isinstance(answer, tuple):
                send(writer, *answer)
                await writer.drain()
                return True
            await self._until_left(answer(self, asked, writer), reader)
            return False
        finally:
            self.busy -= 1

    async def _until_left(self, answer: Awaitable[None], reader: asyncio.StreamReader) -> None:
        """Answer until the client closes: who has left is no longer served, nor counted."""
        answering, left = asyncio.ensure_future(answer), asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({answering, left}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                answering.result()
        finally:
            for task in (answering, left):
                task.cancel()
            await asyncio.gather(answering, left, return_exceptions=True)


def send(writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: bytes) -> None:
    """A whole, honest answer."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
    if status != 304:
        lines.append(f"Content-Length: {len(body)}")
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + (b"" if status == 304 else body))


@asynccontextmanager
async def serving(*servers: Server) -> AsyncIterator[None]:
    """The servers, listening on loopback until the block is left."""
    running = []
    try:
        for server in servers:
            one = await asyncio.start_server(server.handle, server.host, server.port, limit=1 << 16)
            server.port = one.sockets[0].getsockname()[1]
            running.append(one)
        yield
    finally:
        for one in running:
            one.close()
        others = [
            task
            for task in asyncio.all_tasks()
            if getattr(task.get_coro(), "__qualname__", "").startswith("Server.")
        ]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def serving_in_thread(*servers: Server) -> Iterator[None]:
    """The same in a thread of its own, for code that is not asynchronous."""
    ready, stop = threading.Event(), threading.Event()

    async def main() -> None:
        async with serving(*servers):
            ready.set()
            await asyncio.to_thread(stop.wait, 300)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        stop.set()
        thread.join()


def coded(coding: str, body: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """An answer whose body is coded as its header says."""
    return 200, {"Content-Type": "text/html", "Content-Encoding": coding, **headers}, encode(coding, body)


def encode(coding: str, body: bytes) -> bytes:
    """The body under one content coding."""
    if coding == "gzip":
        return gzip.compress(body, mtime=0)
    if coding == "deflate":
        return zlib.compress(body)
    if coding == "br":
        return brotli.compress(body, quality=5)
    if coding == "zstd":
        return zstandard.compress(body)
    raise ValueError(coding)


def bomb(coding: str, size: int = 16_000_000) -> tuple[int, dict[str, str], bytes]:
    """Many bytes in few."""
    return coded(coding, bytes(size))


async def drip(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A byte now and then: never idle, never done."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n" + b"<html>" * 100
    )
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def silent(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await asyncio.sleep(LONGEST)


async def endless_body(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A body without a length that does not end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(MOST // 65536):
        writer.write(b"y" * 65536)
        await writer.drain()


async def endless_chunks(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """The same in chunks of one byte with long extensions."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(MOST // 65536):
        writer.write(b"1;ext=aaaaaaaaaa\r\ny\r\n" * 3000)
        await writer.drain()


async def endless_headers(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Header after header."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(MOST // 1100):
        writer.write(b"X-%d: " % number + b"h" * 1000 + b"\r\n")
        await writer.drain()


async def one_long_header(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """One header line that does not end."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(MOST // 65536):
        writer.write(b"z" * 65536)
        await writer.drain()


async def half_closed(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Promises more than it sends, then closes its half and waits."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + b"<p>cut</p>" * 100
    )
    await writer.drain()
    writer.write_eof()
    await asyncio.sleep(LONGEST)


async def garbage(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Not HTTP at all."""
    writer.write(b"\x00\x01\x02 SSH-2.0 \xff\xfe\r\n\r\n" * 50)
    await writer.drain()


def moved(to: str, status: int = 302) -> tuple[int, dict[str, str], bytes]:
    """A redirect."""
    return status, {"Location": to}, b""


def words(count: int, seed: str = "harbour") -> str:
    """Filler that is no nonsense to a cleaner: sentences of our own."""
    lines = (
        f"The {seed} office said on day {number} that the quay would open again after the repairs were checked."
        for number in range(count // 18 + 1)
    )
    return " ".join(lines)


def article_page(title: str, seed: str = "harbour") -> bytes:
    """An ordinary article."""
    paragraphs = "".join(f"<p>{words(60, f'{seed} {part}')}</p>" for part in ("east", "west", "north"))
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title>"
        f"<meta property='article:published_time' content='2025-09-02T08:00:00+00:00'></head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def rss(*links: str) -> tuple[int, dict[str, str], bytes]:
    """An RSS feed of these links."""
    entries = "".join(f"<item><title>About {link}</title><link>{link}</link></item>" for link in links)
    body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>News</title>{entries}</channel></rss>"
    return (
        200,
        {"Content-Type": "application/rss+xml", "ETag": f'"{zlib.crc32(body.encode())}"'},
        body.encode(),
    )


def conditional(answer: tuple[int, dict[str, str], bytes]) -> Answer:
    """The answer, or 304 for who has it already."""

    async def handle(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
        has_it = asked.headers.get("if-none-match") == answer[1]["ETag"]
        send(writer, *((304, {}, b"") if has_it else answer))
        await writer.drain()

    return handle
