"""Laws of the marts: every article once, whole files only, only what changed is rebuilt, a crash changes nothing."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.contracts import COVERAGE, GROUPED, GROUPS, TABLES
from tasks.errors import ConfigError
from tasks.marts import months, publish
from tasks.marts.build import check_months, make_month, plan_months, refresh_marts, split_by_month
from tasks.receipts import Receipt, save_receipt
from tasks.store import Lake, Work

ROOT = Path(__file__).parents[3]
DAY = date(2024, 1, 30)


def article_id(number: int) -> int:
    return 1000 + number


def commit_unit(lake: Lake, unit: str, numbers: list[int], captured: datetime | None = None) -> None:
    """Commit made-up unit tables: article *n* was published *n* days after DAY; number 99 has no date."""
    when = captured or datetime(2024, 5, 1, tzinfo=UTC)

    def day(n: int) -> date | None:
        return None if n == 99 else DAY + timedelta(days=n)

    base = [
        {
            "article_id": article_id(n), "url": f"https://a.example/{n}", "source": "A", "title": f"Title {n}", "published_on": day(n),
            "captured_at": when, "word_count": 3, "extractor": "given", "unit_id": unit, "run_id": "r", "capture_id": n,
        }
        for n in numbers
    ]  # fmt: skip
    captures = [
        {
            "capture_id": n, "captured_at": when, "payload_kind": "html", "payload_sha256": "x", "unit_id": unit, "source": "A",
            "truncated": False,
        }
        for n in numbers
    ]  # fmt: skip
    rows = len(numbers)
    tables = {
        "capture": {"captures": captures},
        "clean": {
            "cleaned": base,
            "texts": [{"article_id": article_id(n), "published_on": day(n), "text": f"Text {n}."} for n in numbers],
        },
        "enrich": {
            "enriched": [
                {"article_id": article_id(n), "language": "en", "topics": [], "dates_mentioned": [], "enrich_version": "1"} for n in numbers
            ],
            "mentions": [
                {
                    "actor_id": "Q1", "published_on": day(n), "article_id": article_id(n), "source": "A", "kind": "state", "count": 1,
                    "salience": 0.5, "in_title": False, "is_quoted": False,
                }
                for n in numbers
            ],
            "mention_spans": [], "quotes": [], "places": [],
            "actors": [{"actor_id": "Q1", "name": "One", "kind": "state", "roles": [], "aliases": ["uno"]}],
        },
    }  # fmt: skip
    for stage, made in tables.items():
        work = Work({name: TABLES[name].table(r) for name, r in made.items()}, rows, rows)
        lake.commit(stage, unit, str(sorted(numbers)), "1", "", lambda run_id, work=work: work)


def refresh(
    lake: Lake, grouped: pa.Table | None = None, months: tuple[str, str] | None = None
) -> dict[str, bool]:
    """Refresh and say which partitions were rebuilt."""
    found = refresh_marts(lake, grouped if grouped is not None else GROUPED.empty(), GROUPS.empty(), months)
    return {partition.name: partition.was_rebuilt for partition in found}


def files(lake: Lake) -> dict[str, bytes]:
    return {
        str(path.relative_to(lake.root)): path.read_bytes()
        for path in sorted((lake.root / "marts").rglob("*.parquet"))
    }


@pytest.fixture
def lake(tmp_path):
    opened = Lake(tmp_path / "lake")
    commit_unit(opened, "unit-a", [0, 1, 5])
    commit_unit(opened, "unit-b", [5, 40, 99], datetime(2024, 6, 1, tzinfo=UTC))
    return opened


def test_every_article_is_in_the_marts_once(lake):
    refresh(lake)
    ids = duckdb.sql(f"select article_id from '{lake.root}/marts/articles/*/*.parquet' order by 1").fetchall()
    assert [row[0] for row in ids] == [article_id(n) for n in (0, 1, 5, 40, 99)]


@pytest.mark.parametrize("table", ["texts", "mentions"])
def test_tables_beside_articles_have_one_row_per_article_too(lake, table):
    refresh(lake)
    count = duckdb.sql(
        f"select count(*), count(distinct article_id) from '{lake.root}/marts/{table}/*/*.parquet'"
    ).fetchall()[0]
    assert count == (5, 5)


@pytest.mark.slow
def test_an_article_of_two_units_is_taken_from_the_earlier_capture(lake):
    refresh(lake)
    row = duckdb.sql(
        f"select unit_id from '{lake.root}/marts/articles/*/*.parquet' where article_id = {article_id(5)}"
    ).fetchall()[0]
    assert row == ("unit-a",)


def test_articles_without_a_date_lie_in_the_null_partition(lake):
    refresh(lake)
    query = f"select month from read_parquet('{lake.root}/marts/articles/*/*.parquet', hive_partitioning = true) where article_id = {article_id(99)}"
    assert duckdb.sql(query).fetchall()[0] == (None,)
    assert (lake.root / "marts/articles" / "month=__HIVE_DEFAULT_PARTITION__" / "articles.parquet").exists()


def test_a_lake_without_any_date_has_no_month_of_coverage():
    assert split_by_month(COVERAGE.empty()) == {}


def test_refreshing_again_rebuilds_nothing(lake):
    assert set(refresh(lake).values()) == {True}
    before = files(lake)
    assert set(refresh(lake).values()) == {False}
    assert files(lake) == before


@pytest.mark.slow
def test_only_the_months_of_new_articles_are_rebuilt(lake):
    refresh(lake)
    commit_unit(lake, "unit-c", [41])
    rebuilt = refresh(lake)
    assert rebuilt["2024-03"] is True
    assert [name for name, was in rebuilt.items() if was] == ["2024-03"]


@pytest.mark.slow
def test_a_change_of_groups_rebuilds_the_months_of_the_articles_concerned(lake):
    refresh(lake)
    grouped = GROUPED.table(
        [
            {
                "article_id": article_id(1),
                "group_id": 7,
                "is_canonical": False,
                "copy_of": article_id(0),
                "copy_kind": "near",
            }
        ]
    )
    assert [name for name, was in refresh(lake, grouped).items() if was] == ["2024-01"]
    row = duckdb.sql(
        f"select group_id, is_canonical from '{lake.root}/marts/articles/*/*.parquet' where article_id = {article_id(1)}"
    )
    assert row.fetchall()[0] == (7, False)
    mentioned = duckdb.sql(
        f"select group_id from '{lake.root}/marts/mentions/*/*.parquet' where article_id = {article_id(1)}"
    )
    assert mentioned.fetchall()[0] == (7,)


@pytest.mark.slow
def test_any_order_of_arrival_gives_the_same_bytes(lake, tmp_path):
    refresh(lake)
    other = Lake(tmp_path / "other")
    commit_unit(other, "unit-b", [5, 40, 99], datetime(2024, 6, 1, tzinfo=UTC))
    refresh(other)
    commit_unit(other, "unit-a", [0, 1, 5])
    refresh(other)
    assert files(other) == files(lake)


@pytest.mark.slow
def test_every_deleted_mart_file_comes_back_the_same(lake):
    refresh(lake)
    before = files(lake)
    for name in before:
        (lake.root / name).unlink()
        refresh(lake)
        assert files(lake) == before, name


@pytest.mark.slow
def test_a_month_whose_articles_are_gone_is_removed(lake):
    refresh(lake)
    for stage in ("capture", "clean", "enrich"):
        (lake.root / "units" / "receipts" / stage / "unit-b.json").unlink()
    refresh(lake)
    assert not (lake.root / "marts/articles/month=2024-03").joinpath("articles.parquet").exists()


def test_the_files_of_one_month_carry_the_same_build_id(lake):
    refresh(lake)
    ids = {
        pq.read_metadata(path).metadata[b"build_id"]
        for path in (lake.root / "marts").rglob("month=2024-01/*.parquet")
        if path.parent.parent.name not in ("coverage", "storylines")
    }
    assert len(ids) == 1


def test_months_can_be_limited(lake):
    assert list(refresh(lake, months=("2024-02", "2024-02"))) == ["2024-02"]


@pytest.mark.parametrize(
    "months", [("2024-13", "2024-13"), ("2024-1", "2024-02"), ("march", "may"), ("2024-05", "2024-04")]
)
def test_wrong_months_stop_before_any_write(lake, months):
    with pytest.raises(ConfigError):
        check_months(months)
    with pytest.raises(ConfigError):
        refresh(lake, months=months)
    assert not (lake.root / "marts").exists()


def test_an_empty_lake_refreshes_to_nothing(tmp_path):
    assert refresh(Lake(tmp_path)) == {}


def test_a_lake_without_captures_or_a_day_has_articles_and_no_coverage(tmp_path):
    lake = Lake(tmp_path)
    commit_unit(lake, "unit-a", [99])
    lake.table_path("captures", "unit-a").unlink()
    assert list(refresh(lake)) == ["__HIVE_DEFAULT_PARTITION__"]
    assert not (lake.root / "marts" / "coverage").exists()
    assert (lake.root / "marts" / "actors" / "actors.parquet").exists()


def test_coverage_adds_up_with_the_articles(lake):
    refresh(lake)
    kept = duckdb.sql(
        f"select sum(kept), sum(fetched) from '{lake.root}/marts/coverage/*/*.parquet'"
    ).fetchall()[0]
    assert kept == (4, 6)  # the article without a date has no day to count on


def test_what_feeds_listed_is_in_the_coverage(lake):
    receipt = Receipt("crawl", "run-1", "k", 0, 0, 0, (), meta={"source": "A", "listed": {"2024-01-31": 7}})
    save_receipt(lake.root, receipt)
    refresh(lake)
    listed = duckdb.sql(
        f"select sum(listed), max(day) filter (listed > 0) from '{lake.root}/marts/coverage/*/*.parquet'"
    ).fetchall()
    assert listed == [(7, date(2024, 1, 31))]


@pytest.mark.slow
@pytest.mark.parametrize("point", [1, 2, 3, 10, 11, 12, 26, 41, 42, 43, 48, 50, 61])
def test_killed_at_any_rename_the_next_refresh_ends_with_the_same_files(lake, tmp_path, point):
    """SIGKILL before the n-th rename of the whole refresh, then once more undisturbed."""
    whole = Lake(tmp_path / "whole")
    shutil.copytree(lake.root, whole.root)
    refresh(whole)
    program = f"""
