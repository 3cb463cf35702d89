"""Immutable sorted runs: arrays of 64-bit entries, a 32-bit key above a 32-bit ordinal, searched where they lie.

A run is a file that is mapped, not read; a search touches the pages it needs.  New runs are small; when eight of one size
have gathered they are merged into one of the next, so there are never many and each entry is rewritten a handful of times.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from tasks.dedupe.words import I64, U32, U64, offsets

FAN_IN: Final = 8
"""Runs of one size that are merged into one of the next."""
SMALLEST: Final = 1 << 16
"""Entries up to which runs count as of the first size."""
MERGE_STEP: Final = 1 << 20
"""Entries merged at once, so that a merge needs the same memory however long the runs are."""

_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)


def open_run(path: Path) -> U64:
    """The entries of a run file, mapped read-only."""
    if path.stat().st_size == 0:
        return np.zeros(0, np.uint64)
    return np.memmap(path, dtype=np.uint64, mode="r")


def forget_pages(run: U64) -> None:
    """Give a mapped run's pages back to the system (they stay in its cache); nothing for a run in memory."""
    mapped = getattr(run, "_mmap", None)
    if mapped is not None:
        mapped.madvise(mmap.MADV_DONTNEED)


def look_up(run: U64, keys: U32) -> tuple[I64, I64]:
    """Every entry of the run with one of the keys: position of the key among *keys*, and the entry's lower half.

    *keys* may repeat; ascending keys are searched fastest.
    """
    low = keys.astype(np.uint64) << _HALF
    return collect(run, np.searchsorted(run, low), np.searchsorted(run, low | _LOW, "right"))


def collect(run: U64, first: I64, last: I64) -> tuple[I64, I64]:
    """The entries of several ranges of the run: number of the range, and lower half of the entry."""
    counts = last - first
    which = np.repeat(np.arange(len(first)), counts)
    at = np.arange(len(which)) + (first - offsets(counts)[:-1])[which]
    return which, (run[at] & _LOW).astype(np.int64)


def count(run: U64, keys: U32) -> I64:
    """How many entries each key has in the run."""
    low = keys.astype(np.uint64) << _HALF
    found: I64 = np.searchsorted(run, low | _LOW, "right") - np.searchsorted(run, low)
    return found


def postings(keys: U32, values: I64) -> U64:
    """Sorted index entries: key in the upper half, value in the lower."""
    return np.sort((keys.astype(np.uint64) << _HALF) | values.astype(np.uint64))


class Shelf(NamedTuple):
    """A run of shingles whose entries hold places instead of ordinals: articles numbered in the order they were published.

    So the entries of one shingle lie in published order, and a search touches only those inside the window.
    ``ordinals`` and ``times`` (µs, ascending) are by place.
    """

    entries: U64
    ordinals: U32
    times: I64

    def within(self, keys: U32, since: I64, until: I64) -> tuple[I64, I64]:
        """Every article with one of the keys that came out in its period, ends included: position among *keys*, and ordinal."""
        low = keys.astype(np.uint64) << _HALF
        first = np.searchsorted(self.times, since).astype(np.uint64)
        last = np.searchsorted(self.times, until, "right").astype(np.uint64)
        which, places = collect(
            self.entries,
            np.searchsorted(self.entries, low | first),
            np.searchsorted(self.entries, low | last),
        )
        return which, self.ordinals[places].astype(np.int64)

    def having(self, keys: U32) -> tuple[I64, I64]:
        """Every article with one of the keys: position among *keys*, and ordinal."""
        which, places = look_up(self.entries, keys)
        return which, self.ordinals[places].astype(np.int64)


def fill_shelf(keys: U32, owners: I64, ordinals: I64, times: I64) -> Shelf:
    """A shelf of new articles; shingle key *i* belongs to the article at position ``owners[i]`` of *ordinals* and *times*."""
    order = np.argsort(times, kind="stable")
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return Shelf(postings(keys, places[owners]), ordinals[order].astype(np.uint32), times[order])


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


def merge_runs(runs: Sequence[U64], path: Path, places: Sequence[U32] | None = None) -> None:
    """Write the union of sorted runs to *path*, a slice of the key space at a time.

    With *places*, the lower half of each entry of run *i* is replaced by ``places[i]`` of it.
    """
    steps = max(1, sum(len(run) for run in runs) // MERGE_STEP)
    bounds = np.array([((1 << 32) * step // steps) << 32 for step in range(1, steps)], np.uint64)
    cuts = [[0, *np.searchsorted(run, bounds).tolist(), len(run)] for run in runs]
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        for step in range(steps):
            slices = [np.asarray(run[cut[step] : cut[step + 1]]) for run, cut in zip(runs, cuts, strict=True)]
            if places is not None:
                slices = [_replaced(part, new) for part, new in zip(slices, places, strict=True)]
            merged = np.sort(np.concatenate(slices))
            file.write(merged.tobytes())
            for run in runs:
                forget_pages(run)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def _replaced(entries: U64, places: U32) -> U64:
    """The entries with other lower halves."""
    return (entries & ~_LOW) | places[(entries & _LOW).astype(np.int64)].astype(np.uint64)


def merge_places(shelves: Sequence[Shelf]) -> tuple[list[U32], U32, I64]:
    """New places of the articles of several shelves put together; and their ordinals and times by new place."""
    times = np.concatenate([shelf.times for shelf in shelves])
    order = np.argsort(times, kind="stable")
    new = np.empty(len(order), np.uint32)
    new[order] = np.arange(len(order), dtype=np.uint32)
    bounds = np.cumsum([len(shelf.times) for shelf in shelves])[:-1]
    return np.split(new, bounds), np.concatenate([shelf.ordinals for shelf in shelves])[order], times[order]
