"""Texts are read from the units that have them, whichever those are by now."""

from __future__ import annotations

import random
from datetime import date

import pytest

from tasks.contracts import TABLES
from tasks.dedupe.texts import fetch_texts, note_units
from tasks.parquet import parquet_bytes
from tasks.receipts import write_atomically
from tasks.store import Lake


def _write(lake: Lake, unit: str, texts: dict[int, str]) -> None:
    rows = [{"article_id": i, "published_on": date(2024, 1, 1), "text": text} for i, text in texts.items()]
    write_atomically(
        lake.table_path("texts", unit), parquet_bytes(TABLES["texts"], TABLES["texts"].table(rows))
    )


@pytest.fixture
def lake(tmp_path):
    made = Lake(tmp_path)
    _write(made, "a", {-1: "one", 2: "two"})
    _write(made, "b", {2: "two", 3: "three"})
    return made


def test_texts_come_from_whichever_unit_has_them(lake, tmp_path):
    note_units(lake, tmp_path / "homes", {"a": "x"})
    note_units(lake, tmp_path / "homes", {"a": "x", "b": "y"})
    fetch = fetch_texts(lake, tmp_path / "homes")
    assert fetch([3, -1, 2, 99]) == {-1: "one", 2: "two", 3: "three"}
    assert fetch([]) == {}


def test_a_unit_that_is_gone_or_changed_leaves_no_wrong_answer(lake, tmp_path):
    note_units(lake, tmp_path / "homes", {"a": "x", "b": "y"})
    lake.table_path("texts", "a").unlink()
    assert fetch_texts(lake, tmp_path / "homes")([-1, 2, 3]) == {2: "two", 3: "three"}
    _write(lake, "b", {4: "four"})
    note_units(lake, tmp_path / "homes", {"b": "z"})
    assert fetch_texts(lake, tmp_path / "homes")([-1, 2, 3, 4]) == {4: "four"}


def test_what_is_noted_is_not_read_again_and_damage_is_mended(lake, tmp_path):
    homes = tmp_path / "homes"
    note_units(lake, homes, {"a": "x"})
    before = {path.name: path.stat().st_mtime_ns for path in homes.iterdir()}
    note_units(lake, homes, {"a": "x"})
    assert {path.name: path.stat().st_mtime_ns for path in homes.iterdir()} == before
    next(homes.glob("*.keys")).unlink()
    note_units(lake, homes, {"a": "x"})
    assert fetch_texts(lake, homes)([2]) == {2: "two"}


def test_files_do_not_pile_up(tmp_path):
    lake, rng = Lake(tmp_path), random.Random(1)
    texts = {rng.randrange(-(2**62), 2**62): f"text {n}" for n in range(60)}
    units = [dict(list(texts.items())[n * 3 : n * 3 + 3]) for n in range(20)]
    for number, unit in enumerate(units):
        _write(lake, f"{number:02}", unit)
        note_units(lake, tmp_path / "homes", {f"{number:02}": "x"})
    assert fetch_texts(lake, tmp_path / "homes")(list(texts)) == texts
    assert len(list((tmp_path / "homes").iterdir())) < 20
