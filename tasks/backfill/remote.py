"""Files that lie elsewhere: how large they are, and their bytes from any place on, over HTTP or from a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from tasks.backfill.patience import Patience
from tasks.backfill.web import Answer, Body, NotAllowedError, Web, agent
from tasks.config import Settings
from tasks.errors import TransientError, UnitError

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


@dataclass(frozen=True, slots=True)
class Remote:
    """One archive file elsewhere, to become a unit.

    ``name`` is what captures say of their file: the same whichever mirror it came from.  ``size`` in bytes, null when
    the server does not say; ``etag`` changes with the contents; ``day`` is that of the file's name (UTC), ``collection`` the archive it belongs to;
    ``only`` are the hosts whose pages are wanted, all when empty.
    """

    name: str
    url: str
    size: int | None = None
    etag: str = ""
    day: date | None = None
    source: str | None = None
    collection: str = ""
    only: tuple[str, ...] = ()


class Found(NamedTuple):
    """What a server says of a file: its size in bytes, if it does, and what changes with its contents."""

    size: int | None
    etag: str


class Part(NamedTuple):
    """Bytes of a file from ``start`` on, with what the server says of the whole."""

    found: Found
    start: int
    body: Body


class Reader(Protocol):
    """Reads files of one place, for one thread.  All raise UnitError, and TransientError for what may pass."""

    def find(self, url: str) -> Found:
        """Size and tag of the file."""

    def read(self, url: str, limit: int) -> bytes:
        """All of a small file; UnitError when it has more than *limit* bytes."""

    def stream(self, url: str, start: int, end: int | None = None) -> AbstractContextManager[Part]:
        """The bytes from *start* up to, and without, *end*; a server that ignores this begins at 0."""

    def close(self) -> None:
        """Free connections."""


class HttpReader:
    """Files on a web server."""

    def __init__(self, web: Web) -> None:
        """Read through *web*."""
        self.web = web

    def find(self, url: str) -> Found:
        """See :class:`Reader`.  A server that answers no HEAD is asked for the file, whose bytes are then left."""
        try:
            return _found(self.web.head(url))
        except NotAllowedError:
            with self.web.get(url) as (answer, _):
                return _found(answer)

    def read(self, url: str, limit: int) -> bytes:
        """See :class:`Reader`."""
        return self.web.read(url, limit)

    @contextmanager
    def stream(self, url: str, start: int, end: int | None = None) -> Iterator[Part]:
        """See :class:`Reader`."""
        wanted = {"Range": f"bytes={start}-{'' if end is None else end - 1}"} if start or end else {}
        with self.web.get(url, wanted) as (answer, body):
            if answer.status != 206:
                yield Part(_found(answer), 0, body)
                return
            said = _RANGE.fullmatch(answer.headers.get("content-range", ""))
            if said is None or int(said[1]) != start:
                raise TransientError(f"{url}: asked for bytes from {start} on, got {said and said[0]}")
            whole = None if said[3] == "*" else int(said[3])
            yield Part(Found(whole, _tag(answer)), start, body)

    def close(self) -> None:
        """See :class:`Reader`."""
        self.web.close()


def _tag(answer: Answer) -> str:
    return answer.headers.get("etag") or answer.headers.get("last-modified", "")


def _found(answer: Answer) -> Found:
    length = answer.headers.get("content-length", "")
    return Found(int(length) if length.isdigit() else None, _tag(answer))


def open_reader(url: str, settings: Settings) -> Reader:
    """A reader for *url* and what lies beside it.  UnitError when nobody here can read such an address."""
    if url.startswith("s3://"):
        from tasks.backfill.bucket import BucketReader

        return BucketReader(url)
    if url.startswith(("http://", "https://")):
        return HttpReader(Web(agent(settings.crawl.contact), settings.backfill.timeout_seconds))
    raise UnitError(f"{url}: write an address that begins with https://, http:// or s3://")


def patience_of(settings: Settings) -> Patience:
    """How often reads are tried again, as set."""
    return Patience(settings.backfill.tries)
