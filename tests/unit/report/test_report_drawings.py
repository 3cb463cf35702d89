"""Network and maps as numbers: inside their frames, the same every time, labels that cover nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.analyse.network import network_nodes
from tasks.report import atlas, graph, sections
from tasks.report.charts import LETTER, overlap

LAW = settings(max_examples=25, deadline=None)


def edge(one: int, other: int, count: int = 3, q: float = 0.01) -> dict[str, Any]:
    """A row of ``actor_network``."""
    return {
        "actor_id": f"ci:{one:02d}", "name": f"Actor {one}", "other_id": f"ci:{other:02d}", "other_name": f"Actor {other}",
        "both_count": count, "named_count": 10 + one, "other_count": 10 + other, "lift": 2.0, "lift_low": 1.5, "q_value": q,
    }  # fmt: skip


EDGES = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(1, 50)).filter(lambda t: t[0] < t[1]),
    min_size=1,
    max_size=20,
)


@LAW
@given(EDGES)
def test_nodes_are_inside_the_drawing_and_lines_join_them(triples: list[tuple[int, int, int]]) -> None:
    edges = [edge(*triple) for triple in {t[:2]: t for t in triples}.values()]
    drawing = graph.draw_network(network_nodes(edges), edges)
    for node in drawing["nodes"]:
        assert 0 <= float(node["x"][:-1]) <= 100
        assert 0 <= float(node["y"][:-1]) <= 100
        assert graph.LEAST_RADIUS <= node["radius"] <= graph.MOST_RADIUS
    spots = {(node["x"], node["y"]) for node in drawing["nodes"]}
    assert len(drawing["edges"]) == len(edges)
    assert all({(e["x1"], e["y1"]), (e["x2"], e["y2"])} <= spots for e in drawing["edges"])


def test_the_same_edges_give_the_same_drawing() -> None:
    edges = [edge(i, (i * 3 + 1) % 13) for i in range(12) if i < (i * 3 + 1) % 13]
    one, other = (graph.draw_network(network_nodes(e), e) for e in (edges, edges[::-1]))
    assert [(n["actor_id"], n["x"]) for n in one["nodes"]] == [
        (n["actor_id"], n["x"]) for n in other["nodes"]
    ]


def test_actors_named_together_stand_nearer_than_others() -> None:
    pairs = [(a, b) for group in (range(4), range(4, 8)) for a in group for b in group if a < b]
    places = graph.place_nodes(8, [(a, b, 5.0) for a, b in pairs] + [(0, 4, 1.0)])
    far = np.linalg.norm(places[:, None] - places[None, :], axis=2)
    inside = np.mean([far[a, b] for a, b in pairs])
    assert inside < 0.7 * np.mean([far[a, b] for a in range(4) for b in range(4, 8)])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_tiny_networks_have_places(number: int) -> None:
    places = graph.place_nodes(number, [])
    assert places.shape == (number, 2)
    assert np.isfinite(places).all()


@LAW
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=15))
def test_chosen_labels_cover_neither_circles_nor_each_other(spots: list[tuple[float, float]]) -> None:
    names, radius, size = [f"Name {i}" * 2 for i in range(len(spots))], [6.0] * len(spots), (600.0, 400.0)
    chosen = graph.choose_labels(np.array(spots), radius, names, range(len(spots)), size)
    boxes = {}
    for i in chosen:
        x, y = spots[i][0] * 600, spots[i][1] * 400
        half = len(names[i]) * LETTER / 2
        boxes[i] = (x - half, y + 7, x + half, y + 7 + graph.LINE)
        assert boxes[i][0] >= 0
        assert boxes[i][2] <= 600
    for i, box in boxes.items():
        assert not any(overlap(box, other) for j, other in boxes.items() if j != i)
        circles = [
            (x * 600 - 6, y * 400 - 6, x * 600 + 6, y * 400 + 6) for j, (x, y) in enumerate(spots) if j != i
        ]
        assert not any(overlap(box, circle) for circle in circles)


def test_the_network_says_whether_its_edges_may_be_chance() -> None:
    sure, doubtful = (sections.network_view([edge(0, 1), edge(1, 2, q=q)]) for q in (0.01, 0.3))
    assert sure is not None and doubtful is not None
    assert (sure["is_sure"], doubtful["is_sure"]) == (True, False)
    assert [row["verdict"] for row in doubtful["rows"]] == ["yes", "may be chance"]
    assert sections.network_view([]) is None


def place(
    longitude: float | None, latitude: float | None, count: int = 1, name: str = "N", key: str = "1"
) -> dict[str, Any]:
    """A row of ``places``."""
    return {"place_id": key, "name": name, "country": "HU", "longitude": longitude, "latitude": latitude, "place_count": count,
            "share": 0.1, "share_low": 0.05, "share_high": 0.2}  # fmt: skip


COORDINATES = st.tuples(st.floats(-180, 180), st.floats(-90, 90), st.integers(1, 1000))


@LAW
@given(st.lists(COORDINATES, min_size=1, max_size=12))
def test_every_place_on_the_map_is_inside_a_frame(spots: list[tuple[float, float, int]]) -> None:
    maps = atlas.draw_maps([place(*spot, key=str(i)) for i, spot in enumerate(spots)])
    west, south, east, north = atlas.WORLD
    on_map = [s for s in spots if west <= s[0] <= east and south <= s[1] <= north]
    assert bool(maps) == bool(on_map)
    if maps:
        assert len(maps[-1]["circles"]) == len(on_map)
        for circle in (c for one in maps for c in one["circles"]):
            assert 0 <= float(circle["x"][:-1]) <= 100
            assert 0 <= float(circle["y"][:-1]) <= 100
        assert all(1 < one["ratio"] < 3 for one in maps)


def test_areas_of_circles_are_the_counts() -> None:
    one, other = atlas.draw_maps([place(19, 47, 100, key="1"), place(10, 50, 25, key="2")])[-1]["circles"]
    assert one["radius"] / other["radius"] == pytest.approx(2, rel=0.01)


def test_a_place_without_position_is_left_out() -> None:
    assert atlas.draw_maps([place(None, None)]) == []
    assert sections.map_view([]) is None


def test_a_closer_map_is_drawn_where_the_first_shows_much_more() -> None:
    near = [place(19, 47, 9, "Hungary", "HU"), place(16, 48, 5, "Austria", "AT")]
    assert [one["name"] for one in atlas.draw_maps(near)] == ["All places"]
    closer, whole = atlas.draw_maps(
        [*near, place(139, 35, 1, "Japan", "JP"), place(-75, 45, 1, "Canada", "CA")]
    )
    assert [circle["name"] for circle in closer["circles"]] == ["Hungary", "Austria"]
    assert len(whole["circles"]) == 4
    assert closer["circles"][0]["is_country"]


def test_the_land_is_the_earth_and_drawn_only_where_it_shows() -> None:
    outlines = atlas.land_outlines()
    assert len(outlines) > 200
    assert all(-181 <= o.bounds.west <= o.bounds.east <= 181 and o.bounds.south >= -91 for o in outlines)
    hungary = atlas.Frame(16, 45, 23, 49)
    assert 0 < len(atlas.land_path(hungary)) < len(atlas.land_path(atlas.Frame(*atlas.WORLD)))
    assert atlas.land_path(atlas.Frame(-150, -50, -140, -45)) == ""


def test_degrees_are_shortened_towards_the_poles() -> None:
    assert atlas.Frame(0, -1, 2, 1).ratio == pytest.approx(1)
    assert atlas.Frame(0, 59, 2, 61).ratio == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(-170, 190, [-150, -120]), (16, 23, []), (0, 31, [0, 30])]
)
def test_the_graticule_stands_on_round_degrees(low: float, high: float, expected: list[int]) -> None:
    assert atlas.steps(low, high, 30)[:2] == expected


def pair(first: str, later: str, count: int, shared: int, **changes: Any) -> dict[str, Any]:
    """A row of ``lead_lag``."""
    share = count / shared
    row = {"first_source": first, "later_source": later, "first_count": count, "shared_count": shared, "share": share,
           "share_low": max(0.0, share - 0.2), "share_high": min(1.0, share + 0.2), "median_hours": 2.0}  # fmt: skip
    return {**row, **changes}


def test_each_pair_of_outlets_is_listed_once_from_the_side_that_leads() -> None:
    rows = sections.pair_rows(
        [
            pair("A", "B", 9, 10),
            pair("B", "A", 1, 10),
            pair("C", "A", 5, 10),
            pair("A", "C", 5, 10),
            pair("D", "A", 2, 2),
        ]
    )
    assert [(row["first"], row["later"], row["sure"]) for row in rows] == [
        ("A", "B", True),
        ("A", "C", False),
    ]
    assert (
        sections.lead_sentence(rows) == "A runs what it shares with B first more often than chance explains."
    )


def test_without_a_leader_the_page_says_so() -> None:
    assert sections.lead_sentence([]).startswith("No two outlets")
    assert sections.lead_sentence(sections.pair_rows([pair("A", "B", 5, 10)])).startswith("No outlet runs")


@pytest.mark.parametrize(
    ("hours", "text"),
    [(None, "–"), (0.05, "3 min"), (1.0, "1.0 h"), (47.9, "47.9 h"), (48.0, "2.0 days"), (0.0, "0 min")],
)
def test_lengths_of_time_have_a_fitting_unit(hours: float | None, text: str) -> None:
    assert sections.hours_text(hours) == text
    assert math.isfinite(hours or 0)


def test_a_storyline_has_a_bar_for_each_of_its_days_with_reports() -> None:
    from datetime import date

    row = {
        "storyline_id": 7, "headline": None, "first_on": date(2025, 9, 1), "first_source": "A", "first_url": "javascript:x",
        "last_on": date(2025, 9, 4), "report_count": 4, "source_count": 1, "copy_count": 4, "share": 0.05, "share_low": 0.02,
        "share_high": 0.1, "curve": [{"on_day": date(2025, 9, 1), "report_count": 3}, {"on_day": date(2025, 9, 4), "report_count": 1}],
    }  # fmt: skip
    (shown,) = sections.storyline_rows([row])
    assert (shown["title"], shown["url"], shown["copies"]) == ("(no headline)", "", "")
    assert (shown["count"], shown["outlets"], shown["when"]) == (
        "four reports",
        "one outlet",
        "1–4 September 2025",
    )
    assert shown["bars"] == "M0,20v-20h6.143v20zM21.43,20v-6.667h6.143v6.667z"
    assert shown["about"].endswith(": 3, 0, 0, 1")
