"""Names looked up in the text of a file as it was read: one block of bytes and two arrays instead of a dictionary of strings.

A hundred thousand strings in a dictionary cost 100 ms and 20 MB to make, and every look-up counts a reference in pages that
processes share.  Here a look-up that finds nothing costs half a microsecond.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np

_NAME = re.compile(rb"^[^\t\n]*(?=\t)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NameTable:
    """Lines of *text* by name, where a line is a name, a tab and what is said of it; use :func:`read_names` to make one.

    Names with one remainder of their CRC-32 are in one bucket: *starts* of lines in order of buckets, *buckets* into that.
    """

    text: bytes
    starts: array[int]
    buckets: array[int]

    def find(self, name: str) -> str | None:
        """Return what the line of *name* says after the tab, or null when there is no such line."""
        key = name.encode("utf-8", "surrogatepass")
        bucket = crc32(key) & (len(self.buckets) - 2)
        first, last = self.buckets[bucket], self.buckets[bucket + 1]
        if first == last:
            return None
        key += b"\t"
        for place in range(first, last):
            start = self.starts[place]
            if self.text.startswith(key, start):
                return self.text[start + len(key) : self.text.index(b"\n", start)].decode("utf-8")
        return None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Return (name, what is said of it) of each line, in the order of the text."""
        for line in self.text.decode("utf-8").split("\n")[:-1]:
            name, _, said = line.partition("\t")
            yield name, said


def read_names(text: bytes) -> NameTable:
    """Return the table of a text whose every line is ended, holds a tab and begins with a name that no other line begins with."""
    names = _NAME.findall(text)
    size = 1 << max(1, len(names) - 1).bit_length()
    bucket = np.fromiter(map(crc32, names), np.int64, len(names)) & (size - 1)
    order = np.argsort(bucket << 32 | np.arange(len(names)))
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    starts = np.concatenate(([0], ends[:-1] + 1))[: len(names)]
    buckets = np.concatenate(([0], np.cumsum(np.bincount(bucket, minlength=size))))
    return NameTable(text, _compact(starts[order]), _compact(buckets))


def _compact(numbers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> array[int]:
    """Return *numbers* as an array that Python reads without making an object of numpy's."""
    return array("i", numbers.astype(np.intc).tobytes())
