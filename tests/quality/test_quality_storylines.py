"""Storylines find the events of labelled reports again, through the real marts."""

import json
from pathlib import Path

from benchmarks.storylines import measure

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text())["floors"]


def test_reports_on_one_event_are_one_storyline(tmp_path: Path) -> None:
    scores = measure(11, tmp_path / "lake")
    assert scores["events"] >= 40
    assert scores["reports"] >= 600
    assert scores["f1"] >= FLOORS["storylines_pair_f1"]
    assert scores["precision"] >= FLOORS["storylines_pair_precision"]
