"""The pages of actors and topics as text and charts: trend, verdict, company, voice, days that stood out, articles to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tasks.report import charts, words
from tasks.report.facts import Row, Span, Subject
from tasks.report.layout import Texts, capital, next_bucket

MOST_BURSTS = 5
"""Days that stood out, on a page."""
LEAST_APART = 0.02
"""How far the adjusted share must be from the plain one somewhere for its line to be drawn."""


def trend_rows(rows: Iterable[Row], bucket: str) -> Texts:
    """Table rows and chart values of a trend; the count is in ``named_count`` or ``topic_count``.

    A bucket that the period cuts says how many of its days it has.
    """
    return [_trend_row(row, bucket) for row in rows]


def _trend_row(row: Row, bucket: str) -> dict[str, Any]:
    """One bucket of a trend."""
    start, count = row["bucket_on"], row["named_count"] if "named_count" in row else row["topic_count"]
    total, share = row["total_count"], words.percent_text(row["share"])
    gap = " – gap in the crawl" if row["is_gap"] else ""
    return {
        "start": start.isoformat(),
        "share": row["share"],
        "low": row["share_low"],
        "high": row["share_high"],
        "adjusted": row.get("adjusted_share"),
        "gap": bool(row["is_gap"]),
        "when": words.bucket_text(start, bucket) + _partial_text(start, row.get("day_count"), bucket),
        "count": words.count_text(count),
        "total": words.count_text(total),
        "share_text": share,
        "interval": words.span_text(
            words.percent_text(row["share_low"]), words.percent_text(row["share_high"])
        ),
        "hint": f"{share}, {words.count_text(count)} of {words.count_text(total)}{gap}"
        if total
        else f"no reports{gap}",
    }


def _partial_text(start: date, days: int | None, bucket: str) -> str:
    """How many days a bucket has, where it is not whole."""
    whole = (next_bucket(start, bucket) - start).days
    return "" if days is None or days >= whole else f" ({words.plural(days, 'day')})"


def common_top(rows: Iterable[Mapping[str, Any]]) -> float:
    """The upper end of an axis that several trends share: room for every interval, but never more than twice the largest share."""
    ends = [(row["share"] or 0.0, row["high"] or 0.0) for row in rows if row["share"] is not None]
    most = max((share for share, _ in ends), default=0.0)
    highest = max((high for _, high in ends), default=0.0)
    return min(1.0, highest, 2 * most) or 1.0


def sample_rows(rows: Iterable[Row]) -> Texts:
    """Articles to read: headline, outlet, day, how many copies, and the address where it is one that a page may link to."""
    return [
        {
            "title": row["title"] or "(no headline)",
            "source": row["source"],
            "day": words.short_day(row["published_on"]),
            "copies": words.plural(row["copy_count"], "version") if (row.get("copy_count") or 1) > 1 else "",
            "url": web_address(row["url"]),
        }
        for row in rows
    ]


def web_address(url: object) -> str:
    """The address if it is one that a page may link to, else nothing."""
    return str(url) if str(url or "").startswith(("http://", "https://")) else ""


def subject_view(subject: Subject, span: Span) -> dict[str, Any]:
    """One actor or topic as the page needs it."""
    trend = trend_rows(subject.trend, span.bucket)
    count = sum(row["named_count"] if "named_count" in row else row["topic_count"] for row in subject.trend)
    total = sum(row["total_count"] for row in subject.trend)
    known = [row for row in trend if row["share"] is not None]
    name = capital({"name": subject.name})["name"]
    return {
        "id": subject.subject_id,
        "name": name,
        "kind": subject.kind,
        "is_topic": subject.kind == "topic",
        "rows": trend,
        "chart": charts.trend_chart(
            flat_lines(trend), f"Share of reports {_about(subject)}", bucket=span.bucket
        ),
        "spark": charts.sparkline(trend),
        "count": words.count_text(count),
        "total": words.count_text(total),
        "share": words.percent_text(count / total if total else None),
        "latest": known[-1]["share_text"] if known else "–",
        "latest_when": known[-1]["when"] if known else "",
        "verdict": verdict(subject, span),
        "samples": sample_rows(subject.samples),
        "companions": companions(subject.companions, "actor_id"),
        "topics": companions(subject.topics, "topic_code"),
        "quoted": quoted_text(subject.quoted),
        "bursts": [burst_text(row) for row in subject.bursts[-MOST_BURSTS:]],
        "has_adjusted": any(row.get("adjusted") is not None for row in flat_lines(trend)),
    }


def _about(subject: Subject) -> str:
    """What the reports of a trend have in common, for screen readers."""
    if subject.kind == "topic":
        return f"on the topic {subject.name} over time, with a 95% interval; the table below has the numbers"
    return f"that name {subject.name} over time, with a 95% interval; the table below has the numbers"


def flat_lines(rows: Texts) -> Texts:
    """The rows without the adjusted share where it nowhere differs visibly from the plain one."""
    gaps = [
        abs(r["adjusted"] - r["share"]) for r in rows if r["adjusted"] is not None and r["share"] is not None
    ]
    return rows if max(gaps, default=0.0) > LEAST_APART else [{**row, "adjusted": None} for row in rows]


def verdict(subject: Subject, span: Span) -> str:
    """Whether it rose, in a sentence; nothing where that was not asked."""
    row = subject.standing
    if row is None:
        return ""
    recent, before = words.length_text(span.recent_days), words.length_text(span.base_days)
    shares = (
        f"{words.percent_text(row['recent_share'])} of reports in the last {recent},"
        f" {words.percent_text(row['base_share'])} in the {before} before"
    )
    times = f"{words.ratio_text(row['ratio'])} times as much (95% {words.span_text(words.ratio_text(row['ratio_low']), words.ratio_text(row['ratio_high']))})"
    if words.is_sure(row):
        return f"Rose beyond chance: {shares}; cautiously estimated {times}."
    return f"No rise beyond chance: {shares}; {times}."


def companions(rows: Iterable[Row], key: str) -> Texts:
    """Who or what occurs together with a subject more often than chance has it: the whole interval lies above that."""
    return [
        {
            "id": row[key],
            "name": capital(row)["name"],
            "count": words.plural(row["both_count"], "report"),
            "lift": words.ratio_text(row["lift"]),
        }
        for row in rows
        if row["name"] and row["lift_low"] > 1
    ]


def quoted_text(row: Row | None) -> str:
    """How often an actor is quoted, in a sentence; nothing for one that never is."""
    if not row or not row["quoted_count"]:
        return ""
    ends = words.span_text(words.percent_text(row["share_low"]), words.percent_text(row["share_high"]))
    return (
        f"Quoted in {words.count_text(row['quoted_count'])} of {words.plural(row['named_count'], 'report')} that name it:"
        f" {words.percent_text(row['share'])} (95% {ends})."
    )


def burst_text(row: Row) -> dict[str, str]:
    """A day on which an actor was named far more often than the weeks around it would lead one to expect."""
    return {
        "day": words.short_day(row["on_day"]),
        "text": f"{words.plural(row['named_count'], 'report')}, {row['expected_count']:.1f} expected",
    }
