"""The page as a file: small, silent towards networks, and safe against what crawled headlines contain."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.report import charts, page
from tasks.report.facts import Facts, Span, Subject
from tasks.status import LakeStatus

FIRST = date(2025, 9, 1)
NASTY = "</script><script>alert('x')</script><img src=x onerror=alert(1)> & \"quotes\" \u2028"


def status(reasons: dict[str, int] | None = None) -> LakeStatus:
    """A lake without units."""
    return LakeStatus(units=(), months={}, reasons=reasons or {}, bytes=0)


def trend(count: str) -> list[dict[str, Any]]:
    """Nine weeks of a trend whose counts are in the column *count*."""
    return [
        {"bucket_on": FIRST + timedelta(weeks=i), count: i, "total_count": 10, "share": i / 10, "share_low": 0.0, "share_high": 0.9,
         "is_gap": i == 4}
        for i in range(9)
    ]  # fmt: skip


def facts(name: str = "Hungary", title: str = "A headline") -> Facts:
    """Facts with one actor, one topic and one outlet."""
    row = {
        "actor_id": "ci:1", "topic_code": "medtop:03000000", "name": name, "kind": "state", "recent_count": 16, "recent_total": 26,
        "recent_share": 0.615, "base_count": 4, "base_total": 63, "base_share": 0.063, "ratio": 6.1, "ratio_low": 2.5,
        "ratio_high": 15.0, "q_value": 0.001,
    }  # fmt: skip
    sample = {
        "title": title,
        "source": "A",
        "published_on": FIRST,
        "copy_count": 2,
        "url": "https://a.example/x?a=1&b=2",
    }
    other = {"name": name, "both_count": 2, "lift": 1.5}
    coverage = [
        {"bucket_on": FIRST + timedelta(days=i), "source": name, "kept_count": i % 5, "expected_count": 2.0, "day_count": 1,
         "gap_days": int(i == 9), "is_gap": i == 9}
        for i in range(63)
    ]  # fmt: skip
    return Facts(
        span=Span(FIRST, FIRST + timedelta(days=62), 14, 49), articles=150, reports=89, rising_actors=[row], rising_topics=[row],
        actors=(Subject("ci:1", name, "state", trend("named_count"), [sample], [other]),),
        topics=(Subject("medtop:03000000", name, "topic", trend("topic_count"), [sample], []),), coverage=coverage,
    )  # fmt: skip


class Reader(HTMLParser):
    """Tags, attributes and scripts of a page, as a browser's parser sees them."""

    def __init__(self, text: str) -> None:
        """Read *text*."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        """Note a script's text."""
        if self.cdata_elem == "script":
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def plain() -> str:
    """The page of ordinary facts."""
    return page.render(page.view(facts(), status({"http_error": 3, "empty": 1}), "The sample"))


@pytest.mark.slow
def test_the_page_is_smaller_than_a_megabyte_and_a_half(plain: str) -> None:
    assert len(plain.encode()) < 1_500_000


@pytest.mark.slow
def test_the_largest_report_is_no_larger() -> None:
    row = {
        "bucket_on": FIRST,
        "total_count": 12_345,
        "share": 0.123456,
        "share_low": 0.1111,
        "share_high": 0.1357,
        "is_gap": False,
    }
    weeks = [
        {**row, "bucket_on": FIRST + timedelta(weeks=i), "named_count": 1000 + i * 7, "share": 1 / (i + 7)}
        for i in range(61)
    ]
    sample = {"title": "A headline of the usual length, " * 3, "source": "The Daily Example of Somewhere", "published_on": FIRST,
              "copy_count": 3, "url": "https://the-daily-example.example/" + "x" * 120}  # fmt: skip
    other = {"name": "An actor with a name of some length", "both_count": 2000, "lift": 1.5}
    actors = tuple(
        Subject(f"Q{i}", f"An actor of some importance {i}", "person", weeks, [sample] * 4, [other] * 6)
        for i in range(12)
    )
    topics = tuple(
        Subject(f"medtop:{i:02d}000000", f"topic of the first level {i}", "topic", weeks, [sample] * 4, [])
        for i in range(12)
    )
    coverage = [
        {"bucket_on": FIRST + timedelta(weeks=i), "source": f"The Daily Example {n}", "kept_count": (i * 37 + n * 101) % 977,
         "expected_count": 321.5, "day_count": 7, "gap_days": 0, "is_gap": False}
        for i in range(61)
        for n in range(40)
    ]  # fmt: skip
    span = Span(FIRST, FIRST + timedelta(days=419), 14, 42)
    large = Facts(
        span,
        1_000_000,
        700_000,
        facts().rising_actors * 7,
        facts().rising_topics * 7,
        actors,
        topics,
        coverage,
    )
    assert len(page.render(page.view(large, status(), "A year")).encode()) < 1_500_000


