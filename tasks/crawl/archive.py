"""What the crawl keeps: WARC 1.1, one gzip member a record, written so that a crash costs the record in flight at most.

A run of one source writes two archives.  ``<run>.warc.gz`` holds the pages and becomes a unit; ``<run>-feeds.warc.gz``
holds feeds and robots.txt, which no reader should take for pages.  While they are written their names end in ``.part``.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO
from uuid import uuid4

from isal import isal_zlib

from tasks.crawl.fetch import Exchange

PART = ".part"
FEEDS = "-feeds"
ROTATE_AT = 1_000_000_000
"""Bytes after which an archive is closed and the next one begun."""
_LEVEL = 2


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

    def keep(self, exchange: Exchange) -> None:
        """Write one exchange as a request and a response record, handed to the system before this returns.

        An exchange without a response is not kept: there is nothing to keep.
        """
        if not exchange.head:
            return
        file = self._open()
        response, request = self.new_id(), self.new_id()
        when = _when(exchange.at)
        about = [("WARC-Target-URI", exchange.url), ("WARC-Date", when)]
        if exchange.address:
            about.append(("WARC-IP-Address", exchange.address))
        if exchange.truncated:
            about.append(("WARC-Truncated", exchange.truncated))
        payload = _digest(exchange.pieces())
        about += [("WARC-Payload-Digest", payload), ("Content-Type", "application/http;msgtype=response")]
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
    body: Callable[[], Iterator[bytes]] = lambda: iter(()),
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
