"""The network of actors: centrality and communities of ``actor_network``'s edges, and GraphML for other programs.

Communities are those of the Louvain method (Blondel, Guillaume, Lambiotte and Lefebvre, 2008) with ties broken by id, so
that the same edges always give the same communities; centrality is PageRank (Brin and Page, 1998).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

Row = Mapping[str, Any]
Weights = dict[str, dict[str, float]]
"""Weight of every edge, from both of its ends."""

DAMPING = 0.85
"""Part of a rank that goes along edges."""
LEAST_GAIN = 1e-12
"""Modularity that a move must gain."""
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML file can hold."""


def significant_edges(rows: Iterable[Row], most_false: float = 0.05) -> list[Row]:
    """The rows of ``actor_network`` that name two actors together more often than by chance: lift over 1, q under *most_false*."""
    return [row for row in rows if row["lift_low"] > 1 and row["q_value"] < most_false]


def network_nodes(edges: Sequence[Row]) -> list[dict[str, Any]]:
    """A row per actor of the edges: actor_id, name, named_count, degree, weight, rank and community.

    ``weight`` is the sum of its edges' both_count, ``rank`` its PageRank (the ranks add up to 1), ``community`` a number
    from 1, the largest community first.  Ordered by rank, then id.
    """
    weights = edge_weights(edges)
    ranks, groups = rank_nodes(weights), find_communities(weights)
    about = {e["other_id"]: (e["other_name"], e["other_count"]) for e in edges}
    about |= {e["actor_id"]: (e["name"], e["named_count"]) for e in edges}
    rows = [
        {
            "actor_id": node,
            "name": about[node][0],
            "named_count": about[node][1],
            "degree": len(near),
            "weight": sum(near.values()),
            "rank": ranks[node],
            "community": groups[node],
        }
        for node, near in weights.items()
    ]
    return sorted(rows, key=lambda r: (-r["rank"], r["actor_id"]))


def edge_weights(edges: Iterable[Row]) -> Weights:
    """both_count of each edge, from both ends, nodes in order of id."""
    weights: Weights = defaultdict(dict)
    for edge in edges:
        weights[edge["actor_id"]][edge["other_id"]] = float(edge["both_count"])
        weights[edge["other_id"]][edge["actor_id"]] = float(edge["both_count"])
    return {node: weights[node] for node in sorted(weights)}


def rank_nodes(weights: Weights, rounds: int = 100) -> dict[str, float]:
    """PageRank of each node; along an edge goes rank in proportion to its weight."""
    if not weights:
        return {}
    total = {node: sum(near.values()) for node, near in weights.items()}
    rank = dict.fromkeys(weights, 1 / len(weights))
    for _ in range(rounds):
        rank = {
            node: (1 - DAMPING) / len(weights)
            + DAMPING * sum(rank[other] * weight / total[other] for other, weight in near.items())
            for node, near in weights.items()
        }
    return rank


def find_communities(weights: Weights) -> dict[str, int]:
    """Community of each node, numbered from 1, the largest first."""
    member = {node: node for node in weights}
    level: Weights = {node: dict(near) for node, near in weights.items()}
    while True:
        moved = _move_nodes(level)
        if all(node == home for node, home in moved.items()):
            break
        member = {node: moved[home] for node, home in member.items()}
        level = _merge_nodes(level, moved)
    sizes: dict[str, int] = defaultdict(int)
    for home in member.values():
        sizes[home] += 1
    order = sorted(sizes, key=lambda home: (-sizes[home], min(n for n, h in member.items() if h == home)))
    numbers = {home: number for number, home in enumerate(order, 1)}
    return {node: numbers[home] for node, home in member.items()}


def _move_nodes(level: Weights) -> dict[str, str]:
    """Each node's community after moving single nodes for as long as modularity grows."""
    strength = {node: sum(near.values()) for node, near in level.items()}
    double = sum(strength.values()) or 1.0
    home = {node: node for node in level}
    inside = dict(strength)
    is_moving = True
    while is_moving:
        is_moving = False
        for node in sorted(level):
            links: dict[str, float] = defaultdict(float)
            for other, weight in level[node].items():
                if other != node:
                    links[home[other]] += weight
            old = home[node]
            inside[old] -= strength[node]
            gain = {c: w - inside[c] * strength[node] / double for c, w in links.items()}
            stay = gain.get(old, -inside[old] * strength[node] / double)
            best = min(gain, key=lambda c: (-gain[c], c), default=old)
            new = best if gain.get(best, stay) > stay + LEAST_GAIN else old
            home[node] = new
            inside[new] += strength[node]
            is_moving = is_moving or new != old
    return home


def _merge_nodes(level: Weights, home: Mapping[str, str]) -> Weights:
    """The network whose nodes are the communities; edges within one become a loop of double weight."""
    merged: Weights = defaultdict(lambda: defaultdict(float))
    for node, near in level.items():
        for other, weight in near.items():
            merged[home[node]][home[other]] += weight
    return {node: dict(merged[node]) for node in sorted(merged)}


def graphml(nodes: Sequence[Row], edges: Sequence[Row]) -> bytes:
    """The network as GraphML, for Gephi, igraph or networkx; every column becomes an attribute."""
    root = ElementTree.Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    node_keys = [name for name in (nodes[0] if nodes else {}) if name != "actor_id"]
    edge_keys = [name for name in ("both_count", "lift", "lift_low", "q_value") if edges and name in edges[0]]
    for kind, keys, sample in (("node", node_keys, nodes), ("edge", edge_keys, edges)):
        for name in keys:
            ElementTree.SubElement(
                root,
                "key",
                id=f"{kind}_{name}",
                attrib={"for": kind, "attr.name": name, "attr.type": _kind([row[name] for row in sample])},
            )
    graph = ElementTree.SubElement(root, "graph", id="actors", edgedefault="undirected")
    for row in nodes:
        _add_data(ElementTree.SubElement(graph, "node", id=row["actor_id"]), "node", node_keys, row)
    for row in edges:
        edge = ElementTree.SubElement(graph, "edge", source=row["actor_id"], target=row["other_id"])
        _add_data(edge, "edge", edge_keys, row)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _kind(values: Iterable[object]) -> str:
    """GraphML's name of the type of a column's values."""
    value = next((v for v in values if v is not None), None)
    return "long" if isinstance(value, int) else "double" if isinstance(value, float) else "string"


def _add_data(element: ElementTree.Element, kind: str, keys: Iterable[str], row: Row) -> None:
    """A row's values as the element's data; null is left out."""
    for name in keys:
        if row[name] is not None:
            ElementTree.SubElement(element, "data", key=f"{kind}_{name}").text = _NO_XML.sub(
                " ", str(row[name])
            )
