"""The report's charts as numbers: places in per cent of the width, paths in a stretched box; ``parts.html`` draws them as SVG.

Nothing is measured in the browser and no script is needed to draw: positions across are in per cent, so that one drawing
serves a phone, a screen and paper, while text and strokes keep their size.  Colours are the page's CSS variables.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tasks.report import words

Chart = dict[str, Any]
"""What the template draws: plain numbers and text."""
Values = Sequence[Mapping[str, Any]]
"""Rows of a chart, as :mod:`tasks.report.layout` makes them."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, in pixels."""

BOX = 1000
"""Width of the stretched box in which paths are drawn."""
TALL, SMALL = 260, 110
"""Heights of a trend in pixels: on a page of its own, and among many."""
ABOVE, BELOW = 8, 24
"""Pixels of a trend above the plot, and below it for the days."""
LOG_TICKS = (0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128)
LETTER = 6.6
"""About how wide a letter of a label is, in pixels."""
FEWEST_BARS = 14
LEVELS = 9
"""Shades of a coverage strip."""


def nice_top(highest: float) -> tuple[float, float]:
    """The end of an axis from 0 that holds *highest*, and the step of its three to five ticks."""
    if highest <= 0:
        return 0.01, 0.005
    raw = highest / 4
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(scale * m for m in (1, 2, 2.5, 5, 10) if scale * m >= raw * 0.999)
    return min(1.0, step * math.ceil(highest / step - 1e-9)) if step < 1 else 1.0, step


def tick_text(share: float) -> str:
    """A share on an axis, without needless digits: ``20%``, ``2.5%``."""
    return f"{share * 100:.3g}%"


def path(points: Iterable[tuple[float, float | None]]) -> str:
    """Points as an SVG path; a missing one parts the line."""
    parts, is_drawing = [], False
    for across, down in points:
        if down is not None:
            parts.append(f"{'L' if is_drawing else 'M'}{across:.4g},{down:.4g}")
        is_drawing = down is not None
    return "".join(parts)


def band(points: Sequence[tuple[float, float | None, float | None]]) -> str:
    """The area between two lines as an SVG path: one closed piece for every unbroken run of points."""
    pieces, run = [], list[tuple[float, float, float]]()
    for across, low, high in [*points, (0.0, None, None)]:
        if low is not None and high is not None:
            run.append((across, low, high))
        elif run:
            there = "L".join(f"{x:.4g},{high:.4g}" for x, _, high in run)
            back = "L".join(f"{x:.4g},{low:.4g}" for x, low, _ in reversed(run))
            pieces.append(f"M{there}L{back}Z")
            run = []
    return "".join(pieces)


def trend_chart(
    rows: Values,
    about: str,
    *,
    height: int = TALL,
    labels: int = 6,
    top: float | None = None,
    bucket: str = "week",
) -> Chart:
    """A share over time with its 95 % interval; buckets with a gap are shaded, those without reports part the line.

    *rows* hold ``start`` (ISO day), ``share``, ``low``, ``high`` (0–1 or null), ``gap``, the texts ``when`` and ``hint``, and
    perhaps ``adjusted``, a second share that is drawn dashed.  *top* fixes the upper end, so that charts can be compared.
    """
    number, plot = max(1, len(rows)), height - ABOVE - BELOW
    seen = [row[key] for row in rows for key in ("share", "high", "adjusted") if row.get(key) is not None]
    most = max((row["share"] or 0.0 for row in rows), default=0.0)
    end, step = nice_top(top if top is not None else min(max(seen, default=0.0), max(2 * most, 0.01)))
    places = [(i + 0.5) / number * BOX for i in range(number)]

    def down(share: float | None) -> float | None:
        """How far below the top a share is drawn."""
        return None if share is None else round(plot * (1 - min(share, end) / end), 1)

    marked = [(x, down(row["share"])) for x, row in zip(places, rows, strict=False)]
    return {
        "about": about,
        "height": height,
        "plot": plot,
        "above": ABOVE,
        "ticks": [
            {"y": ABOVE + (down(i * step) or 0.0), "text": tick_text(i * step)}
            for i in range(round(end / step) + 1)
        ],
        "days": day_labels([row["start"] for row in rows], labels, bucket),
        "gaps": [
            {"x": percent(i / number), "width": percent(1 / number)}
            for i, row in enumerate(rows)
            if row["gap"]
        ],
        "band": band([(x, down(r["low"]), down(r["high"])) for x, r in zip(places, rows, strict=False)]),
        "line": path(marked),
        "dashed": path([(x, down(r.get("adjusted"))) for x, r in zip(places, rows, strict=False)]),
        "dots": [{"x": percent(x / BOX), "y": ABOVE + y} for x, y in marked if y is not None],
        "radius": 3 if number <= 40 else 2,
        "whens": "\n".join(row["when"] for row in rows),
        "hints": "\n".join(row["hint"] for row in rows),
    }


