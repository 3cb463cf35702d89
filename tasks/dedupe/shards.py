"""The tables of duplicate search as files that are rewritten only where something changed.

An article's ordinal never changes, so that each file holds what is said of the same SHARD articles for good: a refresh writes the
last file and the few that a copy of an old article touches, however large the archive is.

    index/grouped/000012.parquet      rows of ``grouped`` for ordinals from 12 * SHARD on
    index/groups/000012.parquet       rows of ``groups`` whose canonical article is one of those
    index/groups/merged.parquet       group ids that another group took over
    index/shards.json                 what each file was made of: written last
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tasks.contract import Contract
from tasks.contracts import GROUPED, GROUPS
from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.index import Index
from tasks.dedupe.output import grouped_rows, groups_rows
from tasks.dedupe.state import acknowledge, open_index, unread
from tasks.dedupe.words import I64
from tasks.parquet import parquet_bytes
from tasks.receipts import write_atomically

SHARD: Final = 1 << 18
"""Articles of one file."""
MERGED: Final = "merged"
"""Name of the file of group ids that were taken over."""


@dataclass(frozen=True, slots=True)
class Shards:
    """The folders of both tables, how many groups have members, and how many files were written."""

    grouped: Path
    groups: Path
    group_count: int
    written: int


Made = dict[str, list[int]]
"""What each file was made of: articles and removed articles of its shard, and groups in it."""


def publish_shards(folder: Path, index_dir: Path, options: DedupeOptions, size: int = SHARD) -> Shards:
    """Bring the files in *folder* up to date with the index, then forget what changed.

    A crash at any moment is mended by the next call: what changed is forgotten last.
    """
    index = open_index(index_dir, options)
    made, now = _read_made(folder), Made()
    dirty = _dirty(index, size)
    written = 0
    for number in range(-(-index.size // size)):
        name = f"{number:06}"
        ordinals = np.arange(number * size, min((number + 1) * size, index.size))
        removed = int(np.searchsorted(index.removed, [ordinals[0], ordinals[-1] + 1]) @ np.array([-1, 1]))
        known = made.get(name)
        if known and known[:2] == [len(ordinals), removed] and number not in dirty and _has(folder, name):
            now[name] = known
            continue
        living = ordinals[~index.is_removed(ordinals)]
        canonicals = living[index.assigned(living)["canonical"] == living]
        _write(folder / "grouped", name, GROUPED, grouped_rows(index, living))
        _write(folder / "groups", name, GROUPS, groups_rows(index, canonicals, {}))
        now[name] = [len(ordinals), removed, len(canonicals)]
        written += 1
    none = np.zeros(0, np.int64)
    _write(folder / "groups", MERGED, GROUPS, groups_rows(index, none, dict.fromkeys(index.merged, 0)))
    _sweep(folder, {*now, MERGED})
    _replace(folder / "shards.json", json.dumps(now).encode())
    acknowledge(index_dir)
    count = sum(row[2] for row in now.values())
    return Shards(folder / "grouped", folder / "groups", count, written)


def _dirty(index: Index, size: int) -> set[int]:
    """Numbers of the shards that hold an article, or the canonical article of one, that changed since it was acknowledged."""
    if index.directory is None:
        return set()
    ordinals, _ = unread(index.directory)
    canonicals = index.assigned(ordinals)["canonical"].astype(np.int64)
    touched: I64 = np.unique(np.concatenate([ordinals, canonicals]) // size)
    return set(touched.tolist())


def _write(folder: Path, name: str, contract: Contract, table: pa.Table) -> None:
    _replace(folder / f"{name}.parquet", parquet_bytes(contract, table))


def _replace(path: Path, data: bytes) -> None:
    """Write a file, unless it holds just that: a refresh that has nothing to do touches nothing."""
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)


def _has(folder: Path, name: str) -> bool:
    """Both files of a shard are there."""
    return all((folder / table / f"{name}.parquet").exists() for table in ("grouped", "groups"))


def _sweep(folder: Path, names: Iterable[str]) -> None:
    """Remove files that belong to no shard, and the single files of earlier versions."""
    kept = set(names)
    for table in ("grouped", "groups"):
        for path in (folder / table).glob("*.parquet"):
            if path.stem not in kept:
                path.unlink()
        (folder / f"{table}.parquet").unlink(missing_ok=True)


def _read_made(folder: Path) -> Made:
    """What the files were made of; nothing when that is not known."""
    try:
        found: Mapping[str, list[int]] = json.loads((folder / "shards.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return dict(found)
