"""Asks the marts for everything the report prints.  Only named queries are asked, so that anyone can ask again.

Shares count duplicate groups (``count=groups``): a report that ten outlets copied counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

Row = dict[str, Any]
"""One row of a query, by column."""

RECENT_DAYS, BASELINE_DAYS = 14, 42
"""The period in which the report looks for rises, and the longest one it compares with."""
RISING, ACTORS, TOPICS, SAMPLES, COMPANIONS = 7, 12, 12, 4, 6
"""How many risers of a kind, actors to choose from, topics, sample articles and companions are shown."""


class Opened(Protocol):
    """What ``tasks.analyse.lake.connect`` gives: named queries as relations."""

    def query(self, name: str, /, **parameters: Any) -> Any:
        """The answer of a named query, as a DuckDB relation."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days the report is about: all of them, the recent ones, and the time before to compare with."""

    first_on: date
    last_on: date
    recent_days: int
    base_days: int

    @property
    def recent_on(self) -> date:
        """First of the recent days."""
        return self.last_on - timedelta(days=self.recent_days - 1)

    @property
    def until(self) -> date:
        """The day after the last."""
        return self.last_on + timedelta(days=1)

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.last_on - self.first_on).days + 1

    @property
    def bucket(self) -> str:
        """Step of the trends: as fine as the length allows."""
        return "day" if self.days <= 21 else "week" if self.days <= 420 else "month"

    @property
    def care_bucket(self) -> str:
        """Step of the coverage chart."""
        return "day" if self.days <= 130 else "week" if self.days <= 900 else "month"


@dataclass(frozen=True, slots=True)
class Subject:
    """An actor or topic: id, name, kind, its trend, articles to read, and (actors) who is named with it."""

    subject_id: str
    name: str
    kind: str
    trend: list[Row]
    samples: list[Row]
    companions: list[Row]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the page prints, as rows of the queries named in the fields' comments."""

    span: Span
    articles: int  # samples(count=articles).total_count
    reports: int  # samples(count=groups).total_count
    rising_actors: list[Row]
    rising_topics: list[Row]
    actors: tuple[Subject, ...]  # actor_trend, samples, co_mentions
    topics: tuple[Subject, ...]  # topic_share, samples
    coverage: list[Row]  # coverage

    @property
    def sources(self) -> list[str]:
        """Outlets with articles, the largest first."""
        kept: dict[str, int] = {}
        for row in self.coverage:
            kept[row["source"]] = kept.get(row["source"], 0) + row["kept_count"]
        return sorted((s for s in kept if kept[s]), key=lambda s: (-kept[s], s))

    @property
    def gap_days(self) -> int:
        """Days on which an outlet brought far less than usual, added up over outlets."""
        return sum(row["gap_days"] for row in self.coverage)


def ask(opened: Opened, name: str, **parameters: Any) -> list[Row]:
    """The rows of a named query."""
    relation = opened.query(name, **parameters)
    columns = list(relation.columns)
    return [dict(zip(columns, row, strict=True)) for row in relation.fetchall()]


def find_span(opened: Opened) -> Span | None:
    """The days with articles, and how they are split; null when there is no article."""
    days = [row["bucket_on"] for row in ask(opened, "coverage", bucket="day") if row["kept_count"]]
    if not days:
        return None
    first, last = min(days), max(days)
    length = (last - first).days + 1
    recent = min(RECENT_DAYS, max(1, length // 4))
    return Span(first, last, recent, max(1, min(BASELINE_DAYS, length - recent)))


def gather(opened: Opened) -> Facts | None:
    """Ask everything; null when the marts hold no article."""
    span = find_span(opened)
    if span is None:
        return None
    period = {"start": span.first_on.isoformat(), "until": span.until.isoformat()}
    recent = {
        "start": span.recent_on.isoformat(),
        "until": span.until.isoformat(),
        "baseline_days": span.base_days,
    }
    actors = ask(opened, "rising_actors", **recent, top=2000)
    topics = ask(opened, "rising_topics", **recent, top=500)
    return Facts(
        span=span,
        articles=count_all(opened, "articles"),
        reports=count_all(opened, "groups"),
        rising_actors=named(actors)[:RISING],
        rising_topics=named(topics)[:RISING],
        actors=tuple(
            ask_actor(opened, row, span, period) for row in choose(named(actors), "actor_id", ACTORS)
        ),
        topics=tuple(ask_topics(opened, choose(broad(named(topics)), "topic_code", TOPICS), span, period)),
        coverage=ask(opened, "coverage", **period, bucket=span.care_bucket),
    )


def count_all(opened: Opened, count: str) -> int:
    """All articles, or all duplicate groups."""
    rows = ask(opened, "samples", top=1, count=count)
    return int(rows[0]["total_count"]) if rows else 0


def named(rows: Iterable[Row]) -> list[Row]:
    """The rows whose subject has a name."""
    return [row for row in rows if row["name"]]


def broad(rows: list[Row]) -> list[Row]:
    """The topics of the first level, whose codes end in six zeros; all topics where fewer than four are of that level."""
    wide = [row for row in rows if row["topic_code"].endswith("000000")]
    return wide if len(wide) >= 4 else rows


def choose(rows: list[Row], key: str, number: int) -> list[Row]:
    """The *number* subjects to show: the first third by rank of their rise, the others by how often they occur."""
    first = [row for row in rows if row["recent_count"]][: max(1, number // 3)]
    often = sorted(rows, key=lambda row: (-(row["recent_count"] + row["base_count"]), row[key]))
    chosen = {row[key]: row for row in [*first, *often]}
    return list(chosen.values())[:number]


def ask_actor(opened: Opened, row: Mapping[str, Any], span: Span, period: Mapping[str, str]) -> Subject:
    """Trend, articles to read and companions of one actor."""
    actor = row["actor_id"]
    return Subject(
        actor,
        row["name"],
        row["kind"],
        trend=ask(opened, "actor_trend", actor=actor, bucket=span.bucket, **period),
        samples=ask(opened, "samples", actor=actor, start=span.recent_on.isoformat(), top=SAMPLES)
        or ask(opened, "samples", actor=actor, top=SAMPLES),
        companions=ask(opened, "co_mentions", actor=actor, top=COMPANIONS, **period),
    )


def ask_topics(opened: Opened, rows: list[Row], span: Span, period: Mapping[str, str]) -> Iterable[Subject]:
    """Trend and articles to read of several topics, in the order of *rows*."""
    trends: dict[str, list[Row]] = {row["topic_code"]: [] for row in rows}
    for point in ask(opened, "topic_share", bucket=span.bucket, **period):
        if point["topic_code"] in trends:
            trends[point["topic_code"]].append(point)
    for row in rows:
        code = row["topic_code"]
        recent = ask(opened, "samples", topic=code, start=span.recent_on.isoformat(), top=SAMPLES)
        yield Subject(code, row["name"], "topic", trends[code], recent, [])
