"""Enriching again: only what an older version, other settings or another gazetteer made, and nothing is cleaned twice."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lake(columninch, tmp_path_factory) -> Path:
    """A lake of the sample's scraped texts."""
    path = tmp_path_factory.mktemp("enriched") / "lake"
    done = columninch("backfill", str(SAMPLE / "scraped"), "--lake", str(path), "--json")
    assert done.returncode == 0, done.stderr
    return path


def files(lake: Path, *tables: str) -> dict[Path, tuple[int, bytes]]:
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for table in tables
        for path in sorted((lake / "units" / table).glob("*.parquet"))
    }


def stale(columninch, lake: Path, *more: str) -> list[dict]:
    done = columninch("enrich", "--lake", str(lake), "--dry-run", "--json", *more)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_older_rows_alone_are_made_again_from_the_cleaned_text(columninch, lake):
    assert stale(columninch, lake) == []
    (path,) = (lake / "units/receipts/enrich").glob("*.json")
    receipt = json.loads(path.read_text())
    receipt["meta"]["version"] = "1"
    path.write_text(json.dumps(receipt))
    (one,) = stale(columninch, lake, "--since-version", "2")
    assert one["version"] == "1" and one["articles"] == receipt["rows_in"]
    assert stale(columninch, lake, "--since-version", "1") == []
    receipt["key"] = "made by another version"
    path.write_text(json.dumps(receipt))
    cleaned, made = files(lake, "cleaned", "texts", "captures"), files(lake, "enriched", "mentions", "quotes")
    done = columninch("enrich", "--lake", str(lake), "--since-version", "2", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert set(summary["rows"]) == {"enrich"} and summary["units"] == 1
    assert files(lake, "cleaned", "texts", "captures") == cleaned
    assert {k: v[1] for k, v in files(lake, "enriched", "mentions", "quotes").items()} == {
        k: v[1] for k, v in made.items()
    }
    assert stale(columninch, lake) == []


def test_a_newer_gazetteer_is_taken_in_and_told(columninch, lake, tmp_path):
    query = tmp_path / "leaders.csv"
    query.write_text(
        "countryid,positionLabel,officeholder,officeholderLabel,start,end\nQ183,President of Germany,Q900000002,Ada Quillfeather,2031,\n"
    )
    arguments = ("gazetteer", "refresh", "--wikidata", str(query), "--lake", str(lake), "--json")
    assert json.loads(columninch(*arguments, "--dry-run").stdout)["added"] == 1
    assert stale(columninch, lake) == []
    assert json.loads(columninch(*arguments).stdout)["added"] == 1
    (one,) = stale(columninch, lake)
    assert "gazetteer" in one["why"]


def test_a_tagger_that_is_not_there_stops_before_any_write(columninch, lake, tmp_path):
    settings = tmp_path / "corpus.toml"
    settings.write_text('[enrich]\ntagger = "spacy:no_such_model_of_ours"\n')
    for command in (("enrich",), ("backfill", str(SAMPLE / "scraped"))):
        done = columninch(
            *command,
            "--lake",
            str(tmp_path / "new" if command[0] == "backfill" else lake),
            "--settings",
            str(settings),
        )
        assert done.returncode == 2 and "install" in done.stderr, done.stderr
    assert not list((tmp_path / "new").glob("units"))
