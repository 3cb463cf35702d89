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
from tasks.dedupe.runs import LOW, NEVER, Ranges
from tasks.dedupe.shelves import Shelf
from tasks.dedupe.tables import is_earlier
from tasks.dedupe.words import I64, U32, Bools, offsets

NEEDED_SHARE: Final = 0.1
"""Share of the shorter text's sampled shingles that candidates have in common (at least one)."""
AT_ONCE: Final = 8192
"""Articles looked up at once."""
HITS: Final = 1 << 21
"""Shared shingles looked at together (about; all of one article are): bounds the memory that a lookup takes."""

_HALF: Final = np.int64(32)
_LOW: Final = np.int64(0xFFFFFFFF)


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

    *fresh* names the shelf that holds the queried articles themselves, if they are all new: it is joined with itself.
    """
    shelves = [shelf for name, shelf in index.shelves.items() if name != fresh]
    found = [
        pairs for part in queries.slices() for shelf in shelves for pairs in _find_on(index, part, shelf)
    ]
    if fresh is not None:
        later = list(_find_among(index, index.shelves[fresh]))
        found += [*later, *(((pairs & _LOW) << _HALF) | (pairs >> _HALF) for pairs in later)]
    pairs = np.sort(np.concatenate([np.zeros(0, np.int64), *found]))
    return pairs >> _HALF, pairs & _LOW


def _find_on(index: Index, queries: Queries, shelf: Shelf) -> Iterator[I64]:
    """Pairs of queried articles and those of one shelf, packed into one number each."""
    asking = np.repeat(queries.ordinals, np.diff(queries.starts))
    order = np.argsort(queries.keys, kind="stable")
    keys, asking = queries.keys[order], asking[order]
    place = index.common.find(keys)
    seen = _is_visible(index, place, asking)
    keys, asking, place = keys[seen], asking[seen], place[seen]
    times = index.column("at", asking)
    undated = times == NEVER
    window = index.options.window
    since, until = np.where(undated, -NEVER, times - window), np.where(undated, NEVER, times + window)
    periods = [(np.arange(len(keys)), since, until)]
    if len(shelf.times) and shelf.times[-1] == NEVER:
        dated = np.flatnonzero(~undated)
        never = np.full(len(dated), NEVER, np.int64)
        periods.append((dated, never, never))
    for some, first, last in periods:
        found = shelf.find_within(keys[some], first, last)
        yield from _count(index, shelf, found, asking[some], place[some])


def _find_among(index: Index, shelf: Shelf) -> Iterator[I64]:
    """Pairs of articles of one shelf, later ones first, packed."""
    found = shelf.find_before(index.options.window)
    entries = shelf.entries
    asking = shelf.ordinals[(entries & LOW).astype(np.int64)].astype(np.int64)
    place = index.common.find((entries >> np.uint64(32)).astype(np.uint32))
    if len(index.common.keys):
        seen = _is_visible(index, place, asking)[found.which]
        found = Ranges(*(column[seen] for column in found))
    yield from _count(index, shelf, found, asking, place)


def _count(index: Index, shelf: Shelf, ranges: Ranges, asking: I64, place: I64) -> Iterator[I64]:
    """The pairs that share enough, packed; *asking* and *place* (among the common shingles, or -1) are by number of the query."""
    owners = asking[ranges.which]
    for part in _portions(owners, ranges.counts):
        which, others = shelf.ordinals_of(Ranges(*(column[part] for column in ranges)))
        own = asking[which]
        kept = _is_visible(index, place[which], others) & (own != others) & ~index.is_removed(others)
        pairs = np.sort((own[kept] << _HALF) | others[kept])
        is_first = np.ones(len(pairs), np.bool_)
        is_first[1:] = pairs[1:] != pairs[:-1]
        first = np.flatnonzero(is_first)
        shared, pairs = np.diff(np.append(first, len(pairs))), pairs[first]
        samples = index.column("samples", pairs >> _HALF), index.column("samples", pairs & _LOW)
        yield pairs[shared >= np.maximum(1, np.ceil(NEEDED_SHARE * np.minimum(*samples)))]


def _portions(owners: I64, counts: I64) -> Iterator[I64]:
    """Positions of the ranges, all of one owner together, about HITS entries at a time."""
    if counts.sum() <= HITS:
        yield np.arange(len(owners))
        return
    order = np.argsort(owners, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(owners[order])) + 1, len(order))
    held = offsets(counts[order])[ends] // HITS
    yield from np.split(order, ends[np.flatnonzero(np.diff(held))])


def _is_visible(index: Index, place: I64, ordinals: I64) -> Bools:
    """Which shingles were not yet common when the article came out; *place* is the shingle's among the common ones, or -1."""
    seen = np.ones(len(place), np.bool_)
    at = np.flatnonzero(place >= 0)
    since = index.rows(index.common.since[place[at]].astype(np.int64))
    seen[at] = ~is_earlier(since, index.rows(ordinals[at]))
    return seen
