"""Hostile parameters and lakes: a value is only ever a value, and what cannot be is refused in words."""

import ast
import math
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.synthetic_marts import Plan, make_lake
from tasks.analyse.calendars import coverage_table, usual_counts
from tasks.analyse.lake import LakeReader, connect
from tasks.analyse.network import edge_weights, find_communities, graphml, network_nodes, rank_nodes
from tasks.analyse.queries import (
    OTHER_NAMES,
    Parameter,
    Query,
    find_query,
    fit_value,
    list_queries,
    macro_body,
    parse_query,
)
from tasks.analyse.statistics import (
    PRIOR,
    Counts,
    adjust_chances,
    day_status,
    lower_tail,
    poisson_tail,
    quasi_dispersion,
    rate_ratio,
    share_interval,
)
from tasks.analyse.views import escape_glob, queryable, quote, sql_type, table_glob, topics_select
from tasks.contracts import TABLES
from tasks.errors import ConfigError, ContractError

LAW = settings(max_examples=60, deadline=None)
HOSTILE = [
    "'", "''", '"', ";", "--", "/*", "*/", "'; DROP VIEW articles; --", "$actor", "$1", "?", "%", "_", "\\", "\\'", "NULL", "null", "1 OR 1=1",
    "a' UNION SELECT 1 --", "\x00", "a\nb", "a\tb", "\u202e", "\u200d", "ﬀ", "İ", "ß", "🦆" * 50, "x" * 100_000, "{}", "[]", "{{7*7}}", "../../etc/passwd",
]  # fmt: skip
START = date(2025, 1, 6)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LakeReader]:
    root = tmp_path_factory.mktemp("lake")
    make_lake(root, Plan(articles=60, days=9, sources=2, actors=14, rises=0, bursts=0, gaps=0, text_words=3))
    with connect(root, threads=1) as opened:
        yield opened


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t)[:20])
def test_no_text_is_ever_more_than_a_value(reader: LakeReader, text: str) -> None:
    before = reader.sql("SELECT count(*) FROM articles").fetchall()
    assert not any(row[4] for row in reader.topic_share(sources=[text]).fetchall())
    assert reader.samples(language=f"x{text}").fetchall() == []
    if text.strip():
        with pytest.raises(ConfigError):
            reader.co_mentions(actor=f"x{text}")
        assert reader.sql("SELECT $it AS it", it=text).fetchall() == [(text,)]
    assert reader.sql("SELECT count(*) FROM articles").fetchall() == before


@pytest.mark.parametrize("query", list_queries(), ids=lambda q: q.name)
@pytest.mark.parametrize("name", ["name", "self", "query", "", "start ", "'; --", "Start", "\udcff"])
def test_any_unknown_parameter_is_refused_by_name(reader: LakeReader, query: Query, name: str) -> None:
    with pytest.raises(ConfigError, match=f"query {query.name}"):
        reader.query(query.name, **{**query.example, name: "x"})


@pytest.mark.parametrize("value", ["\udcff", "a\ud800b"])
def test_bytes_that_are_no_text_are_refused(value: str) -> None:
    query = find_query("samples")
    for given_values in ({"topic": value}, {"actor": value}, {"sources": value}, {"sources": ["a", value]}):
        with pytest.raises(ConfigError, match="it takes"):
            query.bind(given_values)


@pytest.mark.parametrize("value", ["9" * 5000, "9" * 11, str(2**31), 2**31, 10**100, -1, "0", "1e3", "0x10", "²", 1.0, b"1", [1]])  # fmt: skip
def test_no_number_is_too_large_to_be_refused(value: object) -> None:
    with pytest.raises(ConfigError, match="whole number from 1"):
        find_query("samples").bind({"top": value})


@LAW
@given(st.integers(1, 2**31 - 1), st.sampled_from(["", " ", "\t"]))
def test_every_whole_number_is_taken(number: int, space: str) -> None:
    assert find_query("samples").bind({"top": f"{space}{number}{space}"}) == {"top": number}
    assert find_query("samples").bind({"top": number}) == {"top": number}


@LAW
@given(st.dates())
def test_every_day_is_taken_in_any_of_its_forms(day: date) -> None:
    for value in (day, day.isoformat(), f" {day} ", datetime(day.year, day.month, day.day, 23, 59)):
        assert find_query("samples").bind({"start": value}) == {"start": day}
    assert find_query("samples").bind({"start": f"{day:%Y-%m}".rjust(7, "0")})["start"] == day.replace(day=1)


