"""Laws of duplicate groups: what may not depend on the order in which articles arrive, or on anything that went wrong."""

from __future__ import annotations

import random
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.dedupe.batch import DedupeOptions, read_groups, rebuild_groups
from tasks.dedupe.compare import Facts, decide
from tasks.dedupe.runs import NEVER
from tasks.dedupe.shingles import read
from tasks.dedupe.tables import article_rows, listed, published_order

_LAW = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_MANY = settings(_LAW, max_examples=50)
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
_SEEDS = st.integers(0, 10**9)
_TIGHT = DedupeOptions(common_articles=4, common_weeks=2, common_ratio=1.5)
"""Settings under which shingles become common, and cease to be, all the time."""


def _batches(rng, articles):
    left = list(articles)
    rng.shuffle(left)
    while left:
        size = rng.randint(1, len(left))
        yield left[:size]
        left = left[size:]


class _Desks:
    """Desks in folders of their own, cleared away at the end."""

    def __init__(self, newsroom, options):
        self.newsroom, self.options, self.folders = newsroom, options, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for folder in self.folders:
            shutil.rmtree(folder)

    def new(self):
        self.folders.append(tempfile.mkdtemp(dir=_MEMORY))
        return self.newsroom.Desk(Path(self.folders[-1]) / "index", self.options)


def _check_any_order(newsroom, seed, options):
    rng = random.Random(seed)
    articles = newsroom.world(rng, articles=rng.randint(4, 16))
    with _Desks(newsroom, options) as desks:
        at_once, bit_by_bit = desks.new(), desks.new()
        at_once.take(articles)
        for batch in _batches(rng, articles):
            bit_by_bit.take(batch)
        assert bit_by_bit.answer() == at_once.answer()


@given(_SEEDS)
@_LAW
def test_any_order_and_any_split_give_the_same_groups(newsroom, seed):
    _check_any_order(newsroom, seed, DedupeOptions())


@given(_SEEDS)
@_LAW
def test_any_order_gives_the_same_groups_while_shingles_become_common(newsroom, seed):
    _check_any_order(newsroom, seed, _TIGHT)


@pytest.mark.slow
@given(_SEEDS, st.booleans(), st.sampled_from([None, 10, 90]))
@_MANY
def test_any_order_gives_the_same_groups_in_many_worlds(newsroom, seed, tight, window):
    options = newsroom.replace(_TIGHT if tight else DedupeOptions(), window_days=window)
    _check_any_order(newsroom, seed, options)


def _check_removal(newsroom, seed, options):
    rng = random.Random(seed)
    articles = newsroom.world(rng, articles=rng.randint(4, 16))
    stay = [a for a in articles if rng.random() < 0.6]
    leave = [a for a in articles if a not in stay]
    with _Desks(newsroom, options) as desks:
        never, once = desks.new(), desks.new()
        never.take(stay)
        for batch in _batches(rng, articles):
            once.take(batch)
        once.take(removed=[a.number for a in leave])
        assert once.answer() == never.answer()
        for article in leave:
            if rng.random() < 0.5:
                once.take([article])
                never.take([article])
        assert once.answer() == never.answer()


@pytest.mark.slow
@given(_SEEDS)
@_LAW
def test_articles_that_came_and_went_leave_no_trace(newsroom, seed):
    _check_removal(newsroom, seed, _TIGHT)


@pytest.mark.slow
@given(_SEEDS, st.booleans())
@_MANY
def test_articles_that_came_and_went_leave_no_trace_in_many_worlds(newsroom, seed, tight):
    _check_removal(newsroom, seed, _TIGHT if tight else DedupeOptions())


@pytest.mark.slow
@given(_SEEDS)
@_LAW
def test_every_id_that_was_ever_given_still_leads_to_the_group_of_its_article(newsroom, seed):
    rng = random.Random(seed)
    articles = newsroom.world(rng)
    with _Desks(newsroom, _TIGHT) as desks:
        desk = desks.new()
        given_ids: dict[int, int] = {}
        for batch in _batches(rng, articles):
            desk.take(batch)
            rows = desk.rows()
            groups = {g["group_id"]: g for g in read_groups(desk.folder, desk.options).to_pylist()}
            given_ids.update({row["group_id"]: head for head, row in rows.items() if row["is_canonical"]})
            for group in given_ids:
                target = groups[group]["merged_into"] if groups[group]["merged_into"] is not None else group
                assert groups[target]["merged_into"] is None
                assert groups[target]["size"] == sum(r["group_id"] == target for r in rows.values()) > 0


