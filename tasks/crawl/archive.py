"""What the crawl keeps: WARC 1.1, one gzip member a record, written so that a crash costs the record in flight at most.

A run of one source writes two archives.  ``<run>.warc.gz`` holds the pages and becomes a unit; ``<run>-feeds.warc.gz``
holds feeds and robots.txt, which no reader should take for pages.  While they are written their names end in ``.part``.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO
from uuid import uuid4

from isal import isal_zlib

from tasks.crawl.aside import Aside, run_aside
from tasks.crawl.exchange import IN_MEMORY, Exchange

PART = ".part"
FEEDS = "-feeds"
_FEEDS_NAME = re.compile(rf"{FEEDS}(-\d+)?\.warc\.gz(\.part)?$")
ROTATE_AT = 1_000_000_000
"""Bytes after which an archive is closed and the next one begun."""
_LEVEL = 2


_REVISITS = "http://netpreserve.org/warc/1.1/revisit/"


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last response with a body from an address: its payload's digest and when it was fetched (seconds since 1970)."""

    url: str
    digest: str | None
    at: float


@dataclass(frozen=True, slots=True)
class Kept:
    """How an exchange was kept: digest of its payload (of the earlier one after a 304), and whether it was a revisit."""

    digest: str
    is_revisit: bool


@dataclass(slots=True)
class Archive:
    """Archives of one source and run: ``folder/name.warc.gz``, then ``name-2``, … as they fill up.

    Nothing is made before the first exchange is kept.  ``finished`` lists what was closed properly.
    """

    folder: Path
    name: str
    software: str
    rotate_at: int = ROTATE_AT
    new_id: Callable[[], str] = field(default=lambda: f"<urn:uuid:{uuid4()}>")
    finished: list[Path] = field(default_factory=list)
    pages: int = 0
    _file: IO[bytes] | None = None
    _number: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep_aside(
        self, exchange: Exchange, aside: Aside, earlier: Earlier | None = None
    ) -> Kept | None:
        """:meth:`keep` for the event loop: one exchange after the other, and long bodies are packed aside."""
        async with self._turn:
            if exchange.size <= IN_MEMORY:
                return self.keep(exchange, earlier)
            return await run_aside(aside.writer, self.keep, exchange, earlier)

    def keep(self, exchange: Exchange, earlier: Earlier | None = None) -> Kept | None:
        """Write one exchange as a response (or revisit) and a request record; they are with the system when this returns.

        A body that is the *earlier* one again, by its digest or because the server says so, becomes a revisit record.
        An exchange without a response is not kept: there is nothing to keep.
        """
        if not exchange.head:
            return None
        file = self._open()
        response, request = self.new_id(), self.new_id()
        when = _when(exchange.at)
        about = [("WARC-Target-URI", exchange.url), ("WARC-Date", when)]
        if exchange.address:
            about.append(("WARC-IP-Address", exchange.address))
        if exchange.truncated:
            about.append(("WARC-Truncated", exchange.truncated))
        digest = _digest(exchange.pieces())
        profile = _profile(exchange, digest, earlier)
        if earlier is not None and earlier.digest and exchange.status == 304:
            digest = earlier.digest
        about += [("WARC-Payload-Digest", digest), ("Content-Type", "application/http;msgtype=response")]
        if profile:
            _write_record(file, "revisit", response, about + _refer(profile, earlier), exchange.head)
        else:
            _write_record(file, "response", response, about, exchange.head, exchange.pieces, exchange.size)
        asked = [
            ("WARC-Target-URI", exchange.url), ("WARC-Date", when), ("WARC-Concurrent-To", response),
            ("Content-Type", "application/http;msgtype=request"),
        ]  # fmt: skip
        _write_record(file, "request", request, asked, exchange.request)
        file.flush()
        self.pages += 1
        if file.tell() >= self.rotate_at:
            self.close()
        return Kept(digest, profile is not None)

    def close(self) -> None:
        """Close the archive in work, if any: on disk, under its final name."""
        if self._file is None:
            return
        path = Path(self._file.name)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        self.finished.append(finish(path))

    def _open(self) -> IO[bytes]:
        """The archive in work, begun with a warcinfo record when there is none."""
        if self._file is None:
            self._number += 1
            self.folder.mkdir(parents=True, exist_ok=True)
            number = f"-{self._number}" if self._number > 1 else ""
            path = self.folder / f"{self.name}{number}.warc.gz{PART}"
            self._file = open(path, "xb")  # noqa: SIM115
            self._number = max(self._number, 1)
            about = f"software: {self.software}\r\nformat: WARC File Format 1.1\r\n".encode()
            fields = [
                ("WARC-Date", _when(datetime.now(UTC))), ("WARC-Filename", path.name.removesuffix(PART)),
                ("Content-Type", "application/warc-fields"),
            ]  # fmt: skip
            _write_record(self._file, "warcinfo", self.new_id(), fields, about)
        return self._file


def is_feeds(path: Path) -> bool:
    """Whether an archive, rotated or not, holds feeds and robots.txt rather than pages."""
    return _FEEDS_NAME.search(path.name) is not None


def _profile(exchange: Exchange, digest: str, earlier: Earlier | None) -> str | None:
    """The WARC 1.1 profile under which an exchange repeats the *earlier* one; None when it does not."""
    if exchange.status == 304:
        return "server-not-modified"
    is_same = earlier is not None and digest == earlier.digest and earlier.url == exchange.url
    return (
        "identical-payload-digest" if is_same and exchange.status == 200 and not exchange.truncated else None
    )


def _refer(profile: str, earlier: Earlier | None) -> list[tuple[str, str]]:
    """Header fields of a revisit record: its profile and what it repeats, where that is known."""
    fields = [("WARC-Profile", _REVISITS + profile)]
    if earlier is not None:
        when = _when(datetime.fromtimestamp(earlier.at, UTC))
        fields += [("WARC-Refers-To-Target-URI", earlier.url), ("WARC-Refers-To-Date", when)]
    return fields


def _nothing() -> Iterator[bytes]:
    return iter(())


def finish(path: Path) -> Path:
    """Give a finished archive its final name; returns that."""
    final = path.with_name(path.name.removesuffix(PART))
    os.replace(path, final)
    return final


def _when(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digest(pieces: Iterable[bytes]) -> str:
    """SHA-1 in Base32, the form that every reader of WARC knows; it finds damage and repeats, and guards nothing."""
    state = hashlib.sha1(usedforsecurity=False)
    for piece in pieces:
        state.update(piece)
    return "sha1:" + base64.b32encode(state.digest()).decode()


def _write_record(
    file: IO[bytes],
    kind: str,
    record_id: str,
    fields: list[tuple[str, str]],
    head: bytes,
    body: Callable[[], Iterator[bytes]] = _nothing,
    size: int = 0,
) -> None:
    """One record as one gzip member.  Its block is *head* and the *size* bytes that *body* gives, twice if asked."""
    block = _digest(chain((head,), body()))
    lines = [("WARC-Type", kind), ("WARC-Record-ID", record_id), *fields]
    lines += [("WARC-Block-Digest", block), ("Content-Length", str(len(head) + size))]
    header = "WARC/1.1\r\n" + "".join(f"{name}: {_one_line(value)}\r\n" for name, value in lines) + "\r\n"
    engine = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, 31)
    for piece in chain((header.encode(), head), body(), (b"\r\n\r\n",)):
        if out := engine.compress(piece):
            file.write(out)
    file.write(engine.flush())


def _one_line(value: str) -> str:
    """A header value that cannot break out of its line."""
    return value.replace("\r", "%0D").replace("\n", "%0A")
