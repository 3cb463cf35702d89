"""Immutable sorted runs: arrays of 64-bit entries, a 32-bit key above a 32-bit value, searched where they lie.

A run is a file that is mapped, not read.  Its fences, every 256th entry, say in which 2 KB an entry must be, so that a search
touches one page.  New runs are small; when eight of one size have gathered they are merged into one of the next, so there are
never many and each entry is rewritten a handful of times.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.dedupe.words import I64, U32, U64, offsets

FAN_IN: Final = 8
"""Runs of one size that are merged into one of the next."""
SMALLEST: Final = 1 << 16
"""Entries up to which runs count as of the first size."""
MERGE_STEP: Final = 1 << 20
"""Entries merged at once, so that a merge needs the same memory however long the runs are."""
FENCE: Final = 256
"""Entries from one fence to the next."""
SLICE: Final = 1024
"""Searches after which the pages they touched are given back; a page fault maps 64 KB and more around the page."""
TAKEN: Final = 128
"""The same for stretches of entries that are read."""

NEVER: Final = 1 << 62
"""Time of an article that nobody dated: after all others."""
LOW: Final = np.uint64(0xFFFFFFFF)
"""The value's half of an entry."""
HALF: Final = np.uint64(32)
"""Bits of a value."""


class Run(NamedTuple):
    """Ascending entries and every FENCE-th of them."""

    entries: U64
    fences: U64


def make_run(entries: U64) -> Run:
    """A run of ascending entries in memory."""
    return Run(entries, entries[::FENCE].copy())