@LAW
@given(st.lists(st.text("abc.- é", min_size=1, max_size=8).filter(str.strip), min_size=1, max_size=6))
def test_a_list_is_the_same_as_its_text(names: list[str]) -> None:
    query = find_query("samples")
    assert query.bind({"sources": names}) == query.bind({"sources": ",".join(names)})
    assert query.bind({"sources": tuple(names)})["sources"] == [name.strip() for name in names]


@pytest.mark.parametrize("value", [[], "", ",", "a,", [""], [None], [1], 7, {"a": 1}, [["a"]], b"ab"])
def test_what_is_no_list_of_names_is_refused(value: object) -> None:
    with pytest.raises(ConfigError, match="separated by commas"):
        find_query("samples").bind({"sources": value})


@pytest.mark.parametrize("until", ["0001-01-01", "0001-01-03", "0001-01-08", "9999-12-31"])
@pytest.mark.parametrize("name", ["rising_actors", "rising_topics"])
def test_the_ends_of_the_calendar_are_borne(reader: LakeReader, name: str, until: str) -> None:
    assert isinstance(reader.query(name, until=until).fetchall(), list)
    assert isinstance(reader.query(name, start=until).fetchall(), list)


@pytest.mark.parametrize("name", ["actor_trend", "topic_share", "coverage", "samples", "diversity"])
def test_a_period_that_ends_before_it_begins_is_empty(reader: LakeReader, name: str) -> None:
    given_values = {"actor": "ci:00001"} if name == "actor_trend" else {}
    assert reader.query(name, start="2025-02-01", until="2025-01-01", **given_values).fetchall() == []


@pytest.mark.slow
def test_huge_lists_are_borne(reader: LakeReader) -> None:
    many = [f"nobody{n}.example" for n in range(5_000)]
    assert reader.samples(sources=many).fetchall() == []
    assert reader.samples(sources=[*many, "outlet00.example"]).fetchall()
    assert reader.samples(sources=["outlet00.example"] * 999, count="articles", top=500).fetchall() == (
        reader.samples(sources="outlet00.example", count="articles", top=500).fetchall()
    )


@pytest.mark.parametrize("other", sorted(OTHER_NAMES))
def test_other_names_mean_the_same(other: str) -> None:
    query = find_query("samples")
    value = "5" if OTHER_NAMES[other] == "top" else "2025-01-01"
    assert query.bind({other: value}) == query.bind({OTHER_NAMES[other]: value})


@LAW
@given(st.text(max_size=30))
def test_a_quoted_text_is_that_text(text: str) -> None:
    if "\x00" in text:
        return
    assert ast.literal_eval(repr(quote(text)))[1:-1].replace("''", "'") == text
    assert quote(text).count("'") % 2 == 0


