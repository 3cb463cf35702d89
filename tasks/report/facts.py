"""Asks the marts for everything the report prints.  Only named queries are asked, so that anyone can ask again.

Shares count duplicate groups (``count=groups``) unless a reader of the live page chooses otherwise: a report that ten outlets
copied counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from tasks.analyse.queries import find_query, list_queries

Row = dict[str, Any]
"""One row of a query, by column."""
Given = Mapping[str, Any]
"""A reader's filter: start, until, sources, language, count, as far as given."""

RECENT_DAYS, BASELINE_DAYS = 14, 42
"""The period in which the report looks for rises, and the longest one it compares with."""
RISING, ACTORS, TOPICS, SAMPLES, COMPANIONS = 7, 14, 12, 4, 6
"""How many risers of a kind, actors and topics with a page, sample articles and companions are shown."""
LISTED, NETWORK, EDGES, PLACES, PAIRS, SPREAD, STORYLINES = 300, 45, 150, 150, 60, 6, 12
"""Actors in the list, actors and edges of the network, places, pairs of outlets, far-going reports and storylines."""
MOST_FALSE = 0.05
"""q-value from which on a burst or an edge is left out."""
FEWEST_EDGES = 4
"""Significant edges under which the network shows those that may be chance as well, and says so."""


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

    @property
    def period(self) -> dict[str, str]:
        """All days as parameters of a query."""
        return {"start": self.first_on.isoformat(), "until": self.until.isoformat()}

    @property
    def recent(self) -> dict[str, Any]:
        """The recent days and the time before as parameters of a query for rises."""
        return {
            "start": self.recent_on.isoformat(),
            "until": self.until.isoformat(),
            "baseline_days": self.base_days,
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """An actor or topic with everything its page prints, as rows of the queries named in the comments."""

    subject_id: str
    name: str
    kind: str
    trend: list[Row]  # mix_adjusted_trend, or topic_share
    samples: list[Row]  # samples
    companions: list[Row]  # co_mentions, or topic_actors
    topics: list[Row]  # actor_topics; none for a topic
    standing: Row | None = None  # its row of rising_actors or rising_topics
    quoted: Row | None = None  # its row of quote_share
    bursts: tuple[Row, ...] = ()  # its rows of bursts
    tone: tuple[Row, ...] = ()  # tone_trend; only the live page asks


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the page prints, as rows of the queries named in the fields' comments."""

    span: Span
    articles: int  # samples(count=articles).total_count
    reports: int  # samples(count=groups).total_count
    rising_actors: list[Row]  # rising_actors, those with a name, all of them
    rising_topics: list[Row]  # rising_topics
    coverage: list[Row]  # coverage
    actors: tuple[Subject, ...] = ()
    topics: tuple[Subject, ...] = ()
    storylines: list[Row] | None = None  # storylines; null where there is no such query
    pairs: tuple[Row, ...] = ()  # lead_lag
    spread: tuple[Row, ...] = ()  # pickup
    edges: tuple[Row, ...] = ()  # actor_network
    places: tuple[Row, ...] = ()  # places

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


def ask(opened: Opened, name: str, given: Given | None = None, **parameters: Any) -> list[Row]:
    """The rows of a named query; of *given* only what the query takes is passed on, and *parameters* go first."""
    takes = {parameter.name for parameter in find_query(name).parameters}
    fitting = {key: value for key, value in (given or {}).items() if key in takes}
    relation = opened.query(name, **{**fitting, **parameters})
    columns = list(relation.columns)
    return [dict(zip(columns, row, strict=True)) for row in relation.fetchall()]


def has_query(name: str) -> bool:
    """Whether there is a named query of that name."""
    return name in {query.name for query in list_queries()}


def find_span(opened: Opened, given: Given | None = None) -> Span | None:
    """The days with articles, and how they are split; null when there is no article."""
    rows = ask(opened, "coverage", given, bucket="day")
    days = [row["bucket_on"] for row in rows if row["kept_count"]]
    if not days:
        return None
    first, last = min(days), max(days)
    length = (last - first).days + 1
    recent = min(RECENT_DAYS, max(1, length // 4))
    return Span(first, last, recent, max(1, min(BASELINE_DAYS, length - recent)))


def gather(opened: Opened, given: Given | None = None, *, with_pages: bool = True) -> Facts | None:
    """Ask everything under the filter *given*; null when the marts hold no article.

    *with_pages* asks for the pages of the actors and topics to show; without it there are lists of them alone.
    """
    from tasks.report.subjects import ask_pages

    span = find_span(opened, given)
    if span is None:
        return None
    about = {**(given or {}), **span.period}
    actors = named(ask(opened, "rising_actors", {**about, **span.recent}, top=5000))
    topics = named(ask(opened, "rising_topics", {**about, **span.recent}, top=500))
    pages = ask_pages(opened, span, about, actors, topics) if with_pages else ((), ())
    return Facts(
        span=span,
        articles=count_all(opened, about, "articles"),
        reports=count_all(opened, about, "groups"),
        rising_actors=actors,
        rising_topics=topics,
        coverage=ask(opened, "coverage", about, bucket=span.care_bucket),
        actors=pages[0],
        topics=pages[1],
        storylines=ask(opened, "storylines", about, top=STORYLINES) if has_query("storylines") else None,
        pairs=tuple(ask(opened, "lead_lag", about, top=PAIRS)),
        spread=tuple(ask(opened, "pickup", about, top=SPREAD)),
        edges=tuple(choose_edges(ask(opened, "actor_network", about, nodes=NETWORK, top=1000))),
        places=tuple(named(ask(opened, "places", about, top=PLACES))),
    )


def choose_edges(rows: list[Row]) -> list[Row]:
    """The pairs that are named together more often than chance has it; where they are few, those that seem to be."""
    significant = [row for row in rows if row["lift_low"] > 1 and row["q_value"] < MOST_FALSE]
    likely = [row for row in rows if row["lift_low"] > 1 and row["both_count"] > 1]
    chosen = significant if len(significant) >= FEWEST_EDGES else likely
    return [row for row in chosen if row["name"] and row["other_name"]][:EDGES]


def count_all(opened: Opened, given: Given, count: str) -> int:
    """All articles, or all duplicate groups."""
    rows = ask(opened, "samples", given, top=1, count=count)
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
