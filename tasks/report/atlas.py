"""Places on a map: an equirectangular frame, the outlines of Natural Earth, circles whose area is the number of reports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any

from tasks.reference import data_file
from tasks.report.charts import LETTER, Box, overlap, percent

Row = Mapping[str, Any]

GRID = 4
"""Units of ``land.txt`` in a degree."""
WORLD = (-170.0, -56.0, 190.0, 78.0)
"""West, south, east and north of the whole map, in degrees."""
CLOSE = (34.0, 16.0)
"""Degrees from west to east and from south to north of the closer map, at the equator."""
MOST_RADIUS = 20.0
MOST_CLOSE_SHARE = 0.7
"""A closer map is drawn when the first one is at least 1 / this times as wide."""
LEAST_RATIO, MOST_RATIO = 1.3, 2.4
"""Bounds of a map's width over its height."""
LEAST_CLOSE_PART = 0.4
"""Part of all counts that a closer map must hold."""
MOST_LABELS = 20
WIDE, NARROW = 900.0, 330.0
"""Widths in pixels of a map on a screen and on a phone, for which labels are chosen."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the earth in degrees: west, south, east, north."""

    west: float
    south: float
    east: float
    north: float

    @property
    def ratio(self) -> float:
        """Width over height as drawn: degrees east are shortened by the cosine of the middle latitude."""
        narrowing = math.cos(math.radians((self.south + self.north) / 2))
        return (self.east - self.west) * narrowing / (self.north - self.south)

    def touches(self, other: Frame, turn: int = 0) -> bool:
        """Whether the frames share ground when *other* is moved east by *turn* degrees."""
        is_across = self.west <= other.east + turn and other.west + turn <= self.east
        return is_across and self.south <= other.north and other.south <= self.north

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether the point is inside."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


@dataclass(frozen=True, slots=True)
class Outline:
    """A ring of land in quarters of a degree: where it begins, the steps from there as SVG has them, and its bounds as degrees."""

    x: int
    y: int
    steps: str
    bounds: Frame


@cache
def land_outlines() -> tuple[Outline, ...]:
    """The outlines of all countries."""
    lines = data_file("reference", "land.txt").read_text(encoding="ascii").splitlines()
    return tuple(read_outline(line) for line in lines)


def read_outline(line: str) -> Outline:
    """One line of ``land.txt``: a point and the steps from it, which SVG wants with north up, so with latitudes negated."""
    pairs = [tuple(map(int, word.split(","))) for word in line.split()]
    across, along = (list(accumulate(pair[i] for pair in pairs)) for i in (0, 1))
    bounds = Frame(min(across) / GRID, min(along) / GRID, max(across) / GRID, max(along) / GRID)
    return Outline(pairs[0][0], -pairs[0][1], " ".join(f"{x},{-y}" for x, y in pairs[1:]), bounds)


def land_path(frame: Frame) -> str:
    """The outlines that touch *frame* as an SVG path in quarters of a degree."""
    turns = (0, 360) if frame.east > 180 else (0,)
    return "".join(
        f"M{outline.x + turn * GRID},{outline.y}l{outline.steps}z"
        for outline in land_outlines()
        for turn in turns
        if frame.touches(outline.bounds, turn)
    )


def whole_frame(rows: Sequence[Row]) -> Frame:
    """The part of the earth that all *rows* are in, with a margin, never much narrower than :data:`CLOSE`."""
    east, north = [row["longitude"] for row in rows], [row["latitude"] for row in rows]
    middle = (min(north) + max(north)) / 2
    wide, high = CLOSE[0] / math.cos(math.radians(middle)), CLOSE[1]
    wide, high = max(wide, (max(east) - min(east)) * 1.15), max(high, (max(north) - min(north)) * 1.25)
    narrowing = math.cos(math.radians(middle))
    wide = max(wide, high * LEAST_RATIO / narrowing)
    if wide > (WORLD[2] - WORLD[0]) * 0.6:
        return Frame(*WORLD)
    high = max(high, wide * narrowing / MOST_RATIO)
    return inside((min(east) + max(east)) / 2, middle, wide, high)


def inside(longitude: float, latitude: float, wide: float, high: float) -> Frame:
    """A frame of that size around the point, moved so that it stays between the poles' ends of the map."""
    south = min(max(latitude - high / 2, WORLD[1]), WORLD[3] - high)
    return Frame(longitude - wide / 2, south, longitude + wide / 2, south + high)


def close_frame(rows: Sequence[Row]) -> Frame:
    """The frame that holds the most reports around one of the places, fitted to what it holds."""

    def around(row: Row) -> Frame:
        """The close frame in the middle of which a place lies."""
        wide = CLOSE[0] / math.cos(math.radians(row["latitude"]))
        return inside(row["longitude"], row["latitude"], wide, CLOSE[1])

    def weight(frame: Frame) -> int:
        """How often places within a frame are named."""
        return sum(r["place_count"] for r in rows if frame.holds(r["longitude"], r["latitude"]))

    best = max((around(row) for row in rows), key=weight)
    return whole_frame([row for row in rows if best.holds(row["longitude"], row["latitude"])])


