"""Unknown persons of a whole corpus: spellings of one name become one actor when the company they keep agrees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tasks.enrich.gazetteer_index import key_of
from tasks.enrich.linking_variants import sound_of


@dataclass(frozen=True, slots=True)
class Seen:
    """What a corpus knows of an unknown person: name as most often written, articles, and ids of actors named beside it."""

    name: str
    articles: int
    company: frozenset[str]


_LEAST_COMPANY = 2
"""Actors that two spellings must share before they are taken for one person."""


def merge_unknown(seen: Mapping[str, Seen]) -> dict[str, str]:
    """Return id → id it becomes, for persons whose names differ in spelling, middle names or initials alone.

    Two names are variants when first and last words sound alike and neither has a middle name that the other contradicts;
    they are merged when they share two actors of their company or more and no article names both.  The one in more
    articles stays.  A name that
    fits two persons who are not variants of each other is left alone.
    """
    merged: dict[str, str] = {}
    for ids in _by_sound(seen):
        ranked = sorted(ids, key=lambda i: (-seen[i].articles, i))
        for number, actor_id in enumerate(ranked[1:], start=1):
            fitting = [kept for kept in ranked[:number] if kept not in merged and _same(seen, kept, actor_id)]
            if len(fitting) == 1:
                merged[actor_id] = fitting[0]
    return merged


def candidates(seen: Mapping[str, Seen]) -> list[str]:
    """Return the ids whose first and last words sound like those of another, sorted: all that can be merged."""
    return sorted(actor_id for ids in _by_sound(seen) for actor_id in ids)


def _by_sound(seen: Mapping[str, Seen]) -> list[list[str]]:
    """Return groups of two ids and more whose first and last words sound alike."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for actor_id in sorted(seen):
        words = sound_of(" ".join(key_of(seen[actor_id].name).split())).split()
        if len(words) >= 2:
            groups[words[0], words[-1]].append(actor_id)
    return [ids for ids in groups.values() if len(ids) > 1]


def _same(seen: Mapping[str, Seen], one_id: str, other_id: str) -> bool:
    """Say whether two spellings are one person: never named together, no middle names that contradict each other, enough company shared."""
    one, other = seen[one_id], seen[other_id]
    if other_id in one.company or one_id in other.company:
        return False
    ours, theirs = _middle(one.name), _middle(other.name)
    contradict = any(
        a[0] != b[0] or (len(a) > 1 and len(b) > 1 and a != b) for a, b in zip(ours, theirs, strict=False)
    )
    return not contradict and len(one.company & other.company) >= _LEAST_COMPANY


def _middle(name: str) -> list[str]:
    """Return the words of a name between the first and the last."""
    return key_of(name).split()[1:-1]
