"""Captures that a list names, fetched into archives of this lake: ``raw/cdx/<day>/<shard>.warc.gz``, kept there.

Records of an archive elsewhere are copied byte for byte, neighbours with one ranged read; captures of the Wayback Machine
are written as records of their own.  An archive is finished whole or gone on with where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock
from isal import isal_zlib

from tasks.backfill.ccnews import join
from tasks.backfill.cdx import CdxRecord, runs_of
from tasks.backfill.days import Order
from tasks.backfill.patience import Patience
from tasks.backfill.remote import HttpReader, Reader
from tasks.backfill.spool import Spooled
from tasks.backfill.web import MissingError, RefusedError
from tasks.errors import TransientError, UnitError
from tasks.progress import pause
from tasks.receipts import file_sha256, write_atomically

SHARD = 500
"""Captures of one shard: a unit of some ten seconds of work."""
BODY_LIMIT = 50_000_000
"""Bytes of one capture, as it comes, at most."""
_REPLAYED = re.compile(r"/(\d{14})id_/")


@dataclass(frozen=True, slots=True)
class Shard:
    """Captures of one day that are fetched, kept and worked through together.  ``base`` is where they are asked for."""

    name: str
    base: str
    day: date
    records: tuple[CdxRecord, ...]
    source: str | None = None
    collection: str = "CDX"

    @property
    def path(self) -> str:
        """Where its archive is kept, below the lake."""
        return f"raw/cdx/{self.day}/{self.name}.warc.gz"


def make_shards(
    records: Sequence[CdxRecord], base: Callable[[CdxRecord], str], order: Order, source: str | None
) -> list[Shard]:
    """Shards of *records*, day by day from the end that *order* says; *base* gives where a record is asked for."""
    days: dict[tuple[date, str], list[CdxRecord]] = defaultdict(list)
    for one in records:
        days[one.at.date(), base(one)].append(one)
    shards = []
    for (day, place), found in sorted(days.items(), reverse=order == "newest"):
        found.sort(key=lambda one: (one.filename or "", one.offset or 0, one.stamp, one.url))
        shards += [shard_of(found[at : at + SHARD], place, day, source) for at in range(0, len(found), SHARD)]
    return shards


def shard_of(records: Sequence[CdxRecord], base: str, day: date, source: str | None) -> Shard:
    """The shard of these records, named after what is in it."""
    keys = "\0".join(one.key for one in records)
    name = "cdx-" + hashlib.sha256(f"{source or ''}\0{keys}".encode()).hexdigest()[:16]
    collection = "Common Crawl (CDX)" if records[0].filename else "Wayback Machine (CDX)"
    return Shard(name, base, day, tuple(records), source, collection)


def fetch_shard_file(
    reader: Reader, shard: Shard, root: Path, patience: Patience, delay: float, tell: Callable[[int], None]
) -> Spooled:
    """The archive of *shard*, whole, below the lake at *root*; what an earlier, killed run got of it is kept.

    UnitError when an archive that it names is not there; a single page that is gone becomes a record that says so.
    """
    final = root / shard.path
    part, state = final.with_name(final.name + ".part"), final.with_name(final.name + ".state")
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{final}.lock"):
            if not final.exists():
                _fill(reader, shard, part, state, patience, delay, tell)
                os.replace(part, final)
                state.unlink(missing_ok=True)
        Path(f"{final}.lock").unlink(missing_ok=True)
        return Spooled(final, final.stat().st_size, file_sha256(final))
    except OSError as error:
        raise UnitError(
            f"{shard.name}: cannot be kept in {final.parent} ({error.strerror or error}); check the disk and run it again"
        ) from error


def _fill(
    reader: Reader,
    shard: Shard,
    part: Path,
    state: Path,
    patience: Patience,
    delay: float,
    tell: Callable[[int], None],
) -> None:
    """Append what is missing, one request at a time, and write down after each how far it is."""
    steps = list(_steps(shard.records))
    done, size = _state(state)
    with open(part, "a+b") as file:
        if part.stat().st_size < size:
            done, size = 0, 0
        file.truncate(size)
        for place, step in enumerate(steps[done:], done):
            if place > done and delay:
                pause(delay)
            data = patience.persist(partial(_get, reader, shard.base, step))
            file.write(data)
            file.flush()
            size += len(data)
            tell(len(data))
            write_atomically(state, json.dumps([place + 1, size]).encode())
        os.fsync(file.fileno())


def _state(path: Path) -> tuple[int, int]:
    """(steps done, bytes written) as an earlier run wrote down; nothing when it did not."""
    try:
        done, size = json.loads(path.read_bytes())
        return int(done), int(size)
    except (OSError, ValueError, TypeError):
        return 0, 0


def _steps(records: Sequence[CdxRecord]) -> Iterator[list[CdxRecord]]:
    """The records that are fetched with one request each."""
    for name, group in groupby(records, key=lambda one: one.filename):
        same = list(group)
        yield from ([one] for one in same) if name is None else runs_of(same)


def _get(reader: Reader, base: str, records: list[CdxRecord]) -> bytes:
    """The records as members of an archive, in their order."""
    first = records[0]
    if first.filename is None:
        return _replay(reader, base, first)
    url, start = join(base, first.filename), first.offset or 0
    end = max((one.offset or 0) + (one.length or 0) for one in records)
    with reader.stream(url, start, end) as part:
        if part.start != start:
            raise UnitError(f"{url}: the server does not answer ranges, and the whole archive is not wanted")
        data = _at_most(part.body, end - start)
    if len(data) < end - start:
        raise TransientError(f"{url}: {len(data)} of {end - start} bytes came")
    places = ((one.offset or 0) - start for one in records)
    return b"".join(data[at : at + (one.length or 0)] for at, one in zip(places, records, strict=True))


def _at_most(body: Iterator[bytes], limit: int) -> bytes:
    """The first *limit* bytes."""
    parts, size = [], 0
    for piece in body:
        parts.append(piece[: limit - size])
        size += len(parts[-1])
        if size >= limit:
            break
    return b"".join(parts)


def _replay(reader: Reader, base: str, record: CdxRecord) -> bytes:
    """A capture of the Wayback Machine, as its server sent it then (``id_``), as a record of our own."""
    assert isinstance(reader, HttpReader), "captures are replayed over HTTP"
    url = f"{base.rstrip('/')}/{record.stamp}id_/{quote(record.url, safe=':/?#[]@!$&()*+,;=%~')}"
    try:
        with reader.web.get(url) as (answer, body):
            data = _at_most(body, BODY_LIMIT)
            moved = _REPLAYED.search(answer.url)
            kept = ("content-type", "content-encoding")
            names = {
                name: answer.headers.get(f"x-archive-orig-{name}") or answer.headers.get(name)
                for name in kept
            }
            head = "HTTP/1.1 200 OK\r\n" + "".join(f"{n}: {v}\r\n" for n, v in names.items() if v)
            return _member(record.url, moved[1] if moved else record.stamp, head, data)
    except (MissingError, RefusedError) as error:
        status = 404 if isinstance(error, MissingError) else 403
        return _member(record.url, record.stamp, f"HTTP/1.1 {status} Not replayed\r\n", b"")


def _member(url: str, stamp: str, head: str, body: bytes) -> bytes:
    """One response record as one gzip member: the same bytes whenever it is made."""
    http = f"{head}content-length: {len(body)}\r\n\r\n".encode("latin-1", "replace")
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.strptime(stamp, "%Y%m%d%H%M%S"))
    name = hashlib.md5(f"{url}\0{stamp}".encode(), usedforsecurity=False).hexdigest()
    urn = "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))
    lines = (
        f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{urn}>\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: {when}\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: {len(http) + len(body)}\r\n\r\n"
    )
    return bytes(_gzip(lines.encode() + http + body + b"\r\n\r\n"))


def _gzip(data: bytes) -> bytes:
    """One gzip member without a time in it."""
    engine = isal_zlib.compressobj(2, isal_zlib.DEFLATED, 31)
    return bytes(engine.compress(data) + engine.flush())
