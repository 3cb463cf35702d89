"""Floors are changed by the script only, and lowered only with a reason."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from floors import FLOORS, change, seal

EMPTY = {"floors": {}, "lowered": [], "seal": ""}


def test_the_file_was_written_by_the_script():
    plain = json.loads(FLOORS.read_text())
    assert plain["seal"] == seal(plain["floors"]), "edited by hand: use scripts/floors.py"


def test_every_lowered_floor_has_a_reason():
    assert all(entry["why"] for entry in json.loads(FLOORS.read_text())["lowered"])


def test_a_floor_rises_freely_and_falls_only_with_a_reason():
    first = change(EMPTY, "f1", 0.9, None)
    assert change(first, "f1", 0.95, None)["floors"] == {"f1": 0.95}
    with pytest.raises(ValueError, match="asks for less"):
        change(first, "f1", 0.8, None)
    lowered = change(first, "f1", 0.8, "gold was wrong")
    assert lowered["floors"] == {"f1": 0.8}
    assert lowered["lowered"] == [{"name": "f1", "from": 0.9, "to": 0.8, "why": "gold was wrong"}]


def test_a_ceiling_is_worse_when_it_rises():
    first = change(EMPTY, "junk_at_most", 0.03, None)
    assert change(first, "junk_at_most", 0.01, None)["floors"] == {"junk_at_most": 0.01}
    with pytest.raises(ValueError, match="asks for less"):
        change(first, "junk_at_most", 0.05, None)
