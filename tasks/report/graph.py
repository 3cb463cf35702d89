"""The network of actors as a drawing: places by springs, sizes by how often they are named, labels that do not cover each other.

Places are those of Fruchterman and Reingold (1991), begun on a circle in order of community, so that the same edges give the
same drawing.  Communities and centrality are those of :mod:`tasks.analyse.network`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tasks.report.charts import LETTER, Box, overlap, percent

Row = Mapping[str, Any]
Floats = npt.NDArray[np.float64]

ROUNDS, CLOSENESS = 300, 0.75
"""Steps of the springs, and the length of a spring at rest as a part of what would fill the square."""
MOST_COLOURS = 6
"""Communities with a colour of their own; the others share a grey."""
LEAST_RADIUS, MOST_RADIUS = 5.0, 17.0
WIDE, NARROW = (980.0, 560.0), (335.0, 460.0)
"""Sizes in pixels of the drawing on a screen and on a phone, for which labels are chosen."""
LINE = 15.0
"""How high a label is, in pixels."""


def place_nodes(number: int, edges: Sequence[tuple[int, int, float]]) -> Floats:
    """Places (0–1, two columns) of *number* nodes joined by *edges* (two nodes and a weight)."""
    turn = np.arange(number) * 2 * math.pi / max(1, number)
    places = np.column_stack([np.cos(turn), np.sin(turn)]) * 0.4 + 0.5
    rest = CLOSENESS * math.sqrt(1 / max(1, number))
    pull = np.zeros((number, number))
    for one, other, weight in edges:
        pull[one, other] = pull[other, one] = 1 + math.log1p(weight)
    for step in range(ROUNDS):
        apart = places[:, None, :] - places[None, :, :]
        far = np.maximum(np.linalg.norm(apart, axis=2), 1e-6)
        force = (rest**2 / far - pull * far**2 / rest / 2) / far
        np.fill_diagonal(force, 0.0)
        move = (force[:, :, None] * apart).sum(axis=1) - (places - 0.5) * 0.6
        size = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
        places = places + move / size * np.minimum(size, 0.1 * (1 - step / ROUNDS))
    return stretch(places)


def stretch(places: Floats) -> Floats:
    """The places spread over the square from edge to edge."""
    low, high = places.min(axis=0, initial=0.5), places.max(axis=0, initial=0.5)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9), dtype=np.float64)


def draw_network(nodes: Sequence[Row], edges: Sequence[Row], most_nodes: int = 40) -> dict[str, Any]:
    """The *most_nodes* highest ranked of *nodes* and their *edges* as circles, lines and labels.

    *nodes* are rows of ``network_nodes``, *edges* of ``actor_network``.  A label is ``wide`` where it has room on a screen,
    ``narrow`` where it has room on a phone as well; the others are told when a reader points at their circle.
    """
    kept = sorted(nodes[:most_nodes], key=lambda node: (node["community"], -node["rank"]))
    index = {node["actor_id"]: i for i, node in enumerate(kept)}
    drawn = [e for e in edges if e["actor_id"] in index and e["other_id"] in index]
    springs = [(index[e["actor_id"]], index[e["other_id"]], float(e["both_count"])) for e in drawn]
    places = place_nodes(len(kept), springs) * [0.84, 0.86] + [0.08, 0.06]
    most = max((node["named_count"] for node in kept), default=1)
    radius = [LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * math.sqrt(n["named_count"] / most) for n in kept]
    order = sorted(range(len(kept)), key=lambda i: -kept[i]["rank"])
    names = [str(node["name"]) for node in kept]
    wide = choose_labels(places, radius, names, order, WIDE)
    narrow = choose_labels(places, radius, names, order, NARROW) & wide
    strongest = max((edge["both_count"] for edge in drawn), default=1)
    return {
        "nodes": [
            {
                **node,
                "number": i,
                "x": percent(places[i, 0]),
                "y": percent(places[i, 1]),
                "radius": round(radius[i], 1),
                "colour": node["community"] if node["community"] <= MOST_COLOURS else 0,
                "label": "narrow" if i in narrow else "wide" if i in wide else "",
            }
            for i, node in enumerate(kept)
        ],
        "edges": [
            {
                "from": a, "to": b, "x1": percent(places[a, 0]), "y1": percent(places[a, 1]), "x2": percent(places[b, 0]),
                "y2": percent(places[b, 1]), "width": round(1 + 3 * math.sqrt(weight / strongest), 1),
            }
            for a, b, weight in springs
        ],
    }  # fmt: skip


def choose_labels(
    places: Floats,
    radius: Sequence[float],
    names: Sequence[str],
    order: Sequence[int],
    size: tuple[float, float],
) -> set[int]:
    """The nodes, the first in *order* first, whose label covers no circle and no other label on a drawing of *size* pixels."""
    width, height = size
    spots = [(x * width, y * height) for x, y in places]
    circles = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(spots, radius, strict=True)]
    taken: list[Box] = []
    chosen = set()
    for i in order:
        x, y = spots[i]
        half = len(names[i]) * LETTER / 2
        label = x - half, y + radius[i] + 1, x + half, y + radius[i] + 1 + LINE
        others = [circle for j, circle in enumerate(circles) if j != i]
        is_inside = label[0] >= 0 and label[2] <= width
        if is_inside and not any(overlap(label, box) for box in [*taken, *others]):
            taken.append(label)
            chosen.add(i)
    return chosen
