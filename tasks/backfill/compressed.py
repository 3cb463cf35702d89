"""Files that may be compressed, whatever they are called: in one bounded read, or as a stream for reading lines."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tasks.backfill.coding import OverLimitError
from tasks.backfill.gzips import gzip_pieces
from tasks.backfill.pieces import Piece, plain_pieces
from tasks.backfill.source import READ, Source, open_source
from tasks.backfill.zsts import MAGIC as ZSTD_MAGIC
from tasks.backfill.zsts import zstd_pieces

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class BrokenFileError(Exception):
    """The file is damaged from here on."""


def file_pieces(source: Source) -> Iterator[Piece]:
    """The decoded bytes of a plain, gzip or Zstandard file, told by its first bytes."""
    magic = bytes(source.view(0, 4))
    if magic[:2] == b"\x1f\x8b":
        return gzip_pieces(source)
    return zstd_pieces(source) if magic == ZSTD_MAGIC else plain_pieces(source)


def read_bounded(path: str | Path, limit: int) -> tuple[bytes, str | None]:
    """(bytes, damage) of a whole file of at most *limit* decoded bytes; OverLimitError when it has more.

    The bytes before the fault of a damaged compressed file come with what is wrong.  OSError when the file cannot be read.
    """
    parts, size = [], 0
    with open_source(path) as source:
        for piece in file_pieces(source):
            parts.append(piece.data)
            size += len(piece.data)
            if size > limit:
                raise OverLimitError(f"more than {limit} bytes")
            if piece.fault is not None:
                return b"".join(parts), piece.fault.detail
    return b"".join(parts), None


class _PieceStream(io.RawIOBase):
    """Pieces as a raw stream, which is what :class:`io.BufferedReader` reads lines from."""

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")
        self._fault: str | None = None

    def readable(self) -> bool:
        """True, as io asks of a stream that is read."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill *buffer* as far as the current piece goes; BrokenFileError after the last good byte."""
        while not self._left:
            if self._fault is not None:
                raise BrokenFileError(self._fault)
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._left = memoryview(piece.data)
            self._fault = piece.fault.detail if piece.fault is not None else None
        target = memoryview(buffer)
        count = min(len(target), len(self._left))
        target[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


@contextmanager
def open_lines(path: str | Path) -> Iterator[io.BufferedIOBase]:
    """The decoded bytes of the file as a buffered stream, which raises BrokenFileError where the file is damaged.

    OSError when it cannot be read.
    """
    with open_source(path) as source, io.BufferedReader(_PieceStream(file_pieces(source)), READ) as stream:
        yield stream
