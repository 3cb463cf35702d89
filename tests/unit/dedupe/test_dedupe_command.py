"""``columninch duplicates``: a group by any of its names, as people and as programs read it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.cli import app
from flows.duplicates import hunks
from tasks.contracts import TABLES
from tasks.dedupe.batch import SKETCHES, read_grouped, read_groups, sketch_unit, update_groups
from tasks.dedupe.explain import diff_words
from tasks.dedupe.texts import fetch_texts, note_units
from tasks.marts.build import refresh_marts
from tasks.store import Lake, Work
from tasks.urls import canonical_url

_WORDS = st.lists(st.sampled_from("harbour ferry bridge quay crane rope".split()), max_size=120).map(" ".join)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A lake of two units: a report, a longer copy, a part of it, and another report; ids may be negative."""
    lake = Lake(tmp_path_factory.mktemp("lake"))
    line = " ".join(f"word{n}" for n in range(60))
    texts = {
        -7: f"{line}\nThe ferry left at noon.",
        2: f"{line}\nThe ferry left at one.\n" + " ".join(f"more{n}" for n in range(20)),
        3: " ".join(line.split()[:30]),
        4: " ".join(f"other{n}" for n in range(50)),
    }
    for unit, ids in (("a", [-7, 4]), ("b", [2, 3])):
        _commit(lake, unit, {i: texts[i] for i in ids})
    index = lake.root / "index" / "duplicates"
    units = [_read_sketches(lake, unit) for unit in ("a", "b")]
    note_units(lake, lake.root / "index" / "homes", {"a": "1", "b": "1"})
    update_groups(index, units, fetch_texts(lake, lake.root / "index" / "homes"))
    list(refresh_marts(lake, read_grouped(index), read_groups(index)))
    return lake


def _read_sketches(lake: Lake, unit: str) -> pa.Table:
    import pyarrow.parquet as pq

    return SKETCHES.check(pq.read_table(lake.table_path("sketches", unit), partitioning=None))


def _commit(lake: Lake, unit: str, texts: dict[int, str]) -> None:
    when, day = datetime(2024, 5, 1, tzinfo=UTC), date(2024, 1, 30)
    rows = len(texts)
    cleaned = [
        {
            "article_id": i, "url": f"https://www.paper{i}.example/a", "canonical_url": canonical_url(f"https://paper{i}.example/a"),
            "source": f"Paper {i}", "title": f"Title [{i}]", "published_on": day, "published_at": when + timedelta(hours=i),
            "captured_at": when, "word_count": 3, "extractor": "given", "unit_id": unit, "run_id": "r", "capture_id": i,
        }
        for i in texts
    ]  # fmt: skip
    clean = {
        "cleaned": TABLES["cleaned"].table(cleaned),
        "texts": TABLES["texts"].table(
            [{"article_id": i, "published_on": day, "text": text} for i, text in texts.items()]
        ),
    }
    enriched = [
        {"article_id": i, "language": "en", "topics": [], "dates_mentioned": [], "enrich_version": "1"}
        for i in texts
    ]
    enrich = {
        name: TABLES[name].empty() for name in ("mentions", "mention_spans", "quotes", "places", "actors")
    }
    stages = {
        "clean": Work(clean, rows, rows),
        "enrich": Work(enrich | {"enriched": TABLES["enriched"].table(enriched)}, rows, rows),
        "sketch": Work(
            {"sketches": sketch_unit(*clean.values())}, rows, rows, contracts={"sketches": SKETCHES}
        ),
    }
    for stage, work in stages.items():
        lake.commit(stage, unit, unit, "1", "", lambda run_id, work=work: work)


def _run(made: Lake, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["duplicates", *arguments, "--lake", str(made.root)])
    return result.exit_code, result.output if result.exception is None else str(result.exception)


@pytest.mark.parametrize("wanted", ["-7", "2", "3", "http://paper2.example/a?utm_source=x"])
def test_a_group_is_found_by_any_of_its_names(made, wanted):
    code, output = _run(made, wanted, "--json")
    assert code == 0
    plain = json.loads(output)
    assert plain["group_id"] == -7
    assert [(m["article_id"], m["kind"], m["source"]) for m in plain["members"]] == [
        (-7, None, "Paper -7"), (2, "near", "Paper 2"), (3, "part", "Paper 3"),
    ]  # fmt: skip


def test_people_see_members_numbers_and_texts_side_by_side(made):
    code, output = _run(made, "-7", "--copies", "1")
    assert code == 0
    for shown in (
        "group -7",
        "3 articles of 3 sources",
        "canonical",
        "near",
        "part",
        "words alike",
    ):
        assert shown in output
    for marked in ("[-noon.-]", "{+one."):
        assert marked in output
    assert "0 and 1" in output
    assert "0 and 2" not in output
    assert "1 more copies" in output


@pytest.mark.parametrize("wanted", ["99", "https://nobody.example/", "not a number", str(2**70)])
def test_what_is_not_there_is_said(made, wanted):
    code, message = _run(made, wanted)
    assert code != 0
    assert wanted in message


@given(_WORDS, _WORDS)
@settings(max_examples=40, deadline=None)
def test_side_by_side_nothing_that_differs_is_left_out(one, other):
    changes = diff_words(one, other)
    shown = [change for hunk in hunks(changes) for change in hunk]
    for kind in ("removed", "added"):
        assert [c for c in shown if c.kind == kind] == [c for c in changes if c.kind == kind]
    assert all(len(c.text.split()) <= 30 for c in shown if c.kind == "same")
