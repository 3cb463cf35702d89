"""Numbers and findings in words: nothing is rounded into a lie, every number can be read."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report import words

SHARES = st.floats(min_value=0, max_value=1)


@given(SHARES)
def test_a_share_is_never_off_by_more_than_its_last_digit(share: float) -> None:
    text = words.percent_text(share)
    assert text.endswith("%")
    if text.startswith("<"):
        assert 0 < share < 0.001
    else:
        assert abs(float(text[:-1]) - 100 * share) <= (0.5 if share >= 0.099 else 0.051)


@given(SHARES)
def test_only_nothing_is_printed_as_nothing(share: float) -> None:
    assert (words.percent_text(share) == "0%") == (share == 0)


@pytest.mark.parametrize("ratio", [None, math.nan, math.inf])
def test_a_ratio_that_is_none_is_a_dash(ratio: float | None) -> None:
    assert words.ratio_text(ratio) == "–"


@given(st.floats(min_value=0.01, max_value=1e6))
def test_a_ratio_keeps_two_figures(ratio: float) -> None:
    text = words.ratio_text(ratio)
    if text.startswith("over"):
        assert ratio > 999
    else:
        assert float(text) == pytest.approx(ratio, rel=0.06)


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2025, 9, 1), date(2025, 11, 2), "1 September – 2 November 2025"),
        (date(2025, 9, 1), date(2025, 9, 30), "1–30 September 2025"),
        (date(2024, 12, 30), date(2025, 1, 5), "30 December 2024 – 5 January 2025"),
        (date(2025, 9, 1), date(2025, 9, 1), "1 September 2025"),
    ],
)
def test_a_period_says_the_year_once_where_it_can(first: date, last: date, text: str) -> None:
    assert words.period_text(first, last) == text


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 4000))
def test_a_period_always_names_its_last_year(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    assert words.period_text(first, last).endswith(str(last.year))


@pytest.mark.parametrize(
    ("days", "text"), [(1, "day"), (2, "two days"), (7, "week"), (14, "two weeks"), (56, "eight weeks"), (84, "12 weeks"), (10, "ten days")]
)  # fmt: skip
def test_a_length_is_told_in_the_largest_unit_that_fits(days: int, text: str) -> None:
    assert words.length_text(days) == text


@pytest.mark.parametrize(
    ("bucket", "text"),
    [("week", "week of 20 October 2025"), ("month", "October 2025"), ("day", "20 October 2025")],
)
def test_a_bucket_says_what_it_is(bucket: str, text: str) -> None:
    assert words.bucket_text(date(2025, 10, 20), bucket) == text


def test_numbers_agree_with_their_nouns() -> None:
    assert words.plural(1, "outlet") == "one outlet"
    assert words.plural(2, "outlet") == "two outlets"
    assert words.plural(1204, "reply", "replies") == "1,204 replies"


def test_a_rise_is_sure_only_above_one_and_beyond_chance() -> None:
    assert words.is_sure({"q_value": 0.01, "ratio_low": 1.2})
    assert not words.is_sure({"q_value": 0.2, "ratio_low": 1.2})
    assert not words.is_sure({"q_value": 0.01, "ratio_low": 0.9})
    assert not words.is_sure({"q_value": None, "ratio_low": None})


def test_the_sentence_of_a_rise_holds_its_five_numbers() -> None:
    row = {"recent_share": 0.62, "base_share": 0.063, "ratio": 6.1, "ratio_low": 2.5, "ratio_high": 15.2}
    sentence = words.rise_sentence("Hungary was named in", row, "two weeks", "seven weeks").replace(
        "\u2060", ""
    )
    assert sentence == (
        "Hungary was named in 62% of reports in the last two weeks, against 6.3% in the seven weeks before."
        " Cautiously estimated, that is 6.1 times as much (95% interval 2.5–15)."
    )