import os, signal, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from tasks import receipts
from tasks.contracts import COVERAGE, GROUPED, GROUPS
from tasks.marts import publish
from tasks.marts.build import refresh_marts
from tasks.store import Lake
left, real = [{point}], os.replace
def replace(*given):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(*given)
os.replace = replace
list(refresh_marts(Lake(Path({str(lake.root)!r})), GROUPED.empty(), GROUPS.empty()))
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=120, env={**os.environ})
    assert done.returncode == -9
    refresh(lake)
    assert files(lake) == files(whole)
    assert not list((lake.root / "staging").glob("build-*"))


def test_a_finished_manifest_is_rolled_forward_and_an_unfinished_build_dropped(lake):
    refresh(lake)
    before = files(lake)
    build = lake.root / "staging" / "build-2024-01"
    build.mkdir(parents=True)
    (build / "articles.parquet").write_bytes(b"half")
    assert publish.roll_forward(lake) == []
    assert not build.exists()
    assert files(lake) == before


def test_every_word_of_headline_and_text_is_posted_with_its_count(lake):
    refresh(lake)
    query = f"""
        select a.article_id, p.term, p.count
        from '{lake.root}/marts/postings/*/*.parquet' as p join '{lake.root}/marts/articles/*/*.parquet' as a using (number)
        order by all
    """
    expected = sorted(
        (article_id(n), term, count)
        for n in (0, 1, 5, 40, 99)
        for term, count in (("text", 1), ("title", 1), (str(n), 2))
    )
    assert duckdb.sql(query).fetchall() == expected


