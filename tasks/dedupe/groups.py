"""Duplicate groups from decided places: members, ids that are minted once, and the rows that change.

A group is a canonical article and its copies.  Its id is minted when it first appears (the canonical article's id) and stays
when an earlier copy turns up and becomes canonical.  When groups merge, one id lives on and the others resolve to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tasks.dedupe.index import Changes, Index
from tasks.dedupe.replay import Place, list_members, read_place
from tasks.dedupe.tables import ASSIGNED, KINDS, NOBODY, published_order
from tasks.dedupe.words import I64, mix


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Groups that changed: ASSIGNED rows of all their members, canonical articles, and ids taken over (old id to new)."""

    changes: Changes
    canonicals: I64
    merged: Mapping[int, int]
    vanished: tuple[int, ...]


class _Old(NamedTuple):
    """A group as it was: id and canonical ordinal."""

    group: int
    canonical: int


def regroup(index: Index, places: Mapping[int, Place], removed: Sequence[int] = ()) -> Regrouped:
    """The groups that decided *places* and *removed* articles leave behind."""
    touched = _touched(index, places, removed)
    gone = set(removed)
    members: dict[int, list[int]] = defaultdict(list)
    homes = {o: places[o] if o in places else place for o, place in touched.items() if o not in gone}
    for ordinal, place in homes.items():
        if place is not None:
            members[place.canonical].append(ordinal)
    old = _old_groups(index, touched)
    ids, merged, vanished = _name(index, sorted(members), old, homes)
    return Regrouped(_rows(index, members, homes, ids), np.array(sorted(members), np.int64), merged, vanished)


def _touched(index: Index, places: Mapping[int, Place], removed: Sequence[int]) -> dict[int, Place | None]:
    """Every member of every group that loses or gains one, with its stored place (None: new)."""
    ordinals = np.array(sorted({*places, *removed}), np.int64)
    known = np.flatnonzero(ordinals < len_assigned(index))
    found: dict[int, Place | None] = dict.fromkeys(ordinals.tolist())
    stored = index.assigned(ordinals[known])
    for ordinal, row in zip(ordinals[known].tolist(), stored, strict=True):
        found[ordinal] = read_place(row)
    canonicals = {p.canonical for p in found.values() if p} | {p.canonical for p in places.values()}
    for canonical in sorted(canonicals):
        if canonical >= len_assigned(index):
            continue
        family = np.array([canonical, *list_members(index, canonical)], np.int64)
        for ordinal, row in zip(family.tolist(), index.assigned(family), strict=True):
            found[ordinal] = read_place(row)
    return found


def len_assigned(index: Index) -> int:
    """Articles that were there before this batch."""
    return len(index.stored)


def _old_groups(index: Index, touched: Mapping[int, Place | None]) -> list[_Old]:
    """The touched groups as they were."""
    canonicals = np.array(sorted({p.canonical for p in touched.values() if p}), np.int64)
    return [
        _Old(int(row["group"]), o)
        for o, row in zip(canonicals.tolist(), index.assigned(canonicals), strict=True)
    ]


class _Names(NamedTuple):
    """Group id by canonical ordinal with the times it has minted, ids taken over, and ids whose group has no member left."""

    ids: dict[int, tuple[int, int]]
    merged: dict[int, int]
    vanished: tuple[int, ...]


def _name(
    index: Index, canonicals: Sequence[int], old: Sequence[_Old], homes: Mapping[int, Place | None]
) -> _Names:
    """Give every group an id: the one its canonical article's group had, or its earliest heir's, or a new one."""
    claims: dict[int, list[_Old]] = defaultdict(list)
    vanished = []
    for group in old:
        home = homes.get(group.canonical)
        heir = home.canonical if home is not None else _heir_of_removed(index, group, homes)
        if heir is None:
            vanished.append(group.group)
        else:
            claims[heir].append(group)
    ids, merged = {}, {}
    rows = index.assigned(np.array(canonicals, np.int64))
    for canonical, row in zip(canonicals, rows, strict=True):
        mints = int(row["mints"])
        claimed = claims.get(canonical)
        if claimed:
            kept = next((c for c in claimed if c.canonical == canonical), None) or _earliest(index, claimed)
            merged.update({c.group: kept.group for c in claimed if c.group != kept.group})
            ids[canonical] = (kept.group, mints)
        else:
            ids[canonical] = (_mint(int(index.rows(np.array([canonical]))[0]["id"]), mints), mints + 1)
    return _Names(ids, merged, tuple(vanished))


def _earliest(index: Index, groups: Sequence[_Old]) -> _Old:
    """The group whose canonical article came first in published order."""
    return groups[int(published_order(index.rows(np.array([g.canonical for g in groups], np.int64)))[0])]


def _heir_of_removed(index: Index, group: _Old, homes: Mapping[int, Place | None]) -> int | None:
    """Canonical article of the group that the earliest remaining member of a group without its canonical went to."""
    for member in list_members(index, group.canonical):
        if home := homes.get(member):
            return home.canonical
    return None


def _mint(article_id: int, mints: int) -> int:
    """A group id that was never given: the article's own, or after that one a hash of it and of how many it gave."""
    if not mints:
        return article_id
    return int(
        mix(np.array([(article_id + mints * 0x9E3779B97F4A7C15) % (1 << 64)], np.uint64)).astype(np.int64)[0]
    )


def _rows(
    index: Index,
    members: Mapping[int, list[int]],
    homes: Mapping[int, Place | None],
    ids: Mapping[int, tuple[int, int]],
) -> Changes:
    """ASSIGNED rows of all members, each naming the next in published order."""
    family = np.array([o for listed in members.values() for o in listed], np.int64)
    owner = np.array([c for c, listed in members.items() for _ in listed], np.int64)
    info = index.rows(family)
    order = np.lexsort((info["id"], info["captured"], info["at"], owner))
    family, owner = family[order], owner[order]
    rows = np.zeros(len(family), ASSIGNED)
    rows["mints"] = index.assigned(family)["mints"]
    rows["canonical"] = owner
    rows["next"] = NOBODY
    same = owner[1:] == owner[:-1]
    rows["next"][:-1][same] = family[1:][same]
    names = [ids[o] for o in owner.tolist()]
    rows["group"] = [name for name, _ in names]
    head = family == owner
    rows["mints"][head] = [mints for (_, mints), is_head in zip(names, head.tolist(), strict=True) if is_head]
    for at, ordinal in enumerate(family.tolist()):
        place = homes[ordinal]
        if place is not None and place.match is not None:
            rows[at]["kind"] = KINDS.index(place.match.kind)
            rows[at]["similarity"], rows[at]["containment"] = place.match.similarity, place.match.containment
    by_ordinal = np.argsort(family)
    return Changes(family[by_ordinal].astype(np.uint32), rows[by_ordinal])
