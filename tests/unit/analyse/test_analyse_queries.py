"""The headers of the SQL files are the interface: what they say is what can be given and what comes back."""

import shlex
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from benchmarks.synthetic_marts import Plan, make_lake
from flows.cli import app
from tasks.analyse.document import example_calls, queries_markdown, tables_markdown
from tasks.analyse.queries import Query, find_query, list_queries, parse_query
from tasks.errors import ConfigError, ContractError
from tasks.reasons import REASONS

ROOT = Path(__file__).parents[3]


def test_every_query_says_what_it_is_for_and_returns() -> None:
    names = [q.name for q in list_queries()]
    assert {
        "actor_trend",
        "topic_share",
        "rising_actors",
        "rising_topics",
        "co_mentions",
        "coverage",
        "samples",
    } <= set(names)
    for query in list_queries():
        assert query.purpose.endswith(".")
        assert query.method
        assert query.columns
        assert all(about for _, about in query.columns)
        assert "ORDER BY" in query.sql.rsplit("\n", 1)[-1], f"{query.name} has no total order"


def test_every_parameter_is_used_and_every_one_used_is_declared() -> None:
    for query in list_queries():
        declared = {p.name for p in query.parameters}
        used = {
            word.split(",")[0]
            for word in query.sql.replace(")", " ").replace(",", " ").split()
            if word.startswith("$")
        }
        assert {word.removeprefix("$") for word in used} <= declared, query.name
        assert all(f"${name}" in query.sql for name in declared), query.name


def test_examples_give_all_that_is_needed() -> None:
    for query in list_queries():
        assert query.bind(query.example)
        command, python, shell = example_calls(query)
        assert command.startswith(f"columninch query {query.name}")
        assert python.startswith("connect(lake).")
        assert shell.endswith(");")


@pytest.fixture
def trend() -> Query:
    return find_query("actor_trend")


def test_text_as_a_command_line_has_it_becomes_typed_values(trend: Query) -> None:
    bound = trend.bind(
        {
            "actor": " Russia ",
            "start": "2024-01",
            "end": "2024-03-15",
            "sources": "a.example, b.example",
            "bucket": "day",
        }
    )
    assert bound == {
        "actor": "Russia",
        "start": date(2024, 1, 1),
        "until": date(2024, 3, 15),
        "sources": ["a.example", "b.example"],
        "bucket": "day",
    }


def test_python_values_are_taken_as_they_are(trend: Query) -> None:
    bound = trend.bind(
        {
            "actor": "x",
            "start": datetime(2024, 1, 1, 5),
            "until": date(2024, 2, 1),
            "sources": ["a"],
            "language": None,
        }
    )
    assert bound == {"actor": "x", "start": date(2024, 1, 1), "until": date(2024, 2, 1), "sources": ["a"]}
    assert find_query("rising_actors").bind({"limit": "5", "baseline-days": 28}) == {
        "top": 5,
        "baseline_days": 28,
    }


@pytest.mark.parametrize(
    ("given_values", "message"),
    [
        ({}, "'actor' is missing"),
        ({"actor": ""}, "'actor' is missing"),
        ({"actor": "x", "acter": "y"}, "did you mean 'actor'"),
        ({"actor": "x", "zzz": 1}, "it takes actor, start"),
        ({"actor": "x", "bucket": "year"}, "day or week or month"),
        ({"actor": "x", "count": "all"}, "groups or articles"),
        ({"actor": "x", "start": "soon"}, "YYYY-MM-DD"),
        ({"actor": "x", "start": "2024-02-30"}, "YYYY-MM-DD"),
        ({"actor": "x", "sources": []}, "separated by commas"),
        ({"actor": "x", "sources": "a,,b"}, "separated by commas"),
        ({"actor": 7}, "it takes text"),
    ],
)
def test_what_does_not_fit_is_named_with_its_remedy(
    trend: Query, given_values: dict[str, object], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        trend.bind(given_values)


@pytest.mark.parametrize("value", [0, -1, "ten", "1.5", True, 2**31, "", None])
def test_a_number_of_rows_is_a_whole_number_from_1(value: object) -> None:
    query = find_query("rising_actors")
    if value is None:
        assert query.bind({"top": value}) == {}
        return
    with pytest.raises(ConfigError, match="whole number from 1"):
        query.bind({"top": value})


@given(st.text(), st.text())
def test_any_text_is_bound_or_refused_but_never_part_of_the_statement(name: str, value: str) -> None:
    query = find_query("actor_trend")
    try:
        bound = query.bind({"actor": value, name: value})
    except ConfigError:
        return
    assert not value.strip() or len(value) < 4 or value not in query.call(bound)


def test_an_unknown_query_suggests_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean rising_actors"):
        find_query("rising_actor")
    with pytest.raises(ConfigError, match="there are"):
        find_query("zzzzzzzz")
    assert find_query("actor-trend").name == "actor_trend"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "-- other: purpose\nSELECT 1",
        "-- one: purpose\n-- parameters:\n--   actor: no type\nSELECT 1",
        "-- one: purpose\n-- columns:\n--   a VARCHAR: typed\nSELECT 1",
    ],
)
def test_a_header_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match=r"one\.sql"):
        parse_query("one", text)


def test_the_documents_name_every_query_column_and_reason() -> None:
    text = queries_markdown()
    for query in list_queries():
        assert f"## {query.name}\n" in text
        assert all(f"| {name} |" in text for name, _ in query.columns)
        assert all(example in text for example in example_calls(query))
    tables = tables_markdown()
    assert all(f"| {reason.value} |" in tables for reason in REASONS)
    assert "## mentions\n" in tables


def test_importing_analyse_loads_neither_duckdb_nor_arrow_nor_prefect() -> None:
    program = "import sys, tasks.analyse, tasks.analyse.queries; print(*{'duckdb', 'pyarrow', 'prefect', 'numpy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []


@pytest.mark.slow
def test_every_example_of_the_command_line_runs(tmp_path: Path) -> None:
    make_lake(
        tmp_path, Plan(articles=300, days=42, sources=2, actors=20, rises=1, bursts=1, gaps=0, text_words=6)
    )
    for query in list_queries():
        command = shlex.split(example_calls(query)[0])
        assert command[0] == "columninch"
        done = CliRunner().invoke(app, [*command[1:], "--lake", str(tmp_path)])
        assert done.exit_code == 0, (command, done.exception)
        assert query.columns[0][0] in done.stdout
