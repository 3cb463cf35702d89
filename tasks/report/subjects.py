"""Asks for the pages of single actors and topics: trend, company, topics, voice, and articles to read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasks.report.facts import (
    ACTORS,
    COMPANIONS,
    MOST_FALSE,
    SAMPLES,
    TOPICS,
    Given,
    Opened,
    Row,
    Span,
    Subject,
    ask,
    broad,
    choose,
)


def ask_pages(
    opened: Opened, span: Span, given: Given, actors: list[Row], topics: list[Row]
) -> tuple[tuple[Subject, ...], tuple[Subject, ...]]:
    """The pages of the actors and topics that the report shows; *actors* and *topics* are rows of the ``rising_…`` queries."""
    quoted = {row["actor_id"]: row for row in ask(opened, "quote_share", given, top=5000)}
    bursts: dict[str, list[Row]] = {}
    for row in ask(opened, "bursts", given, top=1000):
        if row["q_value"] < MOST_FALSE and not row["is_gap"]:
            bursts.setdefault(row["actor_id"], []).append(row)
    chosen = choose(actors, "actor_id", ACTORS)
    pages = (
        ask_actor(opened, row, span, given, quoted.get(row["actor_id"]), bursts.get(row["actor_id"], []))
        for row in chosen
    )
    return tuple(pages), tuple(ask_topics(opened, choose(broad(topics), "topic_code", TOPICS), span, given))


def ask_actor(
    opened: Opened,
    row: Mapping[str, Any],
    span: Span,
    given: Given,
    quoted: Row | None = None,
    bursts: Iterable[Row] = (),
) -> Subject:
    """The page of the actor of *row*, which has its actor_id, name and kind, and is one of ``rising_actors`` if it has a ratio."""
    actor = row["actor_id"]
    return Subject(
        actor,
        row["name"],
        row["kind"],
        trend=ask(opened, "mix_adjusted_trend", given, actor=actor, bucket=span.bucket),
        samples=ask_samples(opened, span, given, actor=actor),
        companions=ask(opened, "co_mentions", given, actor=actor, top=COMPANIONS),
        topics=ask(opened, "actor_topics", given, actor=actor, top=COMPANIONS),
        standing=dict(row) if "ratio" in row else None,
        quoted=quoted,
        bursts=tuple(sorted(bursts, key=lambda burst: burst["on_day"])),
    )


def ask_topics(opened: Opened, rows: list[Row], span: Span, given: Given) -> Iterator[Subject]:
    """The pages of several topics, in the order of *rows*, which have their topic_code and name."""
    trends: dict[str, list[Row]] = {row["topic_code"]: [] for row in rows}
    for point in ask(opened, "topic_share", given, bucket=span.bucket):
        if point["topic_code"] in trends:
            trends[point["topic_code"]].append(point)
    for row in rows:
        code = row["topic_code"]
        yield Subject(
            code,
            row["name"],
            "topic",
            trend=trends[code],
            samples=ask_samples(opened, span, given, topic=code),
            companions=ask(opened, "topic_actors", given, topic=code, top=COMPANIONS),
            topics=[],
            standing=dict(row) if "ratio" in row else None,
        )


def ask_samples(opened: Opened, span: Span, given: Given, **subject: str) -> list[Row]:
    """Articles to read about a subject: of the recent days, or of any when there are none."""
    recent = ask(opened, "samples", {**given, "start": span.recent_on.isoformat()}, top=SAMPLES, **subject)
    return recent or ask(opened, "samples", given, top=SAMPLES, **subject)
