"""Spans of days: any start and end, leap days and last days of months included."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.backfill.days import Days, next_month, parse_named, parse_span, span_between
from tasks.errors import ConfigError

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


@given(DAYS, st.integers(0, 800))
@settings(max_examples=200)
def test_a_span_of_days_holds_both_named_days_and_all_between(first, length):
    last = first + timedelta(length)
    span = parse_span(f"{first}..{last}", "--ccnews")
    assert list(span) == [first + timedelta(n) for n in range(length + 1)]
    assert first in span
    assert last in span
    assert first - timedelta(1) not in span
    assert last + timedelta(1) not in span
    assert len(span) == length + 1


@given(DAYS, st.integers(1, 800))
@settings(max_examples=200)
def test_half_open_spans_meet_without_gap_or_overlap(first, length):
    end = first + timedelta(length)
    for middle in {first + timedelta(length // 2), first + timedelta(1), end - timedelta(1)} - {first, end}:
        left, right = span_between(str(first), str(middle)), span_between(str(middle), str(end))
        assert [*left, *right] == list(span_between(str(first), str(end)))


@given(DAYS, st.integers(0, 800))
@settings(max_examples=200)
def test_every_month_with_a_day_in_the_span_is_named_once_and_no_other(first, length):
    span = Days(first, first + timedelta(length))
    assert span.months() == sorted({day.replace(day=1) for day in span})


@given(DAYS)
@settings(max_examples=100)
def test_a_month_is_all_its_days_the_last_one_included(day):
    span = parse_named(f"{day:%Y-%m}", "--ccnews")
    assert list(span) == [
        d
        for d in Days(day - timedelta(40), day + timedelta(40))
        if d.strftime("%Y-%m") == day.strftime("%Y-%m")
    ]
    assert next_month(day) == span.end


@given(DAYS, DAYS)
@settings(max_examples=100)
def test_a_span_of_months_is_the_months_side_by_side(one, other):
    first, last = sorted((one, other))
    span = parse_span(f"{first:%Y-%m}..{last:%Y-%m}", "--ccnews")
    assert [day for month in span.months() for day in parse_named(f"{month:%Y-%m}", "x")] == list(span)


def test_no_month_is_skipped_whatever_day_the_span_begins_on():
    assert [m.month for m in parse_span("2019-01-31..2019-03-01", "x").months()] == [1, 2, 3]
    assert len(parse_span("2020-02", "x")) == 29
    assert len(parse_span("2019", "x")) == 365
    assert parse_span("2019-03-31", "x") == Days(date(2019, 3, 31), date(2019, 4, 1))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "2019-13",
        "2019-02-29",
        "2019-3",
        "19-03",
        "2019-05..2019-03",
        "2019-03..",
        "..2019",
        "٢٠١٩",
        "2019-03-01T00",
        "9999-12",
        "0000",
    ],
)
def test_what_is_no_span_is_refused_by_the_name_of_its_option(text):
    with pytest.raises(ConfigError, match="--ccnews"):
        parse_span(text, "--ccnews")


def test_an_open_end_is_open_and_an_empty_span_is_refused():
    assert date(1900, 1, 1) in span_between(None, "2019-03-01")
    assert date(2019, 3, 1) not in span_between(None, "2019-03-01")
    assert date(2500, 1, 1) in span_between("2019-03", None)
    with pytest.raises(ConfigError, match="no day lies between"):
        span_between("2019-03-01", "2019-03-01")
