"""A lake that others wrote, without what the marts hold for speed, gives the same answers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.synthetic_marts import Plan, make_lake
from tasks.analyse.lake import LakeReader, connect
from tasks.contracts import TABLES

PLAN = Plan(articles=400, days=40, sources=3, actors=15, rises=1, bursts=1, gaps=0, text_words=8)
CALLS = {
    "actor_trend": {"actor": "Hungary"},
    "topic_share": {"bucket": "month"},
    "co_mentions": {"actor": "Hungary"},
    "search": {"words": "bal"},
}


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LakeReader, LakeReader]]:
    """The same rows as we write them, and without numbers, volumes, postings and what mentions say of their articles."""
    ours, theirs = tmp_path_factory.mktemp("lakes") / "ours", tmp_path_factory.mktemp("lakes") / "theirs"
    make_lake(ours, PLAN)
    shutil.copytree(ours, theirs)
    shutil.rmtree(theirs / "marts/volumes")
    shutil.rmtree(theirs / "marts/postings")
    for table, columns in (("mentions", ("language", "is_canonical")), ("articles", ("number",))):
        for file in theirs.glob(f"marts/{table}/*/*.parquet"):
            rows = pq.read_table(file, partitioning=None)
            for name in columns:
                place = rows.schema.get_field_index(name)
                rows = rows.set_column(place, name, pa.nulls(rows.num_rows, rows.schema.field(name).type))
            pq.write_table(rows, file)
    with connect(ours, threads=1) as one, connect(theirs, threads=1) as other:
        yield one, other


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("count", ["groups", "articles"])
def test_what_is_there_for_speed_changes_no_answer(
    lakes: tuple[LakeReader, LakeReader], name: str, count: str
) -> None:
    ours, theirs = (lake.query(name, count=count, **CALLS[name]).fetchall() for lake in lakes)
    assert ours == theirs
    assert ours


def test_a_mention_names_its_group_in_both(lakes: tuple[LakeReader, LakeReader]) -> None:
    sql = "SELECT m.actor_id, m.article_id, m.group_id, m.language, m.is_canonical FROM mentions AS m ORDER BY ALL"
    ours, theirs = (lake.sql(sql).fetchall() for lake in lakes)
    assert ours == theirs
    assert all(group is not None for _, _, group, _, _ in ours)


@pytest.mark.slow
@pytest.mark.parametrize("package", ["polars", "pandas"])
def test_other_tools_read_the_marts_as_they_lie(lakes: tuple[LakeReader, LakeReader], package: str) -> None:
    other = pytest.importorskip(package)
    for table in ("articles", "mentions", "volumes", "postings", "coverage"):
        files = sorted(lakes[0].root.glob(f"marts/{table}/*/{table}.parquet"))
        rows = sum(len(other.read_parquet(file)) for file in files)
        assert [(rows,)] == lakes[0].sql(f"SELECT count(*) FROM {table}").fetchall()
        columns = list(other.read_parquet(files[0]).columns)
        assert [name for name in columns if name != "month"] == [c.name for c in TABLES[table].columns]


def test_gaps_are_found_without_a_coverage_table(tmp_path: Path) -> None:
    plan = Plan(articles=9_000, days=70, sources=3, actors=10, rises=0, bursts=0, gaps=3, text_words=0)
    truth = make_lake(tmp_path, plan)
    shutil.rmtree(tmp_path / "marts/coverage")
    with connect(tmp_path, threads=1) as reader:
        found = reader.sql("SELECT c.source, c.day FROM coverage AS c WHERE c.is_gap ORDER BY ALL").fetchall()
        days = reader.coverage().fetchall()
    assert found == sorted(truth.gaps)
    assert len(days) == 70 * 3
