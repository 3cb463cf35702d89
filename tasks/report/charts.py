"""The report's charts as Vega-Lite specifications, made with Altair.

Colours are the page's CSS variables, so that one drawing serves light, dark and paper.  Every chart takes rows whose
texts are ready for print (``when``, ``hint``, …) and keeps them in a data set named ``rows``, which the page replaces
when a reader chooses another actor.  Nothing is filtered away in the browser: rows that need no mark get an invisible
one, since Vega complains about empty data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

Spec = dict[str, Any]
"""A Vega-Lite specification as plain JSON."""
Values = Sequence[Mapping[str, Any]]
"""Rows of a chart: plain JSON."""

ROW_HEIGHT = 44
INK, MUTED, RULE, ACCENT, BAND, PAPER = (
    f"var(--{n})" for n in ("ink", "muted", "rule", "accent", "band", "paper")
)
SANS = '"Source Sans 3", "Helvetica Neue", Helvetica, Arial, sans-serif'
"""The page's sans serif in full: Vega measures text on a canvas, which knows no CSS variables."""
CONFIG: Spec = {
    "background": "transparent",
    "view": {"stroke": None},
    "font": SANS,
    "text": {"font": SANS, "fill": INK},
    "axis": {
        "domainColor": RULE, "gridColor": RULE, "tickColor": RULE, "labelColor": MUTED, "titleColor": MUTED,
        "labelFont": SANS, "titleFont": SANS, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        "labelPadding": 6, "ticks": False, "domain": False,
    },
}  # fmt: skip


def load_altair() -> Any:
    """Altair, imported when the first chart is drawn, since that takes half a second."""
    return import_module("altair")


def finish(chart: Any, rows: Values, description: str) -> Spec:
    """The chart of *rows* as JSON, as wide as its place on the page, with the words that a screen reader says."""
    whole = chart.properties(
        width="container", autosize={"type": "fit-x", "contains": "padding"}, description=description
    )
    spec: Spec = whole.configure(**CONFIG).to_dict()
    return refill(spec, rows, description)


def refill(spec: Spec, rows: Values, description: str) -> Spec:
    """The same drawing of other rows; much faster than drawing it again."""
    return {**spec, "datasets": {**spec.get("datasets", {}), "rows": list(rows)}, "description": description}


