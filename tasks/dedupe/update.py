"""Lake work: new units against all history, one index folder, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from tasks.dedupe.candidates import Queries, find_candidates
from tasks.dedupe.common import update_common
from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.groups import Decided, regroup
from tasks.dedupe.index import Index
from tasks.dedupe.leaving import shelf_of
from tasks.dedupe.output import Groups, read_unread
from tasks.dedupe.replay import Replay, list_members
from tasks.dedupe.shelves import Shelf
from tasks.dedupe.sources import FetchTexts, FoundNeighbours, TextProfiles
from tasks.dedupe.state import commit, open_index, recover
from tasks.dedupe.tables import SKETCHES, Rows, article_rows, listed
from tasks.dedupe.words import I64, Bools, offsets

STEP: Final = 20_000
"""Articles taken in by one commit: bounds memory, however many units a refresh brings."""

_PREFERRED: Final = ("at", "captured", "digest", "start", "end", "source", "url", "lead")
"""Two sketches of one article: the smaller in these columns counts, whichever came first."""


def update_groups(
    index_dir: Path,
    new_units: Iterable[pa.Table],
    fetch_texts: FetchTexts,
    options: DedupeOptions | None = None,
    removed: Sequence[int] = (),
) -> Groups:
    """Take in the sketches of new units (contract SKETCHES) and forget the *removed* article ids.

    Returns what changed since :func:`tasks.dedupe.state.acknowledge` was last called, so that nothing is lost when a run dies
    before it has used the answer.  Units that are already in the index change nothing.  The caller holds the lake's lock.
    Raises ConfigError for an index with other settings, ContractError when a text is missing.
    """
    options = options or DedupeOptions()
    take_units(index_dir, new_units, fetch_texts, options, removed)
    return read_unread(open_index(index_dir, options))


def take_units(
    index_dir: Path,
    new_units: Iterable[pa.Table],
    fetch_texts: FetchTexts,
    options: DedupeOptions,
    removed: Sequence[int] = (),
    tell: bool = True,
) -> None:
    """The same without an answer: what changed can be much.  Unless *tell*, it is not noted what changed either."""
    recover(index_dir)
    if removed:
        leaving = np.array(removed, np.int64)
        _take_in(open_index(index_dir, options), SKETCHES.empty(), fetch_texts, leaving, tell)
    for part in _steps(new_units):
        _take_in(open_index(index_dir, options), part, fetch_texts, np.zeros(0, np.int64), tell)


def _steps(units: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The units' sketches, about STEP rows at a time."""
    held: list[pa.Table] = []
    for unit in units:
        for first in range(0, len(unit), STEP):
            held.append(SKETCHES.check(unit.slice(first, STEP)))
            if sum(len(table) for table in held) >= STEP:
                yield pa.concat_tables(held)
                held = []
    if held:
        yield pa.concat_tables(held)


def _take_in(index: Index, sketches: pa.Table, fetch_texts: FetchTexts, removed: I64, tell: bool) -> None:
    """One step from one committed state to the next."""
    new, replaced = _news(index, sketches)
    leaving = index.find_ids(removed)
    leaving = np.unique(np.concatenate([leaving[leaving >= 0], replaced]))
    if not len(new) and not len(leaving):
        return
    texts = TextProfiles(index, fetch_texts)
    former = index.find_ids(np.asarray(new.column("article_id"), np.int64), living=False)
    gone = shelf_of(index, leaving, fetch_texts) if len(leaving) else None
    index.removed = np.union1d(index.removed, leaving).astype(np.uint32)
    first = index.size
    fresh, queries = arrive(index, new)
    concerned = _concerned(index, fresh, gone)
    asked, others = find_candidates(index, queries, fresh)
    replay = Replay(index, texts, FoundNeighbours(index, asked, others, first, texts), leaving.tolist())
    for ordinal in leaving.tolist():
        concerned.update(list_members(index, ordinal))
    concerned -= {*leaving.tolist(), *range(first, index.size)}
    places = replay.run(np.arange(first, index.size), sorted(concerned))
    pairs = zip(range(first, index.size), former.tolist(), strict=True)
    decided = Decided(places, frozenset(leaving.tolist()), {own: old for own, old in pairs if old >= 0})
    _close(index, decided, tell)


def _close(index: Index, decided: Decided, tell: bool) -> None:
    """Regroup and commit."""
    found = regroup(index, decided)
    for article in found.revived:
        del index.merged[article]
    index.merged.update({group: into for group, (into, _) in found.ended.items()})
    before = index.assigned(found.changes.ordinals.astype(np.int64))
    is_new = found.changes.ordinals >= len(index.stored)
    changed = is_new | (before != found.changes.rows)
    told = found.changes.ordinals[changed] if tell else np.zeros(0, np.uint32)
    gone = {group: article for group, (_, article) in found.ended.items()} if tell else {}
    commit(index, found.changes, told, gone)


def _concerned(index: Index, fresh: str, gone: Shelf | None) -> set[int]:
    """Bring the common shingles up to date; returns older articles for which that changes which candidates they have."""
    found: set[int] = set()
    for shelf in (gone, index.shelves[fresh]):
        if shelf is not None:
            index.common, concerned = update_common(index, shelf)
            found.update(concerned.tolist())
    return found


def arrive(index: Index, sketches: pa.Table) -> tuple[str, Queries]:
    """Add articles to the index; returns the name of their shelf and the queries that look them up.

    Too short texts get no shingles in the index: they are nobody's copy.
    """
    rows = article_rows(sketches)
    hashes, starts = listed(sketches)
    owners = np.repeat(np.arange(len(rows)), np.diff(starts))
    compared = rows["words"][owners] >= index.options.min_words
    keys, owners = hashes.astype(np.uint32)[compared], owners[compared]
    ordinals = np.arange(index.size, index.size + len(rows))
    fresh = index.add(rows, keys, owners)
    return fresh, Queries(ordinals, keys, offsets(np.bincount(owners, minlength=len(rows))))


class _News(NamedTuple):
    """Sketches to add, and ordinals of articles that they replace."""

    sketches: pa.Table
    replaced: I64


def _news(index: Index, sketches: pa.Table) -> _News:
    """The sketches that change something: of articles not in the index, or that come before what it knows of them."""
    rows = article_rows(sketches)
    order = np.lexsort((*(rows[name] for name in reversed(_PREFERRED)), rows["id"]))
    ids = rows["id"][order]
    order = np.sort(order[np.concatenate([np.ones(min(1, len(ids)), np.bool_), ids[1:] != ids[:-1]])])
    rows = rows[order]
    known = index.find_ids(rows["id"])
    held = known >= 0
    better = np.ones(len(rows), np.bool_)
    better[held] = _is_preferred(rows[held], index.rows(known[held]))
    return _News(sketches.take(pa.array(order[better])), known[better & held])


def _is_preferred(rows: Rows, others: Rows) -> Bools:
    """Which rows are smaller than the others in the preferred columns."""
    smaller, equal = np.zeros(len(rows), np.bool_), np.ones(len(rows), np.bool_)
    for name in _PREFERRED:
        smaller |= equal & (rows[name] < others[name])
        equal &= rows[name] == others[name]
    return smaller
