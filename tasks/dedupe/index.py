"""The duplicate index: article rows, where each belongs, and sorted runs of shingles and keys, under one folder.

    index/state.json            what is valid: counts, runs, pending changes; replaced whole, the only commit mark
    index/articles.bin          ARTICLE rows, appended; rows beyond the committed count do not exist
    index/assigned.bin          ASSIGNED rows, changed in place only by changes that state.json already names
    index/shingles-*.run        shingle -> ordinal        index/keys-*.run     id or digest -> ordinal
    index/common-*.bin          shingles that are ignored, from which article on
    index/changes-*.bin         rows of assigned.bin changed by the last commit: a redo log, applied by the next
    index/merged.json           group ids that another group took over

A crash at any moment leaves the old state or the new one: files are written and synchronised under new names before
``state.json`` names them, and whatever it does not name is swept by the next commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.runs import Run, key_range, make_run, postings, search
from tasks.dedupe.shelves import Shelf, fill_shelf
from tasks.dedupe.tables import ARTICLE, ASSIGNED, Rows, digest_keys, id_keys
from tasks.dedupe.words import I64, U32, U64, Bools


@dataclass(frozen=True, slots=True)
class Common:
    """Shingles that very many articles have: ascending keys, and for each the article from which on it is ignored."""

    keys: U32
    since: U32

    @classmethod
    def none(cls) -> Self:
        """No shingle is ignored."""
        return cls(np.zeros(0, np.uint32), np.zeros(0, np.uint32))

    def find(self, keys: U32) -> I64:
        """Position of each key among the common ones, or -1."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        at = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[at] == keys, at, -1)


class Changes(NamedTuple):
    """ASSIGNED rows by ascending ordinal."""

    ordinals: U32
    rows: Rows

    @classmethod
    def none(cls) -> Self:
        """Nothing is changed."""
        return cls(np.zeros(0, np.uint32), np.zeros(0, ASSIGNED))

    def apply(self, ordinals: I64, rows: Rows) -> None:
        """Overwrite *rows*, which belong to *ordinals*, with what is changed about them."""
        if not len(self.ordinals):
            return
        at = np.minimum(np.searchsorted(self.ordinals, ordinals), len(self.ordinals) - 1)
        hit = self.ordinals[at] == ordinals
        rows[hit] = self.rows[at[hit]]


def _no_articles() -> Rows:
    """An empty table of articles."""
    return np.zeros(0, ARTICLE)


@dataclass(slots=True)
class Index:
    """An opened index: what is on disk (``stored``, ``assigned_stored``, named runs) and what was added since."""

    options: DedupeOptions = field(default_factory=DedupeOptions)
    directory: Path | None = None
    generation: int = 0
    stored: Rows = field(default_factory=_no_articles)
    added: Rows = field(default_factory=_no_articles)
    assigned_stored: Rows = field(default_factory=lambda: np.zeros(0, ASSIGNED))
    changes: Changes = field(default_factory=Changes.none)
    shelves: dict[str, Shelf] = field(default_factory=dict)
    keys: dict[str, Run] = field(default_factory=dict)
    common: Common = field(default_factory=Common.none)
    removed: U32 = field(default_factory=lambda: np.zeros(0, np.uint32))
    merged: dict[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Articles, removed ones included."""
        return len(self.stored) + len(self.added)

    def rows(self, ordinals: I64) -> Rows:
        """ARTICLE rows of the ordinals."""
        if not len(self.stored):
            return self.added[ordinals]
        found = np.empty(len(ordinals), ARTICLE)
        old = ordinals < len(self.stored)
        found[old] = self.stored[ordinals[old]]
        found[~old] = self.added[ordinals[~old] - len(self.stored)]
        return found

    def column(self, name: str, ordinals: I64) -> npt.NDArray[Any]:
        """One column of the articles' rows."""
        if not len(self.stored):
            return self.added[name][ordinals]
        found = np.empty(len(ordinals), ARTICLE[name])
        old = ordinals < len(self.stored)
        found[old] = self.stored[name][ordinals[old]]
        found[~old] = self.added[name][ordinals[~old] - len(self.stored)]
        return found

    def assigned(self, ordinals: I64) -> Rows:
        """ASSIGNED rows of the ordinals; all zero for articles that were never assigned."""
        found = np.zeros(len(ordinals), ASSIGNED)
        old = ordinals < len(self.assigned_stored)
        found[old] = self.assigned_stored[ordinals[old]]
        self.changes.apply(ordinals, found)
        return found

    def is_removed(self, ordinals: I64) -> Bools:
        """Which of the ordinals are removed articles."""
        if not len(self.removed):
            return np.zeros(len(ordinals), np.bool_)
        return np.isin(ordinals, self.removed)

    def add(self, rows: Rows, keys: U32, owners: I64) -> str:
        """Append articles; shingle key *i* belongs to row ``owners[i]``.  Returns the name of the new shelf."""
        ordinals = np.arange(self.size, self.size + len(rows))
        compared = np.flatnonzero(rows["words"] >= self.options.min_words)
        by_digest = postings(digest_keys(rows["digest"][compared]), ordinals[compared])
        by_id = postings(id_keys(rows["id"]), ordinals)
        self.added = np.concatenate([self.added, rows]) if len(self.added) else rows
        name = f"{self.generation + 1}-{len(self.shelves)}"
        self.shelves[name] = fill_shelf(keys, owners, ordinals, rows["at"])
        self.keys[name] = make_run(np.sort(np.concatenate([by_id, by_digest])))
        return name

    def find_ids(self, ids: I64, living: bool = True) -> I64:
        """Ordinal of the article with each id, or -1; without *living* also the last of removed ones."""
        found = np.full(len(ids), -1, np.int64)
        for run in self.keys.values():
            which, ordinals = search(run, *key_range(id_keys(ids)))
            right = self.column("id", ordinals) == ids[which]
            if living:
                right &= ~self.is_removed(ordinals)
            np.maximum.at(found, which[right], ordinals[right])
        return found

    def same_digest(self, digests: U64) -> tuple[I64, I64]:
        """Every living article with one of the digests: position among *digests*, and ordinal."""
        which, ordinals = _joined(
            [search(run, *key_range(digest_keys(digests))) for run in self.keys.values()]
        )
        right = (self.column("digest", ordinals) == digests[which]) & ~self.is_removed(ordinals)
        return which[right], ordinals[right]

    def having(self, keys: U32) -> tuple[I64, I64]:
        """Every living article with one of the shingles: position among *keys*, and ordinal."""
        which, ordinals = _joined([shelf.having(keys) for shelf in self.shelves.values()])
        alive = ~self.is_removed(ordinals)
        return which[alive], ordinals[alive]


def _joined(found: Sequence[tuple[I64, I64]]) -> tuple[I64, I64]:
    """Several lookups as one."""
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])