def draw_maps(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One map of all places, and a closer one of where most are when the first shows much more of the earth.

    *rows* are of the query ``places``; those without a position, or off the map, are left out.
    """
    known = [row for row in rows if row["latitude"] is not None and row["longitude"] is not None]
    placed = [row for row in known if Frame(*WORLD).holds(row["longitude"], row["latitude"])]
    if not placed:
        return []
    whole, close = whole_frame(placed), close_frame(placed)
    inside_it = [row["place_count"] for row in placed if close.holds(row["longitude"], row["latitude"])]
    is_wide = close.east - close.west < MOST_CLOSE_SHARE * (whole.east - whole.west)
    is_full = len(inside_it) > 1 and sum(inside_it) >= LEAST_CLOSE_PART * sum(
        r["place_count"] for r in placed
    )
    frames = [("Closer", close), ("All places", whole)] if is_wide and is_full else [("All places", whole)]
    return [{"name": name, **draw_map(frame, placed)} for name, frame in frames]


def draw_map(frame: Frame, rows: Sequence[Row]) -> dict[str, Any]:
    """One map: its box in quarters of a degree, the land, the graticule, and a circle per place, the largest first."""
    shown = [row for row in rows if frame.holds(row["longitude"], row["latitude"])]
    most = max((row["place_count"] for row in rows), default=1)
    step = 30 if frame.east - frame.west > 120 else 10
    across, along = (frame.east - frame.west), (frame.north - frame.south)
    circles = [
        {
            "name": row["name"],
            "count": row["place_count"],
            "x": percent((row["longitude"] - frame.west) / across),
            "y": percent((frame.north - row["latitude"]) / along),
            "radius": round(max(2.5, MOST_RADIUS * math.sqrt(row["place_count"] / most)), 1),
            "is_country": len(str(row["place_id"])) == 2,
        }
        for row in sorted(shown, key=lambda r: (-r["place_count"], str(r["place_id"])))
    ]
    return {
        "box": f"{frame.west * GRID:.5g} {-frame.north * GRID:.5g} {across * GRID:.5g} {along * GRID:.5g}",
        "ratio": round(frame.ratio, 3),
        "land": land_path(frame),
        "meridians": [percent((d - frame.west) / across) for d in steps(frame.west, frame.east, step)],
        "parallels": [percent((frame.north - d) / along) for d in steps(frame.south, frame.north, step)],
        "circles": label_circles(circles, frame),
    }


def steps(low: float, high: float, step: int) -> list[int]:
    """Multiples of *step* between *low* and *high*."""
    return list(range(step * math.ceil(low / step), math.floor(high) + 1, step))


def label_circles(circles: list[dict[str, Any]], frame: Frame) -> list[dict[str, Any]]:
    """The circles with ``label``, where the name stands and on which screens it has room: ``narrow`` on a phone as well as on a
    screen, ``wide`` on a screen alone; null for a place that is named when a reader points at it.
    """
    wide, narrow = (free_labels(circles, frame, width) for width in (WIDE, NARROW))
    labelled = []
    for i, circle in enumerate(circles):
        side = wide.get(i)
        size = "narrow" if side and narrow.get(i) == side else "wide"
        labelled.append({**circle, "label": side and {"size": size, **label_place(side, circle["radius"])}})
    return labelled


def label_place(side: str, radius: float) -> dict[str, Any]:
    """How far a name is from its circle's middle, and which end of it is there."""
    if side in ("below", "above"):
        return {"dx": 0, "dy": round(radius + 12 if side == "below" else -radius - 4, 1), "anchor": "middle"}
    away = round(radius + 3, 1)
    return (
        {"dx": away, "dy": 4, "anchor": "start"}
        if side == "right"
        else {"dx": -away, "dy": 4, "anchor": "end"}
    )


def label_boxes(x: float, y: float, radius: float, wide: float) -> dict[str, Box]:
    """The ground of a name *wide* pixels long on each side of a circle."""
    return {
        "right": (x + radius + 3, y - 8, x + radius + 3 + wide, y + 8),
        "left": (x - radius - 3 - wide, y - 8, x - radius - 3, y + 8),
        "below": (x - wide / 2, y + radius + 1, x + wide / 2, y + radius + 16),
        "above": (x - wide / 2, y - radius - 16, x + wide / 2, y - radius - 1),
    }


def free_labels(circles: Sequence[Mapping[str, Any]], frame: Frame, width: float) -> dict[int, str]:
    """The side on which each circle's name has room on a map of *width* pixels, by its number, the largest circles first."""
    size = width, width / frame.ratio
    spots = [tuple(float(c[key][:-1]) / 100 * s for key, s in zip("xy", size, strict=True)) for c in circles]
    grounds = [
        (x - c["radius"], y - c["radius"], x + c["radius"], y + c["radius"])
        for (x, y), c in zip(spots, circles, strict=True)
    ]
    taken: list[Box] = []
    chosen: dict[int, str] = {}
    for i, (x, y) in enumerate(spots):
        others = [ground for ground, spot in zip(grounds, spots, strict=True) if spot != spots[i]]
        sides = label_boxes(x, y, circles[i]["radius"], len(circles[i]["name"]) * LETTER)
        for side, box in sides.items():
            is_inside = box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= size[1]
            if len(taken) < MOST_LABELS and is_inside and not any(overlap(box, b) for b in [*taken, *others]):
                taken.append(box)
                chosen[i] = side
                break
    return chosen
