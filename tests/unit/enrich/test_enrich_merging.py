"""Spellings of unknown persons over a lake: merged in the marts, whatever the order of units, and nothing else is touched."""

import itertools
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from tasks.contracts import GROUPED, GROUPS, TABLES
from tasks.enrich.merging import merge_lake
from tasks.marts.build import refresh_marts
from tasks.store import Lake, Work

FULL, INITIAL, NAMESAKE = (
    "ci:person:ada-quillfeather",
    "ci:person:ada-m-quillfeather",
    "ci:person:ida-quillfeather",
)
NAMES = {FULL: "Ada Quillfeather", INITIAL: "Ada M. Quillfeather", NAMESAKE: "Ida Quillfeather"}
UNITS: dict[str, dict[int, list[str]]] = {
    "unit-a": {1: [FULL, "Q1", "Q2"], 2: [FULL, "Q1"]},
    "unit-b": {40: [INITIAL, "Q1", "Q2"], 41: [NAMESAKE, "Q1", "Q2"]},
}
"""Article (its number is a day after 2024-01-01) → actors, per unit."""


def commit(lake: Lake, unit: str, articles: dict[int, list[str]]) -> None:
    def day(number: int) -> date:
        return date.fromordinal(date(2024, 1, 1).toordinal() + number)

    base = [
        {"article_id": n, "url": f"https://a.example/{n}", "source": "A", "title": "T", "published_on": day(n),
         "captured_at": datetime(2024, 5, 1, tzinfo=UTC), "word_count": 3, "extractor": "given", "unit_id": unit, "run_id": "r", "capture_id": n}
        for n in articles
    ]  # fmt: skip
    mentions = [
        {"actor_id": actor, "published_on": day(n), "article_id": n, "source": "A", "kind": "person", "count": 1, "salience": 0.5,
         "in_title": False, "is_quoted": False}
        for n, actors in articles.items() for actor in actors
    ]  # fmt: skip
    actors = {actor for listed in articles.values() for actor in listed}
    quotes = [
        {"article_id": n, "published_on": day(n), "speaker_id": actor, "text": "So.", "start": 0, "end": 3}
        for n, listed in articles.items() for actor in listed[:1]
    ]  # fmt: skip
    tables: dict[str, dict[str, list]] = {
        "clean": {"cleaned": base, "texts": [{"article_id": n, "published_on": day(n), "text": "Text."} for n in articles]},
        "enrich": {
            "enriched": [{"article_id": n, "language": "en", "topics": [], "dates_mentioned": [], "enrich_version": "2"} for n in articles],
            "mentions": mentions, "mention_spans": [], "quotes": quotes, "places": [],
            "actors": [{"actor_id": i, "name": NAMES.get(i, i), "kind": "person", "roles": [], "aliases": []} for i in sorted(actors)],
        },
    }  # fmt: skip
    for stage, made in tables.items():
        work = Work({name: TABLES[name].table(rows) for name, rows in made.items()}, len(base), len(base))
        lake.commit(stage, unit, str(articles), "1", "", lambda _, work=work: work)


def refresh(lake: Lake) -> dict[str, bool]:
    merge_lake(lake)
    return {one.name: one.was_rebuilt for one in refresh_marts(lake, GROUPED.empty(), GROUPS.empty())}


def rows(lake: Lake, table: str, columns: str) -> list[tuple]:
    return duckdb.sql(
        f"select {columns} from read_parquet('{lake.root}/marts/{table}/**/*.parquet', hive_partitioning = false) order by all"
    ).fetchall()


@pytest.mark.parametrize("order", list(itertools.permutations(UNITS)))
def test_a_spelling_with_the_same_company_becomes_one_actor(tmp_path: Path, order: tuple[str, ...]) -> None:
    lake = Lake(tmp_path)
    for unit in order:
        commit(lake, unit, UNITS[unit])
    refresh(lake)
    people = [row for row in rows(lake, "mentions", "actor_id, article_id") if row[0].startswith("ci:")]
    assert people == [(FULL, 1), (FULL, 2), (FULL, 40), (NAMESAKE, 41)]
    assert rows(lake, "quotes", "speaker_id, article_id") == [
        (FULL, 1),
        (FULL, 2),
        (FULL, 40),
        (NAMESAKE, 41),
    ]
    actors = {i: aliases for i, aliases in rows(lake, "actors", "actor_id, aliases") if i.startswith("ci:")}
    assert actors == {FULL: ["Ada M. Quillfeather"], NAMESAKE: []}


def test_months_are_rebuilt_when_their_actors_merge_and_only_then(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    commit(lake, "unit-b", UNITS["unit-b"])
    refresh(lake)
    assert refresh(lake) == {"2024-02": False}
    commit(lake, "unit-a", UNITS["unit-a"])
    assert refresh(lake) == {"2024-01": True, "2024-02": True}
    assert refresh(lake) == {"2024-01": False, "2024-02": False}


def test_two_named_in_one_article_are_two(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    for unit, articles in UNITS.items():
        commit(lake, unit, articles)
    commit(lake, "unit-c", {50: [FULL, INITIAL, "Q1", "Q2"]})
    assert merge_lake(lake) == 0


def test_an_empty_lake_merges_nothing(tmp_path: Path) -> None:
    assert merge_lake(Lake(tmp_path)) == 0
