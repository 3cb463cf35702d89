"""Floors under the cleaning of scraped text: lines and fields of the golden pages, the given page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.clean.scraped import clean_scraped

ROOT = Path(__file__).parents[2]
FLOORS = json.loads((ROOT / "tests/quality/floors.json").read_text(encoding="utf-8"))["floors"]
FIELDS = ("title", "section", "published", "modified", "lead", "tags", "authors")


def measure_golden_pages() -> dict[str, float]:
    """Precision and recall of lines over all golden articles together, and the share of their fields that are right."""
    right = extra = missing = fields = 0
    articles = 0
    for path in sorted((ROOT / "tests" / "golden" / "scraped").glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if "drop" in gold:
            continue
        cleaned = clean_scraped(
            path.with_suffix(".txt").read_text(encoding="utf-8"), gold["zone"], gold["language"]
        )
        want, got = set(gold["body"]), set(cleaned.lines)
        right, extra, missing = right + len(want & got), extra + len(got - want), missing + len(want - got)
        fields += sum(getattr(cleaned, name) == gold[name] for name in FIELDS)
        articles += 1
    return {
        "scraped_line_precision": right / (right + extra),
        "scraped_line_recall": right / (right + missing),
        "scraped_field_share": fields / (articles * len(FIELDS)),
    }


def test_golden_scraped_pages_stay_above_their_floors() -> None:
    for name, value in measure_golden_pages().items():
        assert value >= FLOORS[name], f"{name}: {value:.4f} is under its floor {FLOORS[name]}"


def test_the_given_scraped_page_stays_exact() -> None:
    gold_file = ROOT.parent / "shared" / "eval" / "extraction" / "seed_scraped.json"
    if not gold_file.exists():
        pytest.skip("../shared is absent")
    gold = json.loads(gold_file.read_text(encoding="utf-8"))
    cleaned = clean_scraped((gold_file.parent / gold["file"]).read_text(encoding="utf-8"))
    want, got = set(gold["body_lines_1_based"]), set(cleaned.lines)
    assert len(want & got) / len(want | got) >= FLOORS["scraped_given_page"]
