"""Duplicate groups from decided places: members, ids that are minted once, and the rows that change.

A group is a canonical article and its copies.  Its id is minted when it first appears (the canonical article's id) and stays
when an earlier copy turns up and becomes canonical.  When groups merge, one id lives on and the others resolve to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tasks.dedupe.index import Changes, Index
from tasks.dedupe.replay import Place, list_members, read_place
from tasks.dedupe.tables import ASSIGNED, KINDS, NOBODY, published_order
from tasks.dedupe.words import I64, mix


@dataclass(frozen=True, slots=True)
class Decided:
    """What a replay decided, who was removed, and whose earlier row (same article) each new one stands for, all by ordinal."""

    places: Mapping[int, Place]
    removed: frozenset[int] = frozenset()
    former: Mapping[int, int] = field(default_factory=dict)


class Regrouped(NamedTuple):
    """Groups that changed: ASSIGNED rows of all their members, and what became of ids that are no group any more.

    ``ended`` gives for each such id the group that took over (itself when no member is left) and its last canonical article.
    """

    changes: Changes
    ended: dict[int, tuple[int, int]]
    revived: frozenset[int]


class _Old(NamedTuple):
    """A group as it was: id and ordinal of its canonical article."""

    group: int
    canonical: int


Homes = dict[int, Place]
"""Where every member of the touched groups belongs now, by ordinal."""


def regroup(index: Index, decided: Decided) -> Regrouped:
    """The groups that a replay and removed articles leave behind; costs what the touched groups have members."""
    touched = _touched(index, decided)
    homes = {o: decided.places.get(o, place) for o, place in touched.items() if o not in decided.removed}
    members: dict[int, list[int]] = defaultdict(list)
    for ordinal, place in homes.items():
        members[place.canonical].append(ordinal)
    namer = _Namer(index, decided, homes)
    old = sorted({p.canonical for o, p in touched.items() if o < len(index.stored)})
    namer.claim(old)
    ids = {canonical: namer.name(canonical) for canonical in sorted(members)}
    return Regrouped(_rows(index, members, homes, ids), namer.ended, frozenset(namer.revived))


def _touched(index: Index, decided: Decided) -> Homes:
    """Every member of every group that loses or gains one: its stored place, or its decided one when it is new."""
    before = len(index.stored)
    found = {o: place for o, place in decided.places.items() if o >= before}
    known = [o for o in (*decided.places, *decided.removed) if o < before]
    stored = _read_places(index, known)
    owners = {p.canonical for p in stored.values()} | {p.canonical for p in decided.places.values()}
    for owner in sorted(o for o in owners if o < before):
        group = _read_places(index, [owner])[owner].canonical
        found.update(_read_places(index, [group, *list_members(index, group)]))
    return found | stored


def _read_places(index: Index, ordinals: Sequence[int]) -> Homes:
    """Stored places."""
    rows = index.assigned(np.array(ordinals, np.int64))
    return {ordinal: read_place(row) for ordinal, row in zip(ordinals, rows, strict=True)}


class _Namer:
    """Gives groups their ids: the one its canonical article's group had, or its earliest heir's, or a new one."""

    def __init__(self, index: Index, decided: Decided, homes: Homes) -> None:
        """No group is claimed yet."""
        self.index, self.decided, self.homes = index, decided, homes
        self.claims: dict[int, list[_Old]] = defaultdict(list)
        self.ended: dict[int, tuple[int, int]] = {}
        self.revived: set[int] = set()
        self.successor = {old: new for new, old in decided.former.items()}

    def claim(self, canonicals: Sequence[int]) -> None:
        """Let each group as it was claim the group where its canonical article is now."""
        rows = self.index.assigned(np.array(canonicals, np.int64))
        for canonical, row in zip(canonicals, rows, strict=True):
            if int(row["canonical"]) != canonical:
                continue
            old = _Old(int(row["group"]), canonical)
            heir = self._heir(canonical)
            if heir is None:
                self.ended[old.group] = (old.group, self._article(canonical))
            else:
                self.claims[heir].append(old)

    def _heir(self, canonical: int) -> int | None:
        """Canonical article of the group that goes on: the old canonical's own, or its earliest remaining member's."""
        for ordinal in (canonical, self.successor.get(canonical), *list_members(self.index, canonical)):
            if ordinal is not None and ordinal in self.homes:
                return self.homes[ordinal].canonical
        return None

    def name(self, canonical: int) -> tuple[int, int]:
        """Id of the group of a canonical article, and how many ids were minted for that article so far."""
        row = self.index.assigned(np.array([self.decided.former.get(canonical, canonical)]))[0]
        return self.name_after(canonical, int(row["mints"]), self.index.merged)

    def name_after(self, canonical: int, mints: int, merged: Mapping[int, int]) -> tuple[int, int]:
        """The same for an article that minted so many ids before, given which ids were *merged*."""
        claimed, article = self.claims.get(canonical), self._article(canonical)
        if claimed:
            kept = next((c for c in claimed if c.canonical == canonical), None) or self._earliest(claimed)
            for other in claimed:
                if other.group != kept.group:
                    self.ended[other.group] = (kept.group, article)
            return kept.group, mints
        if mints and merged.get(article) == article:
            self.revived.add(article)
            return article, mints
        return _mint(article, mints), min(mints + 1, 255)

    def _earliest(self, groups: Sequence[_Old]) -> _Old:
        """The group whose canonical article came first in published order."""
        rows = self.index.rows(np.array([g.canonical for g in groups], np.int64))
        return groups[int(published_order(rows)[0])]

    def _article(self, ordinal: int) -> int:
        """The article's id."""
        return int(self.index.column("id", np.array([ordinal]))[0])


