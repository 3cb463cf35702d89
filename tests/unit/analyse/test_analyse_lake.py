"""A lake opens wherever it lies and whatever it lacks, and says when its months do not belong together."""

import math
import os
import shutil
import threading
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from benchmarks.synthetic_marts import Plan, make_lake
from tasks.analyse import connect
from tasks.analyse.document import example_calls
from tasks.analyse.lake import LakeReader, LakeWarning, write_views
from tasks.analyse.queries import list_queries
from tasks.analyse.views import queryable, view_statements
from tasks.contracts import REJECTS
from tasks.errors import ConfigError
from tasks.parquet import parquet_bytes

PLAN = Plan(articles=700, days=42, sources=3, actors=20, rises=1, bursts=1, gaps=0, text_words=8)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("lake")
    make_lake(root, PLAN)
    return root


@pytest.fixture(scope="module")
def reader(lake: Path) -> Iterator[LakeReader]:
    with connect(lake, threads=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def shell(lake: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(write_views(lake)), read_only=True) as opened:
        yield opened


@pytest.mark.parametrize("query", list_queries(), ids=lambda q: q.name)
def test_every_example_runs_the_same_in_python_and_in_a_shell(
    reader: LakeReader, shell: duckdb.DuckDBPyConnection, query: object
) -> None:
    _, python, statement = example_calls(query)  # type: ignore[arg-type]
    names = {"connect": lambda _: reader, "lake": None}
    relation = eval(python, names)
    rows = relation.fetchall()
    assert list(relation.columns) == [name for name, _ in query.columns]  # type: ignore[attr-defined]
    again = shell.execute(statement).fetchall()
    assert len(rows) == len(again)
    for row, other in zip(rows, again, strict=True):
        assert all(
            a == b or (isinstance(a, float) and math.isclose(a, b, rel_tol=1e-6))
            for a, b in zip(row, other, strict=True)
        )


def test_the_shell_shows_what_tables_and_columns_mean(shell: duckdb.DuckDBPyConnection) -> None:
    about = dict(shell.execute("SELECT view_name, comment FROM duckdb_views() WHERE NOT internal").fetchall())
    for name, contract in queryable().items():
        assert about[name] == contract.about
    rows = shell.execute(
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'mentions' AND NOT internal"
    ).fetchall()
    assert all(dict(rows)[c.name] == c.about for c in queryable()["mentions"].columns)


def test_a_relative_path_serves_from_every_directory(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(lake.parent)
    with connect(lake.name) as opened:
        monkeypatch.chdir(tmp_path)
        assert opened.actor_trend(actor="Hungary", bucket="month").fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["with space", "it's [a] *lake"])
def test_a_lake_may_have_any_name_and_may_move(lake: Path, tmp_path: Path, name: str) -> None:
    first = tmp_path / name
    shutil.copytree(lake, first)
    views = write_views(first)
    with duckdb.connect(str(views), read_only=True) as opened:
        rows = opened.execute("SELECT count(*) FROM articles").fetchall()
    assert rows[0][0] > 500
    second = tmp_path / "moved"
    first.rename(second)
    with duckdb.connect(str(second / "lake.duckdb"), read_only=True) as opened:
        with pytest.raises(duckdb.Error):
            opened.execute("FROM actor_trend('Hungary')").fetchall()
        opened.execute(f"SET VARIABLE lake = '{second}'")
        assert opened.execute("SELECT count(*) FROM articles").fetchall() == rows
    connect(second).close()
    with duckdb.connect(str(second / "lake.duckdb"), read_only=True) as opened:
        assert opened.execute("SELECT count(*) FROM articles").fetchall() == rows


@pytest.mark.slow
def test_an_empty_lake_answers_with_no_rows(tmp_path: Path) -> None:
    with connect(tmp_path) as opened:
        for query in list_queries():
            if "actor" in query.example:
                continue
            assert opened.query(query.name, **query.example).fetchall() == [], query.name
        for name, contract in queryable().items():
            assert opened.table(name).columns[: len(contract.columns)] == [c.name for c in contract.columns]
    with duckdb.connect(str(write_views(tmp_path)), read_only=True) as shell:
        assert shell.execute("FROM actor_trend('anyone')").fetchall() == []


@pytest.mark.slow
def test_unknown_days_rejects_and_old_columns_are_seen(lake: Path, tmp_path: Path) -> None:
    shutil.copytree(lake, tmp_path / "lake")
    root = tmp_path / "lake"
    month = next((root / "marts/articles").iterdir())
    table = pq.read_table(month / "articles.parquet", partitioning=None).slice(0, 3)
    for old in (root / "marts/articles").iterdir():
        reduced = pq.read_table(old / "articles.parquet", partitioning=None).drop_columns(["lead"])
        pq.write_table(reduced, old / "articles.parquet")
    unknown = root / "marts/articles/month=__HIVE_DEFAULT_PARTITION__"
    unknown.mkdir()
    pq.write_table(table.drop_columns(["lead"]), unknown / "articles.parquet")
    units = root / "units/rejects"
    units.mkdir(parents=True)
    rows = [{"stage": "clean", "unit_id": "u", "reason": "no_text"}]
    (units / "u.clean.parquet").write_bytes(parquet_bytes(REJECTS, REJECTS.table(rows)))
    with connect(lake) as whole, connect(root) as opened:
        number = whole.sql("SELECT count(*) FROM articles").fetchall()[0][0]
        assert opened.sql("SELECT count(*), count(lead) FROM articles").fetchall() == [(number + 3, 0)]
        assert opened.sql("SELECT reason FROM rejects").fetchall() == [("no_text",)]


def test_months_of_different_builds_are_announced(lake: Path, tmp_path: Path) -> None:
    root = tmp_path / "lake"
    shutil.copytree(lake, root)
    path = root / "marts/mentions/month=2025-02/mentions.parquet"
    contract = queryable()["mentions"]
    path.write_bytes(parquet_bytes(contract, pq.read_table(path, partitioning=None), {"build_id": "later"}))
    with pytest.warns(LakeWarning, match=r"2025-02.*refresh"):
        opened = connect(root)
    assert [month.month for month in opened.mixed_months] == ["2025-02"]
    assert ("mentions", "later") in opened.mixed_months[0].builds


def test_a_whole_lake_is_opened_without_a_warning(lake: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert connect(lake).mixed_months == ()


def test_actors_are_found_by_id_name_or_alias_and_questions_are_asked_back(reader: LakeReader) -> None:
    assert {
        reader.find_actor(text) for text in ("ci:00012", "CI:00012", "hungary", "a12", "ACTEUR 00012")
    } == {"ci:00012"}
    with pytest.raises(ConfigError, match=r"ci:twin1 \(person\), ci:twin2 \(group\); give the id"):
        reader.find_actor("twin")
    with pytest.raises(ConfigError, match="did you mean Hungary"):
        reader.actor_trend(actor="Hungari")
    with pytest.raises(ConfigError, match="no actor 'zzzz'"):
        reader.actor_trend(actor="zzzz")


def test_hostile_values_are_only_values(reader: LakeReader) -> None:
    for text in ("'; DROP VIEW articles; --", "$actor", "%", "\\", "\x00a", "ن" * 500):
        with pytest.raises(ConfigError):
            reader.actor_trend(actor=text)
        assert reader.topic_share(topic=text, start="2025-02-01").fetchall()
        assert reader.search(words=text).fetchall() == []


def test_several_answers_may_be_read_at_once(reader: LakeReader) -> None:
    one = reader.coverage(bucket="month").to_arrow_reader(1)
    other = reader.sql("SELECT * FROM articles WHERE source = $s", s="outlet00.example").to_arrow_reader(1)
    assert one.read_next_batch().num_rows
    assert other.read_next_batch().num_rows
    assert one.read_next_batch().num_rows
    assert reader.table("actors").filter("name = 'Hungary'").fetchall()


def test_periods_end_before_their_last_day(reader: LakeReader) -> None:
    rows = reader.actor_trend(actor="Hungary", bucket="day", start="2025-01-10", end="2025-01-13").fetchall()
    assert [row[0] for row in rows] == [date(2025, 1, d) for d in (10, 11, 12)]


def test_wrong_names_are_answered_with_the_right_ones(reader: LakeReader, tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="no query"):
        reader.actor_trends
    with pytest.raises(ConfigError, match="there are articles"):
        reader.table("article")
    with pytest.raises(ConfigError, match="no lake here"):
        connect(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="no lake here"):
        write_views(tmp_path / "nowhere")
    assert "actor_trend" in dir(reader)


@pytest.mark.slow
def test_views_are_replaced_whole_and_nothing_is_left_behind(lake: Path) -> None:
    before = {path.name for path in lake.iterdir()}
    for _ in range(2):
        write_views(lake)
    assert {path.name for path in lake.iterdir()} == before | {"lake.duckdb"}


@pytest.mark.slow
def test_readers_never_fail_while_months_are_replaced(lake: Path, tmp_path: Path) -> None:
    root = tmp_path / "lake"
    shutil.copytree(lake, root)
    files = sorted(root.glob("marts/*/month=*/*.parquet"))
    stop = threading.Event()

    def rebuild() -> None:
        while not stop.is_set():
            for path in files:
                fresh = path.with_suffix(".tmp")
                fresh.write_bytes(path.read_bytes())
                os.replace(fresh, path)

    writer = threading.Thread(target=rebuild)
    with connect(root, threads=1) as opened:
        calls = [(q.name, q.example) for q in list_queries()]
        expected = {name: opened.query(name, **given).fetchall() for name, given in calls}
        writer.start()
        try:
            for _ in range(3):
                for name, given in calls:
                    rows = opened.query(name, **given).fetchall()
                    assert [row[0] for row in rows] == [row[0] for row in expected[name]], name
        finally:
            stop.set()
            writer.join()


def test_portable_views_differ_only_in_where_the_files_are(lake: Path) -> None:
    plain, portable = list(view_statements(lake)), list(view_statements(lake, is_portable=True))
    assert len(plain) == len(portable)
    assert all("getvariable" in b for a, b in zip(plain, portable, strict=True) if a != b)
