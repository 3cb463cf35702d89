"""The files of runs and shelves: written once under a name of their own, mapped when opened, merged when many have gathered."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tasks.dedupe.runs import FENCE, Run, map_file, merge, mergeable, write_bytes
from tasks.dedupe.shelves import Shelf, merge_places
from tasks.dedupe.words import U64

SHELF_FILES: Final = ("shingles", "shingles-fences", "ordinals", "times")
"""Endings of a shelf's files."""
KEY_FILES: Final = ("keys", "keys-fences")
"""Endings of the files of a run of keys."""


def open_run(path: Path) -> Run:
    """A run's file and its fences; the fences are read, the entries mapped."""
    return Run(map_file(path, np.uint64), np.fromfile(_fences(path), np.uint64))


def open_shelf(directory: Path, name: str) -> Shelf:
    """A shelf's files, mapped."""
    ordinals = map_file(directory / f"{name}.ordinals", np.uint32)
    return Shelf(
        open_run(directory / f"{name}.shingles"), ordinals, map_file(directory / f"{name}.times", np.int64)
    )


def store_shelves(directory: Path, shelves: Mapping[str, Shelf], generation: int) -> list[str]:
    """Write the shelves that are only in memory, merge those that have gathered, and return the names of all."""
    for name, shelf in shelves.items():
        if len(shelf.times) and not isinstance(shelf.times, np.memmap):
            _write_shelf(directory, name, shelf, iter([shelf.run.entries]))
    stored = {name: open_shelf(directory, name) for name, shelf in shelves.items() if len(shelf.times)}
    while group := mergeable([len(shelf.entries) for shelf in stored.values()]):
        names = [list(stored)[at] for at in group]
        parts = [stored[name] for name in names]
        merged = f"{generation}-m{len(stored)}"
        _merge_shelves(directory, merged, parts)
        stored = {name: shelf for name, shelf in stored.items() if name not in names}
        stored[merged] = open_shelf(directory, merged)
    return list(stored)


def _merge_shelves(directory: Path, name: str, parts: Sequence[Shelf]) -> None:
    """Write the files of several shelves put together; memory does not grow with them."""

    def hold(kind: str, dtype: npt.DTypeLike, size: int) -> npt.NDArray[Any]:
        """A file of the run, as an array to be filled."""
        ending = kind if kind in SHELF_FILES else f"{kind}.part"
        return np.memmap(directory / f"{name}.{ending}", dtype, mode="w+", shape=(size,))

    places, ordinals, times = merge_places(parts, hold)
    _write_run(directory / f"{name}.shingles", merge([part.entries for part in parts], places))
    for kind, data in (("ordinals", ordinals), ("times", times)):
        if isinstance(data, np.memmap):
            data.flush()
        with (directory / f"{name}.{kind}").open("rb") as file:
            os.fsync(file.fileno())
    for path in directory.glob(f"{name}.places-*.part"):
        path.unlink()


def store_keys(directory: Path, runs: Mapping[str, Run], generation: int) -> list[str]:
    """The same for runs of keys."""
    for name, run in runs.items():
        if len(run.entries) and not isinstance(run.entries, np.memmap):
            _write_run(directory / f"{name}.keys", iter([run.entries]))
    stored = {name: open_run(directory / f"{name}.keys") for name, run in runs.items() if len(run.entries)}
    while group := mergeable([len(run.entries) for run in stored.values()]):
        names = [list(stored)[at] for at in group]
        merged = f"{generation}-m{len(stored)}"
        _write_run(directory / f"{merged}.keys", merge([stored[name].entries for name in names]))
        stored = {name: run for name, run in stored.items() if name not in names}
        stored[merged] = open_run(directory / f"{merged}.keys")
    return list(stored)


def _write_shelf(directory: Path, name: str, shelf: Shelf, entries: Iterator[U64]) -> None:
    """Write a shelf's files, with entries that may come in several parts."""
    write_bytes(directory / f"{name}.ordinals", [shelf.ordinals])
    write_bytes(directory / f"{name}.times", [shelf.times])
    _write_run(directory / f"{name}.shingles", entries)


def _write_run(path: Path, parts: Iterator[U64]) -> None:
    """Write a run whose entries come in parts, and its fences."""
    fences: list[U64] = []
    write_bytes(path, _fenced(parts, fences))
    write_bytes(_fences(path), fences)


def _fenced(parts: Iterator[U64], fences: list[U64]) -> Iterator[U64]:
    """The same parts; their fences are added to the list on the way."""
    written = 0
    for part in parts:
        fences.append(part[-written % FENCE :: FENCE].copy())
        written += len(part)
        yield part


def _fences(path: Path) -> Path:
    """Where a run's fences lie."""
    return path.with_name(path.name + "-fences")
