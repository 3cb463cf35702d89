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

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np

from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.runs import look_up
from tasks.dedupe.tables import ARTICLE, ASSIGNED, Rows, digest_keys, id_keys, postings
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


class Run(NamedTuple):
    """One sorted run and its file name ("" while it is only in memory)."""

    name: str
    entries: U64


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
    shingles: list[Run] = field(default_factory=list)
    keys: list[Run] = field(default_factory=list)
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

    def add(self, rows: Rows, keys: U32, ordinals: I64) -> None:
        """Append articles; *keys* are their shingles' index keys and *ordinals* the articles that have them."""
        own = np.arange(self.size, self.size + len(rows))
        compared = np.flatnonzero(rows["words"] >= self.options.min_words)
        by_digest = postings(digest_keys(rows["digest"][compared]), own[compared])
        by_id = postings(id_keys(rows["id"]), own)
        self.added = np.concatenate([self.added, rows]) if len(self.added) else rows
        self.shingles.append(Run("", postings(keys, ordinals)))
        self.keys.append(Run("", np.sort(np.concatenate([by_id, by_digest]))))

    def find_ids(self, ids: I64) -> I64:
        """Ordinal of the living article with each id, or -1."""
        found = np.full(len(ids), -1, np.int64)
        for run in self.keys:
            which, ordinals = look_up(run.entries, id_keys(ids))
            right = (self.rows(ordinals)["id"] == ids[which]) & ~self.is_removed(ordinals)
            found[which[right]] = ordinals[right]
        return found

    def same_digest(self, digests: U64) -> tuple[I64, I64]:
        """Every living article with one of the digests: position among *digests*, and ordinal."""
        found = [look_up(run.entries, digest_keys(digests)) for run in self.keys]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        which, ordinals = (
            np.concatenate([part[0] for part in found]),
            np.concatenate([part[1] for part in found]),
        )
        right = (self.rows(ordinals)["digest"] == digests[which]) & ~self.is_removed(ordinals)
        return which[right], ordinals[right]

    def having(self, keys: U32) -> tuple[I64, I64]:
        """Every living article with one of the shingles: position among *keys*, and ordinal."""
        found = [look_up(run.entries, keys) for run in self.shingles]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        which = np.concatenate([part[0] for part in found])
        ordinals = np.concatenate([part[1] for part in found])
        alive = ~self.is_removed(ordinals)
        return which[alive], ordinals[alive]
