"""Charts as numbers: every point is inside its box, axes hold what they show, and missing values part the line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.report import charts

LAW = settings(max_examples=50, deadline=None)
SHARES = st.floats(0, 1, allow_subnormal=False)


def rows_of(shares: list[float | None]) -> list[dict[str, Any]]:
    """Rows of a trend with these shares and intervals around them."""
    return [
        {"start": f"2025-{1 + i // 28 % 12:02d}-{1 + i % 28:02d}", "share": s, "low": None if s is None else s * 0.8,
         "high": None if s is None else min(1.0, s * 1.3 + 0.01), "gap": i % 5 == 0, "when": f"w{i}", "hint": f"h{i}"}
        for i, s in enumerate(shares)
    ]  # fmt: skip


def numbers(path: str) -> list[tuple[float, float]]:
    """The points of a path."""
    return [(float(x), float(y)) for x, y in re.findall(r"([-\d.e+]+),([-\d.e+]+)", path)]


@LAW
@given(st.floats(1e-6, 1))
def test_an_axis_holds_its_highest_value_with_few_even_ticks(highest: float) -> None:
    top, step = charts.nice_top(highest)
    assert highest <= top * (1 + 1e-9) <= 1 + 1e-9
    assert 2 <= round(top / step) <= 5 or top == 1
    assert top <= 2 * highest or top == 1


def test_an_axis_of_nothing_is_still_an_axis() -> None:
    assert charts.nice_top(0.0) == (0.01, 0.005)


@LAW
@given(st.lists(st.none() | SHARES, max_size=30), st.none() | st.floats(0.01, 1))
def test_every_point_of_a_trend_is_inside_its_box(shares: list[float | None], top: float | None) -> None:
    chart = charts.trend_chart(rows_of(shares), "about", top=top)
    for x, y in numbers(chart["band"] + chart["line"]):
        assert 0 <= x <= charts.BOX
        assert -0.1 <= y <= chart["plot"] + 0.1
    known = [share for share in shares if share is not None]
    assert len(chart["dots"]) == len(numbers(chart["line"])) == len(known)
    assert len(numbers(chart["band"])) == 2 * len(known)
    assert all(0 <= dot["y"] <= chart["height"] for dot in chart["dots"])
    assert [tick["text"] for tick in chart["ticks"]] and chart["ticks"][0]["text"] == "0%"
    assert chart["hints"].count("\n") == max(0, len(shares) - 1)


@LAW
@given(st.lists(st.none() | SHARES, min_size=1, max_size=20))
def test_a_bucket_without_reports_parts_the_line(shares: list[float | None]) -> None:
    chart = charts.trend_chart(rows_of(shares), "about")
    runs = sum(s is not None and (i == 0 or shares[i - 1] is None) for i, s in enumerate(shares))
    assert chart["line"].count("M") == chart["band"].count("M") == runs


@LAW
@given(st.lists(SHARES, min_size=2, max_size=20))
def test_a_larger_share_is_never_drawn_lower(shares: list[float]) -> None:
    points = [y for _, y in numbers(charts.trend_chart(rows_of(shares), "about")["line"])]
    for i, share in enumerate(shares[1:], 1):
        assert (points[i] <= points[0] + 0.11) if share >= shares[0] else (points[i] >= points[0] - 0.11)


@LAW
@given(st.integers(0, 400), st.integers(1, 12))
def test_an_axis_has_at_most_as_many_labels_as_asked_for(number: int, labels: int) -> None:
    days = charts.day_labels([row["start"] for row in rows_of([0.1] * number)], labels, "week")
    assert (1 <= len(days) <= labels) if number else days == []


@LAW
@given(st.floats(0.125, 128), st.floats(0.125, 128), st.floats(0.125, 128))
def test_every_rise_is_on_its_axis_in_order(one: float, two: float, three: float) -> None:
    low, ratio, high = sorted((one, two, three))
    row = {"low": low, "ratio": ratio, "high": high}
    axis = charts.ratio_axis([row])
    ends = [float(charts.ratio_mark(row, axis)[key][:-1]) for key in ("from", "at", "to")]
    assert -0.01 <= ends[0] <= ends[1] + 0.01 <= ends[2] + 0.02 <= 100.03
    assert 2 <= len(axis["ticks"]) <= 6
    assert "1×" in [tick["text"] for tick in axis["ticks"]]


@pytest.mark.parametrize(("tick", "text"), [(0.125, "1/8"), (0.5, "1/2"), (1, "1×"), (16, "16×")])
def test_ticks_of_ratios_read_as_times(tick: float, text: str) -> None:
    assert charts.times_text(tick) == text


def test_days_on_an_axis_are_short() -> None:
    from datetime import date

    assert charts.axis_day(date(2025, 10, 20), "week") == "20 Oct"
    assert charts.axis_day(date(2025, 10, 1), "month") == "Oct 2025"


@LAW
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_a_strip_draws_each_bucket_once(cells: list[tuple[float, bool]]) -> None:
    rows = [
        {"place": i, "part": part, "gap": gap, "when": "w", "hint": "h"}
        for i, (part, gap) in enumerate(cells)
    ]
    strip = charts.strip_chart(rows, len(cells), "about")
    drawn = [int(x) for shade in strip["shades"] for x in re.findall(r"M(\d+),", shade["path"])]
    assert sorted(drawn) == [i for i, (part, gap) in enumerate(cells) if part > 0 and not gap]
    assert len(strip["gaps"]) == sum(gap for _, gap in cells)
    assert all(1 <= shade["level"] <= charts.LEVELS for shade in strip["shades"])
    assert strip["hints"].split("\n") == ["h"] * len(cells)


def test_a_bucket_that_coverage_does_not_know_says_so() -> None:
    assert charts.strip_chart([], 2, "about")["hints"] == "no figures\nno figures"


@LAW
@given(st.lists(st.none() | st.floats(0, 1e6), max_size=20))
def test_a_sparkline_stays_in_its_box(values: list[float | None]) -> None:
    points = numbers(charts.sparkline([{"share": value} for value in values]))
    assert len(points) == sum(value is not None for value in values)
    assert all(0 <= x <= 100 and 0 <= y <= 20 for x, y in points)


@pytest.mark.parametrize(
    ("other", "is_over"), [((5, 5, 15, 15), True), ((10, 0, 20, 10), False), ((0, 10, 10, 20), False)]
)
def test_boxes_that_touch_do_not_overlap(other: charts.Box, is_over: bool) -> None:
    assert charts.overlap((0, 0, 10, 10), other) is is_over