@given(_SEEDS)
@_LAW
def test_the_tables_say_the_same_thing_twice(newsroom, seed):
    rng = random.Random(seed)
    with _Desks(newsroom, DedupeOptions()) as desks:
        desk = desks.new()
        desk.take(newsroom.world(rng))
        rows = desk.rows()
        living = [g for g in read_groups(desk.folder, desk.options).to_pylist() if g["merged_into"] is None]
        assert sum(g["size"] for g in living) == len(rows)
        for group in living:
            members = [r for r in rows.values() if r["group_id"] == group["group_id"]]
            heads = [r["article_id"] for r in members if r["is_canonical"]]
            assert heads == [group["canonical_id"]]
            assert all(r["copy_of"] == heads[0] for r in members if not r["is_canonical"])
            assert len(members) == group["size"] >= group["sources"] >= 1


@given(_SEEDS)
@_LAW
def test_the_same_units_again_change_nothing(newsroom, seed):
    rng = random.Random(seed)
    articles = newsroom.world(rng)
    with _Desks(newsroom, _TIGHT) as desks:
        desk = desks.new()
        desk.take(articles)
        before, files = desk.rows(), sorted(p.name for p in desk.folder.iterdir())
        for batch in _batches(rng, articles):
            desk.take(batch)
        assert desk.rows() == before
        assert sorted(p.name for p in desk.folder.iterdir()) == files


@pytest.mark.slow
@given(_SEEDS)
@_LAW
def test_an_index_built_anew_gives_the_same_answer_and_keeps_the_ids(newsroom, seed):
    rng = random.Random(seed)
    articles = newsroom.world(rng)
    with _Desks(newsroom, _TIGHT) as desks:
        desk = desks.new()
        for batch in _batches(rng, articles):
            desk.take(batch)
        before = desk.rows()
        rebuild_groups(desk.folder, [newsroom.sketches(articles)], desk.fetch, desk.options)
        assert desk.rows() == before


@pytest.mark.slow
@given(_SEEDS)
@_LAW
def test_two_captures_of_one_article_count_once_whichever_came_first(newsroom, seed):
    rng = random.Random(seed)
    articles = newsroom.world(rng)
    again = [newsroom.replace(a, captured=rng.choice([None, 0.5, 9.0])) for a in rng.sample(articles, 5)]
    with _Desks(newsroom, _TIGHT) as desks:
        one, other = desks.new(), desks.new()
        for desk, order in ((one, articles + again), (other, again + articles)):
            for first in range(0, len(order), 4):
                desk.take(order[first : first + 4])
        assert one.answer() == other.answer()
        assert len(one.rows()) == len(articles)


def _place_by_definition(articles, keys, rows, options):
    """Each article's canonical one, by looking at every pair in published order."""
    profiles = read([a.text for a in articles]).packed
    places = {}
    for at in published_order(rows).tolist():
        best = None
        for other, canonical in places.items():
            if other != canonical or not _are_candidates(rows, keys, other, at, options):
                continue
            pair = [rows[[n]].tolist()[0] for n in (other, at)]
            one, two = (Facts(r[1], r[4], r[5], r[6], r[3], r[7]) for r in pair)
            match = decide(one, two, profiles.profile(other), profiles.profile(at), options)
            if match and (best is None or (match.similarity, match.containment) > best[1]):
                best = (other, (match.similarity, match.containment))
        places[at] = best[0] if best else at
    return places


def _are_candidates(rows, keys, one, other, options):
    """Close in time and enough shared, while no shingle is common."""
    near = (
        abs(int(rows["at"][one]) - int(rows["at"][other])) <= options.window
        or NEVER in rows["at"][[one, other]]
    )
    needed = max(1, np.ceil(0.1 * min(rows["samples"][[one, other]])))
    same = rows["digest"][one] == rows["digest"][other]
    long_enough = min(rows["words"][[one, other]]) >= options.min_words
    return near and long_enough and (same or len(keys[one] & keys[other]) >= needed)


@pytest.mark.slow
@given(_SEEDS, st.sampled_from([None, 90]))
@settings(_LAW, max_examples=10)
def test_groups_are_those_of_the_definition(newsroom, seed, window):
    options = DedupeOptions(window_days=window, common_articles=10**6)
    articles = newsroom.world(random.Random(seed), articles=20)
    table = newsroom.sketches(articles)
    rows, (hashes, starts) = article_rows(table), listed(table)
    keys = [set(hashes[starts[at] : starts[at + 1]].tolist()) for at in range(len(articles))]
    places = _place_by_definition(articles, keys, rows, options)
    with _Desks(newsroom, options) as desks:
        desk = desks.new()
        desk.take(articles)
        answer = desk.answer()
    assert {a.number: articles[places[at]].number for at, a in enumerate(articles)} == {
        number: head for number, (head, *_) in answer.items()
    }