@pytest.mark.slow
def test_the_page_asks_no_network(plain: str) -> None:
    tags = Reader(plain).tags
    loading = [
        attributes[name]
        for _, attributes in tags
        for name in ("src", "srcset", "poster")
        if name in attributes
    ]
    assert loading == []
    assert not [tag for tag, _ in tags if tag in ("link", "iframe", "object", "embed", "img")]
    policy = next(
        a["content"] or ""
        for tag, a in tags
        if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


@pytest.mark.slow
def test_crawled_words_cannot_break_out_of_their_place() -> None:
    safe, nasty = (
        page.render(page.view(facts(*names), status(), names[0])) for names in (("N", "T"), (NASTY, NASTY))
    )
    assert [tag for tag, _ in Reader(nasty).tags] == [tag for tag, _ in Reader(safe).tags]
    assert not [a for _, attributes in Reader(nasty).tags for a in attributes if a.startswith("on")]
    actors = json.loads(Reader(nasty).scripts[1])
    assert actors["ci:1"]["samples"][0]["title"] == NASTY


@pytest.mark.slow
def test_every_place_for_a_chart_has_its_specification(plain: str) -> None:
    reader = Reader(plain)
    places = [a["data-chart"] for _, a in reader.tags if "data-chart" in a]
    assert sorted(json.loads(reader.scripts[0])) == sorted(str(p) for p in places)
    assert len(places) == 5


@pytest.mark.slow
def test_every_chart_has_a_table_beside_it_and_a_description(plain: str) -> None:
    assert all(spec["description"] for spec in json.loads(Reader(plain).scripts[0]).values())
    assert plain.count("<caption>") >= 6


@pytest.mark.slow
def test_the_count_adds_up_with_reasons(plain: str) -> None:
    assert "http error" in plain
    assert "the server answered with a status of 400 or above" in plain


def test_a_lake_without_articles_has_a_page_that_says_so() -> None:
    text = page.render(page.view(None, status(), "Nothing"))
    assert "No articles yet" in text
    assert "<script>" not in text


@settings(max_examples=40)
@given(st.lists(st.text("<>&/!-script'\"\u2028\u2029 \\é", max_size=30), max_size=3))
def test_json_in_a_script_survives_and_cannot_end_it(value: Any) -> None:
    text = page.script_json(value)
    assert json.loads(text) == value
    assert not re.search("[<>&\u2028\u2029]", text)


@pytest.mark.slow
def test_refilling_a_chart_changes_rows_and_description_alone() -> None:
    rows = [
        {"start": "2025-09-01", "left": "2025-08-28", "right": "2025-09-04", "share": 0.1, "low": 0.0, "high": 0.2, "gap": False,
         "when": "w", "hint": "h"}
    ]  # fmt: skip
    spec = charts.trend_chart(rows, "one", height=100, form="%-d %b")
    again = charts.refill(spec, [{**rows[0], "share": 0.2}], "two")
    assert spec["datasets"]["rows"][0]["share"] == 0.1
    assert again["datasets"]["rows"] == [{**rows[0], "share": 0.2}]
    assert {k: v for k, v in again.items() if k not in ("datasets", "description")} == {
        k: v for k, v in spec.items() if k not in ("datasets", "description")
    }


@pytest.mark.slow
def test_colours_are_left_to_the_page(plain: str) -> None:
    specs = Reader(plain).scripts[0]
    assert not re.search(r'"#[0-9a-fA-F]{3,8}"', specs)
    named = set(re.findall(r"var\(--([a-z]+)\)", specs))
    assert named <= {"ink", "muted", "rule", "accent", "band", "paper"}
    assert all(f"--{name}:" in plain for name in named)


def test_importing_the_report_loads_no_charts() -> None:
    import subprocess
    import sys

    script = "import sys, tasks.report.page; print(sorted({'altair', 'vl_convert', 'prefect', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=page.HERE.parents[1]
    )
    assert done.stdout.strip() == "[]"


def test_charts_are_measured_in_the_font_that_the_page_shows() -> None:
    assert f"--sans: {charts.SANS};" in page.read("page.css")
