"""Which article each one copies, decided in published order: each joins the best earlier canonical article, or becomes one.

The result is a function of the set of articles alone.  What changes when articles come or go is found without looking at the
rest: whoever changes between canonical and copy concerns only later candidates and its own members, and these are decided
again, in published order, until nothing is left to decide.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

import numpy as np

from tasks.dedupe.compare import Facts, Match, decide, decide_same
from tasks.dedupe.index import Index
from tasks.dedupe.runs import NEVER
from tasks.dedupe.shingles import Profile
from tasks.dedupe.sources import FoundNeighbours, Twins
from tasks.dedupe.tables import KINDS, NOBODY, Rows
from tasks.dedupe.words import I64

Rank = tuple[int, int, int, int]
"""Published (µs), captured (µs), id: the published order; and the ordinal, which never decides."""

AHEAD: Final = 2048
"""Articles whose texts are made ready at once."""


class Place(NamedTuple):
    """Where an article belongs: its canonical article (itself when it is one), and how it matches it."""

    canonical: int
    match: Match | None


class Profiles(Protocol):
    """Where texts come from, as the exact check needs them."""

    def get(self, ordinal: int) -> Profile:
        """The profile of one article."""

    def prefetch(self, ordinals: Sequence[int]) -> None:
        """Make ready what will soon be asked for."""


class Replay:
    """One replay over an index; ``places`` holds what was decided, by ordinal."""

    def __init__(
        self, index: Index, profiles: Profiles, neighbours: FoundNeighbours, removed: Sequence[int] = ()
    ) -> None:
        """Nothing is decided and nothing waits; *removed* articles belong nowhere."""
        self.index, self.profiles, self.neighbours = index, profiles, neighbours
        self.places: dict[int, Place] = {}
        self.stored: dict[int, Place | None] = dict.fromkeys(removed)
        self.ranks: dict[int, Rank] = {}
        self.facts: dict[int, Facts] = {}
        self.waiting: dict[int, set[int] | None] = {}
        self.heap: list[Rank] = []
        self.prepared: set[int] = set()
        self.twins = Twins(index)
        self.heads: dict[int, list[int]] = {}

    def run(self, fresh: I64, concerned: Sequence[int]) -> dict[int, Place]:
        """Decide new articles, others that a change concerns, and whomever that concerns in turn."""
        self._learn(fresh.tolist())
        self.stored.update(dict.fromkeys(fresh.tolist()))
        self.twins.prepare(self.index.column("digest", fresh))
        for ordinal in fresh.tolist():
            if self.neighbours.of(ordinal) or self.twins.of(self.facts[ordinal].digest):
                self.waiting[ordinal] = None
            else:
                self.places[ordinal] = Place(ordinal, None)
        self.heap = sorted(self.ranks[ordinal] for ordinal in self.waiting)
        order = [rank[-1] for rank in self.heap]
        chunks = {order[at]: at for at in range(0, len(order), AHEAD)}
        self._learn(concerned)
        self.neighbours.prefetch(concerned)
        for ordinal in concerned:
            self._wait(ordinal, None)
        while self.heap:
            ordinal = heapq.heappop(self.heap)[-1]
            if ordinal in chunks:
                self._prepare(order[chunks[ordinal] : chunks[ordinal] + AHEAD])
            self._settle(ordinal)
        return self.places

    def _learn(self, ordinals: Sequence[int]) -> None:
        """Read the rows of articles not seen yet."""
        new = [o for o in ordinals if o not in self.ranks]
        if new:
            for ordinal, row in zip(new, self.index.rows(np.array(new, np.int64)).tolist(), strict=True):
                identity, at, captured, digest, source, url, lead, words = row[:8]
                self.ranks[ordinal] = (at, captured, identity, ordinal)
                self.facts[ordinal] = Facts(at, source, url, lead, digest, words)

    def _wait(self, ordinal: int, option: int | None) -> None:
        """Queue an article: to be decided from scratch, or only whether it would rather join *option*."""
        if ordinal not in self.waiting:
            self.waiting[ordinal] = None if option is None else {option}
            heapq.heappush(self.heap, self.ranks[ordinal])
        elif option is None:
            self.waiting[ordinal] = None
        elif (options := self.waiting[ordinal]) is not None:
            options.add(option)

    def _prepare(self, ordinals: Sequence[int]) -> None:
        """Make ready what deciding these articles will take: rows, places and texts."""
        needed = set(ordinals)
        for ordinal in ordinals:
            needed.update(self.neighbours.of(ordinal))
        listed = sorted(needed)
        self._learn(listed)
        self.prepared.update(ordinals)
        self._recall(listed)
        last = self.ranks[ordinals[-1]]
        self.profiles.prefetch([o for o in listed if self.ranks[o] <= last and self._may_be_asked(o)])

    def _may_be_asked(self, ordinal: int) -> bool:
        """The article waits, or is canonical."""
        return ordinal in self.waiting or self._is_canonical(ordinal)

    def _recall(self, ordinals: Sequence[int]) -> None:
        """Read where articles of the index belong."""
        new = [o for o in ordinals if o not in self.stored]
        if new:
            for ordinal, row in zip(new, self.index.assigned(np.array(new, np.int64)), strict=True):
                self.stored[ordinal] = read_place(row)

    def place(self, ordinal: int) -> Place | None:
        """Where an article belongs now; None for a new one that is not decided."""
        if ordinal in self.places:
            return self.places[ordinal]
        if ordinal not in self.stored:
            self._recall([ordinal])
        return self.stored[ordinal]

    def _is_canonical(self, ordinal: int) -> bool:
        """The article copies no other."""
        place = self.place(ordinal)
        return place is not None and place.canonical == ordinal

    def _settle(self, ordinal: int) -> None:
        """Decide one article; all earlier ones are decided."""
        options = self.waiting.pop(ordinal)
        before = self.place(ordinal)
        best: Place | None = None
        if options is None or before is None or not self._is_canonical(before.canonical):
            others = [*self.neighbours.of(ordinal), *self._twin_heads(ordinal)]
        else:
            others = sorted(options)
            best = before if before.match else None
        if ordinal not in self.prepared:
            self._learn(others)
        rank = self.ranks[ordinal]
        for other in others:
            if self.ranks[other] < rank and self._is_canonical(other):
                match = self._match(other, ordinal)
                if match and (best is None or self._is_better(other, match, best)):
                    best = Place(other, match)
        self._move(ordinal, before, best or Place(ordinal, None))

    def _match(self, earlier: int, later: int) -> Match | None:
        """Whether one article copies an earlier one."""
        one, other = self.facts[earlier], self.facts[later]
        same = decide_same(one, other, self.index.options)
        return same or decide(
            one, other, self.profiles.get(earlier), self.profiles.get(later), self.index.options
        )

    def _is_better(self, other: int, match: Match, best: Place) -> bool:
        """More similar, or as similar and earlier."""
        held = best.match
        if held is None:
            return True
        if (match.similarity, match.containment) != (held.similarity, held.containment):
            return (match.similarity, match.containment) > (held.similarity, held.containment)
        self._learn([best.canonical])
        return self.ranks[other] < self.ranks[best.canonical]

    def _move(self, ordinal: int, before: Place | None, after: Place) -> None:
        """Put an article in its place and queue whomever that concerns."""
        self.places[ordinal] = after
        was, now = before is not None and before.canonical == ordinal, after.canonical == ordinal
        if was == now:
            return
        heads = self._heads(self.facts[ordinal].digest)
        if was:
            self.orphan(ordinal)
            heads[:] = [head for head in heads if head != ordinal]
            return
        heads.append(ordinal)
        others = self.neighbours.of(ordinal)
        if ordinal not in self.prepared:
            self._learn(others)
        rank = self.ranks[ordinal]
        for other in others:
            if self.ranks[other] > rank:
                self._wait(other, ordinal)
        for twin in self.twins.of(self.facts[ordinal].digest):
            if self.ranks[twin] > rank and self._is_near(ordinal, twin):
                self._wait(twin, ordinal)

    def _heads(self, digest: int) -> list[int]:
        """The canonical articles among those with the same words, kept up to date."""
        if digest not in self.heads:
            members = self.twins.of(digest)
            self._learn(members)
            self._recall(members)
            self.heads[digest] = [member for member in members if self._is_canonical(member)]
        return self.heads[digest]

    def _twin_heads(self, ordinal: int) -> list[int]:
        """Canonical articles with the same words that came out within the window of an article."""
        heads = self._heads(self.facts[ordinal].digest)
        return [head for head in heads if head != ordinal and self._is_near(head, ordinal)]

    def _is_near(self, one: int, other: int) -> bool:
        """Two articles came out within the window; one without any date is near to all."""
        times = self.facts[one].at, self.facts[other].at
        return abs(times[0] - times[1]) <= self.index.options.window or NEVER in times

    def orphan(self, canonical: int) -> None:
        """Queue the members of an article that is canonical no more."""
        members = list_members(self.index, canonical)
        self._learn(members)
        self.neighbours.prefetch(members)
        for member in members:
            self._wait(member, None)


def read_place(row: Rows) -> Place:
    """Where an ASSIGNED row puts its article."""
    kind = KINDS[int(row["kind"])]
    match = Match(kind, float(row["similarity"]), float(row["containment"])) if kind else None
    return Place(int(row["canonical"]), match)


def list_members(index: Index, canonical: int) -> list[int]:
    """The stored copies of a canonical article, in published order, without itself; none of any other article."""
    found: list[int] = []
    row = index.assigned(np.array([canonical]))[0]
    at = int(row["next"]) if int(row["canonical"]) == canonical and canonical < len(index.stored) else NOBODY
    while at != NOBODY:
        found.append(at)
        at = int(index.assigned(np.array([at]))[0]["next"])
    return found
