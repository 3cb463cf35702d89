"""The sample through the real readers and the real cleaner: what is planted comes out, whole and dated."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tasks.backfill.plan import digest, find_files, plan_units
from tasks.backfill.read import read_unit
from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document
from tasks.units import Capture, Refusal

pytestmark = pytest.mark.slow
SAMPLE = Path(__file__).parents[3] / "data" / "sample"
ARTICLES = ("article", "scraped", "recapture")


@cache
def outcomes() -> list[tuple[dict[str, Any], Cleaned | Refusal]]:
    """Truth and what cleaning made of it, for every capture that the readers gave."""
    pages = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["pages"]
    sources = tomllib.loads((SAMPLE / "sources.toml").read_text(encoding="utf-8"))["source"]
    zones = {source["name"]: source["timezone"] for source in sources}
    captured = {(page["url"], page["captured_at"]): page for page in pages if page.get("captured_at")}
    scraped = {Path(page["file"]).name: page for page in pages if page["kind"] == "scraped"}
    found = []
    for kind, paths in find_files([str(SAMPLE / "warc"), str(SAMPLE / "scraped")]).items():
        for unit in plan_units([(path, path.stat().st_size, digest(path)) for path in paths], kind):
            for capture in read_unit(unit):
                if isinstance(capture, Capture):
                    at = capture.captured_at
                    page = captured[capture.url, at.isoformat()] if at else scraped[Path(capture.file).name]
                    found.append((page, clean_document(capture, CleanOptions(zone=zones[page["outlet"]]))))
    return found


def kept() -> list[tuple[dict[str, Any], Cleaned]]:
    """Truth and article of all that was kept and is an article."""
    return [
        (page, made) for page, made in outcomes() if isinstance(made, Cleaned) and page["kind"] in ARTICLES
    ]


def f1(found: str, gold: str) -> float:
    """Harmonic mean of word precision and recall."""
    ours, theirs = Counter(found.split()), Counter(gold.split())
    return 2 * (ours & theirs).total() / max(1, ours.total() + theirs.total())


def test_every_article_is_kept() -> None:
    assert len(kept()) == sum(page["kind"] in ARTICLES for page, _ in outcomes()) >= 150


def test_hardly_a_page_that_is_no_article_is_kept() -> None:
    others = [(page["kind"], made) for page, made in outcomes() if page["kind"] not in ARTICLES]
    assert len(others) >= 25
    assert sum(isinstance(made, Cleaned) for _, made in others) <= 1


def test_texts_come_out_whole_and_without_furniture() -> None:
    scores = [f1(made.text, page["text"]) for page, made in kept()]
    assert sum(scores) / len(scores) >= 0.99
    assert min(scores) >= 0.9


def test_headlines_are_those_of_the_outlet() -> None:
    assert [(page["title"], made.title) for page, made in kept() if page["title"] != made.title] == []


def test_every_moment_of_publication_is_right_in_its_zone() -> None:
    wrong = [
        page["url"]
        for page, made in kept()
        if not made.published_at or made.published_at.isoformat() != page["published_at"]
    ]
    assert wrong == []