def rise_chart(rows: Values, description: str) -> Spec:
    """How many times as much as before, per subject, with its interval, on a logarithmic axis.

    *rows* hold ``order``, ``name``, ``label``, ``hint``, ``ratio``, ``low``, ``high`` (all three inside the axis) and
    ``sure``.  A full circle is a rise that stands up to chance, a hollow one may be chance.
    """
    alt = load_altair()
    ends = [row[end] for row in rows for end in ("low", "high", "ratio")]
    low, high = min(0.5, *ends), max(4.0, *ends)
    ticks = [
        tick for tick in (0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128) if low * 0.99 <= tick <= high * 1.01
    ]
    times = "datum.value < 1 ? '1/' + round(1 / datum.value) : datum.value + '×'"
    across = {
        "scale": alt.Scale(type="log", domain=[low, high], nice=False),
        "axis": alt.Axis(values=ticks, title="times the share before", labelExpr=times),
    }
    base = alt.Chart(alt.NamedData("rows")).encode(
        y=alt.Y("order:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0.1))
    )
    hint = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hint:N", title="times")]
    line = base.mark_rule(size=3, opacity=0.85, yOffset=8).encode(
        x=alt.X("low:Q", **across), x2="high:Q", color=_sure(alt), tooltip=hint
    )
    dots = base.mark_point(size=90, strokeWidth=2.5, filled=False, yOffset=8, opacity=1).encode(
        x=alt.X("ratio:Q", **across), stroke=_sure(alt), fill=_sure(alt, PAPER), tooltip=hint
    )
    fitting = alt.ExprRef("max(60, width - 92)")
    names = base.mark_text(align="left", dy=-10, fontSize=14, fontWeight=600, limit=fitting).encode(
        x=alt.value(0), text="name:N"
    )
    labels = base.mark_text(align="right", dy=-10, fontSize=12, fill=MUTED).encode(
        x=alt.value("width"), text="label:N"
    )
    one = (
        alt.Chart(alt.Data(values=[{"at": 1}]))
        .mark_rule(strokeDash=[2, 3], stroke=MUTED)
        .encode(x=alt.X("at:Q", **across))
    )
    whole = alt.layer(one, line, dots, names, labels).properties(height=ROW_HEIGHT * max(1, len(rows)))
    return finish(whole, rows, description)


def _sure(alt: Any, otherwise: str = MUTED) -> Any:
    """The accent for a rise that stands up to chance, another colour for one that may not be."""
    return alt.condition(alt.datum.sure, alt.value(ACCENT), alt.value(otherwise))


def time_axis(alt: Any, days: Sequence[str], labels: int, form: str) -> dict[str, Any]:
    """Scale and axis of *days* (ISO, in order), in UTC, with about so many labels, each on one of the days."""
    step = -(-len(days) // max(1, labels)) or 1
    return {
        "scale": alt.Scale(type="utc"),
        "axis": alt.Axis(
            title=None,
            grid=False,
            domain=True,
            values=[
                dict(zip(("year", "month", "date"), map(int, day.split("-")), strict=True), utc=True)
                for day in days[::step]
            ],
            format=form,
            labelOverlap="greedy",
            labelFlush=True,
        ),
    }


def trend_chart(
    values: Values, description: str, *, height: int, form: str, labels: int = 6, top: float | None = None
) -> Spec:
    """A share over time with its 95 % interval; buckets with a gap are shaded.

    *values* hold ``start`` (ISO day), ``left`` and ``right`` (half a bucket before and after), ``share``, ``low``,
    ``high``, ``gap`` and the texts ``when`` and ``hint``.  *form* is the d3 format of days on the axis, *labels* how
    many there are; *top* fixes the upper end of the other axis, so that several charts can be compared.
    """
    alt = load_altair()
    days = time_axis(alt, [row["start"] for row in values], labels, form)
    scale = alt.Scale(domain=[0, top], nice=False) if top else alt.Scale(domainMin=0, nice=True)
    axis = alt.Axis(format="%", tickCount=4, title=None, gridOpacity=0.7, labelFlush=False)
    share = alt.Y("share:Q", scale=scale, axis=axis)
    base = alt.Chart(alt.NamedData("rows")).encode(x=alt.X("start:T", **days))
    hint = [alt.Tooltip("when:N", title=" "), alt.Tooltip("hint:N", title="share")]
    shade = alt.condition(alt.datum.gap, alt.value(0.6), alt.value(0))
    gaps = base.mark_rect(fill=RULE, clip=True).encode(
        x=alt.X("left:T", **days), x2="right:T", y=alt.value(0), y2=alt.value("height"), opacity=shade
    )
    band = base.mark_area(fill=BAND, opacity=1, clip=True).encode(
        y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"
    )
    line = base.mark_line(stroke=ACCENT, strokeWidth=2.4).encode(y=share)
    dots = base.mark_circle(fill=ACCENT, size=34, opacity=1).encode(y=share, tooltip=hint)
    catch = base.mark_rule(opacity=0, strokeWidth=18).encode(tooltip=hint)
    return finish(alt.layer(gaps, band, line, catch, dots).properties(height=height), values, description)


def coverage_chart(values: Values, description: str, sources: Sequence[str], form: str) -> Spec:
    """Articles per outlet and day as a strip: the stronger the shade, the more; gaps are crossed out.

    *values* hold ``source``, ``start``, ``middle``, ``end`` (ISO days), ``part`` (of the outlet's best day, 0–1),
    ``gap``, ``cross`` and the texts ``when`` and ``hint``.
    """
    alt = load_altair()
    days = time_axis(alt, sorted({row["start"] for row in values}), 6, form)
    down = alt.Y(
        "source:N",
        sort=list(sources),
        axis=None,
        scale=alt.Scale(paddingInner=0.52, paddingOuter=0.35, align=0.6),
    )
    base = alt.Chart(alt.NamedData("rows")).encode(x=alt.X("start:T", **days), y=down)
    hint = [
        alt.Tooltip("source:N", title=" "),
        alt.Tooltip("when:N", title="when"),
        alt.Tooltip("hint:N", title="articles"),
    ]
    shade = alt.FillOpacity("part:Q", scale=alt.Scale(domain=[0, 1], range=[0.03, 0.95]), legend=None)
    place = {"yOffset": 7, "y2Offset": 7, "clip": True}
    strip = base.mark_rect(fill=INK, stroke=RULE, strokeWidth=0.5, **place).encode(
        x2="end:T", fillOpacity=shade, tooltip=hint
    )
    lost = alt.condition(alt.datum.gap, alt.value(1), alt.value(0))
    gaps = base.mark_rect(fill=ACCENT, tooltip=None, **place).encode(x2="end:T", opacity=lost)
    crosses = base.mark_text(fill=PAPER, fontSize=13, fontWeight=700, dy=7).encode(
        x=alt.X("middle:T", **days), text="cross:N"
    )
    names = (
        alt.Chart(alt.Data(values=[{"source": source} for source in sources]))
        .mark_text(align="left", dy=-12, fontSize=13, fontWeight=600)
        .encode(y=down, x=alt.value(0), text="source:N")
    )
    whole = alt.layer(strip, gaps, crosses, names).properties(height=ROW_HEIGHT * max(1, len(sources)))
    return finish(whole, values, description)
