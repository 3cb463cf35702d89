"""Asking the marts: which queries are asked, which subjects are chosen, and what an empty lake gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.analyse.queries import list_queries
from tasks.report import facts, subjects

FIRST = date(2025, 9, 1)


class Relation:
    """Rows as DuckDB gives them."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        """Hold *rows*, which share their keys."""
        self.rows = rows

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return list(self.rows[0]) if self.rows else []

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows."""
        return [tuple(row.values()) for row in self.rows]


class Marts:
    """Answers of named queries, and a note of what was asked."""

    def __init__(self, **answers: list[dict[str, Any]]) -> None:
        """Answer each query with the rows given for it."""
        self.answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def query(self, name: str, **parameters: Any) -> Relation:
        """The rows for *name*."""
        self.asked.append((name, parameters))
        return Relation(self.answers.get(name, []))


def days(number: int, kept: int = 4) -> list[dict[str, Any]]:
    """Daily coverage of one outlet."""
    return [
        {"bucket_on": FIRST + timedelta(days=i), "source": "A", "kept_count": kept, "gap_days": 0}
        for i in range(number)
    ]


def subject(number: int, count: int, key: str = "actor_id", name: str | None = "N") -> dict[str, Any]:
    """A row of a rising query."""
    return {key: f"ci:{number:03d}", "name": name, "kind": "state", "recent_count": count, "base_count": 0}


@pytest.mark.parametrize(
    ("length", "recent", "base"), [(63, 14, 42), (365, 14, 42), (8, 2, 6), (1, 1, 1), (2, 1, 1)]
)
def test_the_recent_days_are_a_quarter_at_most(length: int, recent: int, base: int) -> None:
    span = facts.find_span(Marts(coverage=days(length)))
    assert span is not None
    assert (span.days, span.recent_days, span.base_days) == (length, recent, base)
    assert span.recent_on == span.until - timedelta(days=recent)


def test_a_lake_without_articles_has_no_facts() -> None:
    assert facts.gather(Marts()) is None
    assert facts.gather(Marts(coverage=days(5, kept=0))) is None


def test_days_without_articles_at_either_end_do_not_stretch_the_span() -> None:
    rows = days(10)
    rows[0]["kept_count"] = rows[-1]["kept_count"] = 0
    span = facts.find_span(Marts(coverage=rows))
    assert span is not None
    assert (span.first_on, span.last_on) == (FIRST + timedelta(days=1), FIRST + timedelta(days=8))


@given(st.lists(st.integers(0, 40), max_size=40), st.integers(1, 12))
def test_subjects_are_chosen_once_each_and_never_too_many(counts: list[int], number: int) -> None:
    rows = [subject(i, count) for i, count in enumerate(counts)]
    chosen = [row["actor_id"] for row in facts.choose(rows, "actor_id", number)]
    assert len(chosen) == len(set(chosen)) == min(number, len(rows))


def test_the_risers_come_first_and_the_most_named_follow() -> None:
    rows = [subject(0, 1), subject(1, 2), *(subject(i, 10 + i) for i in range(2, 20))]
    chosen = [row["actor_id"] for row in facts.choose(rows, "actor_id", 6)]
    assert chosen == ["ci:000", "ci:001", "ci:019", "ci:018", "ci:017", "ci:016"]


def test_subjects_without_a_name_are_left_out() -> None:
    assert facts.named([subject(1, 1, name=None), subject(2, 1)]) == [subject(2, 1)]


def test_everything_is_asked_by_named_queries_over_the_same_period() -> None:
    samples = [{"total_count": 9, "title": "T", "url": None}]
    marts = Marts(coverage=days(63), rising_actors=[subject(1, 5)], rising_topics=[], samples=samples)
    found = facts.gather(marts)
    assert found is not None
    assert (found.articles, found.reports, found.sources) == (9, 9, ["A"])
    assert {name for name, _ in marts.asked} == {
        "coverage", "rising_actors", "rising_topics", "samples", "mix_adjusted_trend", "co_mentions", "actor_topics", "topic_share",
        "quote_share", "bursts", "lead_lag", "pickup", "actor_network", "places",
    } | ({"storylines"} & {query.name for query in list_queries()})  # fmt: skip
    periods = [
        (given.get("start"), given.get("until"))
        for name, given in marts.asked
        if "baseline_days" not in given
    ]
    assert set(periods[1:]) == {("2025-09-01", "2025-11-03"), ("2025-10-20", "2025-11-03")}
    (rising,) = [parameters for name, parameters in marts.asked if name == "rising_actors"]
    assert (rising["start"], rising["until"], rising["baseline_days"]) == ("2025-10-20", "2025-11-03", 42)


def test_topics_get_their_own_points_of_the_shares() -> None:
    points = [{"topic_code": f"ci:{i % 2:03d}", "bucket_on": FIRST, "topic_count": i} for i in range(6)]
    marts = Marts(topic_share=points)
    rows = [subject(0, 1, "topic_code"), subject(1, 1, "topic_code")]
    span = facts.Span(FIRST, FIRST + timedelta(days=62), 14, 49)
    found = list(subjects.ask_topics(marts, rows, span, {}))
    assert [[p["topic_count"] for p in topic.trend] for topic in found] == [[0, 2, 4], [1, 3, 5]]


def test_topics_of_the_first_level_are_shown_where_there_are_enough() -> None:
    wide = [{"topic_code": f"medtop:{n:02d}000000"} for n in range(1, 5)]
    narrow = {"topic_code": "medtop:20000148"}
    assert facts.broad([*wide, narrow]) == wide
    assert facts.broad([*wide[:2], narrow]) == [*wide[:2], narrow]


def test_a_filter_reaches_every_query_that_takes_it() -> None:
    marts = Marts(coverage=days(30), rising_actors=[subject(1, 5)], samples=[{"total_count": 9}])
    facts.gather(marts, {"sources": ["A"], "language": "en", "count": "articles"})
    takes = {query.name: {p.name for p in query.parameters} for query in list_queries()}
    for name, parameters in marts.asked:
        assert {"sources", "language", "count"} & takes[name] <= set(parameters)
        assert set(parameters) <= takes[name]


def test_without_pages_no_subject_is_asked_about() -> None:
    marts = Marts(coverage=days(30), rising_actors=[subject(1, 5)])
    found = facts.gather(marts, with_pages=False)
    assert found is not None
    assert (found.actors, found.topics) == ((), ())
    assert not [asked for _, asked in marts.asked if {"actor", "topic"} & set(asked)]


def test_edges_that_may_be_chance_are_drawn_only_where_there_are_few_others() -> None:
    edge = {"name": "A", "other_name": "B", "lift_low": 2.0, "q_value": 0.01, "both_count": 3}
    doubtful = {**edge, "q_value": 0.2}
    assert facts.choose_edges([edge] * 4 + [doubtful]) == [edge] * 4
    assert facts.choose_edges([edge, doubtful, {**edge, "lift_low": 0.9}]) == [edge, doubtful]
    assert facts.choose_edges([{**edge, "other_name": None}] * 5) == []
