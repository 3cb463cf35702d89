"""What ``columninch serve`` asks a lake: always of the marts as they are now, each answer kept until they change."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from time import sleep
from typing import Any, TypeVar

import duckdb

from tasks.analyse.lake import LakeReader, LakeWarning, connect
from tasks.analyse.queries import find_query, fit_value
from tasks.errors import ConfigError
from tasks.report import facts as asking
from tasks.report.facts import Facts, Row, Span, Subject, ask
from tasks.report.subjects import ask_actor, ask_topics

Answer = TypeVar("Answer")
Stamp = tuple[int, int]
Given = tuple[tuple[str, Any], ...]
"""A reader's filter, in order, so that answers can be kept by it."""

FILTERS = ("start", "until", "sources", "language", "count")
"""Parameters that a reader may set for all pages."""
KEPT = 64
"""Answers kept."""
MOST_FOUND = 40
ATTEMPTS, PAUSE_SECONDS = 6, 0.3
"""How often a question is asked while the marts change under it, and the seconds between."""
_FIND_ACTORS = """
SELECT a.actor_id AS id, a.name, a.kind FROM actors AS a
WHERE contains(lower(a.name || ' ' || coalesce(array_to_string(a.aliases, ' '), '')), lower($words))
ORDER BY length(a.name), a.name, a.actor_id LIMIT $most"""
_FIND_TOPICS = """
SELECT t.topic_code AS id, t.name, 'topic' AS kind FROM topics AS t
WHERE contains(lower(t.name), lower($words)) ORDER BY length(t.name), t.name LIMIT $most"""
_ACTOR = "SELECT a.actor_id, a.name, a.kind FROM actors AS a WHERE a.actor_id = $actor"
_TOPIC = "SELECT t.topic_code, t.name FROM topics AS t WHERE lower($topic) IN (lower(t.topic_code), lower(t.name)) LIMIT 1"
_CHOICES = """
SELECT list_sort(list_distinct(list(v.source)))[:500] AS sources, list_sort(list_distinct(list(v.language)))[:100] AS languages
FROM (SELECT DISTINCT v.source, v.language FROM volumes AS v) AS v"""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader can choose from: outlets and languages."""

    sources: tuple[str, ...]
    languages: tuple[str, ...]


class Desk:
    """The lake at *root*, asked from several threads.  A rebuild of the marts is noticed at the next question."""

    def __init__(self, root: Path) -> None:
        """Open the lake.  Raises ConfigError when there is none at *root*, or when its marts hold no article."""
        self.root = root
        self._guard = Lock()
        self._reader, self._stamp = _open(root), stamp_marts(root)
        self._remember: Callable[..., Any] = lru_cache(KEPT)(self._answer)
        if self.ask_choices() == Choices((), ()):
            raise ConfigError(
                f"--lake {root}: the marts hold no article yet; 'columninch backfill PATH' or 'columninch refresh' fills them"
            )

    def reader(self) -> LakeReader:
        """The lake as it is now."""
        with self._guard:
            stamp = stamp_marts(self.root)
            if stamp != self._stamp:
                self._reader, self._stamp = _open(self.root), stamp
            return self._reader

    @property
    def built_at(self) -> datetime | None:
        """When the marts last changed (UTC); null when there are none."""
        newest = stamp_marts(self.root)[1]
        return datetime.fromtimestamp(newest / 1e9, UTC) if newest else None

    def remember(self, ask_for: Callable[..., Answer], *values: Any) -> Answer:
        """What *ask_for* answers when given the reader and *values*, which must be hashable; asked once for each state of the marts."""
        answer: Answer = self._remember(stamp_marts(self.root), ask_for, *values)
        return answer

    def ask(self, ask_for: Callable[..., Answer], *values: Any) -> Answer:
        """What *ask_for* answers when given the reader and *values*; asked again when the marts changed under the question.

        A file that is replaced between the look at its footer and the reading of its rows fails the question, not the table.
        """
        for rest in reversed(range(ATTEMPTS)):
            stamp = stamp_marts(self.root)
            try:
                return ask_for(self.reader(), *values)
            except (duckdb.Error, ConfigError):
                if not rest or stamp_marts(self.root) == stamp:
                    raise
                self._settle()
        raise AssertionError("the last attempt answers or raises")

    def _settle(self) -> None:
        """Wait until the marts stay as they are for a moment: a refresh renames all files of a month in one burst."""
        for _ in range(ATTEMPTS * 2):
            stamp = stamp_marts(self.root)
            sleep(PAUSE_SECONDS)
            if stamp_marts(self.root) == stamp:
                return

    def _answer(self, stamp: Stamp, ask_for: Callable[..., Answer], *values: Any) -> Answer:
        """An answer that is not kept yet."""
        return self.ask(ask_for, *values)

    def ask_choices(self) -> Choices:
        """Outlets and languages of the articles."""
        return self.remember(ask_choices)

    def close(self) -> None:
        """Free the lake's files."""
        self._reader.close()


