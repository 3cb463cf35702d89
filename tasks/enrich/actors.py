"""Who an article is about: states, bodies, groups and persons with ids and offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tasks.enrich.actors_reading import Reading, read_text
from tasks.enrich.actors_values import Mention, Person
from tasks.enrich.actors_vocabulary import shared_words
from tasks.enrich.coreference import find_full_names, find_short_names
from tasks.enrich.gazetteer import Gazetteer
from tasks.enrich.gazetteer_index import BY_CHARACTER, Hit, index_of, scan
from tasks.enrich.linking import link_places
from tasks.enrich.linking_offices import find_offices, resolve_offices
from tasks.enrich.linking_unknown import find_unknown, find_unknown_bodies, is_credit
from tasks.enrich.linking_variants import find_variants
from tasks.enrich.sentences import split_sentences


@dataclass(frozen=True, slots=True)
class Span:
    """Characters *start* to *end* of title + line feed + text name an actor.

    *actor_id* is null for a name that may mean several persons.  *how* is gazetteer, tagger or coreference.
    *sentence* counts from 0 over :func:`tasks.enrich.sentences.split_sentences` of the same string.
    """

    start: int
    end: int
    surface: str
    kind: str
    actor_id: str | None
    sentence: int
    how: str


_UNDATED = date(2020, 1, 1)


def find_actors(
    title: str,
    text: str,
    language: str,
    published: date | None,
    gazetteer: Gazetteer,
    tagged: Sequence[tuple[int, int, str]] = (),
    sentences: Sequence[tuple[int, int]] | None = None,
) -> list[Span]:
    """Return the actors an article names, in order; of two that overlap one holds the other: *US president* holds *US*.

    *published* decides who an office means; without it no office is resolved by date.  *tagged* holds (start, end, label)
    spans of a statistical tagger with labels PER, ORG, LOC; it adds unknown persons and organisations and vetoes namesakes.
    *sentences* saves splitting again.  Hostile or empty text gives an empty list.
    """
    if sentences is None:
        sentences = split_sentences(f"{title}\n{text}")
    if not sentences:
        return []
    reading = read_text(title, text, language, published or _UNDATED, sentences, gazetteer, tagged)
    hits = [hit for hit in scan(reading.words, index_of(language)) if not _is_furniture(reading, hit)]
    people, mentions = _find_people(reading, hits)
    taken = frozenset(p for m in mentions for p in range(m.first, m.last + 1))
    namesakes = frozenset(w for person in people if person.how != "gazetteer" for w in person.words)
    if language in BY_CHARACTER:
        spans = [_character_span(reading, hit) for hit in hits]
        return [span for span in spans if span is not None]
    mentions += link_places(reading, hits, taken, namesakes)
    mentions.sort()
    adjectives = frozenset(hit.first for hit in hits if hit.kind == "a")
    offices = find_offices(reading, mentions, adjectives)
    if published and (variants := find_variants(reading, offices)):
        mentions = [m._replace(actor_id=variants.get(m.actor_id or "", m.actor_id)) for m in mentions]
        people = [replace(p, actor_id=variants.get(p.actor_id, p.actor_id)) for p in people]
        offices = find_offices(reading, mentions, adjectives)
    mentions += resolve_offices(
        reading, offices if published else [o for o in offices if not o.place], people, mentions
    )
    mentions += find_unknown_bodies(reading, mentions)
    return _spans(reading, mentions)


def _find_people(reading: Reading, hits: Sequence[Hit]) -> tuple[list[Person], list[Mention]]:
    """Return the persons of the article and their mentions by name."""
    named = find_full_names(reading, hits)
    taken = frozenset(p for m, _ in named for p in range(m.first, m.last + 1))
    forms = frozenset(form for _, person in named for form in person.forms)
    named += find_unknown(reading, hits, taken, forms)
    people = [person for _, person in named]
    mentions = [mention for mention, _ in named]
    taken = frozenset(p for m in mentions for p in range(m.first, m.last + 1))
    short, brought = find_short_names(reading, people, taken, hits)
    return [*people, *brought], [*mentions, *short]


def _is_furniture(reading: Reading, hit: Hit) -> bool:
    """Say whether a name is only a credit or an agency's signature."""
    return reading.words.folded[hit.first] in shared_words("agency") or is_credit(
        reading.words.text, hit.start
    )


def _character_span(reading: Reading, hit: Hit) -> Span | None:
    """Return the span of a name in a script without spaces: states, bodies, seats and leaders that are not ambiguous."""
    ids = tuple(dict.fromkeys(i for name in hit.names if name.kind in "nspka" for i in name.ids))
    actor = reading.gazetteer.actor(ids[0]) if len(ids) == 1 else None
    if actor is None:
        return None
    text = reading.words.text[hit.start : hit.end]
    return Span(
        hit.start, hit.end, text, actor.kind, actor.actor_id, reading.sentence_of(hit.start), "gazetteer"
    )


def _spans(reading: Reading, mentions: Sequence[Mention]) -> list[Span]:
    """Return mentions as spans in order; of two that overlap the one found by name wins over the one by office."""
    words, spans, end = reading.words, [], -1
    offices = [m for m in mentions if m.kind == "person" and m.how == "coreference"]
    for mention in sorted(mentions, key=lambda m: (m.first, -m.last)):
        start = words.starts[mention.first]
        if start < end and mention in offices:
            continue
        stop = words.ends[mention.last]
        spans.append(
            Span(
                start,
                stop,
                words.text[start:stop],
                mention.kind,
                mention.actor_id,
                reading.sentence_of(start),
                mention.how,
            )
        )
        end = max(end, stop)
    return spans