def _mint(article_id: int, mints: int) -> int:
    """A group id that was never given: the article's own, or after that one a hash of it and of how many it gave."""
    if not mints:
        return article_id
    return int(
        mix(np.array([(article_id + mints * 0x9E3779B97F4A7C15) % (1 << 64)], np.uint64)).astype(np.int64)[0]
    )


def _rows(
    index: Index, members: Mapping[int, list[int]], homes: Homes, ids: Mapping[int, tuple[int, int]]
) -> Changes:
    """ASSIGNED rows of all members, each naming the next in published order."""
    family = np.array([o for listed in members.values() for o in listed], np.int64)
    owner = np.array([c for c, listed in members.items() for _ in listed], np.int64)
    info = index.rows(family)
    order = np.lexsort((info["id"], info["captured"], info["at"], owner))
    family, owner = family[order], owner[order]
    rows = np.zeros(len(family), ASSIGNED)
    rows["canonical"] = owner
    rows["next"] = NOBODY
    same = np.flatnonzero(owner[1:] == owner[:-1])
    rows["next"][same] = family[same + 1]
    names = [ids[o] for o in owner.tolist()]
    rows["group"] = [name for name, _ in names]
    rows["mints"] = np.where(family == owner, [mints for _, mints in names], index.assigned(family)["mints"])
    matches = [homes[o].match for o in family.tolist()]
    rows["kind"] = [KINDS.index(m.kind) if m else 0 for m in matches]
    rows["similarity"] = [m.similarity if m else 0.0 for m in matches]
    rows["containment"] = [m.containment if m else 0.0 for m in matches]
    by_ordinal = np.argsort(family)
    return Changes(family[by_ordinal].astype(np.uint32), rows[by_ordinal])


def carry_over(old: Index, new: Index) -> Changes:
    """Name the groups of an index built anew as the old one named them, and tell it which ids were merged.

    Returns the ASSIGNED rows of all articles.
    """
    everyone = np.arange(new.size)
    rows = new.assigned(everyone)
    homes = {o: Place(c, None) for o, c in enumerate(rows["canonical"].tolist())}
    namer = _Namer(new, Decided({}), homes)
    for head, group in _old_heads(old):
        family = np.array([head, *list_members(old, head)], np.int64)
        here = new.find_ids(old.column("id", family))
        here = here[here >= 0]
        if len(here):
            first = int(here[0])
            namer.claims[homes[first].canonical].append(_Old(group, first))
        else:
            namer.ended[group] = (group, int(old.column("id", family[:1])[0]))
    mints = _old_mints(old, new)
    canonicals = np.flatnonzero(rows["canonical"] == everyone)
    names = {o: namer.name_after(o, int(mints[o]), old.merged) for o in canonicals.tolist()}
    rows["group"] = [names[o][0] for o in rows["canonical"].tolist()]
    rows["mints"] = mints
    rows["mints"][canonicals] = [names[o][1] for o in canonicals.tolist()]
    new.merged = {group: into for group, into in old.merged.items() if group not in namer.revived}
    new.merged.update({group: into for group, (into, _) in namer.ended.items()})
    return Changes(everyone.astype(np.uint32), rows)


def _old_heads(index: Index) -> list[tuple[int, int]]:
    """Ordinal of every canonical article of an index, and the id of its group."""
    ordinals = np.arange(index.size)
    ordinals = ordinals[~index.is_removed(ordinals)]
    rows = index.assigned(ordinals)
    heads = rows["canonical"] == ordinals
    return list(zip(ordinals[heads].tolist(), rows["group"][heads].tolist(), strict=True))


def _old_mints(old: Index, new: Index) -> I64:
    """How many group ids each article of the new index was given in the old one."""
    former = old.find_ids(new.column("id", np.arange(new.size)), living=False)
    found = np.zeros(new.size, np.int64)
    known = np.flatnonzero(former >= 0)
    found[known] = old.assigned(former[known])["mints"]
    return found
