"""Numbers, days and names on the page: right for any value, safe for any name, for lakes of no day and of one."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_marts import Plan, make_lake
from tasks.analyse.lake import LakeReader, connect
from tasks.errors import ConfigError
from tasks.report import facts as asking
from tasks.report import layout, pages, words
from tasks.report.facts import Facts, Span, Subject
from tasks.report.page import build_report

LAW = settings(max_examples=60, deadline=None)
DAY = date(2025, 10, 20)
NASTY = [
    "</script><marquee>",
    "<img src=x onerror=alert(1)>",
    "' onmouseover='x",
    "{{ 7*7 }}",
    "\u2028",
    "]]>",
    "&lt;",
    "<!--",
    "\u202eabc",
]
SHARE = st.floats(0, 1)


class Tags(HTMLParser):
    """The tags of a page and its text outside scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self.names[-1:] not in (["script"], ["style"]):
            self.text += data


@pytest.fixture(scope="module")
def one_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("one-day")
    make_lake(
        root,
        Plan(
            articles=30, days=1, sources=2, actors=14, rises=0, bursts=0, gaps=0, text_words=0, recent_days=1
        ),
    )
    return root


@pytest.fixture(scope="module")
def reader(one_day: Path) -> Iterator[LakeReader]:
    with connect(one_day, threads=1) as opened:
        yield opened


def rise(**changes: Any) -> dict[str, Any]:
    row = {
        "actor_id": "ci:1", "topic_code": "medtop:01000000", "name": "N", "kind": "state", "recent_count": 6, "recent_total": 10,
        "recent_share": 0.6, "base_count": 1, "base_total": 10, "base_share": 0.1, "ratio": 3.0, "ratio_low": 1.5, "ratio_high": 9.0,
        "q_value": 0.01,
    }  # fmt: skip
    return {**row, **changes}


def kept(day: int, source: str, count: int, gap: bool = False) -> dict[str, Any]:
    return {
        "bucket_on": DAY + timedelta(days=day), "source": source, "kept_count": count, "expected_count": None, "day_count": 1,
        "gap_days": int(gap), "is_gap": gap,
    }  # fmt: skip


def facts(**changes: Any) -> Facts:
    values: dict[str, Any] = {
        "span": Span(DAY, DAY, 1, 1), "articles": 1, "reports": 1, "rising_actors": [], "rising_topics": [], "actors": (), "topics": (),
        "coverage": [kept(0, "A", 1)],
    }  # fmt: skip
    return Facts(**{**values, **changes})


@LAW
@given(st.floats(-1e15, 1e15))
def test_a_count_is_the_nearest_whole_number(value: float) -> None:
    assert int(words.count_text(value).replace(",", "")) == round(value)


@LAW
@given(SHARE, SHARE)
def test_a_larger_share_never_reads_as_a_smaller_one(one: float, other: float) -> None:
    def value(share: float) -> float:
        text = words.percent_text(share)
        return 0.01 if text.startswith("<") else float(text.rstrip("%"))

    low, high = sorted((one, other))
    assert value(low) <= value(high)


@LAW
@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_larger_ratio_never_reads_as_a_smaller_one(one: float, other: float) -> None:
    def value(ratio: float) -> float:
        text = words.ratio_text(ratio)
        return 1000 if text.startswith("over") else float(text)

    low, high = sorted((one, other))
    assert value(low) <= value(high)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.5, "50%"), (0.0004, "<0.1%"), (0.0005, "0.1%"), (0.0994, "9.9%"), (0.0996, "10%"), (None, "–"), (math.nan, "–")],
)  # fmt: skip
def test_shares_read_as_in_a_newspaper(share: float | None, text: str) -> None:
    assert words.percent_text(share) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(0, "0.00"), (0.5, "0.50"), (0.949, "0.95"), (0.951, "1.0"), (9.94, "9.9"), (9.96, "10"), (999.4, "999"), (999.6, "over 999"), (-math.inf, "–")]
)  # fmt: skip
def test_ratios_have_two_figures(ratio: float, text: str) -> None:
    assert words.ratio_text(ratio) == text


@LAW
@given(st.integers(0, 10**9))
def test_a_number_of_things_is_a_word_or_a_figure(number: int) -> None:
    text = words.plural(number, "outlet")
    assert text.endswith(" outlet" if number == 1 else " outlets")
    first = text.split()[0]
    assert first in words.NUMBERS if number <= 10 else int(first.replace(",", "")) == number


@LAW
@given(st.integers(1, 3000))
def test_a_length_in_words_is_that_many_days(days: int) -> None:
    text = words.length_text(days)
    number, _, unit = text.rpartition(" ")
    count = (
        1
        if not number
        else words.NUMBERS.index(number)
        if number in words.NUMBERS
        else int(number.replace(",", ""))
    )
    assert count * (7 if unit.startswith("week") else 1) == days


@LAW
@given(st.dates(), st.dates())
def test_a_period_names_both_days(one: date, other: date) -> None:
    first, last = sorted((one, other))
    text = words.period_text(first, last)
    assert text.startswith(str(first.day))
    assert text.endswith(words.day_text(last))
    assert words.short_day(last).split() == [str(last.day), words.MONTHS[last.month - 1][:3], str(last.year)]


@LAW
@given(st.dates(date(1, 1, 1), date(9000, 1, 1)), st.sampled_from(["day", "week", "month"]))
def test_the_next_bucket_begins_where_this_one_ends(day: date, bucket: str) -> None:
    start = day.replace(day=1) if bucket == "month" else day
    after = layout.next_bucket(start, bucket)
    assert 1 <= (after - start).days <= 31
    if bucket == "month":
        assert after.day == 1
    assert words.bucket_text(start, bucket)


