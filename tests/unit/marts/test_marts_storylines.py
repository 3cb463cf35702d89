"""Storylines depend on what there is and not on when it came in, and a month's change touches no month long past."""

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.storylines import commit_reports, found_storylines, pair_scores
from benchmarks.synthetic_events import make_reports
from tasks.analyse.lake import connect
from tasks.contracts import GROUPED, GROUPS
from tasks.marts import storylines
from tasks.marts.build import refresh_marts
from tasks.marts.storylines import DAYS, EASIER, LEAST, Reports, follow_events, least_likeness, scale_features
from tasks.store import Lake

REPORTS = make_reports(5, events=8, days=25)


def refresh(lake: Lake) -> None:
    list(refresh_marts(lake, GROUPED.empty(), GROUPS.empty()))


def storyline_bytes(lake: Lake) -> dict[str, bytes]:
    return {p.parent.name: p.read_bytes() for p in sorted(lake.root.glob("marts/storylines/*/*.parquet"))}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(tmp_path_factory.mktemp("storylines") / "lake")
    commit_reports(lake, "unit-a", REPORTS, 1)
    refresh(lake)
    return lake


def test_the_reports_of_the_lake_cross_a_month_and_so_do_its_storylines(whole: Lake) -> None:
    rows = [
        row
        for file in whole.root.glob("marts/storylines/*/*.parquet")
        for row in pq.read_table(file, partitioning=None).to_pylist()
    ]
    months = {row["storyline_id"]: REPORTS[row["storyline_id"] - 1].published_at.month for row in rows}
    assert any(months[row["storyline_id"]] != row["published_on"].month for row in rows)
    assert all(LEAST - EASIER - 0.001 <= row["similarity"] <= 1 for row in rows)
    assert len({row["article_id"] for row in rows}) == len(rows)
    assert not {row["article_id"] for row in rows} & set(months)


