"""Reports on made-up events, in our own sentences, with the event each is about: a labelled set for storylines.

Made to be hard: events of one kind happen at the same time in different towns, the same ministers and bodies are named in
events that have nothing to do with each other, one town has several events in a week, and an event of the same kind comes
back to the same town weeks later.  A quarter of the reports stand alone.  Every report is written anew from slots; half of
what an extractor would find is missing from some of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from benchmarks.synthetic_sentences import BODIES, COMMON, KINDS, PEOPLE, THINGS, TOWNS

_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Report:
    """One report: headline, text, what enrichment would say of it, and the number of its event (none for one alone)."""

    title: str
    text: str
    published_at: datetime
    actors: tuple[str, ...]
    places: tuple[str, ...]
    topic: str
    event: int | None


@dataclass(frozen=True, slots=True)
class _Event:
    """What the reports of one event share."""

    kind: str
    town: str
    person: str
    body: str
    slots: dict[str, str]
    first: date


def make_reports(
    seed: int, events: int = 48, first: date = date(2025, 3, 10), days: int = 45
) -> list[Report]:
    """Reports on so many events and as many stand-alone ones as make a quarter, in order of publication."""
    rng = random.Random(seed)
    made = [_draw_event(rng, first + timedelta(days=rng.randrange(days))) for _ in range(events)]
    for n in range(
        0, events - 6, 6
    ):  # a rival: the same kind in another town on the same day, by the same minister
        other = _draw_event(rng, made[n].first, made[n].kind)
        made[n + 1] = _Event(other.kind, other.town, made[n].person, other.body, other.slots, other.first)
        neighbour = _draw_event(
            rng, made[n].first + timedelta(days=1)
        )  # another kind in the same town, the day after
        slots = {**neighbour.slots, "town": made[n].town}
        made[n + 2] = _Event(
            neighbour.kind, made[n].town, neighbour.person, made[n].body, slots, neighbour.first
        )
    reports = [r for n, event in enumerate(made) for r in _reports_on(rng, event, n)]
    alone = [_draw_event(rng, first + timedelta(days=rng.randrange(days))) for _ in range(len(reports) // 3)]
    reports += [_write(rng, event, None, 0, rng.randrange(24 * 60)) for event in alone]
    return sorted(reports, key=lambda r: (r.published_at, r.title))


def _draw_event(rng: random.Random, first: date, kind: str | None = None) -> _Event:
    kind = kind or rng.choice(sorted(KINDS))
    town, person, body = rng.choice(TOWNS), rng.choice(PEOPLE), rng.choice(BODIES)
    slots = {
        "town": town,
        "person": person,
        "body": body,
        "name": rng.choice(THINGS["first"]) + rng.choice(THINGS["second"]),
        "other": rng.choice(THINGS["first"]) + rng.choice(THINGS["second"]),
        "witness": f"{rng.choice(THINGS['given'])} {rng.choice(THINGS['family'])}",
        "few": str(rng.randrange(3, 40)),
        "many": f"{rng.randrange(11, 90) * 100:,}",
    }
    return _Event(kind, town, person, body, slots, first)


def _reports_on(rng: random.Random, event: _Event, number: int) -> Iterator[Report]:
    """Most reports in the first two days, the rest over up to nine; seldom more than three days apart."""
    wanted, day = rng.randrange(6, 26), 0
    for place in range(wanted):
        if place > wanted // 2 and rng.random() < 0.45:
            day += rng.choice((1, 1, 1, 2, 3))
        elif place == wanted // 3:
            day += 1
        yield _write(rng, event, number, min(day, 9), rng.randrange(24 * 60))


def _write(rng: random.Random, event: _Event, number: int | None, day: int, minute: int) -> Report:
    """One report of the event on its *day*: sentences of its phase, some of any phase, some that say nothing."""
    title, early, late = KINDS[event.kind]
    pool = early if day < 2 else late
    rest = late if day < 2 else early
    sentences = (
        rng.sample(pool, rng.randrange(3, 6)) + rng.sample(rest, rng.randrange(1, 3)) + rng.sample(COMMON, 2)
    )
    rng.shuffle(sentences)
    at = datetime(event.first.year, event.first.month, event.first.day, tzinfo=UTC) + timedelta(
        days=day, minutes=minute
    )
    text = "\n".join(_fill(rng, s, event.slots) for s in sentences)
    headline = _fill(rng, rng.choice(title), event.slots)
    actors = tuple(a for a in (event.person, event.body) if a in text + headline and rng.random() < 0.85)
    noise = (rng.choice(PEOPLE),) if rng.random() < 0.2 else ()
    places = (event.town,) if event.town in text + headline and rng.random() < 0.85 else ()
    topic = event.kind.partition(" ")[0] if rng.random() < 0.8 else "other"
    return Report(headline, text, at, (*actors, *noise), places, topic, number)


def _fill(rng: random.Random, sentence: str, slots: dict[str, str]) -> str:
    """A sentence with one of each choice ``[a|b]`` taken and the slots filled."""
    while _CHOICE.search(sentence):
        sentence = _CHOICE.sub(lambda m: rng.choice(m[1].split("|")), sentence, count=1)
    text = sentence.format(**slots)
    return text[:1].upper() + text[1:]