@pytest.mark.parametrize(("low", "q", "sure"), [(1.01, 0.05, True), (1.0, 0.01, False), (2, 0.051, False), (math.nan, 0.01, False), (2, math.nan, False)])  # fmt: skip
def test_a_rise_is_sure_on_both_counts_only(low: float, q: float, sure: bool) -> None:
    assert words.is_sure({"ratio_low": low, "q_value": q}) is sure


@LAW
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_outlets_are_in_order_and_none_is_empty(counts: list[int]) -> None:
    made = facts(coverage=[kept(0, f"s{n:02d}", count) for n, count in enumerate(counts)])
    assert len(made.sources) == sum(count > 0 for count in counts)
    sizes = [counts[int(source[1:])] for source in made.sources]
    assert sizes == sorted(sizes, reverse=True)
    assert len(layout.source_rows(made)) == len(made.sources)
    assert [strip["source"] for strip in layout.strip_rows(made)[1]] == made.sources[: layout.MOST_STRIPS]


def test_many_outlets_are_cut_at_the_bounds() -> None:
    made = facts(coverage=[kept(0, f"s{n:03d}", 1000 - n) for n in range(150)])
    assert len(layout.source_rows(made)) == layout.MOST_OUTLETS
    assert len(layout.strip_rows(made)[1]) == layout.MOST_STRIPS


@LAW
@given(st.lists(st.booleans(), max_size=12))
def test_gap_days_add_up_over_outlets(gaps: list[bool]) -> None:
    made = facts(coverage=[kept(n, f"s{n % 3}", 1, gap) for n, gap in enumerate(gaps)])
    assert made.gap_days == sum(gaps)
    assert layout.gap_sentence(made).startswith("No outlet had") == (not any(gaps))


@pytest.mark.parametrize("name", NASTY)
def test_names_are_kept_whole_in_rows(name: str) -> None:
    (row,) = layout.rise_rows([rise(name=name)], "actor_id")
    assert row["name"].lower() == name.lower()
    shown = pages.subject_view(Subject("ci:1", name, "state", [], [], [], []), Span(DAY, DAY, 1, 1))
    assert (shown["latest"], shown["count"], shown["share"]) == ("–", "0", "–")
    assert name[1:] in layout.find_headline(facts(rising_actors=[rise(name=name)])).headline


@pytest.mark.parametrize("url", ["https://a.example/x", "http://a.example", "ftp://a.example", "vbscript:x", " https://a.example", "//a.example", "\x01javascript:x", 7, True])  # fmt: skip
def test_links_begin_with_the_scheme_of_the_web(url: object) -> None:
    row = {"title": "T", "source": "S", "published_on": DAY, "copy_count": None, "url": url}
    (shown,) = pages.sample_rows([row])
    assert shown["url"] in ("", url)
    assert bool(shown["url"]) == str(url).startswith(("http://", "https://"))
    assert shown["copies"] == ""


@LAW
@given(st.lists(st.integers(0, 30), max_size=25), st.integers(1, 9))
def test_choosing_takes_the_surest_before_the_most_frequent(counts: list[int], number: int) -> None:
    rows = [{"actor_id": f"{n:03d}", "recent_count": c, "base_count": 0} for n, c in enumerate(counts)]
    chosen = asking.choose(rows, "actor_id", number)
    first = [row for row in rows if row["recent_count"]][: max(1, number // 3)]
    assert chosen[: min(len(first), number)] == first[:number]


@LAW
@given(st.integers(1, 4000))
def test_a_span_is_split_without_overlap(days: int) -> None:
    recent = min(asking.RECENT_DAYS, max(1, days // 4))
    span = Span(DAY, DAY + timedelta(days=days - 1), recent, max(1, min(asking.BASELINE_DAYS, days - recent)))
    assert span.days == days
    assert (span.until - span.recent_on).days == span.recent_days
    assert span.bucket in ("day", "week", "month")
    if days > 1:
        assert span.recent_on - timedelta(days=span.base_days) >= span.first_on


def test_a_lake_of_one_day_has_facts(reader: LakeReader) -> None:
    found = asking.gather(reader)
    assert found is not None
    number = reader.sql("SELECT count(*) FROM articles").fetchall()[0][0]
    assert (found.span.days, found.span.bucket, found.articles) == (1, "day", number)
    assert found.reports <= found.articles
    assert layout.find_headline(found).headline == "Nothing rose beyond chance"


@pytest.mark.slow
@pytest.mark.parametrize("title", ["Plain", *NASTY[:4]])
def test_a_page_of_one_day_shows_any_title_as_text(one_day: Path, title: str) -> None:
    tags = Tags(build_report(one_day, title))
    assert title in tags.text
    assert "img" not in tags.names
    assert "marquee" not in tags.names


@pytest.mark.parametrize("title", [None, "", "Plain", *NASTY])
def test_a_page_of_an_empty_lake_shows_any_title_as_text(tmp_path: Path, title: str | None) -> None:
    tags = Tags(build_report(tmp_path, title))
    assert (title or "The news, measured") in tags.text
    assert "No articles yet" in tags.text
    assert not {"img", "marquee"} & set(tags.names)


def test_without_a_lake_there_is_no_page(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no lake here"):
        build_report(tmp_path / "nothing")
