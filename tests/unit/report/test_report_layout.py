"""From rows to what the page shows: nothing is lost, nothing dangerous is linked, axes hold every number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.report import layout, pages
from tasks.report.facts import Facts, Span, Subject

MONDAY = date(2025, 10, 20)


def rise(name: str = "Hungary", **changes: Any) -> dict[str, Any]:
    """A row of ``rising_actors``."""
    row = {
        "place": 1, "actor_id": "ci:1", "name": name, "kind": "state", "recent_count": 16, "recent_total": 26, "recent_share": 0.615,
        "base_count": 4, "base_total": 63, "base_share": 0.063, "ratio": 6.1, "ratio_low": 2.5, "ratio_high": 15.0, "q_value": 0.001,
    }  # fmt: skip
    return {**row, **changes}


def point(day: date = MONDAY, **changes: Any) -> dict[str, Any]:
    """A row of ``actor_trend``."""
    row = {
        "bucket_on": day,
        "named_count": 3,
        "total_count": 10,
        "share": 0.3,
        "share_low": 0.1,
        "share_high": 0.6,
        "is_gap": False,
    }
    return {**row, **changes}


def kept(day: date, source: str, count: int, **changes: Any) -> dict[str, Any]:
    """A row of ``coverage``."""
    row = {
        "bucket_on": day,
        "source": source,
        "kept_count": count,
        "expected_count": None,
        "day_count": 1,
        "gap_days": 0,
        "is_gap": False,
    }
    return {**row, **changes}


def facts(**changes: Any) -> Facts:
    """Facts with a rise and nothing else."""
    fields: dict[str, Any] = {
        "span": Span(date(2025, 9, 1), date(2025, 11, 2), 14, 49), "articles": 5, "reports": 4, "rising_actors": [rise()],
        "rising_topics": [], "actors": (), "topics": (), "coverage": [kept(MONDAY, "A", 3), kept(MONDAY, "B", 9)],
    }  # fmt: skip
    return Facts(**{**fields, **changes})


@given(st.floats(1.1, 1e9), st.floats(0, 1), st.floats(1, 1e9))
def test_every_rise_fits_its_axis(ratio: float, down: float, up: float) -> None:
    (row,) = layout.rise_rows([rise(ratio=ratio, ratio_low=ratio * down, ratio_high=ratio * up)], "actor_id")
    low, high = layout.AXIS_ENDS
    assert low <= row["low"] <= row["ratio"] <= row["high"] <= high


def test_those_that_fell_are_no_risers() -> None:
    rows = layout.rise_rows([rise("A"), rise("B", ratio=0.5), rise("C", recent_count=0)], "actor_id")
    assert [row["name"] for row in rows] == ["A"]


def test_the_headline_is_the_surest_rise() -> None:
    finding = layout.find_headline(facts())
    assert finding.headline == "Hungary: from 6.3% to 62% of reports"
    assert len(finding.sentences) == 1


def test_without_a_sure_rise_the_page_says_so() -> None:
    finding = layout.find_headline(facts(rising_actors=[rise(q_value=0.4)]))
    assert finding.headline == "Nothing rose beyond chance"
    assert "two weeks" in finding.sentences[0]


def test_a_topic_makes_the_headline_when_no_actor_does() -> None:
    finding = layout.find_headline(facts(rising_actors=[], rising_topics=[rise("weather")]))
    assert finding.headline.startswith("Weather: from")
    assert finding.sentences[0].startswith("The topic “weather” was that of")


@pytest.mark.parametrize(
    ("start", "bucket", "end"),
    [
        (MONDAY, "day", date(2025, 10, 21)),
        (MONDAY, "week", date(2025, 10, 27)),
        (date(2025, 12, 1), "month", date(2026, 1, 1)),
        (date(2025, 2, 1), "month", date(2025, 3, 1)),
    ],
)
def test_buckets_follow_one_another(start: date, bucket: str, end: date) -> None:
    assert layout.next_bucket(start, bucket) == end


@given(st.lists(st.integers(0, 50), max_size=30), st.sampled_from(["day", "week", "month"]))
def test_a_trend_keeps_every_row_in_order(counts: list[int], bucket: str) -> None:
    rows = [
        point(MONDAY + timedelta(days=7 * i), named_count=n, total_count=50) for i, n in enumerate(counts)
    ]
    shown = pages.trend_rows(rows, bucket)
    assert [int(row["count"]) for row in shown] == counts
    assert [row["start"] for row in shown] == [row["bucket_on"].isoformat() for row in rows]


def test_a_bucket_without_reports_has_no_share() -> None:
    (row,) = pages.trend_rows(
        [point(total_count=0, named_count=0, share=None, share_low=None, share_high=None)], "week"
    )
    assert row["share"] is None
    assert row["share_text"] == "–"
    assert "no reports" in row["hint"]


def test_a_gap_is_said_in_words() -> None:
    (row,) = pages.trend_rows([point(is_gap=True)], "week")
    assert row["gap"]
    assert row["hint"].endswith("gap in the crawl")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", None, "", "file:///etc/passwd", "JAVASCRIPT:x"]
)
def test_only_web_addresses_become_links(url: str | None) -> None:
    row = {"title": "T", "source": "S", "published_on": MONDAY, "copy_count": 1, "url": url}
    assert pages.sample_rows([row])[0]["url"] == ""


def test_an_article_without_headline_can_still_be_listed() -> None:
    row = {"title": None, "source": "S", "published_on": MONDAY, "copy_count": 3, "url": "https://a.example/"}
    (shown,) = pages.sample_rows([row])
    assert shown["title"] == "(no headline)"
    assert shown["copies"] == "three versions"
    assert shown["day"] == "20 Oct 2025"


def test_a_subject_adds_up_its_trend() -> None:
    subject = Subject("ci:1", "hungary", "state", [point(), point(MONDAY + timedelta(days=7))], [], [], [])
    shown = pages.subject_view(subject, Span(MONDAY, MONDAY + timedelta(days=62), 14, 42))
    assert (shown["name"], shown["count"], shown["total"]) == ("Hungary", "6", "20")
    assert (shown["share"], shown["latest"], shown["latest_when"]) == (
        "30%",
        "30%",
        "week of 27 October 2025",
    )


def test_the_latest_share_is_that_of_the_last_bucket_with_reports() -> None:
    empty = point(
        MONDAY + timedelta(days=7), total_count=0, named_count=0, share=None, share_low=None, share_high=None
    )
    shown = pages.subject_view(
        Subject("ci:1", "A", "state", [point(), empty], [], [], []), Span(MONDAY, MONDAY, 1, 1)
    )
    assert (shown["latest"], shown["latest_when"]) == ("30%", "20 October 2025")


def test_a_bucket_that_the_period_cuts_says_so() -> None:
    whole, part = pages.trend_rows([point(day_count=7), point(day_count=1)], "week")
    assert (whole["when"], part["when"]) == ("week of 20 October 2025", "week of 20 October 2025 (one day)")


@pytest.mark.parametrize(("adjusted", "is_drawn"), [(0.3, False), (0.31, False), (0.5, True), (None, False)])
def test_the_adjusted_line_is_drawn_where_it_says_something(adjusted: float | None, is_drawn: bool) -> None:
    subject = Subject("ci:1", "A", "state", [point(adjusted_share=adjusted)], [], [], [])
    shown = pages.subject_view(subject, Span(MONDAY, MONDAY, 1, 1))
    assert shown["has_adjusted"] is is_drawn
    assert bool(shown["chart"]["dashed"]) is is_drawn


def test_company_is_listed_only_where_its_whole_interval_is_above_chance() -> None:
    row = {"actor_id": "ci:1", "name": "a", "both_count": 3, "lift": 2.0, "lift_low": 1.2}
    rows = [row, {**row, "lift_low": 1.0}, {**row, "name": None}]
    assert pages.companions(rows, "actor_id") == [
        {"id": "ci:1", "name": "A", "count": "three reports", "lift": "2.0"}
    ]


def test_a_page_says_whether_its_subject_rose() -> None:
    span = Span(MONDAY, MONDAY + timedelta(days=62), 14, 42)
    said = [
        pages.verdict(Subject("ci:1", "A", "state", [], [], [], [], standing), span)
        for standing in (rise(), rise(q_value=0.4), None)
    ]
    assert said[0].startswith(
        "Rose beyond chance: 62% of reports in the last two weeks, 6.3% in the six weeks before;"
    )
    assert said[1].startswith("No rise beyond chance")
    assert said[2] == ""


def test_a_voice_has_its_interval_and_silence_has_no_sentence() -> None:
    row = {"quoted_count": 3, "named_count": 4, "share": 0.75, "share_low": 0.3, "share_high": 0.95}
    assert pages.quoted_text(row).startswith("Quoted in 3 of four reports that name it: 75% (95% 30%")
    assert pages.quoted_text({**row, "quoted_count": 0}) == pages.quoted_text(None) == ""


def test_outlets_are_listed_the_largest_first_with_all_their_articles() -> None:
    rows = layout.source_rows(facts())
    assert [(row["source"], row["kept"]) for row in rows] == [("B", "9"), ("A", "3")]
    assert rows[0]["complete"] == "too few to say"


def test_completeness_counts_only_days_with_an_expectation() -> None:
    coverage = [kept(MONDAY, "A", 5, expected_count=10.0), kept(MONDAY + timedelta(days=1), "A", 100)]
    (row,) = layout.source_rows(facts(coverage=coverage))
    assert row["complete"] == "50%"


def test_a_small_outlet_has_no_usual_number() -> None:
    coverage = [kept(MONDAY + timedelta(days=i), "A", i == 3, expected_count=0.5) for i in range(40)]
    (row,) = layout.source_rows(facts(coverage=coverage))
    assert (row["complete"], row["per_day"]) == ("too few to say", "<0.1")


def test_coverage_shades_are_parts_of_the_best_day() -> None:
    coverage = [kept(MONDAY, "A", 5), kept(MONDAY + timedelta(days=1), "A", 10, is_gap=True)]
    whens, (strip,) = layout.strip_rows(facts(coverage=coverage))
    assert [shade["level"] for shade in strip["chart"]["shades"]] == [5]
    assert [gap["x"] for gap in strip["chart"]["gaps"]] == ["50%"]
    assert (len(whens), strip["chart"]["hints"].split("\n")) == (2, ["5", "10 – gap"])


def test_gaps_are_counted_in_words() -> None:
    assert layout.gap_sentence(facts()).startswith("No outlet")
    coverage = [kept(MONDAY, "A", 0, gap_days=1, is_gap=True), kept(MONDAY, "B", 0, gap_days=2, is_gap=True)]
    assert layout.gap_sentence(facts(coverage=coverage)).startswith("Three outlet-days in two outlets")


@given(
    st.dictionaries(
        st.sampled_from(["http_error", "hub", "too_short", "empty"]), st.integers(1, 10_000), max_size=4
    )
)
def test_the_ledger_lists_every_reason_the_most_frequent_first(reasons: dict[str, int]) -> None:
    rows = layout.ledger_rows(reasons, {"empty": "nothing there"})
    numbers = [int(row["rows"].replace(",", "")) for row in rows]
    assert numbers == sorted(reasons.values(), reverse=True)
    assert all(0 < row["width"] <= 100 for row in rows)


def test_lengths_decide_the_steps_of_trends() -> None:
    first = date(2025, 1, 1)
    steps = [Span(first, first + timedelta(days=n - 1), 1, 1) for n in (10, 63, 800)]
    assert [span.bucket for span in steps] == ["day", "week", "month"]
    assert [span.care_bucket for span in steps] == ["day", "day", "week"]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=20))
def test_trends_on_one_scale_all_fit_it(pairs: list[tuple[float, float]]) -> None:
    rows = [{"share": min(pair), "high": max(pair)} for pair in pairs]
    top = pages.common_top([*rows, {"share": None, "high": None}])
    assert 0 < top <= 1
    assert all(row["share"] <= top for row in rows)