def map_file(path: Path, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """A file's rows, mapped read-only; none when the file is missing or empty."""
    size = np.dtype(dtype).itemsize
    if not path.exists() or path.stat().st_size < size:
        return np.zeros(0, dtype)
    return np.memmap(path, dtype, mode="r", shape=(path.stat().st_size // size,))


def forget_pages(data: npt.NDArray[Any]) -> None:
    """Give a mapped array's pages back to the system (they stay in its cache); nothing for an array in memory."""
    mapped = getattr(data, "_mmap", None)
    if mapped is not None:
        mapped.madvise(mmap.MADV_DONTNEED)


def postings(keys: U32, values: I64) -> U64:
    """Sorted index entries: key in the upper half, value in the lower."""
    return np.sort((keys.astype(np.uint64) << HALF) | values.astype(np.uint64))


def key_range(keys: U32) -> tuple[U64, U64]:
    """The smallest and largest entry that each key can have."""
    low = keys.astype(np.uint64) << HALF
    return low, low | LOW


class Ranges(NamedTuple):
    """Stretches of a run's entries: number of the query each belongs to (ascending), first entry, and how many."""

    which: I64
    first: I64
    counts: I64


def find_ranges(run: Run, low: U64, high: U64) -> Ranges:
    """The entries of the run from each *low* to each *high*, ends included; queries that find nothing are left out.

    Queries may repeat; ascending ones are searched fastest.
    """
    parts = list(_find_slices(run, low, high))
    return Ranges(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def values_of(run: Run, ranges: Ranges) -> tuple[I64, I64]:
    """Every entry of the ranges: number of the query, and the entry's value."""
    parts = [(np.zeros(0, np.int64), np.zeros(0, np.uint64))]
    for begin, end in _spells(run, len(ranges.first)):
        counts, first = ranges.counts[begin:end], ranges.first[begin:end]
        repeated = np.repeat(np.arange(end - begin), counts)
        at = np.arange(len(repeated)) + (first - offsets(counts)[:-1])[repeated]
        parts.append((ranges.which[begin:end][repeated], np.asarray(run.entries)[at] & LOW))
        forget_pages(run.entries)
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts]).astype(np.int64)


def _spells(run: Run, ranges: int) -> Iterator[tuple[int, int]]:
    """First and last of the ranges to read before pages are given back: all at once for a run in memory."""
    step = TAKEN if isinstance(run.entries, np.memmap) else max(1, ranges)
    for begin in range(0, ranges, step):
        yield begin, min(begin + step, ranges)


def search(run: Run, low: U64, high: U64) -> tuple[I64, I64]:
    """Every entry of the run from *low* to *high*, ends included: number of the query, and the entry's value."""
    return values_of(run, find_ranges(run, low, high))


def count(run: Run, keys: U32) -> I64:
    """How many entries each key has in the run."""
    found = find_ranges(run, *key_range(keys))
    counts = np.zeros(len(keys), np.int64)
    counts[found.which] = found.counts
    return counts


def _find_slices(run: Run, low: U64, high: U64) -> Iterator[Ranges]:
    """The answers to SLICE queries at a time."""
    entries, none = np.asarray(run.entries), np.zeros(0, np.int64)
    yield Ranges(none, none, none)
    for begin in range(0, len(low) if len(entries) else 0, SLICE):
        part = slice(begin, begin + SLICE)
        first = _bisect(run, low[part], np.less)
        found = np.flatnonzero(entries[np.minimum(first, len(entries) - 1)] <= high[part])
        found = found[first[found] < len(entries)]
        first = first[found]
        yield Ranges(found + begin, first, _bisect(run, high[part][found], np.less_equal) - first)
        forget_pages(run.entries)


def _bisect(run: Run, wanted: U64, precedes: np.ufunc) -> I64:
    """Position of the first entry that does not precede each wanted one (is not less, or not less or equal)."""
    entries = np.asarray(run.entries)
    block = np.searchsorted(run.fences, wanted, "left" if precedes is np.less else "right")
    at = np.maximum(block - 1, 0) * FENCE
    step = FENCE
    while step:
        probe = at + (step - 1)
        ahead = precedes(entries[np.minimum(probe, len(entries) - 1)], wanted)
        at += step * (ahead & (probe < len(entries)))
        step //= 2
    return at


def size_class(entries: int) -> int:
    """Which size a run counts as: 0, and one more for every factor of FAN_IN over SMALLEST."""
    size, limit = 0, SMALLEST
    while entries > limit:
        size, limit = size + 1, limit * FAN_IN
    return size


def mergeable(sizes: Sequence[int]) -> list[int]:
    """Positions of the runs to merge into one, smallest size first; empty while no size has FAN_IN of them."""
    by_class: dict[int, list[int]] = {}
    for at, entries in enumerate(sizes):
        by_class.setdefault(size_class(entries), []).append(at)
    for size in sorted(by_class):
        if len(by_class[size]) >= FAN_IN:
            return by_class[size]
    return []


def write_bytes(path: Path, parts: Iterator[npt.NDArray[Any]] | Sequence[npt.NDArray[Any]]) -> None:
    """Write arrays one after the other to *path*, synchronised."""
    with path.open("wb") as file:
        for part in parts:
            file.write(part.tobytes())
        file.flush()
        os.fsync(file.fileno())


def merge(runs: Sequence[U64], places: Sequence[U32] | None = None) -> Iterator[U64]:
    """The union of sorted runs, ascending, a slice of the key space at a time.

    With *places*, the value of each entry of run *i* is replaced by ``places[i]`` of it.
    """
    steps = max(1, sum(len(run) for run in runs) // MERGE_STEP)
    bounds = np.array([((1 << 32) * step // steps) << 32 for step in range(1, steps)], np.uint64)
    cuts = [[0, *np.searchsorted(run, bounds).tolist(), len(run)] for run in runs]
    for step in range(steps):
        slices = [np.asarray(run[cut[step] : cut[step + 1]]) for run, cut in zip(runs, cuts, strict=True)]
        if places is not None:
            slices = [_replaced(part, new) for part, new in zip(slices, places, strict=True)]
        yield np.sort(np.concatenate(slices))
        for run in runs:
            forget_pages(run)
        for new in places or ():
            forget_pages(new)


def _replaced(entries: U64, places: U32) -> U64:
    """The entries with other values."""
    return (entries & ~LOW) | places[(entries & LOW).astype(np.int64)].astype(np.uint64)
