"""A town of hostile outlets on loopback, and an inner host with a secret that no crawl may reach.

Every endpoint says how a crawl should have ended there.  Each outlet has a feed that lists its own endpoints, so that
the town can be crawled through the command line.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache

from tasks.crawl.exchange import Result
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Answer, Asked, Server, serving_in_thread

INNER = "127.0.3.99"
LATER = frozenset({Result.TIMED_OUT, Result.BROKEN, Result.UNREACHABLE, Result.TOO_LARGE})
Whole = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Trap:
    """An endpoint and how fetching it may end."""

    answer: Answer | bytes | Whole
    ends: frozenset[Result]


def trap(answer: Answer | bytes | Whole, *ends: Result) -> Trap:
    return Trap(answer, frozenset(ends))


async def drip_head(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A head, letter by letter."""
    for letter in b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" * 50:
        writer.write(bytes([letter]))
        await writer.drain()
        await asyncio.sleep(0.05)


async def drip_gzip(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A packed body that unfolds to megabytes and then goes on in drops."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br\r\n\r\n")
    writer.write(web.encode("br", bytes(8_000_000))[:-2])
    while True:
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"\x00")


async def reset(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Half an answer, then a reset."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nhalf")
    await writer.drain()
    writer.transport.abort()


async def closed(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Nothing at all."""


async def two_lengths(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A body whose length nobody can know."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 9\r\n\r\nabcdefghi")
    await writer.drain()


async def bad_chunk(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A chunk of a length that is no number."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\nabc\r\n")
    await writer.drain()


async def huge_chunk(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A chunk that claims more bytes than there are."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff0\r\nabc")
    await writer.drain()


async def many_hints(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Early hints without end."""
    for _ in range(100_000):
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        await writer.drain()


async def control_status(server: Server, asked: Asked, writer: asyncio.StreamWriter) -> None:
    """A status line of another kind."""
    writer.write(b"HTTP/1.1 999999 \x00\x01\r\n\r\n")
    await writer.drain()


CODINGS = ("gzip", "br", "zstd", "deflate")


@cache
def packed_bomb(coding: str) -> Whole:
    """Sixteen megabytes in little; made once, because that takes long."""
    if coding == "twice":
        return 200, {}, web.encode("gzip", web.encode("br", bytes(16_000_000)))
    return web.bomb(coding)


@cache
def packed_zeros() -> bytes:
    return gzip.compress(bytes(30_000_000), 1)


def html(body: bytes, **headers: str) -> Whole:
    return 200, {"Content-Type": "text/html", **headers}, body


def pages(inner: str) -> dict[str, Trap]:
    """Hostile pages by name; *inner* is the address of the secret."""
    port = inner.rpartition(":")[2]
    packed = {f"bomb-{coding}": trap(packed_bomb(coding), Result.TOO_LARGE) for coding in CODINGS}
    private = {
        "to-inner": inner, "to-localhost": f"http://localhost:{port}/secret", "to-decimal": f"http://2130707299:{port}/secret",
        "to-hex": f"http://0x7f000363:{port}/secret", "to-mapped": f"http://[::ffff:127.0.3.99]:{port}/secret",
        "to-metadata": "http://169.254.169.254/latest/meta-data", "to-file": "file:///etc/passwd",
        "to-user": f"http://me:pw@127.0.3.1:{port}/", "to-any": f"http://0.0.0.0:{port}/secret",
    }  # fmt: skip
    return {
        **packed,
        **{name: trap(web.moved(where), Result.BLOCKED) for name, where in private.items()},
        "bomb-twice": trap(
            (200, {"Content-Encoding": "br, gzip"}, packed_bomb("twice")[2]),
            Result.TOO_LARGE,
        ),
        "bomb-drip": trap(drip_gzip, Result.TIMED_OUT, Result.TOO_LARGE),
        "drip": trap(web.drip, Result.TIMED_OUT),
        "drip-head": trap(drip_head, Result.TIMED_OUT),
        "silent": trap(web.silent, Result.TIMED_OUT),
        "endless": trap(web.endless_body, Result.TOO_LARGE, Result.TIMED_OUT),
        "chunks": trap(web.endless_chunks, Result.TOO_LARGE, Result.TIMED_OUT),
        "headers": trap(web.endless_headers, *LATER),
        "header": trap(web.one_long_header, *LATER),
        "hints": trap(many_hints, *LATER),
        "garbage": trap(web.garbage, *LATER),
        "half": trap(web.half_closed, Result.BROKEN),
        "reset": trap(reset, Result.BROKEN),
        "closed": trap(closed, *LATER),
        "lengths": trap(two_lengths, *LATER, Result.FETCHED),
        "bad-chunk": trap(bad_chunk, *LATER, Result.FETCHED),
        "huge-chunk": trap(huge_chunk, *LATER),
        "status": trap(control_status, *LATER),
        "loop": trap(web.moved("loop"), Result.REDIRECTS),
        "spiral": trap(web.moved("spiral?x=" + "y" * 100), Result.CLIENT_ERROR, Result.REDIRECTS),
        "no-charset": trap(html("<p>Fähre 渡し船</p>".encode("utf-16"), **{"Content-Type": "text/html; charset=x-none"}), Result.FETCHED),
        "wrong-coding": trap(html(b"<p>plain</p>", **{"Content-Encoding": "gzip"}), Result.FETCHED),
        "no-coding": trap(html(b"<p>plain</p>", **{"Content-Encoding": "x-unknown"}), Result.FETCHED),
        "robots-no": trap(b"never", Result.ROBOTS),
        "gone": trap((410, {}, b""), Result.CLIENT_ERROR),
        "teapot": trap((500, {}, b""), Result.SERVER_ERROR),
    }  # fmt: skip


ROBOTS = b"User-agent: *\nDisallow: /robots-no\n"
LAUGHS = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))


