"""Archives that a crash left open: cut after their last whole record and finished, so that nothing kept is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from isal import isal_zlib

from tasks.crawl.archive import PART, finish
from tasks.crawl.decode import ISAL_ERROR

_READ = 1 << 18
_HEAD = 1 << 16


class Kept(NamedTuple):
    """A response record: its URL, HTTP status, and where its member ends in the file."""

    url: str
    status: int
    kind: str
    end: int


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


def read_kept(path: Path) -> Iterator[Kept]:
    """The whole records of one of our own archives, in order, up to the first that is not whole."""
    with open(path, "rb") as file:
        end, data = 0, b""
        while True:
            engine, head = isal_zlib.decompressobj(31), b""
            try:
                while not engine.eof:
                    data = data or file.read(_READ)
                    if not data:
                        return
                    out = engine.decompress(data)
                    head += out[: _HEAD - len(head)]
                    data = engine.unused_data if engine.eof else engine.unconsumed_tail
            except ISAL_ERROR:
                return
            end = file.tell() - len(data)
            yield _parse(head, end)


def _parse(head: bytes, end: int) -> Kept:
    """What the first bytes of a record say."""
    fields, _, block = head.partition(b"\r\n\r\n")
    named = dict(line.partition(b": ")[::2] for line in fields.split(b"\r\n")[1:])
    status = block[:40].split(b" ", 2)[1:2]
    return Kept(
        named.get(b"WARC-Target-URI", b"").decode(),
        int(status[0]) if status and status[0].isdigit() else 0,
        named.get(b"WARC-Type", b"").decode(),
        end,
    )
