"""Coverage and assembly at their edges: no unit, no date, one article in several units, actors told twice."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.contracts import ACTORS, GROUPED, MARTS, TABLES
from tasks.errors import ContractError
from tasks.marts import assemble
from tasks.marts.coverage import build_coverage
from tasks.marts.months import NO_MONTH, month_number
from tasks.parquet import sort_table
from tasks.store import Lake, Work

DAY = date(2024, 1, 30)
WHEN = datetime(2024, 2, 3, 12, tzinfo=UTC)


def commit(lake: Lake, unit: str, days: dict[int, date | None], captured: datetime | None = WHEN, aliases: tuple[str, ...] = ()) -> None:  # fmt: skip
    """Commit a unit whose articles have these days; one more capture gave no article."""
    base = [
        {"article_id": n, "url": f"https://a.example/{n}", "source": "A", "title": "T", "published_on": day, "captured_at": captured,
         "word_count": 3, "extractor": "given", "unit_id": unit, "run_id": "r", "capture_id": n}
        for n, day in days.items()
    ]  # fmt: skip
    captures = [
        {"capture_id": n, "captured_at": captured, "payload_kind": "html", "payload_sha256": "x", "unit_id": unit, "source": "A", "truncated": False}
        for n in (*days, 999)
    ]  # fmt: skip
    tables: dict[str, dict[str, list[dict[str, Any]]]] = {
        "capture": {"captures": captures},
        "clean": {"cleaned": base, "texts": [{"article_id": n, "published_on": day, "text": "T."} for n, day in days.items()]},
        "enrich": {
            "enriched": [{"article_id": n, "language": "en", "topics": [], "dates_mentioned": [], "enrich_version": "1"} for n in days],
            "mentions": [], "mention_spans": [], "quotes": [], "places": [],
            "actors": [{"actor_id": "ci:1", "name": "One", "kind": "state", "roles": [], "aliases": list(aliases)}],
        },
    }  # fmt: skip
    for stage, made in tables.items():
        work = Work({name: TABLES[name].table(rows) for name, rows in made.items()}, len(days), len(days))
        lake.commit(stage, unit, unit, "1", "", lambda run_id, work=work: work)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    opened = Lake(tmp_path / "it's a [lake]")
    commit(opened, "a", {1: DAY, 2: None})
    commit(opened, "b", {2: None, 3: date(2024, 2, 1)}, datetime(2024, 2, 4, tzinfo=UTC), ("uno", "eins"))
    return opened


def coverage(lake: Lake) -> dict[date, dict[str, Any]]:
    units = assemble.committed_sources(lake).units
    with assemble.open_workspace(lake, GROUPED.empty()) as connection:
        assemble.index_articles(connection, lake, units)
        return {row["day"]: row for row in build_coverage(connection, lake, units).to_pylist()}


def test_captures_count_when_they_were_fetched_and_articles_when_they_were_published(lake: Lake) -> None:
    rows = coverage(lake)
    assert {day: row["fetched"] for day, row in rows.items() if row["fetched"]} == {
        WHEN.date(): 3,
        date(2024, 2, 4): 3,
    }
    assert {day: row["kept"] for day, row in rows.items() if row["kept"]} == {DAY: 1, date(2024, 2, 1): 1}
    assert sum(row["extracted"] for row in rows.values()) == 4


def test_every_day_between_the_first_and_the_last_has_its_row(lake: Lake) -> None:
    assert sorted(coverage(lake)) == [
        date.fromordinal(n) for n in range(DAY.toordinal(), date(2024, 2, 4).toordinal() + 1)
    ]


def test_captures_without_a_day_of_their_own_count_on_that_of_their_article(tmp_path: Path) -> None:
    opened = Lake(tmp_path)
    commit(opened, "a", {1: DAY}, None)
    (row,) = coverage(opened).values()
    assert (row["day"], row["fetched"], row["extracted"], row["kept"]) == (DAY, 1, 1, 1)


def test_without_units_there_are_no_actors(tmp_path: Path) -> None:
    opened = Lake(tmp_path)
    assert assemble.committed_sources(opened).units == []
    with assemble.open_workspace(opened, GROUPED.empty()) as connection:
        assert assemble.build_actors(connection, opened, []).equals(ACTORS.empty())


def test_an_actor_told_twice_is_taken_with_the_most_aliases(lake: Lake) -> None:
    with assemble.open_workspace(lake, GROUPED.empty()) as connection:
        (actor,) = assemble.build_actors(connection, lake, ["a", "b"]).to_pylist()
    assert actor["aliases"] == ["eins", "uno"]


def test_a_unit_that_was_not_enriched_is_not_yet_a_source(lake: Lake) -> None:
    (lake.root / "units" / "receipts" / "enrich" / "b.json").unlink()
    assert assemble.committed_sources(lake).units == ["a"]


def test_months_are_those_of_the_articles_and_change_with_their_groups(lake: Lake) -> None:
    sources = assemble.committed_sources(lake)
    seen = []
    grouped = GROUPED.table([{"article_id": 1, "group_id": 9, "is_canonical": False}])
    for table in (GROUPED.empty(), grouped, grouped):
        with assemble.open_workspace(lake, table) as connection:
            assemble.index_articles(connection, lake, sources.units)
            seen.append(assemble.month_inputs(connection, sources))
    assert list(seen[0]) == ["2024-01", "2024-02", NO_MONTH]
    assert seen[1] == seen[2]
    assert [month for month in seen[0] if seen[0][month] != seen[1][month]] == ["2024-01"]


def one_month(connection: duckdb.DuckDBPyConnection, lake: Lake, month: str) -> Iterator[tuple[str, Any]]:
    """Each table of a month with the month and its rows, which are read before the next comes."""
    made = assemble.build_months(connection, lake, [month])
    assert set(made) == {name for name, contract in MARTS.items() if contract.partition == "month"} - {"coverage", "storylines"}  # fmt: skip
    for name, by_month in made.items():
        (found,) = by_month()
        yield name, found


@pytest.mark.parametrize(("month", "ids"), [("2024-01", [1]), ("2024-02", [3]), (NO_MONTH, [2])])
def test_a_month_has_its_articles_each_with_its_text(lake: Lake, month: str, ids: list[int]) -> None:
    sources = assemble.committed_sources(lake)
    with assemble.open_workspace(lake, GROUPED.empty()) as connection:
        assemble.index_articles(connection, lake, sources.units)
        tables = {name: rows.read_all() for name, (_, rows) in one_month(connection, lake, month)}
    assert tables["articles"].column("article_id").to_pylist() == ids
    assert tables["articles"].column("group_id").to_pylist() == ids
    assert tables["texts"].column("article_id").to_pylist() == ids


def test_groups_of_another_form_are_refused(lake: Lake) -> None:
    wrong = GROUPED.empty().drop_columns(["group_id"])
    with pytest.raises(ContractError, match="missing columns"), assemble.open_workspace(lake, wrong):
        pass


def test_every_table_of_a_month_comes_in_its_own_order(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for unit, first in (("a", 40), ("b", 1), ("c", 20)):
        commit(lake, unit, {first + n: date(2024, 1, 1 + (n * 7) % 20) for n in range(12)})
    sources = assemble.committed_sources(lake)
    with assemble.open_workspace(lake, GROUPED.empty(), "100MB") as connection:
        assemble.index_articles(connection, lake, sources.units)
        for name, (_, rows) in one_month(connection, lake, "2024-01"):
            table = rows.read_all()
            assert sort_table(TABLES[name], table).equals(TABLES[name].check(table))
            numbers = table.column("number").to_pylist() if name == "articles" else []
            assert numbers == [month_number("2024-01") + n for n in range(len(numbers))]


def test_files_of_groups_of_another_form_are_refused(tmp_path: Path, lake: Lake) -> None:
    path = tmp_path / "wrong.parquet"
    pq.write_table(pa.table({"article_id": [1]}), path)
    for wrong in (path, tmp_path / "nowhere.parquet"):
        with pytest.raises(ContractError), assemble.open_workspace(lake, [wrong]):
            pass


def test_groups_in_files_say_what_groups_in_a_table_say(tmp_path: Path, lake: Lake) -> None:
    sources, rows = assemble.committed_sources(lake), []
    for article in (1, 3):
        rows.append(GROUPED.table([{"article_id": article, "group_id": 9, "is_canonical": False}]))
        pq.write_table(rows[-1], tmp_path / f"{article}.parquet")
    seen = []
    for grouped in (pa.concat_tables(rows), sorted(tmp_path.glob("*.parquet"))):
        with assemble.open_workspace(lake, grouped) as connection:
            assemble.index_articles(connection, lake, sources.units)
            seen.append(assemble.month_inputs(connection, sources))
    assert seen[0] == seen[1]