def lists(url: str, inner: str) -> dict[str, Answer | bytes | Whole]:
    """Hostile feeds and sitemaps; each but the last also lists the page ``/ok``."""
    item = f"<item><title>x</title><link>{url}/ok</link></item>"
    loc = f"<url><loc>{url}/ok</loc></url>"
    external = f"<!DOCTYPE r [<!ENTITY x SYSTEM '{inner}'><!ENTITY y SYSTEM 'file:///etc/passwd'>]>"
    deep = "".join(f"<sitemap><loc>{url}/map-{number}.xml</loc></sitemap>" for number in range(60))
    return {
        "/xxe.xml": f"{external}<rss><channel><item><link>&x;</link><title>&y;</title></item>{item}</channel></rss>".encode(),
        "/laughs.xml": f"<!DOCTYPE r [{LAUGHS}]><rss><channel><item><title>&a11;</title></item>{item}</channel></rss>".encode(),
        "/remote-dtd.xml": f"<!DOCTYPE rss SYSTEM '{inner}'><rss><channel>{item}</channel></rss>".encode(),
        "/include.xml": f"<rss xmlns:xi='http://www.w3.org/2001/XInclude'><channel><xi:include href='{inner}' parse='text'/>{item}</channel></rss>".encode(),
        "/inner.xml": f"<rss><channel><item><link>{inner}</link></item><item><link>file:///etc/passwd</link></item>{item}</channel></rss>".encode(),
        "/wrong-charset.xml": f"<?xml version='1.0' encoding='utf-7'?><rss><channel>{item}</channel></rss>".encode(),
        "/map-xxe.xml": f"{external}<urlset><url><loc>&x;</loc></url>{loc}</urlset>".encode(),
        "/map-laughs.xml": f"<!DOCTYPE r [{LAUGHS}]><urlset><url><loc>&a11;</loc></url>{loc}</urlset>".encode(),
        "/map-wide.xml": (f"<urlset>{loc}" + "<a/>" * 60_000 + "</urlset>").encode(),
        "/map-ill.xml": f"<urlset><url><loc>{url}/a&b</loc></url>{loc}".encode(),
        "/map-packed.xml.gz": (200, {}, gzip.compress(f"<urlset>{loc}</urlset>".encode())),
        "/map-bomb.xml.gz": (200, {}, packed_zeros()),
        "/index.xml": f"<sitemapindex>{deep}</sitemapindex>".encode(),
        **{f"/map-{number}.xml": f"<sitemapindex>{deep}</sitemapindex>".encode() for number in range(60)},
    }


@dataclass
class Town:
    """The outlets, the inner host, and what each page may end as."""

    outlets: list[Server]
    inner: Server
    ends: Mapping[str, frozenset[Result]] = field(default_factory=dict)


@contextmanager
def town(hosts: int = 4, copies: int = 1) -> Iterator[Town]:
    """*hosts* outlets, 127.0.3.1 and so on, each with every hostile page *copies* times; their feeds list them all."""
    inner = Server(INNER, {"/secret": web.SECRET, "/latest/meta-data": web.SECRET, "/": web.SECRET})
    outlets = [Server(f"127.0.3.{number + 1}", {}) for number in range(hosts)]
    with serving_in_thread(inner, *outlets):
        traps = pages(f"{inner.url}/secret")
        for server in outlets:
            server.answers |= lists(server.url, f"{inner.url}/secret")
            server.answers["/ok"] = web.article_page("A quiet day")
            server.answers["/robots.txt"] = (200, {}, ROBOTS + b"# filler\n" * 1_100_000)
            for copy in range(copies):
                server.answers |= {f"/{name}{copy or ''}": one.answer for name, one in traps.items()}
            links = [f"{server.url}/{name}{copy or ''}" for copy in range(copies) for name in traps]
            server.answers["/feed.xml"] = web.conditional(web.rss(*links, f"{server.url}/ok"))
        yield Town(outlets, inner, {name: one.ends for name, one in traps.items()})
