"""Why articles are one duplicate group: its members, their numbers, and each text beside the canonical one as a word diff."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, NamedTuple

import numpy as np

from tasks.dedupe.compare import DedupeOptions, Kind, overlap
from tasks.dedupe.index import Index
from tasks.dedupe.output import resolve
from tasks.dedupe.replay import list_members, read_place
from tasks.dedupe.runs import NEVER
from tasks.dedupe.sources import FetchTexts, TextProfiles
from tasks.dedupe.state import open_anyway, open_index

MOST_WORDS: Final = 3000
"""Words of each text that are compared for the diff; a longer one is cut, as the search for changes is quadratic."""

_PIECES: Final = re.compile(r"\S+\s*")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Change(NamedTuple):
    """A stretch of the word diff: words that both texts have, only the canonical one (removed), or only the copy (added)."""

    kind: Literal["same", "removed", "added"]
    text: str


@dataclass(frozen=True, slots=True)
class Member:
    """One article of the group, with its edge to the canonical one.

    ``kind`` is None for the canonical article.  ``similarity`` and ``containment`` are shares (0–1) of shingles, of which the two
    texts have ``shared`` in common and the member itself has ``shingles``.  ``start`` and ``end`` are the part of the text that
    was compared: repeated paragraphs of the source before and after it are set apart.
    """

    article_id: int
    published: datetime | None
    captured: datetime | None
    kind: Kind | None
    similarity: float
    containment: float
    shared: int
    shingles: int
    words: int
    start: int
    end: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One duplicate group: its id, the id that was asked for, and its members in published order, canonical first."""

    asked: int
    group_id: int
    members: tuple[Member, ...]


def explain(
    index_dir: Path, number: int, fetch_texts: FetchTexts, options: DedupeOptions | None = None
) -> Explanation | None:
    """The group of an article, or the group that a group id stands for; None when the index knows neither.

    Without *options* the index is taken as it was built.
    """
    index = open_index(index_dir, options) if options else open_anyway(index_dir)
    canonical = _find(index, number) if index else None
    if index is None or canonical is None:
        return None
    family = np.array([canonical, *list_members(index, canonical)], np.int64)
    rows, assigned = index.rows(family), index.assigned(family)
    profiles = TextProfiles(index, fetch_texts)
    profiles.prefetch(family.tolist())
    texts = fetch_texts(rows["id"].tolist())
    original, head = texts[int(rows[0]["id"])], profiles.get(canonical)
    members = []
    for ordinal, row, place in zip(family.tolist(), rows, assigned, strict=True):
        match, own = read_place(place).match, profiles.get(ordinal)
        text = texts[int(row["id"])]
        members.append(
            Member(
                article_id=int(row["id"]),
                published=_time(int(row["at"])),
                captured=_time(int(row["captured"])),
                kind=match.kind if match else None,
                similarity=match.similarity if match else 1.0,
                containment=match.containment if match else 1.0,
                shared=overlap(head, own).shared,
                shingles=len(own.shingles),
                words=int(row["words"]),
                start=int(row["start"]),
                end=int(row["end"]),
                changes=diff_words(original, text) if match else (),
            )
        )
    return Explanation(number, int(assigned[0]["group"]), tuple(members))


def diff_words(one: str, other: str) -> tuple[Change, ...]:
    """What turns one text into the other, word by word, white space kept with the word before it."""
    before, after = _PIECES.findall(one)[:MOST_WORDS], _PIECES.findall(other)[:MOST_WORDS]
    matcher = difflib.SequenceMatcher(
        None, [p.strip() for p in before], [p.strip() for p in after], autojunk=False
    )
    changes: list[Change] = []
    for tag, first, last, begin, end in matcher.get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(after[begin:end])))
            continue
        if last > first:
            changes.append(Change("removed", "".join(before[first:last])))
        if end > begin:
            changes.append(Change("added", "".join(after[begin:end])))
    return tuple(changes)


def _find(index: Index, number: int) -> int | None:
    """Ordinal of the canonical article of the group that an article or group id stands for."""
    ordinal = int(index.find_ids(np.array([number], np.int64))[0])
    if ordinal >= 0:
        return int(index.assigned(np.array([ordinal]))[0]["canonical"])
    group = resolve(index, number)
    ordinals = np.arange(index.size)
    hits = ordinals[(index.assigned(ordinals)["group"] == group) & ~index.is_removed(ordinals)]
    return int(index.assigned(hits[:1])[0]["canonical"]) if group is not None and len(hits) else None


def _time(microseconds: int) -> datetime | None:
    """A stored time; None for articles nobody dated."""
    return None if microseconds == NEVER else _EPOCH + timedelta(microseconds=microseconds)
