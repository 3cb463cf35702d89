"""A lake's own gazetteer: the query files given to it are the truth, and its workers go by what they say."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tasks.enrich.gazetteer import choose_gazetteer, load_gazetteer
from tasks.enrich.gazetteer_lake import add_query, lake_gazetteer, preview, query_files
from tasks.enrich.orders import Batch, enrich_batch
from tasks.enrich.values import ArticleText
from tasks.errors import ConfigError

HEADER = "countryid,positionLabel,officeholder,officeholderLabel,start_year,end_year\n"
ARTICLE = ArticleText(1, "A bridge in Berlin", "The German president, Ada Quillfeather, opened a bridge in Berlin on Monday, and everybody clapped.", date(2031, 5, 6))  # fmt: skip


@pytest.fixture
def shipped() -> Iterator[None]:
    """The shipped gazetteer before and after."""
    choose_gazetteer(None)
    yield
    choose_gazetteer(None)


@pytest.fixture
def query(tmp_path: Path) -> Path:
    path = tmp_path / "leaders.csv"
    germany = load_gazetteer().states["DE"]
    path.write_text(
        f"{HEADER}{germany},President of Germany,Q900000002,Ada Quillfeather,2031,\n", encoding="utf-8"
    )
    return path


def test_a_lake_without_query_files_goes_by_what_ships(tmp_path: Path) -> None:
    assert lake_gazetteer(tmp_path)[0] is None
    assert not list(tmp_path.iterdir())


def test_workers_go_by_the_lakes_gazetteer_and_back(shipped: None, tmp_path: Path, query: Path) -> None:
    result = add_query(tmp_path / "lake", query)
    assert (result.added, result.offices) == (1, 1)
    folder, digest = lake_gazetteer(tmp_path / "lake")
    assert digest != lake_gazetteer(tmp_path / "other")[1]
    batches = [Batch((ARTICLE,), None), Batch((ARTICLE,), None, gazetteer=folder), Batch((ARTICLE,), None)]
    before, within, after = (
        {str(row["actor_id"]) for row in enrich_batch(batch)[0].mentions} for batch in batches
    )
    assert "Q900000002" in within and "Q900000002" not in before and before == after


def test_the_same_file_is_kept_once_and_says_the_same(tmp_path: Path, query: Path) -> None:
    add_query(tmp_path, query)
    first = lake_gazetteer(tmp_path)
    assert add_query(tmp_path, query).added == 0
    assert len(query_files(tmp_path)) == 1 and lake_gazetteer(tmp_path) == first


def test_tables_that_are_gone_are_made_again(tmp_path: Path, query: Path) -> None:
    add_query(tmp_path, query)
    folder = Path(lake_gazetteer(tmp_path)[0] or "")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "actors.tsv").unlink()
    lake_gazetteer(tmp_path)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_preview_and_a_bad_file_write_nothing(tmp_path: Path, query: Path) -> None:
    assert preview(tmp_path / "lake", query).added == 1
    query.write_text("nothing of the kind\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="query file"):
        add_query(tmp_path / "lake", query)
    assert not (tmp_path / "lake").exists()
