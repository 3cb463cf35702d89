"""Enrichment of articles as one pure function: language, topics, actors, quotes, places, dates and tone of each.

Offsets count characters of title + line feed + text.  One text gives one answer, whoever else is in the batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from tasks.contracts import ACTORS, ENRICHED, MENTION_SPANS, MENTIONS, PLACES, QUOTES
from tasks.enrich.actors import Span, find_actors
from tasks.enrich.actors_mentions import mention_rows
from tasks.enrich.gazetteer import actor_rows, load_gazetteer
from tasks.enrich.language import detect_languages
from tasks.enrich.mentioned_dates import find_mentioned_dates
from tasks.enrich.places import find_places
from tasks.enrich.quotes import Quote, find_quotes
from tasks.enrich.sentences import split_sentences
from tasks.enrich.tagger import tag
from tasks.enrich.tone import article_tone, sentence_tones
from tasks.enrich.topics import THRESHOLD, score_topics

VERSION = "1"
"""Raise it when anything here gives other rows: articles are then enriched again, without being cleaned again."""
_LANGUAGE_HEAD = 2_000
_CAPTION_SALIENCE = 0.05


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What enrichment reads of an article."""

    article_id: int
    title: str
    text: str
    published_on: date | None
    source: str = ""
    section: str | None = None
    tags: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enrichment:
    """What enrichment says of an article.

    ``topics`` holds (code, score), best first; ``mentions`` rows of the mentions table without article, day and
    source; ``found`` name and kind of actors that no gazetteer lists.
    """

    article_id: int
    language: str
    language_score: float
    topics: tuple[tuple[str, float], ...]
    tone: float | None
    dates: tuple[str, ...]
    spans: tuple[Span, ...]
    quotes: tuple[Quote, ...]
    mentions: tuple[Mapping[str, Any], ...]
    places: tuple[Mapping[str, Any], ...]
    found: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def enrich_articles(articles: Sequence[ArticleText], threshold: float | None = None) -> list[Enrichment]:
    """What each article says, in the order given.  *threshold* is the score under which no topic is given."""
    if not articles:
        return []
    languages = detect_languages([f"{one.title}\n{one.text[:_LANGUAGE_HEAD]}" for one in articles])
    topics = score_topics(
        [one.title for one in articles],
        [one.text for one in articles],
        [one.section for one in articles],
        [one.tags for one in articles],
        [code for code, _ in languages],
        THRESHOLD if threshold is None else threshold,
    )
    tagged = tag_english(articles, [code for code, _ in languages])
    return [_enrich(*parts) for parts in zip(articles, languages, topics, tagged, strict=True)]


def tag_english(
    articles: Sequence[ArticleText], languages: Sequence[str]
) -> list[list[tuple[int, int, str]]]:
    """Spans of the statistical tagger, which knows English only; none for other languages."""
    english = [place for place, code in enumerate(languages) if code == "en"]
    found = dict(
        zip(english, tag([f"{articles[p].title}\n{articles[p].text}" for p in english]), strict=True)
    )
    return [found.get(place, []) for place in range(len(articles))]


def _enrich(
    article: ArticleText,
    detected: tuple[str, float],
    topics: Sequence[tuple[str, float]],
    tagged: Sequence[tuple[int, int, str]],
) -> Enrichment:
    language, score = detected
    whole = f"{article.title}\n{article.text}"
    sentences = split_sentences(whole)
    gazetteer = load_gazetteer()
    spans = find_actors(
        article.title, article.text, language, article.published_on, gazetteer, tagged, sentences
    )
    quotes = find_quotes(article.title, article.text, language, spans, sentences)
    tones = sentence_tones([whole[start:end] for start, end in sentences], language)
    mentions = mention_rows(spans, quotes, tones, len(article.title))
    taken = [(span.start, span.end) for span in spans if span.kind != "state"]
    context = {
        actor.country
        for span in spans
        if span.actor_id and (actor := gazetteer.actor(span.actor_id)) and actor.country
    }
    return Enrichment(
        article_id=article.article_id,
        language=language,
        language_score=score,
        topics=tuple(topics),
        tone=article_tone(tones),
        dates=tuple(find_mentioned_dates(article.text, article.published_on, language)),
        spans=tuple(spans),
        quotes=tuple(quotes),
        mentions=(*mentions, *_caption_rows(article, language, {str(row["actor_id"]) for row in mentions})),
        places=tuple(_place_rows(whole, taken, context, language)),
        found={
            s.actor_id: (s.surface, s.kind)
            for s in reversed(spans)
            if s.actor_id and gazetteer.actor(s.actor_id) is None
        },
    )