@settings(max_examples=40, deadline=None)
@given(st.text("ab[]*?'!{} é", min_size=1, max_size=10).filter(lambda s: s.strip(". ")))
def test_an_escaped_path_finds_itself_alone(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "globs"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.touch()
    assert list(folder.glob(escape_glob(name))) == [path]


@pytest.mark.parametrize("contract", TABLES.values(), ids=lambda c: c.name)
def test_every_column_has_a_type_that_duckdb_knows(contract: Any) -> None:
    with duckdb.connect() as opened:
        for column in contract.columns:
            opened.execute(f"SELECT CAST(NULL AS {sql_type(column.type)})")


@pytest.mark.parametrize(
    "kind", [pa.duration("s"), pa.binary(), pa.map_(pa.string(), pa.int32()), pa.list_(pa.binary())]
)
def test_a_type_that_no_contract_uses_is_refused(kind: pa.DataType) -> None:
    with pytest.raises(ContractError, match="no SQL type"):
        sql_type(kind)


def test_every_table_has_its_own_place() -> None:
    places = [table_glob(contract) for contract in queryable().values()]
    assert len(set(places)) == len(places)
    assert not any(place.startswith("/") or ".." in place for place in places)


def test_topics_are_a_tree(reader: LakeReader) -> None:
    with duckdb.connect() as opened:
        rows = opened.execute(topics_select()).fetchall()
    broader = {code: parent for code, _, parent in rows}
    assert len(broader) == len(rows) > 15
    for code in broader:
        seen = [code]
        while (parent := broader.get(seen[-1])) is not None:
            assert parent in broader
            assert parent not in seen
            seen.append(parent)


@pytest.mark.parametrize(
    ("type_", "value"),
    [("DATE", ""), ("DATE", "0000-00-00"), ("DATE", "2025-13"), ("DATE", 20250101), ("VARCHAR", " "), ("VARCHAR", None), ("a|b", "A"), ("a|b", ["a"])],
)  # fmt: skip
def test_values_that_do_not_fit_are_named(type_: str, value: object) -> None:
    try:
        found = fit_value("q", Parameter("it", type_, None, "about"), value)
    except ConfigError as error:
        assert "query q: parameter 'it'" in str(error)
    else:
        assert isinstance(found, date)


@LAW
@given(st.text("abc $_1(),", max_size=30))
def test_a_macro_has_no_dollar_before_a_word(sql: str) -> None:
    assert not any(
        a == "$" and (b.isalnum() or b == "_") for a, b in pairwise(macro_body(sql)) if sql.count("$$") == 0
    )


@LAW
@given(st.text(max_size=60))
def test_a_header_is_a_query_or_a_broken_contract(text: str) -> None:
    try:
        assert parse_query("one", f"-- one: {text}\nSELECT 1").name == "one"
    except ContractError as error:
        assert "one.sql" in str(error)


def node_edge(one: str, other: str, both: int = 1, name: str | None = "N") -> dict[str, Any]:
    return {
        "actor_id": one, "name": name, "other_id": other, "other_name": name, "both_count": both, "named_count": 3, "other_count": 4,
        "lift": 2.0, "lift_low": 1.5, "q_value": 0.01,
    }  # fmt: skip


@LAW
@given(st.text(max_size=20))
def test_graphml_can_be_read_whatever_the_names_are(name: str) -> None:
    edges = [node_edge("a", "b", name=name)]
    if any("\ud800" <= sign <= "\udfff" for sign in name):
        return
    root = ElementTree.fromstring(graphml(network_nodes(edges), edges))
    texts = [d.text or "" for d in root.iter() if d.tag.endswith("data") and d.get("key") == "node_name"]
    assert len(texts) == 2
    letters = [sign for sign in name if sign.isalnum()]
    assert [sign for sign in texts[0] if sign.isalnum()] == letters


EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 50)), max_size=20).map(
    lambda found: [node_edge(f"n{a}", f"n{b}", w) for a, b, w in found if a < b]
)


@LAW
@given(EDGES)
def test_communities_are_numbered_by_size_without_holes(edges: list[dict[str, Any]]) -> None:
    found = find_communities(edge_weights(edges))
    sizes = [list(found.values()).count(n) for n in sorted(set(found.values()))]
    assert sorted(set(found.values())) == list(range(1, len(sizes) + 1))
    assert sizes == sorted(sizes, reverse=True)


@LAW
@given(EDGES, st.integers(2, 9))
def test_ranks_do_not_depend_on_the_unit_of_weights(edges: list[dict[str, Any]], factor: int) -> None:
    weights = edge_weights(edges)
    scaled = {a: {b: w * factor for b, w in near.items()} for a, near in weights.items()}
    assert rank_nodes(scaled) == pytest.approx(rank_nodes(weights))
    assert find_communities(scaled) == find_communities(weights)


@LAW
@given(EDGES)
def test_communities_never_join_what_no_path_joins(edges: list[dict[str, Any]]) -> None:
    weights = edge_weights(edges)
    found = find_communities(weights)
    for start in weights:
        reached, waiting = {start}, [start]
        while waiting:
            for other in weights[waiting.pop()]:
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
        assert {node for node in found if found[node] == found[start]} <= reached


@LAW
@given(EDGES)
def test_degrees_are_twice_the_edges(edges: list[dict[str, Any]]) -> None:
    nodes = network_nodes(edges)
    pairs = {(e["actor_id"], e["other_id"]) for e in edges}
    assert sum(node["degree"] for node in nodes) == 2 * len(pairs)
    assert [n["rank"] for n in nodes] == sorted((n["rank"] for n in nodes), reverse=True)