def _open(root: Path) -> LakeReader:
    """The lake with all macros made, so that threads need not make them at once."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", LakeWarning
        )  # a refresh is running: the page shows what is there, and the next one the rest
        reader = connect(root)
    reader.sql("SELECT 1").fetchall()
    return reader


def stamp_marts(root: Path) -> Stamp:
    """How many files the marts have and when the newest was written: changes whenever they do."""
    times = []
    for path in root.glob("marts/**/*.parquet"):
        try:
            times.append(path.stat().st_mtime_ns)
        except FileNotFoundError:
            continue
    return len(times), max(times, default=0)


def fit_filter(values: Mapping[str, str]) -> Given:
    """A reader's filter from an address: only what is known and not empty.  Raises ConfigError for what does not fit."""
    query = find_query("actor_trend")
    known = {parameter.name: parameter for parameter in query.parameters if parameter.name in FILTERS}
    fitted = {
        name: fit_value("filter", known[name], values[name])
        for name in FILTERS
        if values.get(name, "").strip()
    }
    start, until = fitted.get("start"), fitted.get("until")
    if start is not None and until is not None and str(start) >= str(until):
        raise ConfigError(f"the period from {start} to {until} has no day; 'until' is the day after the last")
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in fitted.items())


def plain(given: Given) -> dict[str, Any]:
    """The filter as parameters of a query."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given}


def ask_choices(reader: LakeReader) -> Choices:
    """Outlets and languages that have articles."""
    ((sources, languages),) = reader.sql(_CHOICES).fetchall()
    return Choices(tuple(s for s in sources or () if s), tuple(x for x in languages or () if x))


def ask_overview(reader: LakeReader, given: Given) -> Facts | None:
    """Everything on the first page, with the page of the surest riser alone."""
    found = asking.gather(reader, plain(given), with_pages=False)
    if found is None:
        return None
    about = {**plain(given), **found.span.period}
    actors = tuple(ask_actor(reader, row, found.span, about) for row in found.rising_actors[:1])
    topics = tuple(ask_topics(reader, found.rising_topics[:1], found.span, about))
    return replace(found, actors=actors, topics=topics)


def ask_span(reader: LakeReader, given: Given) -> Span | None:
    """The days under the filter."""
    return asking.find_span(reader, plain(given))


def ask_actor_page(reader: LakeReader, given: Given, wanted: str) -> tuple[Span, Subject] | None:
    """The page of the actor with that id, name or alias; null without an article under the filter.

    Raises ConfigError when there is no such actor.
    """
    actor = reader.find_actor(wanted)
    span = ask_span(reader, given)
    if span is None:
        return None
    about = {**plain(given), **span.period}
    named = rows_of(reader, _ACTOR, actor=actor) or [{"actor_id": actor, "name": actor, "kind": "actor"}]
    rising = {
        row["actor_id"]: row for row in ask(reader, "rising_actors", {**about, **span.recent}, top=100_000)
    }
    row = rising.get(actor, named[0])
    quoted = ask(reader, "quote_share", about, actor=actor)
    bursts = [
        r
        for r in ask(reader, "bursts", about, actor=actor)
        if r["q_value"] < asking.MOST_FALSE and not r["is_gap"]
    ]
    named_row = {**row, "name": row["name"] or named[0]["name"] or actor}
    return span, ask_actor(reader, named_row, span, about, quoted[0] if quoted else None, bursts)


def ask_topic_page(reader: LakeReader, given: Given, wanted: str) -> tuple[Span, Subject] | None:
    """The page of the topic with that code or name; null without an article under the filter.

    Raises ConfigError when there is no such topic.
    """
    named = rows_of(reader, _TOPIC, topic=wanted)
    if not named:
        raise ConfigError(f"no topic {wanted!r}; 'columninch query rising_topics' lists some")
    span = ask_span(reader, given)
    if span is None:
        return None
    about = {**plain(given), **span.period}
    rising = {
        row["topic_code"]: row for row in ask(reader, "rising_topics", {**about, **span.recent}, top=100_000)
    }
    return span, next(ask_topics(reader, [rising.get(named[0]["topic_code"], named[0])], span, about))


def ask_found(reader: LakeReader, given: Given, words: str) -> dict[str, list[Row]]:
    """Actors and topics whose name holds *words*, and the articles that fit them best."""
    return {
        "actors": rows_of(reader, _FIND_ACTORS, words=words, most=MOST_FOUND),
        "topics": rows_of(reader, _FIND_TOPICS, words=words, most=MOST_FOUND),
        "articles": ask(reader, "search", plain(given), words=words, top=MOST_FOUND),
    }


def rows_of(reader: LakeReader, query: str, **values: Any) -> list[Row]:
    """The rows of an SQL query with bound values."""
    relation = reader.sql(query, **values)
    columns = list(relation.columns)
    return [dict(zip(columns, row, strict=True)) for row in relation.fetchall()]
