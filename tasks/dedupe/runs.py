"""Immutable sorted runs: arrays of 64-bit entries, a 32-bit key above a 32-bit ordinal, searched where they lie.

A run is a file that is mapped, not read; a search touches the pages it needs.  New runs are small; when eight of one size
have gathered they are merged into one of the next, so there are never many and each entry is rewritten a handful of times.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

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


def write_array(path: Path, data: np.ndarray) -> None:  # type: ignore[type-arg]
    """Write an array's bytes to *path* through a temporary file, synchronised before it gets its name."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        file.write(memoryview(np.ascontiguousarray(data)).cast("B") if data.size else b"")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def look_up(run: U64, keys: U32) -> tuple[I64, I64]:
    """Every entry of the run with one of the keys: position of the key among *keys*, and ordinal.

    *keys* may repeat; ascending keys are searched fastest.
    """
    first, last = find(run, keys)
    counts = last - first
    which = np.repeat(np.arange(len(keys)), counts)
    begins = offsets(counts)[:-1]
    at = np.arange(len(which)) - begins[which] + first[which]
    return which, (run[at] & _LOW).astype(np.int64)


def find(run: U64, keys: U32) -> tuple[I64, I64]:
    """Where each key's entries begin and end in the run."""
    low = keys.astype(np.uint64) << _HALF
    return np.searchsorted(run, low), np.searchsorted(run, low | _LOW, "right")


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


def merge_runs(runs: Sequence[U64], path: Path) -> None:
    """Write the union of sorted runs to *path*, a slice of the key space at a time."""
    total = sum(len(run) for run in runs)
    steps = max(1, total // MERGE_STEP)
    bounds = [np.uint64((1 << 64) * step // steps) for step in range(1, steps)]
    cuts = [
        np.concatenate([[0], np.searchsorted(run, np.array(bounds, np.uint64)), [len(run)]]) for run in runs
    ]
    temporary = path.with_name(path.name + ".part")
    with temporary.open("wb") as file:
        for step in range(steps):
            slices = [run[int(cut[step]) : int(cut[step + 1])] for run, cut in zip(runs, cuts, strict=True)]
            merged = np.sort(np.concatenate(slices), kind="stable")
            file.write(memoryview(merged).cast("B") if merged.size else b"")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    for run in runs:
        forget_pages(run)
