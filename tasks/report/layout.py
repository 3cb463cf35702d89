"""Turns facts into what the page shows: sentences, table rows and chart values, all as text ready for print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tasks.report import charts, words
from tasks.report.facts import LISTED, RISING, Facts, Row, Span

Texts = list[dict[str, Any]]
"""Rows of a table or values of a chart: plain JSON."""

AXIS_ENDS = 0.125, 128.0
"""The rise charts' axis goes no further; longer intervals are cut there."""
LEAST_RISE = 1.1
"""Times the share before under which nothing is called a rise."""
LEAST_USUAL = 2.0
"""Expected articles a day under which completeness says nothing."""
MOST_OUTLETS = 100
"""Outlets in the coverage table."""
MOST_STRIPS = 24
"""Outlets drawn in the coverage chart."""


@dataclass(frozen=True, slots=True)
class Finding:
    """The page's headline and the sentences under it."""

    headline: str
    sentences: tuple[str, ...]


def next_bucket(start: date, bucket: str) -> date:
    """First day of the bucket after the one that begins at *start*."""
    if bucket == "month":
        return (start.replace(day=1) + timedelta(days=32)).replace(day=1)
    return start + timedelta(days=7 if bucket == "week" else 1)


def find_headline(facts: Facts) -> Finding:
    """What rose most surely, in words; says so when nothing did."""
    recent, before = words.length_text(facts.span.recent_days), words.length_text(facts.span.base_days)
    actors = [row for row in facts.rising_actors if words.is_sure(row)]
    topics = [row for row in facts.rising_topics if words.is_sure(row)]
    sentences = [
        words.rise_sentence(f"{row['name']} was named in", row, recent, before) for row in actors[:1]
    ]
    sentences += [
        words.rise_sentence(f"The topic “{row['name']}” was that of", row, recent, before)
        for row in topics[:1]
    ]
    if not sentences:
        return Finding(
            "Nothing rose beyond chance",
            (f"No actor and no topic took a larger share of reports in the last {recent} than in the {before} before"
             " by more than chance explains.",),
        )  # fmt: skip
    top = (actors or [capital(row) for row in topics])[0]
    return Finding(
        f"{top['name']}: from {words.percent_text(top['base_share'])} to {words.percent_text(top['recent_share'])} of reports",
        tuple(sentences),
    )


def capital(row: Row) -> Row:
    """The row with a capital letter to its name."""
    return {**row, "name": row["name"][:1].upper() + row["name"][1:]}


def rise_rows(rows: Iterable[Row], key: str, most: int = RISING) -> Texts:
    """Table rows and chart values of the first *most* risers, best first; those that fell or hardly rose are left out.

    *key* is the column with the subject's id.
    """
    shown = [capital(row) for row in rows if row["recent_count"] and row["ratio"] >= LEAST_RISE]
    return [
        {**rise_row(row), "id": row[key], "order": place} for place, row in enumerate(shown[:most], start=1)
    ]


def rise_row(row: Row) -> dict[str, Any]:
    """One row of ``rising_actors`` or ``rising_topics`` as text, with the ends of its interval inside the axis."""
    low_end, high_end = AXIS_ENDS
    return {
        "name": row["name"],
        "kind": row.get("kind", "topic"),
        "ratio": min(max(row["ratio"], low_end), high_end),
        "low": min(max(row["ratio_low"], low_end), high_end),
        "high": min(max(row["ratio_high"], low_end), high_end),
        "sure": words.is_sure(row),
        "now": f"{words.count_text(row['recent_count'])} of {words.count_text(row['recent_total'])}",
        "before": f"{words.count_text(row['base_count'])} of {words.count_text(row['base_total'])}",
        "now_share": words.percent_text(row["recent_share"]),
        "before_share": words.percent_text(row["base_share"]),
        "times": words.ratio_text(row["ratio"]),
        "interval": interval(row["ratio_low"], row["ratio_high"]),
        "verdict": "yes" if words.is_sure(row) else "may be chance",
    }


def list_rows(rows: Iterable[Row], key: str, most: int = LISTED) -> Texts:
    """The *most* subjects that occur most often as table rows, whether they rose or not."""
    often = sorted(rows, key=lambda row: (-(row["recent_count"] + row["base_count"]), row[key]))
    return [{**rise_row(capital(row)), "id": row[key]} for row in often[:most]]


