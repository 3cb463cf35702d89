"""The page as a file: small, silent towards networks, and safe against what crawled headlines contain."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from tasks.report import page
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
    other = {
        "actor_id": "ci:2",
        "topic_code": "medtop:1",
        "name": name,
        "both_count": 2,
        "lift": 1.5,
        "lift_low": 1.2,
    }
    pair = {"first_source": name, "later_source": title, "first_count": 9, "shared_count": 10, "share": 0.9, "share_low": 0.6,
            "share_high": 0.98, "median_hours": 2.5}  # fmt: skip
    spread = {"title": title, "first_source": name, "first_at": datetime(2025, 9, 2, tzinfo=UTC), "source_count": 3, "active_count": 4,
              "article_count": 5, "hours_to_half": 0.5, "hours_to_last": 70.0}  # fmt: skip
    edge = {"actor_id": "ci:1", "name": name, "other_id": "ci:2", "other_name": title, "both_count": 3, "named_count": 9, "other_count": 4,
            "lift": 2.0, "lift_low": 1.5, "q_value": 0.01}  # fmt: skip
    place = {"place_id": "1", "name": name, "country": "HU", "latitude": 47.5, "longitude": 19.0, "place_count": 4, "share": 0.1,
             "share_low": 0.05, "share_high": 0.2}  # fmt: skip
    coverage = [
        {"bucket_on": FIRST + timedelta(days=i), "source": name, "kept_count": i % 5, "expected_count": 2.0, "day_count": 1,
         "gap_days": int(i == 9), "is_gap": i == 9}
        for i in range(63)
    ]  # fmt: skip
    storyline = {
        "storyline_id": 7, "headline": title, "first_on": FIRST, "first_source": name, "first_url": "https://a.example/first",
        "last_on": FIRST + timedelta(days=3), "report_count": 4, "source_count": 2, "copy_count": 9, "share": 0.05, "share_low": 0.02,
        "share_high": 0.1, "curve": [{"on_day": FIRST, "report_count": 3}, {"on_day": FIRST + timedelta(days=3), "report_count": 1}],
    }  # fmt: skip
    return Facts(
        storylines=[storyline], span=Span(FIRST, FIRST + timedelta(days=62), 14, 49), articles=150, reports=89, rising_actors=[row], rising_topics=[row],
        actors=(Subject("ci:1", name, "state", trend("named_count"), [sample], [other], [other], row),),
        topics=(Subject("medtop:03000000", name, "topic", trend("topic_count"), [sample], [other], []),), coverage=coverage,
        pairs=(pair,), spread=(spread,), edges=(edge,), places=(place,),
    )  # fmt: skip


class Reader(HTMLParser):
    """Tags, attributes and scripts of a page, as a browser's parser sees them."""

    def __init__(self, text: str) -> None:
        """Read *text*."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        """Note a script's text, or that of the page."""
        if self.cdata_elem == "script":
            self.scripts[-1] += data
        else:
            self.text += data


@pytest.fixture(scope="module")
def plain() -> str:
    """The page of ordinary facts."""
    return page.write_page(facts(), status({"http_error": 3, "empty": 1}), "The sample")


def test_the_page_is_smaller_than_a_megabyte_and_a_half(plain: str) -> None:
    assert len(plain.encode()) < 1_500_000


def test_the_largest_report_is_no_larger() -> None:
    small = facts()
    days = [FIRST + timedelta(weeks=i) for i in range(60)]
    weeks = [
        {"bucket_on": day, "named_count": 1000 + i * 7, "total_count": 12_345, "share": 1 / (i + 7), "share_low": 0.1111,
         "share_high": 0.1357, "adjusted_share": 0.3, "is_gap": i % 9 == 0}
        for i, day in enumerate(days)
    ]  # fmt: skip
    long = "A headline of the usual length, " * 3
    sample = {"title": long, "source": "The Daily Example of Somewhere", "published_on": FIRST, "copy_count": 3,
              "url": "https://the-daily-example.example/" + "x" * 120}  # fmt: skip
    other = {
        "actor_id": "Q1",
        "topic_code": "medtop:1",
        "name": long[:40],
        "both_count": 2000,
        "lift": 1.5,
        "lift_low": 1.2,
    }
    rows = [
        {**small.rising_actors[0], "actor_id": f"Q{i}", "topic_code": f"medtop:{i}", "name": long[:50]}
        for i in range(2000)
    ]
    pages = [
        Subject(f"Q{i}", f"An actor of some importance {i}", "person", weeks, [sample] * 4, [other] * 6, [other] * 6, rows[0])
        for i in range(14)
    ]  # fmt: skip
    coverage = [
        {"bucket_on": FIRST + timedelta(days=i), "source": f"The Daily Example {n}", "kept_count": (i * 37 + n * 101) % 977,
         "expected_count": 321.5, "day_count": 1, "gap_days": i % 11 == 0, "is_gap": i % 11 == 0}
        for i in range(130)
        for n in range(120)
    ]  # fmt: skip
    edges = [
        {**small.edges[0], "actor_id": f"Q{i % 45}", "other_id": f"Q{(i * 7 + 1) % 45}"} for i in range(150)
    ]
    places = [
        {**small.places[0], "place_id": str(i), "longitude": -170.0 + 2.3 * i, "latitude": -50.0 + i / 2}
        for i in range(150)
    ]
    large = Facts(
        Span(FIRST, FIRST + timedelta(days=419), 14, 42), 1_000_000, 700_000, rows, rows, coverage, tuple(pages), tuple(pages[:12]),
        [*(small.storylines or [])] * 12, small.pairs * 60, small.spread * 6, tuple(edges), tuple(places),
    )  # fmt: skip
    size = len(page.write_page(large, status(), "A year").encode())
    assert 300_000 < size < 1_500_000, size


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