@LAW
@given(st.integers(0, 100), st.integers(1, 100))
def test_an_interval_is_the_mirror_of_that_of_the_rest(count: int, more: int) -> None:
    total = count + more
    low, high = share_interval(count, total)
    other_low, other_high = share_interval(total - count, total)
    assert (low, high) == pytest.approx((1 - other_high, 1 - other_low), abs=1e-12)


@LAW
@given(st.integers(0, 40), st.integers(1, 40), st.integers(1, 400))
def test_a_ratio_grows_with_its_count_and_shrinks_with_its_base(count: int, base: int, total: int) -> None:
    ratio, low, _ = rate_ratio(count, total, base, total)
    more, more_low, _ = rate_ratio(count + 1, total, base, total)
    less, less_low, _ = rate_ratio(count, total, base + 1, total)
    assert less < ratio < more
    assert less_low <= low + 1e-12 <= more_low + 2e-12
    assert ratio == pytest.approx((count + PRIOR / 2) / (base + PRIOR / 2))


@LAW
@given(st.integers(1, 30), st.floats(0.05, 30))
def test_a_tail_is_the_sum_of_its_masses(count: int, mean: float) -> None:
    masses = [math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(count)]
    assert lower_tail(count - 1, mean) == pytest.approx(min(1, math.fsum(masses)), rel=1e-9)
    assert poisson_tail(count, mean) == pytest.approx(1 - math.fsum(masses), abs=1e-9)


@LAW
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_adjusting_is_what_a_loop_makes_of_the_definition(chances: list[float]) -> None:
    number = len(chances)
    ranked = sorted(chances)
    expected = [
        min([1.0, *(ranked[k] * number / (k + 1) for k in range(number) if ranked[k] >= p)]) for p in chances
    ]
    assert adjust_chances(chances) == pytest.approx(expected)


@LAW
@given(st.lists(st.integers(0, 60), min_size=1, max_size=80), st.integers(0, 79))
def test_the_usual_count_looks_at_no_other_weekday(kept: list[int], number: int) -> None:
    number %= len(kept)
    changed = [k if (n - number) % 7 == 0 and n != number else 999 for n, k in enumerate(kept)]
    before, after = (usual_counts(np.array(counts))[number] for counts in (kept, changed))
    assert before == after or (math.isnan(before) and math.isnan(after))


@LAW
@given(st.lists(st.floats(0, 500), max_size=40))
def test_dispersion_is_never_under_that_of_chance(counts: list[float]) -> None:
    assert quasi_dispersion(counts, [10.0] * len(counts)) >= 1
    assert quasi_dispersion(counts, [0.0] * len(counts)) == 1


@LAW
@given(st.integers(0, 200), st.none() | st.floats(0, 200), st.floats(1, 10))
def test_a_day_has_one_of_five_states_and_gaps_are_thin(
    kept: int, expected: float | None, factor: float
) -> None:
    status = day_status(Counts(START, "a", 0, kept, kept, kept, kept), expected, factor)
    assert status in ("ok", "low", "gap", "high", "unknown")
    assert (status == "unknown") == (not expected)
    if expected and status in ("gap", "low"):
        assert kept < expected
    if expected and status == "high":
        assert kept > expected


@LAW
@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc"), st.integers(0, 9)), max_size=30))
def test_coverage_has_a_row_for_every_day_of_every_source(found: list[tuple[int, str, int]]) -> None:
    counts = [Counts(START + timedelta(days=d), s, k, k, k, k, k) for d, s, k in found]
    rows = coverage_table(counts).to_pylist()
    assert sum(row["kept"] for row in rows) == sum(k for _, _, k in found)
    assert [(r["day"], r["source"]) for r in rows] == sorted((r["day"], r["source"]) for r in rows)
    last = max((d for d, _, _ in found), default=0)
    for source in {s for _, s, _ in found}:
        first = min(d for d, s, _ in found if s == source)
        days = [(r["day"] - START).days for r in rows if r["source"] == source]
        assert days == list(range(first, last + 1))


def test_python_here_counts_in_the_same_numbers_as_duckdb(reader: LakeReader) -> None:
    assert reader.sql("SELECT $n AS n", n=sys.maxsize).fetchall() == [(sys.maxsize,)]