def interval(low: float, high: float) -> str:
    """The ends of an interval of ratios."""
    return words.span_text(words.ratio_text(low), words.ratio_text(high))


def strip_rows(facts: Facts) -> tuple[list[str], Texts]:
    """What the buckets of the coverage chart are called, and the largest outlets, each with its ``chart``."""
    days = sorted({row["bucket_on"] for row in facts.coverage})
    places = {day: place for place, day in enumerate(days)}
    best = dict.fromkeys(facts.sources, 1)
    for row in facts.coverage:
        best[row["source"]] = max(best.get(row["source"], 1), row["kept_count"])
    drawn: dict[str, Texts] = {source: [] for source in facts.sources[:MOST_STRIPS]}
    for row in facts.coverage:
        if row["source"] in drawn:
            cell = {"place": places[row["bucket_on"]], "part": row["kept_count"] / best[row["source"]]}
            drawn[row["source"]].append({**cell, "gap": bool(row["is_gap"]), "hint": _kept_text(row)})
    strips = [
        {"source": source, "chart": charts.strip_chart(rows, len(days), f"Articles of {source} over time")}
        for source, rows in drawn.items()
    ]
    return [words.bucket_text(day, facts.span.care_bucket) for day in days], strips


def _kept_text(row: Mapping[str, Any]) -> str:
    """Articles of a bucket, and the usual number where it is known."""
    usual = f", usually {row['expected_count']:.0f}" if row["expected_count"] is not None else ""
    return f"{words.count_text(row['kept_count'])}{usual}" + (" – gap" if row["is_gap"] else "")


def source_rows(facts: Facts) -> Texts:
    """Table rows: the largest outlets with their articles, days, gaps and completeness."""
    by_source: dict[str, list[Row]] = {source: [] for source in facts.sources[:MOST_OUTLETS]}
    for row in facts.coverage:
        if row["source"] in by_source:
            by_source[row["source"]].append(row)
    return [_source_row(source, own) for source, own in by_source.items()]


def _source_row(source: str, own: list[Row]) -> dict[str, Any]:
    """One outlet in the table; an outlet of under :data:`LEAST_USUAL` articles a day has no usual number."""
    kept, days = sum(row["kept_count"] for row in own), sum(row["day_count"] for row in own)
    known = [row for row in own if row["expected_count"] is not None]
    expected = sum(row["expected_count"] for row in known)
    is_regular = expected >= LEAST_USUAL * sum(row["day_count"] for row in known) > 0
    return {
        "source": source,
        "kept": words.count_text(kept),
        "per_day": f"{kept / days:.1f}" if kept >= days / 20 else "<0.1",
        "gaps": words.count_text(sum(row["gap_days"] for row in own)),
        "complete": words.percent_text(sum(row["kept_count"] for row in known) / expected)
        if is_regular
        else "too few to say",
    }


def gap_sentence(facts: Facts) -> str:
    """How many days brought far less than usual, in words."""
    if not facts.gap_days:
        return "No outlet had a day on which far less than usual came in."
    outlets = len({row["source"] for row in facts.coverage if row["gap_days"]})
    return (
        f"{words.plural(facts.gap_days, 'outlet-day').capitalize()} in {words.plural(outlets, 'outlet')} brought far less than"
        " usual. They are crossed out below, and trends are shaded where they matter."
    )


def ledger_rows(reasons: Mapping[str, int], about: Mapping[str, str]) -> Texts:
    """What was read and not kept, by reason, the most frequent first, with the width of its bar in per cent."""
    most = max(reasons.values(), default=1)
    return [
        {
            "reason": reason.replace("_", " "),
            "about": about.get(reason, ""),
            "rows": words.count_text(rows),
            "width": max(0.5, round(100 * rows / most, 1)),
        }
        for reason, rows in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    ]


def key_figures(facts: Facts) -> list[tuple[str, str]]:
    """The numbers at the top of the page: value and what it counts."""
    span: Span = facts.span
    return [
        (words.count_text(facts.articles), "articles"),
        (words.count_text(facts.reports), "reports, copies counted once"),
        (words.count_text(len(facts.sources)), "outlet" if len(facts.sources) == 1 else "outlets"),
        (words.count_text(span.days), "days"),
    ]
