"""Communities that were planted are found, ranks add up, and GraphML holds every edge."""

from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from benchmarks.storylines import commit_reports
from benchmarks.synthetic_events import Report
from flows.cli import app
from tasks.analyse.network import (
    edge_weights,
    find_communities,
    graphml,
    network_nodes,
    rank_nodes,
    significant_edges,
)
from tasks.contracts import GROUPED, GROUPS
from tasks.marts.build import refresh_marts
from tasks.store import Lake


def edge(
    one: str, other: str, both: int = 5, lift_low: float = 2.0, q_value: float = 0.001
) -> dict[str, Any]:
    return {
        "actor_id": one,
        "name": one.upper(),
        "other_id": other,
        "other_name": other.upper(),
        "both_count": both,
        "named_count": 10,
        "other_count": 20,
        "lift": lift_low + 1,
        "lift_low": lift_low,
        "q_value": q_value,
    }


def cliques(number: int, size: int) -> list[dict[str, Any]]:
    """So many cliques, each tied to the next by one thin edge."""
    names = [[f"c{n}m{m}" for m in range(size)] for n in range(number)]
    edges = [edge(a, b) for members in names for a, b in combinations(members, 2)]
    return edges + [edge(names[n][0], names[n + 1][0], both=1) for n in range(number - 1)]


@pytest.mark.parametrize(("number", "size"), [(2, 4), (5, 5), (12, 4)])
def test_cliques_are_communities(number: int, size: int) -> None:
    found = find_communities(edge_weights(cliques(number, size)))
    assert len(set(found.values())) == number
    for n in range(number):
        assert len({found[f"c{n}m{m}"] for m in range(size)}) == 1


pairs = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 9)), max_size=40)


@given(pairs)
def test_every_node_has_one_community_and_ranks_add_up_to_one(listed: list[tuple[int, int, int]]) -> None:
    edges = [edge(f"a{min(a, b)}", f"a{max(a, b)}", both) for a, b, both in listed if a != b]
    weights = edge_weights(edges)
    assert set(find_communities(weights)) == set(weights)
    assert sum(rank_nodes(weights).values()) == pytest.approx(1 if weights else 0)


@given(pairs, st.randoms())
def test_the_order_of_edges_changes_nothing(listed: list[tuple[int, int, int]], random: Any) -> None:
    unique = {(min(a, b), max(a, b)): both for a, b, both in listed if a != b}
    edges = [edge(f"a{a}", f"a{b}", both) for (a, b), both in unique.items()]
    shuffled = random.sample(edges, len(edges))
    assert find_communities(edge_weights(edges)) == find_communities(edge_weights(shuffled))


def test_the_hub_of_a_star_ranks_first() -> None:
    nodes = network_nodes([edge("hub", f"leaf{n}") for n in range(5)])
    assert nodes[0]["actor_id"] == "hub"
    assert (nodes[0]["degree"], nodes[0]["weight"], nodes[0]["name"]) == (5, 25, "HUB")
    assert network_nodes([]) == []


def test_what_chance_may_have_done_is_no_edge() -> None:
    edges = [edge("a", "b"), edge("a", "c", lift_low=0.9), edge("a", "d", q_value=0.2)]
    assert [e["other_id"] for e in significant_edges(edges)] == ["b"]


def test_graphml_holds_every_node_and_edge_and_escapes() -> None:
    edges = [edge("a<b", "c&d"), edge("c&d", "e")]
    edges[1]["other_name"] = None
    text = graphml(network_nodes(edges), edges)
    root = ElementTree.fromstring(text)
    space = "{http://graphml.graphdrawing.org/xmlns}"
    assert {node.get("id") for node in root.iter(f"{space}node")} == {"a<b", "c&d", "e"}
    assert [(e.get("source"), e.get("target")) for e in root.iter(f"{space}edge")] == [
        ("a<b", "c&d"),
        ("c&d", "e"),
    ]
    assert graphml([], []).startswith(b"<?xml")


def test_a_column_has_the_type_of_its_first_value() -> None:
    nodes = [{"actor_id": "a", "rank": None, "degree": 1}, {"actor_id": "b", "rank": 0.5, "degree": 2}]
    root = ElementTree.fromstring(graphml(nodes, []))
    types = {key.get("attr.name"): key.get("attr.type") for key in root.iter() if key.tag.endswith("key")}
    assert types == {"rank": "double", "degree": "long"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty reports that name A with B, sixty that name C with D."""
    opened = Lake(tmp_path_factory.mktemp("network") / "lake")
    at = datetime(2025, 3, 10, tzinfo=UTC)
    pairs = [("A", "B"), ("C", "D")] * 60
    reports = [Report(f"Report {n}", "Text.", at, pair, (), "other", None) for n, pair in enumerate(pairs)]
    commit_reports(opened, "unit-a", reports, 1)
    list(refresh_marts(opened, GROUPED.empty(), GROUPS.empty()))
    return opened.root


@pytest.mark.slow
@pytest.mark.parametrize("form", ["graphml", "csv", "parquet"])
def test_the_network_becomes_a_file_for_other_programs(lake: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"network.{form}"
    done = CliRunner().invoke(app, ["network", "--lake", str(lake), "--out", str(out), "--nodes=20"])
    assert done.exit_code == 0, done.output
    if form == "graphml":
        tags = [element.tag.rpartition("}")[2] for element in ElementTree.fromstring(out.read_bytes()).iter()]
        assert (tags.count("node"), tags.count("edge")) == (4, 2)
    else:
        nodes = duckdb.sql(f"SELECT actor_id, rank, community FROM '{out}'").fetchall()
        assert {actor: community for actor, _, community in nodes} == {"A": 1, "B": 1, "C": 2, "D": 2}
        assert sum(rank for _, rank, _ in nodes) == pytest.approx(1)


@pytest.mark.slow
def test_a_network_of_nobody_is_said_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["network", "--lake", str(tmp_path)])
    assert done.exit_code != 0
    assert "no two actors" in str(done.exception)
