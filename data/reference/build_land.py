"""Write land.txt from Natural Earth's 1:110m countries (public domain): ``build_land.py naturalearth_lowres.shp``.

The shapefile is that of the geopandas package up to 0.14 (``geopandas/datasets/naturalearth_lowres``).  Corners are put on
a grid of quarter degrees, so that neighbours keep the border that they share, and points that fall together are left out.
"""

from __future__ import annotations

import itertools
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
PER_DEGREE = 4
POLYGON = 5
LEAST_CORNERS = 4

Ring = list[tuple[int, int]]


def read_rings(data: bytes) -> Iterator[Ring]:
    """The rings of a shapefile's polygons on the grid (ESRI Shapefile Technical Description, 1998)."""
    place = 100
    while place < len(data):
        (words,) = struct.unpack_from(">i", data, place + 4)
        (kind,) = struct.unpack_from("<i", data, place + 8)
        if kind == POLYGON:
            parts, points = struct.unpack_from("<2i", data, place + 44)
            starts = [*struct.unpack_from(f"<{parts}i", data, place + 52), points]
            flat = struct.unpack_from(f"<{2 * points}d", data, place + 52 + 4 * parts)
            for first, last in itertools.pairwise(starts):
                yield simplify([(flat[2 * i], flat[2 * i + 1]) for i in range(first, last)])
        place += 8 + 2 * words


def simplify(ring: list[tuple[float, float]]) -> Ring:
    """The ring on the grid, without points that fall together."""
    kept: Ring = []
    for longitude, latitude in ring:
        point = round(longitude * PER_DEGREE), round(latitude * PER_DEGREE)
        if not kept or kept[-1] != point:
            kept.append(point)
    return kept


def main() -> None:
    """Write ``land.txt``: one ring a line, first point and steps, in quarters of a degree east and north."""
    rings = [r for r in read_rings(Path(sys.argv[1]).read_bytes()) if len(r) >= LEAST_CORNERS]
    with (HERE / "land.txt").open("w", encoding="ascii") as out:
        for ring in sorted(rings):
            steps = [(a[0] - b[0], a[1] - b[1]) for a, b in zip(ring[1:], ring, strict=False)]
            out.write(" ".join(f"{x},{y}" for x, y in [ring[0], *steps]) + "\n")


if __name__ == "__main__":
    main()