def percent(part: float) -> str:
    """A part (0–1) as a place across."""
    return f"{part * 100:.4g}%"


def day_labels(days: Sequence[str], labels: int, bucket: str) -> list[dict[str, str]]:
    """About so many of the *days* (ISO) with their place, the first one at the left edge of its bucket's middle."""
    step = -(-len(days) // max(1, labels)) or 1
    found = []
    for i in range(0, len(days), step):
        day = date.fromisoformat(days[i])
        middle = (i + 0.5) / len(days)
        anchor = "start" if middle < 0.06 else "end" if middle > 0.94 else "middle"
        found.append({"x": percent(middle), "text": axis_day(day, bucket), "anchor": anchor})
    return found


def axis_day(day: date, bucket: str) -> str:
    """A day on an axis: ``20 Oct``, or ``Oct 2025`` where a bucket is a month."""
    month = words.MONTHS[day.month - 1][:3]
    return f"{month} {day.year}" if bucket == "month" else f"{day.day} {month}"


def sparkline(rows: Values) -> str:
    """The line of a small chart in a box of 100 by 20, whose top is the highest share."""
    most = max((row["share"] or 0.0 for row in rows), default=0.0) or 1.0
    number = max(1, len(rows))
    return path(
        ((i + 0.5) / number * 100, None if row["share"] is None else round(19 - 18 * row["share"] / most, 1))
        for i, row in enumerate(rows)
    )


def bars(counts: Sequence[int]) -> str:
    """A bar for each count in a box of 100 by 20, the highest as high as the box; a fortnight fills it, fewer do not."""
    most, wide = max([*counts, 1]), 100 / max(FEWEST_BARS, len(counts))
    gap = min(1.0, wide / 5)
    return "".join(
        f"M{i * wide:.4g},20v{-20 * count / most:.4g}h{wide - gap:.4g}v{20 * count / most:.4g}z"
        for i, count in enumerate(counts)
        if count
    )


def ratio_axis(rows: Values) -> Chart:
    """A logarithmic axis for the ends ``low`` and ``high`` of *rows*, with its ticks: how many times as much."""
    low = min([0.5, *(row["low"] for row in rows)])
    high = max([4.0, *(row["high"] for row in rows)])
    ticks = [tick for tick in LOG_TICKS if low * 0.999 <= tick <= high * 1.001]
    keep = ticks if len(ticks) <= 6 else [tick for tick in ticks if math.log2(tick) % 2 == 0]
    return {
        "low": low,
        "high": high,
        "ticks": [{"x": log_place(tick, low, high), "text": times_text(tick)} for tick in keep],
        "one": log_place(1, low, high),
    }


def log_place(value: float, low: float, high: float) -> str:
    """Where *value* is on a logarithmic axis from *low* to *high*."""
    return percent(math.log(value / low) / math.log(high / low))


def times_text(tick: float) -> str:
    """A tick of a ratio's axis: ``4×`` or ``1/4``."""
    return f"1/{1 / tick:.0f}" if tick < 1 else f"{tick:.0f}×"


def ratio_mark(row: Mapping[str, Any], axis: Chart) -> dict[str, str]:
    """Where a row's ``ratio`` and its interval are on *axis*."""
    ends = {key: log_place(row[key], axis["low"], axis["high"]) for key in ("low", "high", "ratio")}
    return {"from": ends["low"], "to": ends["high"], "at": ends["ratio"]}


def share_mark(low: float, share: float, high: float) -> dict[str, str]:
    """Where a share and its interval are on an axis from 0 to 1."""
    return {"from": percent(low), "to": percent(high), "at": percent(share)}


def strip_chart(rows: Values, number: int, about: str) -> Chart:
    """One outlet's articles over time: a path for every shade, another for gaps.

    *rows* hold ``place`` (which of the *number* buckets), ``part`` (of the outlet's best bucket, 0–1), ``gap``, ``when`` and ``hint``.
    """
    shades: dict[int, list[str]] = {}
    lost, hints = [], ["no figures"] * number
    for row in rows:
        cell = f"M{row['place']},0h1v1h-1z"
        if row["gap"]:
            lost.append(row["place"])
        elif row["part"] > 0:
            shades.setdefault(max(1, math.ceil(row["part"] * LEVELS)), []).append(cell)
        hints[row["place"]] = row["hint"]
    return {
        "about": about,
        "number": max(1, number),
        "shades": [{"level": level, "path": "".join(cells)} for level, cells in sorted(shades.items())],
        "gaps": [
            {"x": percent(p / number), "width": percent(1 / number), "middle": percent((p + 0.5) / number)}
            for p in lost
        ],
        "hints": "\n".join(hints),
    }


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share ground."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
