"""Floors under actors and quotes: our own labelled articles, and the page with gold where the evaluation data is present."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tasks.enrich.actors import Span, find_actors
from tasks.enrich.actors_tokens import fold
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.quotes import Quote, find_quotes
from tasks.enrich.sentences import split_sentences

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "eval" / "actors"
FLOORS = json.loads((ROOT / "tests/quality/floors.json").read_text(encoding="utf-8"))["floors"]
GAZETTEER = load_gazetteer()


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article of ours with what is in it: state ids, leader ids, body ids, (first words, speaker) of quotes."""

    name: str
    language: str
    published: date
    title: str
    text: str
    states: frozenset[str]
    people: frozenset[str]
    bodies: frozenset[str]
    quotes: tuple[tuple[str, str], ...]
    never: tuple[str, ...]


def slug(name: str) -> str:
    return re.sub(r"\W+", "-", fold(name)).strip("-")


@cache
def ids_by_name() -> dict[str, str]:
    """Ids by the slug of any name in the gazetteer."""
    known = {slug(row.split("\t")[4]): actor_id for actor_id, row in GAZETTEER.rows.items()}
    for group in (("*", "p"), ("en", "n")):
        for line in GAZETTEER.names[group]:
            actor_id, surfaces = line.split("\t")
            for surface in surfaces.split("|"):
                known.setdefault(slug(surface), actor_id)
    return known


def labels(head: str) -> dict[str, list[str]]:
    """The fields of a header; a line that begins with a bar goes on with the field before."""
    fields: dict[str, list[str]] = {}
    key = ""
    for line in head.splitlines():
        if line.startswith(" |"):
            fields[key].append(line[2:].strip())
        else:
            key, _, value = line.partition(":")
            fields[key] = [part.strip() for part in value.split(" | ") if part.strip()]
    return fields


@cache
def articles() -> tuple[Labelled, ...]:
    """The labelled articles in tests/golden/actors."""
    found = []
    known = ids_by_name()
    for path in sorted((ROOT / "tests/golden/actors").glob("*.txt")):
        head, _, body = path.read_text(encoding="utf-8").partition("---\n")
        given = labels(head)
        title, _, text = body.strip().partition("\n\n")
        quotes = [q.partition("=>") for q in given.get("quotes", [])]
        found.append(
            Labelled(
                path.stem,
                given["language"][0],
                date.fromisoformat(given["published"][0]),
                title,
                re.sub(r"\n{2,}", "\n", text),
                frozenset(GAZETTEER.states[c] for part in given.get("states", []) for c in part.split()),
                frozenset(known[slug(name)] for name in given.get("people", [])),
                frozenset(known[slug(name)] for name in given.get("organisations", [])),
                tuple((first.strip(), speaker.strip()) for first, _, speaker in quotes),
                tuple(given.get("never", [])),
            )
        )
    return tuple(found)


@cache
def enriched() -> tuple[tuple[Labelled, list[Span], list[Quote]], ...]:
    """Every labelled article with its spans and quotes."""
    done = []
    for one in articles():
        sentences = split_sentences(f"{one.title}\n{one.text}")
        spans = find_actors(one.title, one.text, one.language, one.published, GAZETTEER, (), sentences)
        done.append((one, spans, find_quotes(one.title, one.text, one.language, spans, sentences)))
    return tuple(done)


def ids(spans: list[Span], *kinds: str) -> set[str]:
    return {s.actor_id for s in spans if s.kind in kinds and s.actor_id in GAZETTEER.rows}


def score(kinds: tuple[str, ...], field: str) -> tuple[float, float]:
    """Precision and recall of ids per article, over all articles."""
    given = found = both = 0
    for one, spans, _ in enriched():
        want, got = getattr(one, field), ids(spans, *kinds)
        given, found, both = given + len(want), found + len(got), both + len(want & got)
    return both / found, both / given


def quote_scores() -> tuple[float, float]:
    """Recall of labelled quotes, and the share of them with the right speaker."""
    total = hit = right = 0
    for _, _, quotes, first, speaker in _labelled_quotes():
        matches = [q for q in quotes if " ".join(q.text.split()).startswith(first)]
        total, hit = total + 1, hit + bool(matches)
        if speaker.startswith("?"):
            right += any(q.speaker_id in (None, f"ci:person:{slug(speaker[1:])}") for q in matches)
        else:
            right += any(q.speaker_id == ids_by_name()[slug(speaker)] for q in matches)
    return hit / total, right / total


def _labelled_quotes() -> Iterator[tuple[Labelled, list[Span], list[Quote], str, str]]:
    for one, spans, quotes in enriched():
        for first, speaker in one.quotes:
            yield one, spans, quotes, first, speaker


def test_the_labelled_set_is_wide() -> None:
    every = articles()
    assert len(every) >= 60
    assert len({one.language for one in every}) >= 5
    assert {one.published.year for one in every} >= set(range(2009, 2027)) - {2020, 2021}
    assert len(frozenset().union(*(one.people | one.bodies for one in every))) >= 25
    assert len(frozenset().union(*(one.states for one in every))) >= 15


@pytest.mark.parametrize(
    ("kinds", "field"),
    [(("state",), "states"), (("person",), "people"), (("organisation", "group"), "bodies")],
)
def test_linking(kinds: tuple[str, ...], field: str) -> None:
    precision, recall = score(kinds, field)
    assert precision >= FLOORS[f"actors_{field}_precision"], precision
    assert recall >= FLOORS[f"actors_{field}_recall"], recall


def test_quotes_and_speakers() -> None:
    recall, speakers = quote_scores()
    assert recall >= FLOORS["quotes_recall"], recall
    assert speakers >= FLOORS["quotes_speakers"], speakers


def test_names_that_must_never_be_actors() -> None:
    for one, spans, _ in enriched():
        linked = {s.surface for s in spans if s.actor_id in GAZETTEER.rows}
        assert not linked & set(one.never), one.name


def test_the_page_with_gold() -> None:
    """The scraped page, cut to its article: headline, standfirst, body."""
    if not SHARED.exists():
        pytest.skip("../shared is absent")
    gold = json.loads((SHARED / "seed_gold.json").read_text(encoding="utf-8"))
    lines = (SHARED / gold["file"]).read_text(encoding="utf-8").split("\n")
    title, text = lines[0], "\n".join(line for line in [lines[11], *lines[18:33]] if line.strip())
    sentences = split_sentences(f"{title}\n{text}")
    spans = find_actors(title, text, "en", date(2022, 2, 2), GAZETTEER, (), sentences)
    found = {s.actor_id for s in spans}
    caption_only = {"Q212"}  # named in the caption of the picture alone
    assert set(gold["actors"]) - caption_only <= found
    assert not {i for i in found if i} - set(gold["actors"]) - set(gold["optional_actors"])
    quotes = find_quotes(title, text, "en", spans, sentences)
    for want in gold["quotes"]:
        assert any(q.text.startswith(want["starts"]) and q.speaker_id == want["speaker"] for q in quotes)
    assert len(quotes) == len(gold["quotes"])
    assert not [s for s in spans if any(name in s.surface for name in gold["never"])]
