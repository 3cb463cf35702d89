"""What duplicate search tells the rest of the project: rows of ``grouped`` and ``groups``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tasks.contracts import GROUPED, GROUPS
from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.index import Index
from tasks.dedupe.runs import NEVER
from tasks.dedupe.state import open_index, unread
from tasks.dedupe.tables import KINDS, NOBODY
from tasks.dedupe.words import I64


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of the tables ``grouped`` and ``groups``; ids that were taken over have size 0 and ``merged_into``."""

    grouped: pa.Table
    groups: pa.Table


def read_unread(index: Index) -> Groups:
    """What changed since it was last acknowledged."""
    if index.directory is None:
        return Groups(GROUPED.empty(), GROUPS.empty())
    ordinals, ended = unread(index.directory)
    ordinals = ordinals[~index.is_removed(ordinals)]
    canonicals = np.unique(index.assigned(ordinals)["canonical"].astype(np.int64))
    return Groups(grouped_rows(index, ordinals), groups_rows(index, canonicals, ended))


def read_grouped(
    index_dir: Path, options: DedupeOptions | None = None, ids: Sequence[int] | None = None
) -> pa.Table:
    """Rows of ``grouped`` for the article ids that the index knows; all articles without *ids*."""
    index = open_index(index_dir, options or DedupeOptions())
    if ids is None:
        ordinals = np.arange(index.size)
        return grouped_rows(index, ordinals[~index.is_removed(ordinals)])
    found = index.find_ids(np.array(ids, np.int64))
    return grouped_rows(index, np.unique(found[found >= 0]))


def read_groups(index_dir: Path, options: DedupeOptions | None = None) -> pa.Table:
    """All rows of ``groups``: every group, and every id that another group took over."""
    index = open_index(index_dir, options or DedupeOptions())
    ordinals = np.arange(index.size)
    ordinals = ordinals[~index.is_removed(ordinals)]
    canonicals = np.unique(index.assigned(ordinals)["canonical"].astype(np.int64))
    return groups_rows(index, canonicals, dict.fromkeys(index.merged, 0))


def read_ids(index_dir: Path, options: DedupeOptions) -> I64:
    """Ids of all articles in the index."""
    index = open_index(index_dir, options)
    ordinals = np.arange(index.size)
    return np.asarray(index.column("id", ordinals[~index.is_removed(ordinals)]), np.int64)


def resolve(index: Index, group: int) -> int | None:
    """The living group that an id stands for, through any number of mergers; None when all its members are gone."""
    while group in index.merged:
        if index.merged[group] == group:
            return None
        group = index.merged[group]
    return group


def grouped_rows(index: Index, ordinals: I64) -> pa.Table:
    """Rows of ``grouped`` for some articles."""
    rows = index.assigned(ordinals)
    ids = index.column("id", ordinals)
    order = np.argsort(ids)
    rows, ids = rows[order], ids[order]
    is_canonical = rows["kind"] == 0
    kinds = pa.DictionaryArray.from_arrays(
        pa.array(rows["kind"].astype(np.int32)), pa.array([k or "" for k in KINDS])
    )
    columns = [
        pa.array(ids),
        pa.array(rows["group"]),
        pa.array(is_canonical),
        pa.array(index.column("id", rows["canonical"].astype(np.int64)), mask=is_canonical),
        pa.array(kinds.cast(pa.string()).to_numpy(zero_copy_only=False), pa.string(), mask=is_canonical),
        pa.array(rows["similarity"], mask=is_canonical),
        pa.array(rows["containment"], mask=is_canonical),
    ]
    return GROUPED.check(pa.Table.from_arrays(columns, names=[c.name for c in GROUPED.columns]))


def groups_rows(index: Index, canonicals: I64, ended: Mapping[int, int]) -> pa.Table:
    """Rows of ``groups`` for the groups of some canonical articles and for ids that ended."""
    which, family = _follow(index, canonicals)
    counts = np.bincount(which, minlength=len(canonicals))
    rows = index.rows(family)
    sources = np.unique(np.stack([which, rows["source"].astype(np.int64)]), axis=1)[0]
    first, last = np.full(len(canonicals), NEVER), np.full(len(canonicals), -1)
    np.minimum.at(first, which, rows["at"])
    np.maximum.at(last, which, np.where(rows["at"] == NEVER, -1, rows["at"]))
    ids = index.assigned(canonicals)["group"]
    articles = index.column("id", canonicals)
    living = set(ids.tolist())
    over = [(group, article) for group, article in ended.items() if group not in living]
    heirs = [resolve(index, group) for group, _ in over]
    none = len(over)
    undated = np.concatenate([last == -1, np.ones(none, np.bool_)])
    columns = [
        pa.array([*ids.tolist(), *(group for group, _ in over)], pa.int64()),
        pa.array([*articles.tolist(), *(article for _, article in over)], pa.int64()),
        pa.array([*counts.tolist(), *[0] * none], pa.int32()),
        pa.array([*np.bincount(sources, minlength=len(canonicals)).tolist(), *[0] * none], pa.int32()),
        pa.array(np.append(first, [0] * none), pa.int64(), mask=undated).cast(pa.timestamp("us", tz="UTC")),
        pa.array(np.append(last, [0] * none), pa.int64(), mask=undated).cast(pa.timestamp("us", tz="UTC")),
        pa.array([*[None] * len(canonicals), *heirs], pa.int64()),
    ]
    table = pa.Table.from_arrays(columns, names=[c.name for c in GROUPS.columns])
    return GROUPS.check(table).sort_by("group_id")


def _follow(index: Index, canonicals: I64) -> tuple[I64, I64]:
    """All members of the groups of some canonical articles: position of the canonical article, and ordinal."""
    which, at = np.arange(len(canonicals)), canonicals
    found = [(which, at)]
    while len(at):
        following = index.assigned(at)["next"]
        on = following != NOBODY
        which, at = which[on], following[on].astype(np.int64)
        found.append((which, at))
    return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])
