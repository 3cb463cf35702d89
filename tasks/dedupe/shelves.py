"""Runs of shingles whose articles are numbered in the order they were published, so that a search stays inside the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.dedupe.runs import (
    HALF,
    LOW,
    NEVER,
    Ranges,
    Run,
    find_ranges,
    forget_pages,
    key_range,
    make_run,
    postings,
    search,
    values_of,
)
from tasks.dedupe.words import I64, U32, U64

STRETCH: Final = 1 << 20
"""Articles whose places are worked out at once."""


class Shelf(NamedTuple):
    """A run of shingles whose values are places: articles of the shelf numbered in the order they were published.

    ``ordinals`` and ``times`` (µs, ascending) are by place.
    """

    run: Run
    ordinals: U32
    times: I64

    @property
    def entries(self) -> U64:
        """The run's entries."""
        return self.run.entries

    def find_within(self, keys: U32, since: I64, until: I64) -> Ranges:
        """Entries of articles with one of the keys that came out in its period, ends included."""
        first = np.searchsorted(self.times, since)
        last = np.searchsorted(self.times, until, "right") - 1
        some = np.flatnonzero(last >= first)
        low = keys[some].astype(np.uint64) << HALF
        ends = low | first[some].astype(np.uint64), low | last[some].astype(np.uint64)
        found = find_ranges(self.run, *ends)
        return found._replace(which=some[found.which])

    def find_before(self, window: int) -> Ranges:
        """For each entry, those of the same shingle that lie before it and within the window; numbered by the entry.

        Entries of articles that nobody dated see all before them.
        """
        entries = self.run.entries
        since = np.searchsorted(self.times, self.times - window)
        since[self.times == NEVER] = 0
        low = (entries & ~LOW) | since[(entries & LOW).astype(np.int64)].astype(np.uint64)
        first = np.searchsorted(entries, low)
        counts = np.arange(len(entries)) - first
        some = np.flatnonzero(counts)
        return Ranges(some, first[some], counts[some])

    def ordinals_of(self, ranges: Ranges) -> tuple[I64, I64]:
        """Every article of the ranges: number of the query, and ordinal."""
        which, places = values_of(self.run, ranges)
        return which, self.ordinals[places].astype(np.int64)

    def within(self, keys: U32, since: I64, until: I64) -> tuple[I64, I64]:
        """Every article with one of the keys that came out in its period: position among *keys*, and ordinal."""
        return self.ordinals_of(self.find_within(keys, since, until))

    def having(self, keys: U32) -> tuple[I64, I64]:
        """Every article with one of the keys: position among *keys*, and ordinal."""
        which, places = search(self.run, *key_range(keys))
        return which, self.ordinals[places].astype(np.int64)


def fill_shelf(keys: U32, owners: I64, ordinals: I64, times: I64) -> Shelf:
    """A shelf of new articles; shingle key *i* belongs to the article at position ``owners[i]`` of *ordinals* and *times*."""
    order = np.argsort(times, kind="stable")
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return Shelf(make_run(postings(keys, places[owners])), ordinals[order].astype(np.uint32), times[order])


Hold = Callable[[str, npt.DTypeLike, int], npt.NDArray[Any]]
"""Room for so many values of a type, under a name."""


def merge_places(shelves: Sequence[Shelf], hold: Hold | None = None) -> tuple[list[U32], U32, I64]:
    """New places of the articles of several shelves put together; and their ordinals and times by new place.

    *hold* gives the arrays for them: in files where they are too large for memory, as only a stretch of each is worked on.
    """
    hold = hold or (lambda name, dtype, size: np.empty(size, dtype))
    size = sum(len(shelf.times) for shelf in shelves)
    ordinals, times, places = hold("ordinals", np.uint32, size), hold("times", np.int64, size), list[U32]()
    for at, shelf in enumerate(shelves):
        new = hold(f"places-{at}", np.uint32, len(shelf.times))
        for first in range(0, len(new), STRETCH):
            some = np.asarray(shelf.times[first : first + STRETCH])
            place = np.arange(first, first + len(some))
            for number, other in enumerate(shelves):
                if number != at:
                    place += np.searchsorted(other.times, some, "right" if number < at else "left")
            new[first : first + len(some)] = place
            ordinals[place], times[place] = shelf.ordinals[first : first + len(some)], some
            for data in (ordinals, times, new, *(other.times for other in shelves)):
                forget_pages(data)
        places.append(new)
    return places, ordinals, times
