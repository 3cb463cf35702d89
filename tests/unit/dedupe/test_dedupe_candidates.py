"""Candidates and common shingles: what the index finds is what the definition says, pair by pair."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.dedupe.candidates import NEEDED_SHARE, find_candidates
from tasks.dedupe.common import WEEK, update_common
from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.index import Common, Index
from tasks.dedupe.runs import NEVER
from tasks.dedupe.sources import Twins
from tasks.dedupe.tables import article_rows, is_earlier, listed, published_order
from tasks.dedupe.update import arrive

_QUICK = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_TIGHT = DedupeOptions(common_articles=4, common_weeks=2, common_ratio=1.5)


def _common_by_definition(rows, keys, options):
    """For each shingle, the first article in published order from which on it is common."""
    order = published_order(rows)
    found = {}
    for key in sorted({k for own in keys for k in own}):
        holders = [o for o in order.tolist() if key in keys[o]]
        for count in range(1, len(holders) + 1):
            seen = rows[holders[:count]]
            weeks, sources = len(set((seen["at"] // WEEK).tolist())), len(set(seen["source"].tolist()))
            spread = weeks >= options.common_weeks or count >= options.common_ratio * sources
            if count >= options.common_articles and spread:
                found[key] = holders[count - 1]
                break
    return found


def _pairs_by_definition(rows, keys, common, options):
    """All candidate pairs, by looking at every pair."""
    found = set()
    for one in range(len(rows)):
        for other in range(len(rows)):
            if one == other or min(rows["words"][[one, other]]) < options.min_words:
                continue
            dated = NEVER not in rows["at"][[one, other]]
            if dated and abs(int(rows["at"][one]) - int(rows["at"][other])) > options.window:
                continue
            later = other if is_earlier(rows[[one]], rows[[other]])[0] else one
            shared = [
                k for k in keys[one] & keys[other] if k not in common or not _is_after(rows, common[k], later)
            ]
            needed = max(1, np.ceil(NEEDED_SHARE * min(rows["samples"][[one, other]])))
            if len(shared) >= needed:
                found.add((one, other))
    return found


def _is_after(rows, since, ordinal):
    return bool(is_earlier(rows[[since]], rows[[ordinal]])[0])


def _keys(table, rows, options):
    hashes, starts = listed(table)
    low = hashes.astype(np.uint32).tolist()
    return [
        set(low[starts[at] : starts[at + 1]]) if rows["words"][at] >= options.min_words else set()
        for at in range(len(rows))
    ]


def _fill(newsroom, seed, options):
    table = newsroom.sketches(newsroom.world(random.Random(seed), articles=24))
    index = Index(options=options)
    fresh, queries = arrive(index, table)
    index.common, concerned = update_common(index, index.shelves[fresh])
    rows = article_rows(table)
    return index, fresh, queries, rows, _keys(table, rows, options), concerned


@pytest.mark.slow
@given(st.integers(0, 10**9), st.sampled_from([None, 1, 20, 90]))
@_QUICK
def test_candidates_are_those_of_the_definition(newsroom, seed, window):
    options = replace(_TIGHT, window_days=window)
    index, fresh, queries, rows, keys, _ = _fill(newsroom, seed, options)
    common = _common_by_definition(rows, keys, options)
    assert dict(zip(index.common.keys.tolist(), index.common.since.tolist(), strict=True)) == common
    expected = _pairs_by_definition(rows, keys, common, options)
    for name in (fresh, None):
        asked, others = find_candidates(index, queries, name)
        assert list(zip(asked.tolist(), others.tolist(), strict=True)) == sorted(expected)


@pytest.mark.slow
@given(st.integers(0, 10**9))
@_QUICK
def test_everyone_is_told_for_whom_a_shingle_became_common(newsroom, seed):
    *_, rows, keys, concerned = _fill(newsroom, seed, _TIGHT)
    common = _common_by_definition(rows, keys, _TIGHT)
    expected = {
        o
        for key, since in common.items()
        for o in range(len(rows))
        if key in keys[o] and _is_after(rows, since, o)
    }
    assert set(concerned.tolist()) == expected


def test_an_agency_report_in_many_papers_within_days_is_not_common(newsroom):
    articles = [
        newsroom.Article(n, newsroom.report(1), hours=float(n), source=f"Paper {n}") for n in range(100)
    ]
    index = Index(options=DedupeOptions())
    fresh, _ = arrive(index, newsroom.sketches(articles))
    common, _ = update_common(index, index.shelves[fresh])
    assert len(common.keys) == 0


def test_a_phrase_of_every_week_is_common(newsroom):
    phrase = newsroom.report(1, 1)
    articles = [
        newsroom.Article(n, phrase + newsroom.report(10 + n), hours=40.0 * n, source=f"Paper {n}")
        for n in range(100)
    ]
    index = Index(options=DedupeOptions())
    fresh, _ = arrive(index, newsroom.sketches(articles))
    common, _ = update_common(index, index.shelves[fresh])
    assert 1 <= len(common.keys) <= 24
    assert set(common.since.tolist()) == {63}


def test_the_furniture_of_one_paper_is_common_at_once(newsroom):
    phrase = newsroom.report(1, 1)
    articles = [newsroom.Article(n, phrase + newsroom.report(10 + n), hours=0.1 * n) for n in range(70)]
    index = Index(options=DedupeOptions())
    fresh, _ = arrive(index, newsroom.sketches(articles))
    common, _ = update_common(index, index.shelves[fresh])
    assert len(common.keys) >= 1


def test_common_shingles_are_found_by_key():
    common = Common(np.array([3, 9], np.uint32), np.array([1, 2], np.uint32))
    assert common.find(np.array([2, 3, 9, 10], np.uint32)).tolist() == [-1, 0, 1, -1]
    assert Common.none().find(np.array([2], np.uint32)).tolist() == [-1]


def test_too_short_texts_are_nobodys_candidates(newsroom):
    articles = [newsroom.Article(n, "403 Forbidden", hours=float(n)) for n in range(6)]
    index = Index(options=DedupeOptions())
    fresh, queries = arrive(index, newsroom.sketches(articles))
    asked, _ = find_candidates(index, queries, fresh)
    assert len(asked) == 0
    assert len(index.shelves[fresh].entries) == 0


def test_articles_with_the_same_words_are_twins(newsroom):
    articles = [newsroom.Article(n, newsroom.report(n % 3), hours=float(n)) for n in range(7)]
    articles += [newsroom.Article(n, "403 Forbidden") for n in range(7, 10)]
    articles += [newsroom.Article(20, newsroom.report(9))]
    table = newsroom.sketches(articles)
    index = Index(options=DedupeOptions())
    arrive(index, table)
    digests, twins = table["digest"].to_numpy(), Twins(index)
    twins.prepare(digests[:2])
    assert [sorted(twins.of(int(d))) for d in digests] == [
        *([[0, 3, 6], [1, 4], [2, 5]] * 3)[:7], [], [], [], [],
    ]  # fmt: skip


def test_lookups_in_small_portions_find_the_same(newsroom, monkeypatch):
    options = replace(_TIGHT, window_days=90)
    index, fresh, queries, *_ = _fill(newsroom, 5, options)
    whole = [part.tolist() for part in find_candidates(index, queries, fresh)]
    monkeypatch.setattr("tasks.dedupe.candidates.HITS", 3)
    for name in (fresh, None):
        assert [part.tolist() for part in find_candidates(index, queries, name)] == whole