def test_volumes_add_up_to_the_articles_that_have_a_day(lake):
    refresh(
        lake, GROUPED.table([{"article_id": article_id(1), "group_id": article_id(0), "is_canonical": False}])
    )
    rows = duckdb.sql(f"from '{lake.root}/marts/volumes/*/*.parquet'").fetchall()
    assert sum(row[3] for row in rows) == 4
    assert sum(row[4] for row in rows) == 3
    assert {row[1:3] for row in rows} == {("A", "en")}


def test_a_mention_says_of_its_article_what_counting_needs(lake):
    refresh(
        lake, GROUPED.table([{"article_id": article_id(1), "group_id": article_id(0), "is_canonical": False}])
    )
    rows = duckdb.sql(
        f"select article_id, group_id, language, is_canonical from '{lake.root}/marts/mentions/*/*.parquet' order by 1"
    ).fetchall()
    assert rows[:2] == [(article_id(0), None, "en", True), (article_id(1), article_id(0), "en", False)]


def test_months_built_in_one_go_are_those_built_one_by_one(lake, tmp_path, monkeypatch):
    """Small months share their statements, a large one is streamed: the bytes are the same."""
    shutil.copytree(lake.root, tmp_path / "other")
    refresh(lake)
    monkeypatch.setattr(months, "TOGETHER", 0)
    refresh(Lake(tmp_path / "other"))
    assert files(Lake(tmp_path / "other")) == files(lake)


def test_months_built_apart_are_those_built_in_a_row(lake, tmp_path):
    """In any order, each from nothing but its own part of the plan; what needs all months comes after."""
    grouped = tmp_path / "grouped.parquet"
    pq.write_table(
        GROUPED.table([{"article_id": article_id(5), "group_id": article_id(1), "is_canonical": False}]),
        grouped,
    )
    shutil.copytree(lake.root, tmp_path / "other")
    other = Lake(tmp_path / "other")
    list(refresh_marts(lake, [grouped], GROUPS.empty()))
    planned = plan_months(other, [grouped])
    assert sorted(planned) == sorted({"2024-01", "2024-02", "2024-03", "__HIVE_DEFAULT_PARTITION__"})
    for month in sorted(planned, reverse=True):
        assert make_month(other, [grouped], month, planned[month]).was_rebuilt
    assert plan_months(other, [grouped]) == {}
    assert not any(partition.was_rebuilt for partition in refresh_marts(other, [grouped], GROUPS.empty()))
    assert files(other) == files(lake)
    assert plan_months(other, [grouped], ("2024-02", "2024-02")) == {}
    assert list(plan_months(other, [], ("2024-01", "2024-01"))) == []


def test_without_units_nothing_is_planned(tmp_path):
    assert plan_months(Lake(tmp_path / "empty"), []) == {}
