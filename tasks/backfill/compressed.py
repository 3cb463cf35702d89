"""Opening files that may be compressed, as a stream of bytes or in one bounded read."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard
from isal import igzip

from tasks.backfill.coding import OverLimitError

_gunzip: Callable[..., object] = igzip.IGzipFile
_WINDOW = 1 << 27
BROKEN = (EOFError, OSError, zstandard.ZstdError)
"""What reading a damaged compressed file raises; an OSError without ``errno`` is damage, one with it is the disk."""


@contextmanager
def open_bytes(path: str | Path) -> Iterator[BinaryIO]:
    """The decoded bytes of the file at *path* (plain, gzip or Zstandard, told by its first bytes) as a buffered stream."""
    with open(path, "rb") as file:
        magic = file.peek(4)[:4]
        if magic[:2] == b"\x1f\x8b":
            with cast(BinaryIO, _gunzip(fileobj=file, mode="rb")) as inflated:
                yield inflated
        elif magic == b"\x28\xb5\x2f\xfd":
            engine = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
            with engine.stream_reader(file, read_across_frames=True, closefd=False) as raw:
                yield cast(BinaryIO, io.BufferedReader(raw))
        else:
            yield file


def read_bounded(path: str | Path, limit: int) -> tuple[bytes, str | None]:
    """(bytes, damage) of a whole file of at most *limit* decoded bytes; OverLimitError when it has more.

    The bytes before the fault of a damaged compressed file come with what is wrong.  OSError when the file cannot be read.
    """
    parts, size = [], 0
    with open_bytes(path) as stream:
        try:
            while data := stream.read(1 << 16):
                parts.append(data)
                size += len(data)
                if size > limit:
                    raise OverLimitError(f"more than {limit} bytes")
        except BROKEN as error:
            if isinstance(error, OSError) and error.errno:
                raise
            return b"".join(parts), f"the compressed file is damaged ({error})"
    return b"".join(parts), None
