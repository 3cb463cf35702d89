"""Which pairs of articles are worth an exact check: those that share enough sampled shingles, close enough in time.

Whether two articles are candidates depends on those two and, for shingles that very many articles have, on what was published
before the later one.  It never depends on which of them arrived first, so the answer is the same in any order of arrival.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tasks.dedupe.index import Index
from tasks.dedupe.tables import NEVER, Rows, is_earlier
from tasks.dedupe.words import I64, U32, Bools

NEEDED_SHARE: Final = 0.1
"""Share of the shorter text's sampled shingles that candidates have in common (at least one)."""
AT_ONCE: Final = 8192
"""Articles looked up at once: bounds the memory of one lookup."""
LOW: Final = 0xFFFFFFFF
"""The lower half of a packed pair."""


@dataclass(frozen=True, slots=True)
class Queries:
    """Articles to look up: ordinals, their shingles' index keys one after the other, and where each article's begin."""

    ordinals: I64
    keys: U32
    starts: I64

    def slices(self, size: int = AT_ONCE) -> Iterator[Queries]:
        """The same queries, no more than *size* articles at a time."""
        for first in range(0, len(self.ordinals), size):
            last = min(first + size, len(self.ordinals))
            begin, end = int(self.starts[first]), int(self.starts[last])
            yield Queries(
                self.ordinals[first:last], self.keys[begin:end], self.starts[first : last + 1] - begin
            )


def find_candidates(index: Index, queries: Queries, fresh: str | None = None) -> tuple[I64, I64]:
    """All candidate pairs of the queried articles: ordinal of the queried one, ordinal of the other; ascending.

    *fresh* names the shelf that holds the queried articles themselves, if they are all new: there only earlier ones are
    looked up, as each pair of new articles would be found from both sides.
    """
    parts = [_find_slice(index, part, fresh) for part in queries.slices()]
    if not parts:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    pairs = _unique(np.concatenate(parts))
    if fresh is not None:
        ours = pairs[(pairs & LOW) >= queries.ordinals[0]]
        pairs = _unique(np.concatenate([pairs, ((ours & LOW) << 32) | (ours >> 32)]))
    return pairs >> 32, pairs & LOW


def _unique(values: I64) -> I64:
    """Ascending values without repeats."""
    ordered = np.sort(values)
    return (
        ordered[np.concatenate([np.ones(1, np.bool_), ordered[1:] != ordered[:-1]])]
        if len(ordered)
        else ordered
    )


def _find_slice(index: Index, queries: Queries, fresh: str | None) -> I64:
    """Pairs of some queries, each packed into one number."""
    own = index.rows(queries.ordinals)
    similar = _sharing(index, queries, own, fresh)
    which, others = index.same_digest(own["digest"])
    words = own["words"][which] >= index.options.min_words
    near = (
        words
        & _in_window(index, own["at"][which], index.column("at", others))
        & (others != queries.ordinals[which])
    )
    return np.concatenate([similar, (queries.ordinals[which[near]] << 32) | others[near]])


def _sharing(index: Index, queries: Queries, own: Rows, fresh: str | None) -> I64:
    """Pairs that share enough shingles, packed."""
    asking = np.repeat(np.arange(len(queries.ordinals)), np.diff(queries.starts))
    order = np.argsort(queries.keys, kind="stable")
    keys, asking = queries.keys[order], asking[order]
    place = index.common.find(keys)
    seen = np.ones(len(keys), np.bool_)
    common = np.flatnonzero(place >= 0)
    since = index.rows(index.common.since[place[common]].astype(np.int64))
    seen[common] = ~is_earlier(since, own[asking[common]])
    keys, asking, place = keys[seen], asking[seen], place[seen]
    which, others = index.within(keys, own["at"][asking], fresh)
    kept = _visible(index, place[which], others) & (queries.ordinals[asking[which]] != others)
    pairs = np.sort((asking[which[kept]] << 32) | others[kept])
    first = np.flatnonzero(np.concatenate([np.ones(min(1, len(pairs)), np.bool_), pairs[1:] != pairs[:-1]]))
    counts = np.diff(np.append(first, len(pairs)))
    asking, others = pairs[first] >> 32, pairs[first] & LOW
    fewer = np.minimum(own["samples"][asking], index.column("samples", others))
    enough = counts >= np.maximum(1, np.ceil(NEEDED_SHARE * fewer))
    found: I64 = (queries.ordinals[asking[enough]] << 32) | others[enough]
    return found


def _in_window(index: Index, times: I64, others: I64) -> Bools:
    """Which pairs were published close enough to each other; an article without any date is close to all."""
    near: Bools = (np.abs(times - others) <= index.options.window) | (times == NEVER) | (others == NEVER)
    return near


def _visible(index: Index, place: I64, others: I64) -> Bools:
    """Which shared shingles were not yet common when the other article came out (the asking ones are known not to be late)."""
    seen = np.ones(len(place), np.bool_)
    at = np.flatnonzero(place >= 0)
    since = index.rows(index.common.since[place[at]].astype(np.int64))
    seen[at] = ~is_earlier(since, index.rows(others[at]))
    return seen
