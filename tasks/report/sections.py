"""The sections of the report beside rises and pages as text and charts: storylines, who leads, network, map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tasks.analyse.network import network_nodes
from tasks.report import charts, words
from tasks.report.atlas import draw_maps
from tasks.report.facts import MOST_FALSE, Row
from tasks.report.graph import MOST_COLOURS, draw_network
from tasks.report.layout import Texts
from tasks.report.pages import web_address

FEWEST_SHARED = 3
"""Reports that two outlets must both have run for their order to be shown."""
MOST_PAIRS, MOST_MEMBERS = 12, 8


def pair_rows(rows: Iterable[Row]) -> Texts:
    """Who ran shared reports first: one row for each pair of outlets, seen from the one that leads, the surest first."""
    leading = [r for r in rows if r["shared_count"] >= FEWEST_SHARED and r["share"] >= 0.5]
    seen: set[frozenset[str]] = set()
    shown = []
    for row in sorted(leading, key=lambda r: (-r["share_low"], -r["shared_count"], r["first_source"])):
        pair = frozenset((row["first_source"], row["later_source"]))
        if pair not in seen:
            seen.add(pair)
            shown.append(_pair_row(row))
    return shown[:MOST_PAIRS]


def _pair_row(row: Row) -> dict[str, Any]:
    """One pair of outlets."""
    return {
        "first": row["first_source"],
        "later": row["later_source"],
        "count": f"{words.count_text(row['first_count'])} of {words.count_text(row['shared_count'])}",
        "share": words.percent_text(row["share"]),
        "interval": words.span_text(
            words.percent_text(row["share_low"]), words.percent_text(row["share_high"])
        ),
        "hours": hours_text(row["median_hours"]),
        "sure": row["share_low"] > 0.5,
        "mark": charts.share_mark(row["share_low"], row["share"], row["share_high"]),
    }


def lead_sentence(rows: Sequence[Mapping[str, Any]]) -> str:
    """Who leads, in words."""
    sure = [row for row in rows if row["sure"]]
    if not rows:
        return "No two outlets ran enough of the same reports to say who was first."
    if not sure:
        return "No outlet runs shared reports first more often than chance explains."
    led: dict[str, list[str]] = defaultdict(list)
    for row in sure:
        led[row["first"]].append(row["later"])
    first = max(led, key=lambda source: (len(led[source]), source))
    behind = led[first]
    names = behind[0] if len(behind) == 1 else f"{', '.join(behind[:-1])} and {behind[-1]}"
    followers = names if len(behind) <= 3 else f"{words.small_number(len(behind))} outlets"
    return f"{first} runs what it shares with {followers} first more often than chance explains."


def hours_text(hours: float | None) -> str:
    """A length of time in hours or minutes, in days from two days on."""
    if hours is None:
        return "–"
    if hours < 1:
        return f"{round(hours * 60)} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def spread_rows(rows: Iterable[Row]) -> Texts:
    """The reports that went furthest: headline, who ran it first and when, how many outlets, how fast."""
    return [
        {
            "title": row["title"] or "(no headline)",
            "first": row["first_source"],
            "when": words.short_day(row["first_at"].date()),
            "outlets": f"{row['source_count']} of {row['active_count']}",
            "articles": words.count_text(row["article_count"]),
            "half": hours_text(row["hours_to_half"]),
            "last": hours_text(row["hours_to_last"]),
        }
        for row in rows
    ]


def network_view(edges: Sequence[Row]) -> dict[str, Any] | None:
    """The network as a drawing, its groups as lists, and whether its edges stand up to chance; null without an edge."""
    if not edges:
        return None
    nodes = network_nodes(edges)
    drawing = draw_network(nodes, edges)
    groups: dict[int, list[str]] = defaultdict(list)
    for node in nodes:
        groups[node["community"]].append(str(node["name"]))
    listed = [
        {"number": number, "names": names[:MOST_MEMBERS], "more": max(0, len(names) - MOST_MEMBERS)}
        for number, names in sorted(groups.items())[:MOST_COLOURS]
    ]
    rows = [
        {
            "one": edge["name"],
            "other": edge["other_name"],
            "count": words.count_text(edge["both_count"]),
            "times": words.ratio_text(edge["lift"]),
            "verdict": "yes" if edge["q_value"] < MOST_FALSE else "may be chance",
        }
        for edge in edges
    ]
    return {
        **drawing,
        "groups": listed,
        "rows": rows,
        "is_sure": all(e["q_value"] < MOST_FALSE for e in edges),
    }


def map_view(places: Sequence[Row]) -> dict[str, Any] | None:
    """The maps and the places named most; null without a place."""
    maps = draw_maps(places)
    if not maps:
        return None
    rows = [
        {
            "name": row["name"],
            "country": row["country"] or "–",
            "count": words.count_text(row["place_count"]),
            "share": words.percent_text(row["share"]),
            "interval": words.span_text(
                words.percent_text(row["share_low"]), words.percent_text(row["share_high"])
            ),
        }
        for row in places
    ]
    return {"maps": maps, "rows": rows}


def storyline_rows(rows: Iterable[Row]) -> Texts:
    """The largest storylines: headline, when, how large, who was first, and its curve."""
    return [_storyline_row(row) for row in rows]


def _storyline_row(row: Row) -> dict[str, Any]:
    """One storyline."""
    first, last = row["first_on"], row["last_on"]
    copies = row["copy_count"] - row["report_count"]
    curve = {point["on_day"]: point["report_count"] for point in row["curve"] or []}
    days = [curve.get(first + timedelta(days=n), 0) for n in range((last - first).days + 1)]
    return {
        "id": row["storyline_id"],
        "title": row["headline"] or "(no headline)",
        "url": web_address(row["first_url"]),
        "first": row["first_source"],
        "when": words.period_text(first, last),
        "count": words.plural(row["report_count"], "report"),
        "copies": words.plural(copies, "copy", "copies") if copies > 0 else "",
        "outlets": words.plural(row["source_count"], "outlet"),
        "share": words.percent_text(row["share"]),
        "interval": words.span_text(
            words.percent_text(row["share_low"]), words.percent_text(row["share_high"])
        ),
        "bars": charts.bars(days),
        "about": f"Reports per day, {words.period_text(first, last)}: " + ", ".join(map(str, days[:60])),
    }
