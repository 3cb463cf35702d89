"""The report's charts as Vega-Lite specifications, made with Altair.

Colours are the page's CSS variables, so that one drawing serves light, dark and paper.  Every chart takes rows whose
texts are ready for print (``when``, ``share_text``, …) and keeps them in a data set named ``rows``, which the page
replaces when a reader chooses another actor.  Altair is imported by the functions, since that takes half a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Spec = dict[str, Any]
"""A Vega-Lite specification as plain JSON."""
Values = Sequence[Mapping[str, Any]]
"""Rows of a chart: plain JSON."""

ROW_HEIGHT = 44
INK, MUTED, RULE, ACCENT, BAND, PAPER = (
    f"var(--{n})" for n in ("ink", "muted", "rule", "accent", "band", "paper")
)
SANS = "var(--sans)"
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


def finish(chart: Any, description: str) -> Spec:
    """The chart as JSON, as wide as its place on the page, with the words that a screen reader says."""
    whole = chart.properties(
        width="container", autosize={"type": "fit-x", "contains": "padding"}, description=description
    )
    spec: Spec = whole.configure(**CONFIG).to_dict()
    return spec


def rise_chart(rows: Values, description: str) -> Spec:
    """How many times as much as before, per subject, with its interval, on a logarithmic axis.

    *rows* hold ``order``, ``name``, ``ratio``, ``low``, ``high`` (both inside the axis), ``sure`` and ``label``.
    A full circle is a rise that stands up to chance, a hollow one may be chance.
    """
    import altair as alt

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
    down = alt.Y("order:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0.1))
    base = alt.Chart(alt.Data(values=list(rows), name="rows")).encode(y=down)
    hint = [alt.Tooltip("name:N", title=" "), alt.Tooltip("hint:N", title="times")]
    line = base.mark_rule(size=3, opacity=0.85, yOffset=8).encode(
        x=alt.X("low:Q", **across), x2="high:Q", color=_sure(alt), tooltip=hint
    )
    dots = base.mark_point(size=90, strokeWidth=2.5, filled=False, yOffset=8, opacity=1).encode(
        x=alt.X("ratio:Q", **across), stroke=_sure(alt), fill=_sure(alt, PAPER), tooltip=hint
    )
    names = base.mark_text(align="left", dy=-10, fontSize=14, fontWeight=600).encode(
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
    return finish(
        alt.layer(one, line, dots, names, labels).properties(height=ROW_HEIGHT * max(1, len(rows))),
        description,
    )


def time_axis(alt: Any) -> dict[str, Any]:
    """Scale and axis of days, in UTC; the year stands under the first label and every January."""
    return {
        "scale": alt.Scale(type="utc"),
        "axis": alt.Axis(
            title=None,
            grid=False,
            domain=True,
            tickCount=5,
            labelOverlap="greedy",
            labelFlush=True,
            format="%-d %b",
        ),
    }


def _sure(alt: Any, otherwise: str = MUTED) -> Any:
    """The accent for a rise that stands up to chance, another colour for one that may not be."""
    return alt.condition(alt.datum.sure, alt.value(ACCENT), alt.value(otherwise))


def trend_chart(values: Values, description: str, *, height: int, top: float | None = None) -> Spec:
    """A share over time with its 95 % interval; buckets with a gap are shaded.

    *values* hold ``start``, ``end`` and ``at``, their middle (ISO days), ``share``, ``low``, ``high``, ``gap`` and the texts ``when`` and
    ``hint``.  *top* fixes the upper end of the axis, so that several charts can be compared.
    """
    import altair as alt

    scale = alt.Scale(domain=[0, top], nice=False) if top else alt.Scale(domainMin=0, nice=True)
    axis = alt.Axis(format="%", tickCount=4, title=None, gridOpacity=0.7, labelFlush=False)
    days = time_axis(alt)
    base = alt.Chart(alt.Data(values=list(values), name="rows")).encode(x=alt.X("at:T", **days))
    hint = [alt.Tooltip("when:N", title=" "), alt.Tooltip("hint:N", title="share")]
    gaps = (
        base.transform_filter("datum.gap")
        .mark_rect(fill=RULE, opacity=0.6)
        .encode(x=alt.X("start:T", **days), x2="end:T", y=alt.value(0), y2=alt.value("height"))
    )
    share = alt.Y("share:Q", scale=scale, axis=axis)
    band = base.mark_area(fill=BAND, opacity=1, clip=True).encode(
        y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"
    )
    line = base.mark_line(stroke=ACCENT, strokeWidth=2.4).encode(y=share)
    dots = base.mark_circle(fill=ACCENT, size=34, opacity=1).encode(y=share, tooltip=hint)
    catch = base.mark_rule(opacity=0, strokeWidth=18).encode(tooltip=hint)
    return finish(alt.layer(gaps, band, line, catch, dots).properties(height=height), description)


def coverage_chart(values: Values, description: str, sources: Sequence[str]) -> Spec:
    """Articles per outlet and day as a strip: the darker, the more; days far under the usual number are crossed out.

    *values* hold ``source``, ``start``, ``end``, ``kept``, ``part`` (of the outlet's best day, 0–1), ``gap``, ``when``, ``hint``.
    """
    import altair as alt

    down = alt.Y(
        "source:N", sort=list(sources), axis=None, scale=alt.Scale(paddingInner=0.52, paddingOuter=0.05)
    )
    days = time_axis(alt)
    base = alt.Chart(alt.Data(values=list(values), name="rows")).encode(x=alt.X("start:T", **days), y=down)
    hint = [
        alt.Tooltip("source:N", title=" "),
        alt.Tooltip("when:N", title="day"),
        alt.Tooltip("hint:N", title="articles"),
    ]
    strip = base.mark_rect(fill=INK, stroke=RULE, strokeWidth=0.5, yOffset=9, y2Offset=9).encode(
        x2="end:T",
        fillOpacity=alt.FillOpacity(
            "part:Q", scale=alt.Scale(domain=[0, 1], range=[0.03, 0.95]), legend=None
        ),
        tooltip=hint,
    )
    gaps = (
        base.transform_filter("datum.gap")
        .mark_rect(fill=ACCENT, yOffset=9, y2Offset=9)
        .encode(x2="end:T", tooltip=hint)
    )
    crosses = (
        base.transform_filter("datum.gap")
        .transform_calculate(middle="(toDate(datum.start) + toDate(datum.end)) / 2")
        .mark_text(text="×", fill=PAPER, fontSize=13, fontWeight=700, dy=9)
        .encode(x=alt.X("middle:T", **days))
    )
    names = (
        alt.Chart(alt.Data(values=[{"source": source} for source in sources]))
        .mark_text(align="left", dy=-11, fontSize=13, fontWeight=600)
        .encode(y=down, x=alt.value(0), text="source:N")
    )
    return finish(
        alt.layer(strip, gaps, crosses, names).properties(height=ROW_HEIGHT * max(1, len(sources))),
        description,
    )
