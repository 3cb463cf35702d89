"""Where a replay gets texts and candidates from: what the batch brought with it, and for older articles the lake."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from tasks.dedupe.candidates import AT_ONCE, Queries, find_candidates
from tasks.dedupe.index import Index
from tasks.dedupe.shingles import Packed, Profile, Reading, read
from tasks.dedupe.words import I64, U64, offsets
from tasks.errors import ContractError

FetchTexts = Callable[[Sequence[int]], dict[int, str]]
"""Texts by article id, for the ids asked for."""

KEPT: Final = 8192
"""Profiles kept ready (about 3 KB each)."""


class PackedProfiles:
    """Profiles of articles whose texts were just read and are held as arrays; ordinals count from 0."""

    def __init__(self, parts: Sequence[Packed]) -> None:
        """*parts* hold consecutive articles."""
        self._parts = parts
        self._starts = offsets(np.array([len(p.counts) for p in parts], np.int64))
        self._ready: OrderedDict[int, Profile] = OrderedDict()

    def get(self, ordinal: int) -> Profile:
        """The profile of one article."""
        found = self._ready.get(ordinal)
        if found is None:
            part = int(np.searchsorted(self._starts, ordinal, "right")) - 1
            found = self._ready[ordinal] = self._parts[part].profile(ordinal - int(self._starts[part]))
            if len(self._ready) > KEPT:
                self._ready.popitem(last=False)
        return found

    def prefetch(self, ordinals: Sequence[int]) -> None:
        """Nothing to do: all is in memory."""


class TextProfiles:
    """Profiles of articles whose texts are fetched when they are needed, several at once."""

    def __init__(self, index: Index, fetch: FetchTexts) -> None:
        """*fetch* gives texts by article id."""
        self._index, self._fetch = index, fetch
        self._ready: OrderedDict[int, Profile] = OrderedDict()

    def get(self, ordinal: int) -> Profile:
        """The profile of one article."""
        if ordinal not in self._ready:
            self.prefetch([ordinal])
        self._ready.move_to_end(ordinal)
        return self._ready[ordinal]

    def prefetch(self, ordinals: Sequence[int]) -> None:
        """Fetch and read the texts that are not ready; what was not used for longest is dropped."""
        missing = [o for o in ordinals if o not in self._ready]
        if not missing:
            return
        packed = self.read(missing).packed
        for place, ordinal in enumerate(missing):
            self._ready[ordinal] = packed.profile(place)
        while len(self._ready) > max(KEPT, len(missing)):
            self._ready.popitem(last=False)

    def read(self, ordinals: Sequence[int]) -> Reading:
        """What the compared parts of these articles' texts hold.  Raises ContractError when a text is missing."""
        rows = self._index.rows(np.array(ordinals, np.int64))
        ids = rows["id"].tolist()
        texts = self._fetch(ids)
        missing = [i for i in ids if i not in texts]
        if missing:
            raise ContractError(
                f"table texts: no text for {len(missing)} articles of the duplicate index, first {missing[0]}"
            )
        spans = zip(ids, rows["start"].tolist(), rows["end"].tolist(), strict=True)
        return read([texts[i][start:end] for i, start, end in spans])


class Twins:
    """Articles with equal digests: candidates of each other, but too many to be listed pair by pair when a page is everywhere."""

    def __init__(self, index: Index) -> None:
        """Nothing is looked up yet."""
        self._index = index
        self._members: dict[int, list[int]] = {}

    def prepare(self, digests: U64) -> None:
        """Look up the articles with each of the digests."""
        wanted = np.unique(digests)
        which, ordinals = self._index.same_digest(wanted)
        counts = np.bincount(which, minlength=len(wanted))
        self._members.update({digest: [] for digest in wanted.tolist()})
        several = counts[which] > 1
        for digest, ordinal in zip(wanted[which[several]].tolist(), ordinals[several].tolist(), strict=True):
            self._members[digest].append(ordinal)

    def of(self, digest: int) -> list[int]:
        """All living articles with the digest, if there are several; never of texts too short to be compared."""
        if digest not in self._members:
            self.prepare(np.array([digest], np.uint64))
        return self._members[digest]


class FoundNeighbours:
    """Candidates: found at once for new articles, looked up from their texts for older ones."""

    def __init__(
        self, index: Index, asked: I64, others: I64, first_new: int, texts: TextProfiles | None
    ) -> None:
        """*asked* and *others* are the candidate pairs of all articles from ordinal *first_new* on, ascending."""
        self._index, self._texts, self._first = index, texts, first_new
        self._others: list[int] = others.tolist()
        self._starts = np.searchsorted(asked, np.arange(first_new, index.size + 1)).tolist()
        self._looked_up: dict[int, list[int]] = {}

    def of(self, ordinal: int) -> Sequence[int]:
        """Candidates of one article, ascending."""
        if ordinal >= self._first:
            at = ordinal - self._first
            return self._others[self._starts[at] : self._starts[at + 1]]
        if ordinal not in self._looked_up:
            self.prefetch([ordinal])
        return self._looked_up[ordinal]

    def prefetch(self, ordinals: Sequence[int]) -> None:
        """Look up older articles from their texts."""
        missing = sorted({o for o in ordinals if o < self._first and o not in self._looked_up})
        for first in range(0, len(missing), AT_ONCE):
            self._look_up(missing[first : first + AT_ONCE])

    def _look_up(self, missing: Sequence[int]) -> None:
        """Look up a few of them."""
        if self._texts is None:
            return
        sampled = self._texts.read(missing).sampled
        queries = Queries(np.array(missing, np.int64), sampled.hashes.astype(np.uint32), sampled.starts)
        self._looked_up.update({o: [] for o in missing})
        for one, other in zip(
            *(pair.tolist() for pair in find_candidates(self._index, queries)), strict=True
        ):
            self._looked_up[one].append(other)
