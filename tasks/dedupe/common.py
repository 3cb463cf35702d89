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
from tasks.dedupe.runs import Shelf, count
from tasks.dedupe.tables import is_earlier, published_order
from tasks.dedupe.words import I64, U32, Bools

WEEK: Final = 7 * DAY
"""Microseconds of a week."""


def update_common(index: Index, changed: Shelf) -> tuple[Common, I64]:
    """The common shingles after the entries *changed* came or went, and the ordinals of articles that concerns."""
    keys = np.unique((changed.entries >> np.uint64(32)).astype(np.uint32))
    frequent = _reconsidered(index, keys[_is_frequent(index, keys)], changed)
    found = dict(zip(index.common.keys.tolist(), index.common.since.tolist(), strict=True))
    concerned = [np.zeros(0, np.int64)]
    for key in frequent.tolist():
        since, passed = _common_since(index, key, found.pop(key, None))
        concerned.append(passed)
        if since is not None:
            found[key] = since
    listed = sorted(found)
    common = Common(np.array(listed, np.uint32), np.array([found[key] for key in listed], np.uint32))
    return common, np.unique(np.concatenate(concerned))


def _is_frequent(index: Index, keys: U32) -> Bools:
    """Which keys have enough entries to be common, or are."""
    counts = np.zeros(len(keys), np.int64)
    for shelf in index.shelves.values():
        counts += count(shelf.entries, keys)
    return (counts >= index.options.common_articles) | (index.common.find(keys) >= 0)


def _reconsidered(index: Index, keys: U32, changed: Shelf) -> U32:
    """The keys whose point may move: not yet common, or changed by an article that is not after it."""
    which, ordinals = changed.having(keys)
    place = index.common.find(keys)[which]
    early = np.ones(len(place), np.bool_)
    at = np.flatnonzero(place >= 0)
    since = index.rows(index.common.since[place[at]].astype(np.int64))
    early[at] = ~is_earlier(since, index.rows(ordinals[at]))
    return keys[np.unique(which[early])]


def _common_since(index: Index, key: int, before: int | None) -> tuple[int | None, I64]:
    """From which article on a shingle is common (None: it is not), and the articles that the change from *before* passes over."""
    _, ordinals = index.having(np.array([key], np.uint32))
    rows = index.rows(ordinals)
    order = published_order(rows)
    ordinals, rows = ordinals[order], rows[order]
    options = index.options
    articles, sources = np.arange(1, len(rows) + 1), _count_distinct(rows["source"])
    weeks = _count_distinct(rows["at"] // WEEK)
    hits = np.flatnonzero(
        (articles >= options.common_articles)
        & ((weeks >= options.common_weeks) | (articles >= options.common_ratio * sources))
    )
    visible = int(hits[0]) + 1 if len(hits) else len(rows)
    seen = len(rows)
    if before is not None:
        since = index.rows(np.array([before], np.int64))
        seen = int(np.count_nonzero(~is_earlier(since, rows)))
    passed = ordinals[min(visible, seen) : max(visible, seen)]
    return (int(ordinals[hits[0]]) if len(hits) else None), passed


def _count_distinct(values: npt.NDArray[Any]) -> I64:
    """How many different values there are up to each position."""
    is_new = np.zeros(len(values), np.int64)
    is_new[np.unique(values, return_index=True)[1]] = 1
    return np.cumsum(is_new)
