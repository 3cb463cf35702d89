"""Floors under the topics: four classes of the AG News test set, whose labels no weight has seen, and the given page."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tasks.enrich.topics import rank_topics, score_topics

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "eval"
FLOORS = json.loads((ROOT / "tests/quality/floors.json").read_text(encoding="utf-8"))["floors"]
CLASSES = {
    "1": ("medtop:11000000", "medtop:16000000"),
    "2": ("medtop:15000000",),
    "3": ("medtop:04000000",),
    "4": ("medtop:13000000",),
}
"""Labels of AG News (world, sports, business, science and technology) → the subjects that say so."""


def need(path: Path) -> Path:
    """The path, or a skipped test where the evaluation data is absent."""
    if not path.exists():
        pytest.skip("../shared is absent")
    return path


def test_ag_news() -> None:
    with need(SHARED / "topics" / "ag_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    ranked = rank_topics([row[1] for row in rows], [row[2] for row in rows])
    right = 0
    for row, topics in zip(rows, ranked, strict=True):
        scores = dict(topics)
        best = max(CLASSES, key=lambda label: max(scores[code] for code in CLASSES[label]))
        right += best == row[0]
    assert right / len(rows) >= FLOORS["topics_ag_accuracy"]


def test_the_given_page() -> None:
    (path,) = need(SHARED / "actors").glob("*.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    (topics,) = score_topics([lines[0]], ["\n".join(lines[18:33])], languages=["en"])
    first = {code for code, _ in topics if code.endswith("000000")}
    assert first == {"medtop:11000000", "medtop:16000000"}


def test_five_classes_of_our_own_writing() -> None:
    """Forty texts that stand near a border between two subjects: firms of football, software for films, money in politics."""
    lines = (ROOT / "tests/quality/texts/five_classes.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    codes = {"business": "04", "entertainment": "01", "politics": "11", "sport": "15", "tech": "13"}
    ranked = rank_topics([row[1] for row in rows], [row[2] for row in rows])
    right = 0
    for row, topics in zip(rows, ranked, strict=True):
        scores = dict(topics)
        right += max(codes, key=lambda label: scores[f"medtop:{codes[label]}000000"]) == row[0]
    assert right / len(rows) >= FLOORS["topics_five_classes"]
