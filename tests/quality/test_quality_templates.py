"""Floors under cleaning on pages of our own: many kinds of site, and one site that teaches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.one_site import SiteScore, measure_site
from benchmarks.templates import score_templates
from tasks.clean.encoding import decode
from tasks.clean.html import read_page

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))["floors"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def score() -> SiteScore:
    """The site of 240 pages, beside trafilatura."""
    pytest.importorskip("trafilatura")
    return measure_site()


def test_lines_of_many_kinds_of_site_are_found_and_furniture_is_not() -> None:
    def extract(html: bytes) -> str:
        page = read_page(decode(html).text, "https://blog.example/2018/03/die-glocke")
        return page.text if page else ""

    made = score_templates(extract)
    assert made.found >= FLOORS["templates_found"]
    assert made.leaked <= FLOORS["templates_leaked_at_most"]


def test_a_site_that_was_learned_is_read_exactly(score: SiteScore) -> None:
    assert score.learned_f1 >= FLOORS["site_learned_f1"]
    assert score.learned_f1 >= max(score.whole_f1, score.peer_f1)


def test_a_site_that_was_learned_is_read_faster(score: SiteScore) -> None:
    assert score.learned_speed >= FLOORS["site_learned_speed_ratio"]
    assert score.learned_speed > score.whole_speed
