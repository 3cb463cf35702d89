"""The statistics hold against exact values, against each other, and their SQL twins against them."""

import math
import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.analyse.calendars import coverage_table, usual_counts
from tasks.analyse.queries import base_statements
from tasks.analyse.statistics import (
    FEWEST_OUTLETS,
    HOLIDAY_SHARES,
    Counts,
    adjust_chances,
    common_shares,
    lower_tail,
    negative_binomial_tail,
    poisson_tail,
    quasi_dispersion,
    rate_ratio,
    share_interval,
)
from tasks.contracts import COVERAGE
from tests.unit.analyse.plain_coverage import plain_rows, usual_count

MONDAY = date(2025, 1, 6)


def coverage_rows(counts: Iterable[Counts], until: date | None = None) -> list[dict[str, Any]]:
    return list(coverage_table(counts, until).to_pylist())


counts_of = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts_of)
def test_the_interval_holds_the_share_and_stays_within_0_and_1(pair: tuple[int, int]) -> None:
    count, total = pair
    low, high = share_interval(count, total)
    assert 0 <= low <= high <= 1
    if total:
        assert low <= count / total + 1e-12
        assert high >= count / total - 1e-12


@given(st.integers(1, 50), st.integers(1, 200))
def test_more_of_the_same_evidence_narrows_the_interval(count: int, more: int) -> None:
    total = count + more
    narrow, wide = share_interval(count * 4, total * 4), share_interval(count, total)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_the_interval_of_a_known_case() -> None:
    assert share_interval(10, 100) == pytest.approx((0.0552291, 0.1743657), abs=1e-6)
    assert share_interval(0, 0) == (0.0, 1.0)


@given(st.integers(0, 60), st.integers(1, 500), st.integers(0, 60), st.integers(1, 5000))
def test_the_ratio_lies_within_its_bounds(count: int, total: int, base: int, base_total: int) -> None:
    ratio, low, high = rate_ratio(count, total, base, base_total)
    assert 0 <= low <= ratio <= high


@given(st.integers(0, 60), st.integers(1, 500), st.integers(0, 60), st.floats(1, 20))
def test_dispersion_only_widens_the_bounds(count: int, total: int, base: int, dispersion: float) -> None:
    _, low, high = rate_ratio(count, total, base, 8 * total)
    _, lower, higher = rate_ratio(count, total, base, 8 * total, dispersion)
    assert lower <= low + 1e-12
    assert higher >= high - 1e-9


def test_two_against_none_does_not_outrank_fifty_against_a_hundred() -> None:
    assert rate_ratio(2, 100, 0, 800)[1] < rate_ratio(50, 100, 100, 800)[1]
    assert rate_ratio(20, 100, 0, 800)[1] > rate_ratio(50, 100, 100, 800)[1]
    assert all(math.isnan(value) for value in rate_ratio(1, 0, 1, 10))


@given(st.integers(1, 60), st.floats(0.01, 50), st.sampled_from([0.0, 0.05, 0.5, 2.0]))
def test_the_tails_of_a_count_add_up_to_one(count: int, mean: float, dispersion: float) -> None:
    upper = negative_binomial_tail(count, mean, dispersion)
    assert upper + lower_tail(count - 1, mean, dispersion) == pytest.approx(1, abs=1e-9)
    assert upper >= negative_binomial_tail(count + 1, mean, dispersion)


def test_tails_of_known_cases() -> None:
    assert poisson_tail(5, 1.0) == pytest.approx(0.003659847, rel=1e-6)
    assert poisson_tail(0, 3.0) == 1
    assert poisson_tail(1, 0.0) == 0
    assert negative_binomial_tail(10, 2.0, 0.3) == pytest.approx(0.0023108478, rel=1e-6)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusting_keeps_the_order_and_never_makes_anything_likelier(chances: list[float]) -> None:
    adjusted = adjust_chances(chances)
    assert all(p <= q <= 1 for p, q in zip(chances, adjusted, strict=True))
    order = sorted(range(len(chances)), key=lambda i: chances[i])
    assert [adjusted[i] for i in order] == sorted(adjusted)


