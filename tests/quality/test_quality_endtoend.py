"""The whole job on real input: labelled archives, and one newspaper page scraped with its menus."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.analyse.lake import connect
from tasks.backfill.known import plan_backfill
from tasks.backfill.task import capture_unit
from tasks.clean.task import clean_unit
from tasks.config import Settings
from tasks.dedupe.task import group_articles, sketch_unit
from tasks.enrich.task import enrich_unit
from tasks.job import Job, document_workers
from tasks.marts.task import build_marts
from tasks.status import lake_status
from tasks.store import Lake

ROOT = Path(__file__).parents[2]
EVAL = ROOT.parent / "shared" / "eval"
FLOORS = json.loads((ROOT / "tests" / "quality" / "floors.json").read_text())["floors"]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not EVAL.exists(), reason="../shared is absent")]


def make_lake(folder: Path, paths: list[str]) -> Lake:
    """The main job without Prefect around it: the same functions in the same order."""
    job = Job(Lake(folder), Settings())
    with document_workers(job.settings):
        for planned in plan_backfill(job.lake, paths, None, None):
            for stage in (capture_unit, clean_unit, sketch_unit, enrich_unit):
                stage.fn(job, planned.unit)
    with job.lake.lock():
        found = group_articles.fn(job)
        build_marts.fn(job, found.grouped, found.groups)
    return job.lake


@pytest.fixture(scope="module")
def archives(tmp_path_factory) -> Lake:
    return make_lake(tmp_path_factory.mktemp("archives") / "lake", [str(EVAL / "endtoend" / "warc")])


@pytest.fixture(scope="module")
def score(archives, tmp_path_factory) -> dict[str, float]:
    """What the evaluation's own scorer says of the English canonical rows."""
    out = tmp_path_factory.mktemp("score")
    query = "select a.url, t.text from articles a join texts t using (article_id) where a.language = 'en' and a.is_canonical"
    with connect(archives.root) as lake:
        pq.write_table(lake.sql(query).to_arrow_table(), out / "articles.parquet")
    command = [
        sys.executable,
        str(EVAL / "endtoend" / "score.py"),
        str(EVAL / "endtoend" / "gold.jsonl"),
        str(out),
    ]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


@pytest.mark.parametrize("measure", ["story_recall", "text_f1"])
def test_stories_are_kept_with_their_text(score, measure):
    assert score[measure] >= FLOORS[f"endtoend_{measure}"], score


@pytest.mark.parametrize("measure", ["junk_rows", "extra_copies"])
def test_junk_and_copies_are_not(score, measure):
    assert score[measure] <= FLOORS[f"endtoend_{measure}_at_most"], score


def test_rows_add_up_per_file(archives):
    status = lake_status(archives)
    assert len(status.units) == 4
    for unit in status.units:
        assert unit.read == unit.kept + sum(unit.rejected.values())
    assert status.read == 499


@pytest.fixture(scope="module")
def scraped(tmp_path_factory) -> Lake:
    [page] = (EVAL / "actors").glob("*.txt")
    return make_lake(tmp_path_factory.mktemp("scraped") / "lake", [str(page)])


@pytest.fixture(scope="module")
def gold() -> dict:
    return json.loads((EVAL / "actors" / "seed_gold.json").read_text())


def rows(lake: Lake, query: str) -> list[tuple]:
    with connect(lake.root) as opened:
        return opened.sql(query).fetchall()


def test_the_scraped_page_becomes_exactly_its_article(scraped):
    expected = json.loads((EVAL / "extraction" / "seed_scraped.json").read_text())
    [page] = (EVAL / "actors").glob("*.txt")
    lines = page.read_text(encoding="utf-8").splitlines()
    [(title, section, published, modified, tags, text)] = rows(
        scraped,
        "select title, section, strftime(published_at, '%Y-%m-%dT%H:%M'), strftime(modified_at, '%Y-%m-%dT%H:%M'), tags, text "
        "from articles join texts using (article_id)",
    )
    assert (title, section) == (expected["title"], expected["section"])
    assert (published, modified) == (
        expected["published"],
        expected["modified"],
    )  # no zone given: taken as UTC
    assert text.split("\n") == [lines[number - 1] for number in expected["body_lines_1_based"]]
    assert tags == lines[expected["tag_line"] - 1].split(" / ")


def test_its_actors_are_those_of_the_article_and_none_of_its_furniture(scraped, gold):
    found = dict(rows(scraped, "select distinct actor_id, name from mentions join actors using (actor_id)"))
    assert set(gold["actors"]) <= set(found)
    assert set(found) <= set(gold["actors"]) | set(gold["optional_actors"])
    assert [name for name in gold["never"] if any(name in known for known in found.values())] == []


def test_its_quotes_have_their_speakers(scraped, gold):
    quotes = rows(scraped, "select text, speaker_id from quotes where kind = 'direct'")
    assert len(quotes) == len(gold["quotes"])
    for wanted in gold["quotes"]:
        assert any(
            text.startswith(wanted["starts"]) and speaker == wanted["speaker"] for text, speaker in quotes
        )


def test_its_topics_are_both_and_no_wrong_one(scraped, gold):
    [(topics,)] = rows(scraped, "select topics from articles")
    assert {topic["code"] for topic in topics if topic["code"].endswith("000000")} == set(
        gold["topics_level1"]
    )


def test_the_marts_are_plain_parquet_for_others(archives):
    table = pa.concat_tables(
        pq.read_table(path, partitioning=None)
        for path in sorted((archives.root / "marts" / "articles").rglob("*.parquet"))
    )
    assert table.num_rows == sum(lake_status(archives).months.values())
