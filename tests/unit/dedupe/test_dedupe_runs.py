"""Runs and shelves: a search finds what a look through everything finds, in memory, in files and after merging."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.dedupe.files import open_run, open_shelf, store_keys, store_shelves
from tasks.dedupe.runs import (
    FAN_IN,
    FENCE,
    SMALLEST,
    Run,
    count,
    forget_pages,
    key_range,
    make_run,
    map_file,
    merge,
    mergeable,
    postings,
    search,
    size_class,
)
from tasks.dedupe.shelves import fill_shelf, merge_places

_QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
_KEYS = st.lists(st.integers(0, 40) | st.sampled_from([0xFFFFFFFF, 0xFFFFFFFE, 2**31]), max_size=60)


def _run(keys, values):
    return make_run(postings(np.array(keys, np.uint32), np.array(values, np.int64)))


def _pairs(found):
    return sorted(zip(*(part.tolist() for part in found), strict=True))


@given(_KEYS, _KEYS)
@_QUICK
def test_a_search_finds_every_entry_of_each_key(keys, wanted):
    run = _run(keys, range(len(keys)))
    found = search(run, *key_range(np.array(wanted, np.uint32)))
    expected = [(at, value) for at, key in enumerate(wanted) for value, own in enumerate(keys) if own == key]
    assert _pairs(found) == sorted(expected)
    assert count(run, np.array(wanted, np.uint32)).tolist() == [keys.count(key) for key in wanted]


@given(st.integers(0, 3000), st.integers(1, 50), st.integers(0, 10**6))
@_QUICK
def test_fences_lead_to_the_right_place_in_long_runs(size, spread, seed):
    rng = np.random.default_rng(seed)
    keys = rng.integers(0, spread, size).astype(np.uint32)
    run = _run(keys, np.arange(size))
    assert len(run.fences) == -(-size // FENCE)
    wanted = np.arange(spread + 1, dtype=np.uint32)
    assert count(run, wanted).tolist() == [int((keys == key).sum()) for key in wanted]


def test_searches_beyond_one_slice_are_numbered_on():
    keys = np.arange(10_000, dtype=np.uint32)
    which, values = search(_run(keys, keys), *key_range(keys))
    assert which.tolist() == values.tolist() == keys.tolist()


def test_nothing_is_found_in_nothing():
    empty = make_run(np.zeros(0, np.uint64))
    assert _pairs(search(empty, *key_range(np.array([1, 2], np.uint32)))) == []
    assert _pairs(search(_run([1], [1]), *key_range(np.zeros(0, np.uint32)))) == []


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20), st.booleans()), max_size=40),
    st.integers(0, 20),
    st.integers(0, 9),
)
@_QUICK
def test_a_shelf_gives_the_articles_of_a_period(articles, middle, width):
    times = np.array([time for _, time, _ in articles], np.int64)
    keys = np.array([key for key, _, _ in articles], np.uint32)
    ordinals = np.arange(len(articles)) + 100
    shelf = fill_shelf(keys, np.arange(len(articles)), ordinals, times)
    wanted = np.arange(10, dtype=np.uint32)
    since, until = np.full(10, middle - width), np.full(10, middle + width)
    expected = [
        (key, 100 + at)
        for at, (key, time, _) in enumerate(articles)
        if middle - width <= time <= middle + width
    ]
    assert _pairs(shelf.within(wanted, since, until)) == sorted(expected)
    assert _pairs(shelf.having(wanted)) == sorted((key, 100 + at) for at, (key, _, _) in enumerate(articles))


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)), max_size=30), min_size=1, max_size=5)
)
@_QUICK
def test_merged_shelves_hold_what_the_shelves_held(parts):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.dedupe.shelves.STRETCH", 7)
        _check_merged_shelves(parts)


def _check_merged_shelves(parts):
    shelves, first = [], 0
    for part in parts:
        keys = np.array([key for key, _ in part], np.uint32)
        times = np.array([time for _, time in part], np.int64)
        shelves.append(fill_shelf(keys, np.arange(len(part)), np.arange(first, first + len(part)), times))
        first += len(part)
    places, ordinals, times = merge_places(shelves)
    entries = np.concatenate(list(merge([shelf.entries for shelf in shelves], places)))
    assert entries.tolist() == sorted(entries.tolist())
    merged = shelves[0]._replace(run=make_run(entries), ordinals=ordinals, times=times)
    wanted = np.arange(31, dtype=np.uint32)
    apart = [pair for shelf in shelves for pair in _pairs(shelf.having(wanted))]
    assert _pairs(merged.having(wanted)) == sorted(apart)
    period = np.full(31, 3), np.full(31, 6)
    assert _pairs(merged.within(wanted, *period)) == sorted(
        p for s in shelves for p in _pairs(s.within(wanted, *period))
    )


def test_a_merge_of_long_runs_comes_in_slices(monkeypatch):
    monkeypatch.setattr("tasks.dedupe.runs.MERGE_STEP", 1000)
    rng = np.random.default_rng(3)
    runs = [np.sort(rng.integers(0, 2**64, size, dtype=np.uint64)) for size in (4000, 1, 0, 900)]
    parts = list(merge(runs))
    assert len(parts) == 4
    assert np.concatenate(parts).tolist() == np.sort(np.concatenate(runs)).tolist()


def test_sizes_grow_by_the_number_of_runs_that_are_merged():
    assert size_class(0) == size_class(SMALLEST) == 0
    assert size_class(SMALLEST + 1) == 1
    assert size_class(SMALLEST * FAN_IN) == 1
    assert size_class(SMALLEST * FAN_IN + 1) == 2


def test_runs_are_merged_when_enough_of_one_size_have_gathered():
    assert mergeable([1] * (FAN_IN - 1)) == []
    assert mergeable([1] * FAN_IN) == list(range(FAN_IN))
    mixed = [10 * SMALLEST, *[5] * FAN_IN, 20 * SMALLEST]
    assert mergeable(mixed) == list(range(1, FAN_IN + 1))


def _shelf(seed, first, size=50):
    rng = np.random.default_rng(seed)
    keys, owners = rng.integers(0, 200, size * 4).astype(np.uint32), np.repeat(np.arange(size), 4)
    return fill_shelf(keys, owners, np.arange(first, first + size), rng.integers(0, 1000, size))


def test_shelves_come_back_from_their_files(tmp_path):
    shelf = _shelf(1, 0)
    assert store_shelves(tmp_path, {"a": shelf}, 1) == ["a"]
    stored = open_shelf(tmp_path, "a")
    for one, other in zip(
        (*shelf.run, shelf.ordinals, shelf.times), (*stored.run, stored.ordinals, stored.times), strict=True
    ):
        assert one.tolist() == other.tolist()


def test_many_shelves_become_one(tmp_path):
    shelves = {f"s{n}": _shelf(n, 50 * n) for n in range(FAN_IN)}
    names = store_shelves(tmp_path, shelves, 7)
    assert len(names) == 1
    merged, wanted = open_shelf(tmp_path, names[0]), np.arange(200, dtype=np.uint32)
    assert _pairs(merged.having(wanted)) == sorted(
        p for s in shelves.values() for p in _pairs(s.having(wanted))
    )
    assert merged.run.fences.tolist() == np.asarray(merged.entries)[::FENCE].tolist()


def test_many_runs_of_keys_become_one(tmp_path):
    runs = {f"k{n}": _run([n, n + 1, 7], [n, n, n]) for n in range(FAN_IN)}
    (name,) = store_keys(tmp_path, runs, 2)
    merged = open_run(tmp_path / f"{name}.keys")
    assert merged.entries.tolist() == sorted(e for run in runs.values() for e in run.entries.tolist())


def test_empty_shelves_and_runs_are_not_stored(tmp_path):
    empty = fill_shelf(
        np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)
    )
    assert store_shelves(tmp_path, {"e": empty}, 1) == []
    assert store_keys(tmp_path, {"e": make_run(np.zeros(0, np.uint64))}, 1) == []
    assert list(tmp_path.iterdir()) == []


def test_a_missing_or_empty_file_has_no_rows(tmp_path):
    assert len(map_file(tmp_path / "none", np.uint64)) == 0
    (tmp_path / "empty").write_bytes(b"1234567")
    assert len(map_file(tmp_path / "empty", np.uint64)) == 0


def test_pages_can_be_forgotten_and_read_again(tmp_path):
    np.arange(9, dtype=np.uint64).tofile(tmp_path / "run")
    mapped = map_file(tmp_path / "run", np.uint64)
    forget_pages(mapped)
    forget_pages(np.arange(3))
    assert mapped.tolist() == list(range(9))
    assert isinstance(Run(mapped, mapped[::FENCE]), Run)


@pytest.mark.parametrize("key", [0, 1, 0xFFFFFFFE, 0xFFFFFFFF])
def test_the_smallest_and_largest_keys_are_keys_like_others(key):
    run = _run([0, 1, 0xFFFFFFFE, 0xFFFFFFFF], [0, 0xFFFFFFFF, 5, 0xFFFFFFFF])
    which, values = search(run, *key_range(np.array([key], np.uint32)))
    assert len(which) == 1
    assert values.tolist() == [{0: 0, 1: 0xFFFFFFFF, 0xFFFFFFFE: 5, 0xFFFFFFFF: 0xFFFFFFFF}[key]]