def test_adjusting_a_known_case() -> None:
    assert adjust_chances([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert adjust_chances([]) == []


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in base_statements():
        if "AS TABLE" not in statement:
            connection.execute(statement)
    return connection


@pytest.mark.parametrize(("count", "total"), [(0, 1), (1, 1), (3, 17), (400, 1000), (999, 1000)])
def test_sql_and_python_give_the_same_interval(
    macros: duckdb.DuckDBPyConnection, count: int, total: int
) -> None:
    row = macros.execute("SELECT share_low($k, $n), share_high($k, $n)", {"k": count, "n": total}).fetchall()
    assert row[0] == pytest.approx(share_interval(count, total), abs=1e-12)
    wide = "SELECT scaled_low($k, $n, 3.0), scaled_high($k, $n, 3.0)"
    row = macros.execute(wide, {"k": count, "n": total}).fetchall()
    assert row[0] == pytest.approx(share_interval(count, total, 1.959963984540054 * math.sqrt(3)), abs=1e-12)


@pytest.mark.parametrize(
    ("count", "mean", "dispersion"),
    [(5, 1, 0.02), (30, 10, 0.05), (40, 10, 0.3), (8, 2, 0.5), (200, 100, 0.1), (12, 1, 0.1)],
)
def test_sql_and_python_give_the_same_tail(
    macros: duckdb.DuckDBPyConnection, count: int, mean: float, dispersion: float
) -> None:
    row = macros.execute(
        """
        WITH s AS (SELECT 1 / $phi - 1 AS x, $k + 1 / $phi - 1 AS n, 1 / (1 + $phi * $mean) AS p),
        b AS (SELECT s.*, peizer((s.x + 0.5) / (s.n * s.p)) AS low, peizer((s.n - s.x - 0.5) / (s.n * (1 - s.p))) AS high FROM s)
        SELECT normal_tail(-binomial_deviate(b.x, b.n, b.p, b.low, b.high)) FROM b
        """,
        {"k": float(count), "mean": float(mean), "phi": dispersion},
    ).fetchall()
    assert row[0][0] == pytest.approx(negative_binomial_tail(count, mean, dispersion), rel=0.06)


def steady(
    source: str, days: int, usual: int, missing: set[int] = frozenset(), shown: int = 0
) -> list[Counts]:  # type: ignore[assignment]
    """A source that brings *usual* articles every day, *shown* on those that are missing."""
    return [
        Counts(MONDAY + timedelta(days=n), source, 0, k, k, k, k)
        for n in range(days)
        if (k := shown if n in missing else usual)
    ]


def test_days_that_nobody_wrote_a_row_for_are_gaps() -> None:
    rows = coverage_rows(steady("a", 80, 30, {40, 41, 42}) + steady("b", 80, 25))
    gaps = {(r["source"], (r["day"] - MONDAY).days) for r in rows if r["is_gap"]}
    assert gaps == {("a", 40), ("a", 41), ("a", 42)}
    assert len(rows) == 160


def test_a_sixth_of_the_usual_count_is_a_gap() -> None:
    rows = coverage_rows(steady("a", 60, 50, {30}, shown=8))
    assert [(r["day"] - MONDAY).days for r in rows if r["is_gap"]] == [30]
    assert next(r for r in rows if r["is_gap"])["expected"] == 50


def test_weekends_are_no_gaps() -> None:
    rows = coverage_rows(
        Counts(MONDAY + timedelta(days=n), "a", 0, k, k, k, k)
        for n in range(70)
        if (k := 60 if n % 7 < 5 else 6)
    )
    assert {r["status"] for r in rows} == {"ok"}


def test_a_thin_day_of_which_all_was_fetched_is_low_and_no_gap() -> None:
    counts = [
        Counts(MONDAY + timedelta(days=n), "a", k, k, k, k, k)
        for n in range(60)
        for k in [8 if n == 30 else 50]
    ]
    assert [r["status"] for r in coverage_rows(counts) if r["status"] != "ok"] == ["low"]


def test_nothing_is_expected_before_enough_is_known() -> None:
    rows = coverage_rows(steady("a", 20, 30, {10}))
    assert {r["status"] for r in rows} == {"unknown"}
    assert coverage_rows([]) == []


def test_counts_of_the_same_day_add_up_and_a_silent_end_shows() -> None:
    twice = steady("a", 60, 20) + steady("a", 60, 10)
    rows = coverage_rows(twice, until=MONDAY + timedelta(days=62))
    assert {r["kept"] for r in rows} == {30, 0}
    assert [(r["day"] - MONDAY).days for r in rows if r["is_gap"]] == [60, 61]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_a_row_for_every_day_and_no_count_is_lost(kept: list[int]) -> None:
    rows = coverage_rows(Counts(MONDAY + timedelta(days=n), "a", 0, k, k, k, k) for n, k in enumerate(kept))
    assert [r["kept"] for r in rows] == kept


@given(st.lists(st.sampled_from([0] * 30 + [1, 5]), max_size=300))
def test_usual_counts_of_a_calendar_are_those_of_its_days(kept: list[int]) -> None:
    usual = [None if math.isnan(count) else count for count in usual_counts(np.array(kept, np.int64))]
    assert usual == [usual_count(kept, number) for number in range(len(kept))]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 120),
            st.sampled_from("abcd"),
            st.sampled_from([0, 0, 4, 9, 40]),
            st.integers(0, 60),
        ),
        max_size=400,
    ),
    st.none() | st.integers(0, 150),
)
def test_calendars_in_columns_say_what_a_plain_loop_says(
    found: list[tuple[int, str, int, int]], until: int | None
) -> None:
    counts = [Counts(MONDAY + timedelta(days=d), s, listed, k, k, k, k) for d, s, listed, k in found]
    end = None if until is None else MONDAY + timedelta(days=until)
    assert coverage_table(counts, end).equals(COVERAGE.table(plain_rows(counts, end)))