@pytest.mark.parametrize(
    "word",
    [
        NASTY,
        "\u202e\u0645\u0631\u062d\u0628\u0627",
        "x" * 5000,
        "{{ 7*7 }}{% raw %}",
        "a\nb\tc",
        "' onfocus='x",
    ],
)
def test_crawled_words_cannot_break_out_of_their_place(word: str) -> None:
    safe, nasty = (
        Reader(page.write_page(facts(*names), status(), names[0])) for names in (("N", "T"), (word, word))
    )
    shape, expected = ([(tag, sorted(a)) for tag, a in r.tags if tag != "text"] for r in (nasty, safe))
    assert shape == expected, "but for labels, which a very long name has no room for"
    assert not [a for _, attributes in nasty.tags for a in attributes if a.startswith("on")]
    assert nasty.scripts == safe.scripts
    assert "".join(word.split()) in "".join(nasty.text.split())


def test_every_chart_has_words_for_those_who_do_not_see_it(plain: str) -> None:
    tags = Reader(plain).tags
    charts = [a for tag, a in tags if tag == "svg" and a.get("role")]
    assert len(charts) >= 6
    assert all(a.get("aria-label") for a in charts)
    loose = [a for tag, a in tags if tag == "svg" and not a.get("role") and a.get("aria-hidden") != "true"]
    assert all("viewbox" in a for a in loose), "only the stretched box inside a chart goes without words"
    assert plain.count("<caption") >= 9


def test_every_address_within_the_page_leads_somewhere(plain: str) -> None:
    tags = Reader(plain).tags
    ids = {a["id"] for _, a in tags if "id" in a}
    inside = [a["href"] for _, a in tags if (a.get("href") or "").startswith("#")]
    assert len(inside) >= 14
    assert {str(address)[1:] for address in inside} <= ids


def test_without_a_page_of_its_own_a_subject_is_no_link() -> None:
    link = page.page_links(facts())
    assert link["actor"]("ci:1") == "#actor-ci-1"
    assert link["actor"]("ci:99") == ""
    assert page.page_links(None)["topic"]("medtop:03000000") == ""


def test_the_sections_of_the_navigation_are_those_of_the_page(plain: str) -> None:
    reader = Reader(plain)
    sections = [a["id"] for tag, a in reader.tags if tag == "section" and "id" in a]
    assert sections == [key for key, _ in page.CONTENTS]


def test_the_count_adds_up_with_reasons(plain: str) -> None:
    assert "http error" in plain
    assert "the server answered with a status of 400 or above" in plain


def test_a_lake_without_articles_has_a_page_that_says_so() -> None:
    text = page.write_page(None, status(), "Nothing")
    assert "No articles yet" in text
    assert "<script>" not in text


def test_colours_are_named_once_in_the_style(plain: str) -> None:
    body = plain[plain.index("<body>") :]
    assert not re.search(r"#[0-9a-fA-F]{6}\b", body)
    style = page.read("page.css")
    used, named = set(re.findall(r"var\(--(\w+)\)", style)), re.findall(r"--(\w+): ", style)
    assert used <= set(named)
    colours = [name for name in named if name not in ("serif", "sans")]
    assert all(colours.count(name) == 3 for name in colours), "light, dark and paper"


def simulate(colour: str, matrix: tuple[tuple[float, float, float], ...]) -> tuple[float, float, float]:
    """CIELAB of a colour as seen with a colour vision deficiency."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    seen = [min(1.0, max(0.0, sum(m * c for m, c in zip(row, linear, strict=True)))) for row in matrix]
    r, g, b = seen
    xyz = (
        (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * g + 0.0722 * b,
        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


VISION = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
}
"""Machado, Oliveira and Fernandes (2009), full severity."""


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("scheme", [0, 1])
def test_groups_are_told_apart_without_red_or_green(vision: str, scheme: int) -> None:
    style = page.read("page.css")
    colours = [re.findall(rf"--c{n}: (#[0-9a-f]{{6}})", style)[scheme] for n in range(1, 7)]
    seen = [simulate(colour, VISION[vision]) for colour in colours]
    apart = [math.dist(a, b) for i, a in enumerate(seen) for b in seen[:i]]
    assert min(apart) > 30, apart
    accent, muted = (
        re.findall(rf"--{name}: (#[0-9a-f]{{6}})", style)[scheme] for name in ("accent", "muted")
    )
    assert math.dist(simulate(accent, VISION[vision]), simulate(muted, VISION[vision])) > 11


def test_importing_the_report_loads_no_templates_and_no_prefect() -> None:
    import subprocess
    import sys

    script = "import sys, tasks.report.page; print(sorted({'prefect', 'jinja2', 'starlette', 'uvicorn'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=page.HERE.parents[1]
    )
    assert done.stdout.strip() == "[]"
