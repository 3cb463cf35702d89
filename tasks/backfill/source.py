"""Random access to one archive file through one buffer, so that memory does not grow with the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

READ = 1 << 20
"""Bytes read at once: large enough that the system call costs nothing, small enough to keep dozens of readers."""


class Source:
    """The bytes of a seekable file.  ``size`` is its length when it was opened."""

    __slots__ = ("_base", "_buffer", "_file", "size")

    def __init__(self, file: BinaryIO) -> None:
        """Take a file opened for reading in binary mode; the caller closes it."""
        self._file = file
        self._buffer = b""
        self._base = 0
        self.size = file.seek(0, os.SEEK_END)

    def view(self, offset: int, want: int) -> memoryview:
        """The *want* bytes from *offset* on; fewer only where the file ends."""
        start = offset - self._base
        have = len(self._buffer)
        if start < 0 or start > have or (start + want > have and self._base + have < self.size):
            self._file.seek(offset)
            self._buffer = self._file.read(max(want, READ))
            self._base, start = offset, 0
        return memoryview(self._buffer)[start : start + want]

    def find(self, needle: bytes, offset: int) -> int:
        """Where *needle* begins at or after *offset*; −1 when it does not occur again."""
        while offset < self.size:
            block = bytes(self.view(offset, READ))
            found = block.find(needle)
            if found >= 0:
                return offset + found
            if offset + len(block) >= self.size or not block:
                return -1
            offset += len(block) - len(needle) + 1
        return -1


@contextmanager
def open_source(path: str | Path) -> Iterator[Source]:
    """A source over the file at *path*; OSError when it cannot be read."""
    with open(path, "rb", buffering=0) as file:
        yield Source(file)
