"""Archives that a crash left open: cut after their last whole record and finished, so that nothing kept is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from isal import isal_zlib

from tasks.crawl.archive import PART, finish
from tasks.crawl.decode import ISAL_ERROR

_READ = 1 << 18
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Stored:
    """A record of an archive: URL, HTTP status, kind, where its member ends in the file, its fields and HTTP headers.

    ``at`` is when it was fetched (seconds since 1970), ``body`` what was asked for of its body, as it came.
    """

    url: str
    status: int
    kind: str
    end: int
    at: float
    fields: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def digest(self) -> str | None:
        """Digest of its payload."""
        return self.fields.get("warc-payload-digest")


def recover_archives(folder: Path) -> list[Path]:
    """Finish every archive below *folder* that was left open; returns their final paths.

    Only called while nobody else crawls into this lake.
    """
    return [path for left in sorted(folder.glob(f"*/*{PART}")) if (path := _recover(left)) is not None]


def _recover(path: Path) -> Path | None:
    """The archive under its final name, without the record that was in flight; None when no page was whole."""
    end = pages = 0
    for kept in read_kept(path):
        end = kept.end
        pages += kept.kind == "response"
    if not pages:
        path.unlink()
        return None
    with open(path, "r+b") as file:
        file.truncate(end)
    return finish(path)


def read_kept(path: Path, most: int = _HEAD) -> Iterator[Stored]:
    """The whole records of one of our own archives, in order, up to the first that is not whole; *most* bytes of each."""
    with open(path, "rb") as file:
        end, data = 0, b""
        while True:
            engine, head = isal_zlib.decompressobj(31), bytearray()
            try:
                while not engine.eof:
                    data = data or file.read(_READ)
                    if not data:
                        return
                    out = engine.decompress(data)
                    head += out[: most - len(head)]
                    data = engine.unused_data if engine.eof else engine.unconsumed_tail
            except ISAL_ERROR:
                return
            end = file.tell() - len(data)
            yield _parse(bytes(head), end)


def _parse(record: bytes, end: int) -> Stored:
    """What the first bytes of a record say."""
    first, _, block = record.partition(b"\r\n\r\n")
    fields = _headers(first)
    head, _, body = block.partition(b"\r\n\r\n")
    status = head[:40].split(b" ", 2)[1:2]
    return Stored(
        fields.get("warc-target-uri", ""), int(status[0]) if status and status[0].isdigit() else 0,
        fields.get("warc-type", ""), end, _seconds(fields.get("warc-date", "")), fields, _headers(head), body.removesuffix(b"\r\n\r\n"),
    )  # fmt: skip


def _headers(head: bytes) -> dict[str, str]:
    """Header lines by name, lower case; the first of a name counts, as everywhere in the crawl."""
    pairs = (line.partition(b":") for line in reversed(head.split(b"\r\n")[1:]))
    return {
        name.decode("latin-1").lower(): value.strip().decode("utf-8", "surrogateescape")
        for name, _, value in pairs
    }


def _seconds(date: str) -> float:
    try:
        return datetime.fromisoformat(date).timestamp()
    except ValueError:
        return 0.0