def _caption_rows(article: ArticleText, language: str, known: set[str]) -> list[dict[str, Any]]:
    """Rows for actors that only a picture's caption names: no span in the text, and the least salience."""
    if not article.captions:
        return []
    spans = find_actors("", "\n".join(article.captions), language, article.published_on, load_gazetteer())
    counts = Counter(
        span.actor_id for span in spans if span.actor_id and load_gazetteer().actor(span.actor_id)
    )
    kinds = {span.actor_id: span.kind for span in spans}
    return [
        {"actor_id": actor_id, "kind": kinds[actor_id], "count": count, "salience": _CAPTION_SALIENCE, "tone": None, "in_title": False,
         "is_quoted": False}
        for actor_id, count in sorted(counts.items())
        if actor_id not in known
    ]  # fmt: skip


def _place_rows(
    whole: str, taken: Sequence[tuple[int, int]], context: set[str], language: str
) -> list[dict[str, Any]]:
    """One row per place that the article names."""
    found = {place.place_id: place for place in find_places(whole, taken, context, language)}
    return [
        {
            "place_id": p.place_id,
            "name": p.name,
            "country": p.country or None,
            "latitude": p.latitude,
            "longitude": p.longitude,
        }
        for p in found.values()
    ]


def tables(articles: Iterable[ArticleText], enrichments: Iterable[Enrichment]) -> dict[str, pa.Table]:
    """The tables of one unit, from its articles and what enrichment said of each."""
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("enriched", "mentions", "mention_spans", "quotes", "places")
    }
    found: dict[str, tuple[str, str]] = {}
    actors: set[str] = set()
    for article, made in zip(articles, enrichments, strict=True):
        base = {"article_id": article.article_id, "published_on": article.published_on}
        rows["enriched"].append(_enriched_row(made))
        rows["mentions"] += [{**base, "source": article.source, **row} for row in made.mentions]
        rows["mention_spans"] += [{**base, **_span_row(span)} for span in made.spans]
        rows["quotes"] += [{**base, **_quote_row(quote)} for quote in made.quotes]
        rows["places"] += [{**base, **row} for row in made.places]
        actors |= {str(row["actor_id"]) for row in made.mentions}
        found.update(made.found)
    contracts = {c.name: c for c in (ENRICHED, MENTIONS, MENTION_SPANS, QUOTES, PLACES)}
    made_tables = {name: contracts[name].table(listed) for name, listed in rows.items()}
    return {**made_tables, "actors": ACTORS.table(actor_rows(actors, found))}


def _enriched_row(made: Enrichment) -> dict[str, Any]:
    return {
        "article_id": made.article_id,
        "language": made.language,
        "language_score": made.language_score,
        "topics": [{"code": code, "score": score} for code, score in made.topics],
        "tone": made.tone,
        "dates_mentioned": list(made.dates),
        "enrich_version": VERSION,
    }


def _span_row(span: Span) -> dict[str, Any]:
    return {
        "actor_id": span.actor_id,
        "surface": span.surface,
        "kind": span.kind,
        "start": span.start,
        "end": span.end,
        "sentence": span.sentence,
        "how": span.how,
        "tagger_version": VERSION,
    }


def _quote_row(quote: Quote) -> dict[str, Any]:
    return {
        "speaker_id": quote.speaker_id,
        "speaker_surface": quote.speaker_surface or None,
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
        "cue": quote.cue or None,
    }