@pytest.mark.parametrize("share", [0.1, 0.6])
def test_calendars_say_what_a_plain_loop_says_of_holidays_and_lost_days_too(share: float) -> None:
    counts = varied({30: share, 37: 0.9, 44: 2.5})
    assert coverage_table(counts).equals(COVERAGE.table(plain_rows(counts)))


def test_the_usual_count_is_the_median_of_the_same_weekday() -> None:
    kept = np.arange(70) % 7
    assert usual_counts(kept)[10] == 3
    assert math.isnan(usual_counts(kept[:20])[3])


def test_dispersion_is_not_inflated_by_a_few_gaps() -> None:
    expected = [100.0] * 60
    assert quasi_dispersion([100.0] * 57 + [0.0] * 3, expected) == 1
    assert quasi_dispersion([80.0, 120.0] * 30, expected) == pytest.approx((1.4826 * 2) ** 2)


def varied(shares: dict[int, float], days: int = 60, sources: int = 5) -> list[Counts]:
    """Outlets of 12 to 60 articles a day that differ from day to day, with shares of that on some days."""
    rng = random.Random(7)
    counts = []
    for place in range(sources):
        for n in range(days):
            kept = round(
                (12 + 12 * place) * (0.7 if n % 7 > 4 else 1.0) * rng.uniform(0.85, 1.15) * shares.get(n, 1.0)
            )
            counts.append(Counts(MONDAY + timedelta(days=n), f"s{place}", 0, kept, kept, kept, kept))
    return counts


def gap_days(rows: list[dict[str, object]]) -> set[int]:
    return {(r["day"] - MONDAY).days for r in rows if r["is_gap"]}  # type: ignore[operator]


@pytest.mark.parametrize("share", [0.4, 0.5, 0.6, 0.7])
def test_a_holiday_is_no_gap_and_less_is_expected_of_it(share: float) -> None:
    rows = coverage_rows(varied({30: share}))
    assert gap_days(rows) == set()
    usual = next(r["expected"] for r in rows if r["source"] == "s4" and (r["day"] - MONDAY).days == 31)
    holiday = next(r["expected"] for r in rows if r["source"] == "s4" and (r["day"] - MONDAY).days == 30)
    assert holiday == pytest.approx(usual * share, rel=0.25)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.16, 0.25])
def test_a_day_that_all_outlets_lost_is_a_gap_of_the_small_ones_too(share: float) -> None:
    rows = coverage_rows(varied({30: share}))
    assert {(r["source"], (r["day"] - MONDAY).days) for r in rows if r["is_gap"]} == {
        (f"s{n}", 30) for n in range(5)
    }


def test_one_outlet_that_is_missing_on_a_holiday_has_a_gap() -> None:
    counts = [c for c in varied({30: 0.6}) if (c.source, (c.day - MONDAY).days) != ("s4", 30)]
    assert {(r["source"], (r["day"] - MONDAY).days) for r in coverage_rows(counts) if r["is_gap"]} == {
        ("s4", 30)
    }


def test_four_weeks_are_enough_to_see_a_gap() -> None:
    assert gap_days(coverage_rows(varied({15: 0.1}, days=28))) == {15}


@given(
    st.dictionaries(st.integers(0, 9), st.lists(st.tuples(st.integers(0, 50), st.floats(1, 50)), max_size=6))
)
def test_a_common_share_is_of_thin_days_with_outlets_enough(days: dict[int, list[tuple[int, float]]]) -> None:
    listed = [(n, kept, usual) for n, pairs in days.items() for kept, usual in pairs]
    shares = common_shares(listed)
    assert all(0 <= share < HOLIDAY_SHARES[1] for share in shares.values())
    assert set(shares) <= {n for n, p in days.items() if len(p) >= FEWEST_OUTLETS}
