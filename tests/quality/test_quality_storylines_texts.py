"""Storylines of texts that no generator wrote: short reports in several styles, and the sample that ships with columninch."""

import json
from pathlib import Path

import pytest

from benchmarks.storylines import read_texts, sample_scores, texts_scores
from tests.quality.test_quality_endtoend import make_lake

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "floors.json").read_text())["floors"]
pytestmark = pytest.mark.slow


def test_short_reports_in_many_styles_are_put_together(tmp_path: Path) -> None:
    rows = read_texts(HERE / "texts" / "storylines.txt")
    given = tmp_path / "texts.jsonl"
    given.write_text("\n".join(json.dumps(row) for row in rows))
    lake = make_lake(tmp_path / "lake", [str(given)])
    assert texts_scores(lake.root, "tune")["f1"] >= FLOORS["storylines_texts_tune_f1"]
    assert texts_scores(lake.root, "check")["f1"] >= FLOORS["storylines_texts_check_f1"]


def test_the_flood_of_the_sample_is_followed_and_little_else(tmp_path: Path) -> None:
    lake = make_lake(tmp_path / "lake", [str(HERE.parents[1] / "data" / "sample" / "warc")])
    titles = (HERE / "texts" / "storyline_of_the_sample.txt").read_text(encoding="utf-8").splitlines()
    scores = sample_scores(lake.root, [*titles, *(title.replace("’", "'") for title in titles)])
    assert scores["f1"] >= FLOORS["storylines_sample_f1"]
    assert scores["precision"] >= FLOORS["storylines_sample_precision"]
