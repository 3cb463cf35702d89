"""Shingles that many articles have: navigation, legal lines, stock phrases, forms.  They are ignored, or they would pair everything.

An agency report has many copies too, but they come out within days, each in another source.  A shingle is common from the first
article, in published order, at which ``common_articles`` have it and either they came out in ``common_weeks`` different weeks
or they are ``common_ratio`` times as many as their sources.  That depends on what was published before, not on what arrived
before; one more article moves the point past a handful of others at most.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tasks.dedupe.compare import DAY
from tasks.dedupe.index import Common, Index
from tasks.dedupe.runs import count, forget_pages
from tasks.dedupe.shelves import Shelf
from tasks.dedupe.tables import is_earlier
from tasks.dedupe.words import I64, U32, U64, Bools

WEEK: Final = 7 * DAY
"""Microseconds of a week."""
SEARCHED: Final = 16
"""A shelf with more entries than so many times the keys is searched; a smaller one is counted through."""
STRETCH: Final = 1 << 19
"""Entries counted at once."""


def update_common(index: Index, changed: Shelf) -> tuple[Common, I64]:
    """The common shingles after the entries of *changed* came or went, and the ordinals of articles that concerns."""
    keys, _ = _count_keys(changed.entries)
    frequent = _reconsidered(index, keys[_is_frequent(index, keys)], changed)
    before = index.common.find(frequent)
    since, concerned = _find_points(index, frequent, before)
    kept = np.ones(len(index.common.keys), np.bool_)
    kept[before[before >= 0]] = False
    found = np.flatnonzero(since >= 0)
    keys = np.concatenate([index.common.keys[kept], frequent[found]])
    order = np.argsort(keys)
    points = np.concatenate([index.common.since[kept], since[found].astype(np.uint32)])
    return Common(keys[order], points[order]), np.unique(concerned)


def _count_keys(entries: U64) -> tuple[U32, I64]:
    """The keys of ascending entries, and how many entries each has."""
    keys = (entries >> np.uint64(32)).astype(np.uint32)
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = keys[1:] != keys[:-1]
    starts = np.append(np.flatnonzero(is_first), len(keys)).astype(np.int64)
    return keys[starts[:-1]], starts[1:] - starts[:-1]


def _is_frequent(index: Index, keys: U32) -> Bools:
    """Which of the ascending keys have enough entries to be common, or are."""
    counts = np.zeros(len(keys), np.int64)
    for shelf in index.shelves.values() if len(keys) else ():
        if len(shelf.entries) < SEARCHED * len(keys):
            _count_through(shelf.entries, keys, counts)
        else:
            counts += count(shelf.run, keys)
    return (counts >= index.options.common_articles) | (index.common.find(keys) >= 0)


def _count_through(entries: U64, keys: U32, counts: I64) -> None:
    """Add to *counts* how many of the entries each of the ascending keys has, a stretch of entries at a time."""
    for first in range(0, len(entries), STRETCH):
        own, held = _count_keys(np.asarray(entries[first : first + STRETCH]))
        at = np.minimum(np.searchsorted(keys, own), len(keys) - 1)
        same = keys[at] == own
        counts[at[same]] += held[same]
    forget_pages(entries)


def _reconsidered(index: Index, keys: U32, changed: Shelf) -> U32:
    """The keys whose point may move: not yet common, or changed by an article that is not after it."""
    which, ordinals = changed.having(keys)
    place = index.common.find(keys)[which]
    early = np.ones(len(place), np.bool_)
    at = np.flatnonzero(place >= 0)
    since = index.rows(index.common.since[place[at]].astype(np.int64))
    early[at] = ~is_earlier(since, index.rows(ordinals[at]))
    return keys[np.unique(which[early])]


def _find_points(index: Index, keys: U32, before: I64) -> tuple[I64, I64]:
    """From which article on each shingle is common (-1: it is not), and all articles that a moved point passes over.

    *before* is each key's position among the common shingles so far, or -1.
    """
    which, ordinals = index.having(keys)
    rows = index.rows(ordinals)
    order = np.lexsort((rows["id"], rows["captured"], rows["at"], which))
    which, ordinals, rows = which[order], ordinals[order], rows[order]
    starts = np.searchsorted(which, np.arange(len(keys) + 1))
    articles = np.arange(1, len(which) + 1) - starts[which]
    sources = _count_distinct(which, rows["source"], starts)
    weeks = _count_distinct(which, rows["at"] // WEEK, starts)
    options = index.options
    is_spread = (weeks >= options.common_weeks) | (articles >= options.common_ratio * sources)
    hits = np.flatnonzero((articles >= options.common_articles) & is_spread)
    first = np.append(hits, len(which))[np.searchsorted(hits, starts[:-1])]
    is_common = first < starts[1:]
    visible = np.where(is_common, first + 1, starts[1:])
    seen = starts[1:].copy()
    old = np.flatnonzero(before >= 0)
    points = index.rows(index.common.since[before].astype(np.int64)) if len(old) else rows[:0]
    of_old = np.flatnonzero(before[which] >= 0)
    late = is_earlier(points[which[of_old]], rows[of_old])
    seen[old] -= np.bincount(which[of_old][late], minlength=len(keys))[old]
    passed = [
        ordinals[min(a, b) : max(a, b)]
        for a, b in zip(visible.tolist(), seen.tolist(), strict=True)
        if a != b
    ]
    since = np.full(len(keys), -1, np.int64)
    since[is_common] = ordinals[first[is_common]]
    return since, np.concatenate([np.zeros(0, np.int64), *passed])


def _count_distinct(which: I64, values: npt.NDArray[Any], starts: I64) -> I64:
    """How many different values each range (named by *which*, from *starts*) has up to each of its positions."""
    order = np.lexsort((values, which))
    is_new = np.ones(len(values), np.int64)
    is_new[order[1:]] = (values[order[1:]] != values[order[:-1]]) | (which[order[1:]] != which[order[:-1]])
    sums = np.cumsum(is_new)
    found: I64 = sums - np.concatenate([np.zeros(1, np.int64), sums])[starts[which]]
    return found
