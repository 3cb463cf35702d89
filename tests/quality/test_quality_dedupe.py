"""Floors under duplicate search: the evaluation corpus with gold groups, and a made-up one that every clone can make."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.dedupe import measure
from benchmarks.dedupe_corpora import make_corpus
from tasks.dedupe.batch import DedupeOptions, dedupe_articles

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "eval" / "dedupe" / "corpus_seed7.parquet"
FLOORS = json.loads((ROOT / "tests/quality/floors.json").read_text(encoding="utf-8"))["floors"]

FOUND = ("pair_f1", "b3_f1", "tailcut", "boiler", "ocr", "brief", "mix")
MERGED = ("neg_template", "neg_junk", "neg_followup", "single")


def check(scores: dict[str, float], corpus: str, largest: int) -> None:
    """Compare scores with the floors of one corpus."""
    for name in FOUND:
        assert scores[name] >= FLOORS[f"dedupe_{corpus}_{name}"], (name, scores)
    for name in MERGED:
        assert scores[name] <= FLOORS[f"dedupe_{corpus}_{name}_at_most"], (name, scores)
    assert scores["largest"] <= 1.2 * largest


@pytest.mark.slow
@pytest.mark.parametrize("window", [90, None])
def test_the_evaluation_corpus(window: int | None) -> None:
    if not CORPUS.exists():
        pytest.skip("../shared is absent")
    table = pq.read_table(CORPUS)
    found = dedupe_articles(table, DedupeOptions(window_days=window))
    gold = table["gold"].to_pylist()
    scores = measure(gold, table["kind"].to_pylist(), found)
    check(scores, "seed7", 60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_made_up_corpora(seed: int) -> None:
    table = make_corpus(6000, seed)
    gold = table["gold"].to_pylist()
    scores = measure(gold, table["kind"].to_pylist(), dedupe_articles(table))
    check(scores, "made_up", 60)


@pytest.mark.slow
def test_an_unseen_corpus_with_the_sentences_of_the_evaluation_corpus() -> None:
    if not CORPUS.exists():
        pytest.skip("../shared is absent")
    table = make_corpus(10_000, 31, CORPUS)
    gold = table["gold"].to_pylist()
    scores = measure(gold, table["kind"].to_pylist(), dedupe_articles(table))
    check(scores, "unseen", max(Counter(gold).values()))


def test_perfect_groups_have_perfect_scores() -> None:
    scores = measure([1, 1, 2, 3], ["orig", "exact", "single", "neg_junk"], [0, 0, 2, 3])
    assert (scores["pair_f1"], scores["b3_f1"], scores["exact"]) == (1, 1, 1)
    assert scores["single"] == scores["neg_junk"] == 0


def test_a_wrong_merge_is_counted_against_whom_it_hits() -> None:
    scores = measure([1, 1, 2, 3], ["orig", "exact", "single", "neg_junk"], [0, 1, 0, 3])
    assert (scores["pair_f1"], scores["exact"], scores["single"], scores["neg_junk"]) == (0, 0, 1, 0)
    assert scores["largest"] == 2