def test_what_came_in_later_is_where_it_would_have_been(whole: Lake, tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    third = len(REPORTS) // 3
    for unit, first in (("unit-c", 2 * third), ("unit-b", third), ("unit-a", 0)):
        last = len(REPORTS) if unit == "unit-c" else first + third
        commit_reports(lake, unit, REPORTS[first:last], first + 1)
        refresh(lake)
    assert found_storylines(lake.root) == found_storylines(whole.root)


def test_refreshing_again_changes_nothing_and_a_deleted_file_comes_back(whole: Lake) -> None:
    before = storyline_bytes(whole)
    assert before
    next(whole.root.glob("marts/storylines/*/*.parquet")).unlink()
    refresh(whole)
    assert storyline_bytes(whole) == before


def test_storylines_are_counted_as_a_loop_counts_them(whole: Lake) -> None:
    home = found_storylines(whole.root)
    sizes = Counter(home.values())
    days: dict[int, Counter[object]] = defaultdict(Counter)
    for number, report in enumerate(REPORTS, 1):
        if number in home or number in sizes:
            days[home.get(number, number)][report.published_at.date()] += 1
    with connect(whole.root, threads=1) as reader:
        relation = reader.storylines(top=1000, least=2)
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
        assert {r["storyline_id"]: r["report_count"] for r in rows} == {s: n + 1 for s, n in sizes.items()}
        for row in rows:
            assert {d["on_day"]: d["report_count"] for d in row["curve"]} == days[row["storyline_id"]]
            assert row["first_on"] == REPORTS[row["storyline_id"] - 1].published_at.date()
            assert row["peak_on"] == max(
                sorted(days[row["storyline_id"]]), key=days[row["storyline_id"]].__getitem__
            )
            assert row["total_count"] == len(REPORTS)
        largest = rows[0]["storyline_id"]
        listed = [row[2] for row in reader.storyline(storyline=str(largest), top=500).fetchall()]
        assert listed[0] == largest
        assert sorted(listed) == sorted([largest, *(a for a, s in home.items() if s == largest)])
        assert reader.storyline(top=500).fetchall()[0][1] == largest
        assert reader.storyline(storyline="no number").fetchall() == []


def reports_of(days: list[int], features: list[list[int]]) -> Reports:
    """Reports with a part of equal weights on each side."""
    flat = [(n, side) for f in features for n in sorted(f) for side in (0, 1)]
    report = np.repeat(np.arange(len(days)), [2 * len(f) for f in features])
    feature, side = (np.array([pair[k] for pair in flat], np.int64) for k in (0, 1))
    weight = scale_features(report, side, np.ones(len(flat)), [0, 1], [1.0, 1.0])
    ids = np.arange(100, 100 + len(days))
    return Reports(ids, np.array(days), np.full(len(days), -1), report, 2 * feature + side, side, weight)


def test_equal_reports_are_one_storyline_until_it_rests_too_long() -> None:
    home, alike = follow_events(reports_of([1, 1, 2, 2 + DAYS, 3 + 2 * DAYS], [[1, 2, 3]] * 5))
    assert home.tolist() == [100, 100, 100, 100, 104]
    assert alike.tolist() == pytest.approx([0, 1, 1, 1, 0])


def test_reports_that_share_nothing_stay_apart() -> None:
    home, _ = follow_events(reports_of([1, 1, 2], [[1], [2], []]))
    assert home.tolist() == [100, 101, 102]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.sets(st.integers(0, 12), max_size=5)), min_size=1, max_size=25)
)
def test_a_storyline_is_named_after_its_first_report_and_has_no_long_rest(
    given_: list[tuple[int, set[int]]],
) -> None:
    listed = sorted(given_, key=lambda g: g[0])
    reports = reports_of([day for day, _ in listed], [sorted(f) for _, f in listed])
    home, alike = follow_events(reports)
    for storyline in set(home.tolist()):
        members = np.flatnonzero(home == storyline)
        assert reports.article_id[members[0]] == storyline
        assert np.diff(reports.day[members]).max(initial=0) <= DAYS
        assert (alike[members[1:]] >= LEAST - EASIER - 1e-9).all()
        assert alike[members[0]] == 0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.sets(st.integers(0, 12), max_size=5)), min_size=2, max_size=25),
    st.integers(0, 20),
)
def test_going_on_from_a_day_is_the_same_as_doing_all_at_once(
    given_: list[tuple[int, set[int]]], cut: int
) -> None:
    listed = sorted(given_, key=lambda g: g[0])
    reports = reports_of([day for day, _ in listed], [sorted(f) for _, f in listed])
    home, _ = follow_events(reports)
    known = np.where(reports.day < cut, home, -1)
    again, _ = follow_events(replace(reports, storyline=known))
    assert again.tolist() == home.tolist()


def test_lists_that_are_cut_find_what_whole_lists_find(monkeypatch: pytest.MonkeyPatch) -> None:
    days = np.repeat([1, 2, 3], 40).tolist()
    features = [[1, 10 + n % 4, 20 + n % 4, 100 + n] for n in range(len(days))]
    whole_home, _ = follow_events(reports_of(days, features))
    monkeypatch.setattr(storylines, "LONGEST", 12)
    monkeypatch.setattr(storylines, "COMPARED", 12)
    home, _ = follow_events(reports_of(days, features))
    assert len(set(whole_home.tolist())) == 4
    assert home.tolist() == whole_home.tolist()


def test_what_and_who_must_both_be_alike_in_a_crowd() -> None:
    both = float(storylines.join_sides(np.array([0.5]), np.array([0.5]))[0])
    one = float(storylines.join_sides(np.array([0.0]), np.array([1.0]))[0])
    assert one < least_likeness(storylines.CROWD) == LEAST < both
    assert least_likeness(1) == pytest.approx(LEAST - EASIER)
    assert least_likeness(10_000) == LEAST


def test_pair_scores_of_a_known_case() -> None:
    assert pair_scores([1, 1, 2], [1, 1, 1]) == {
        "precision": 1.0,
        "recall": pytest.approx(1 / 3),
        "f1": pytest.approx(0.5),
    }
