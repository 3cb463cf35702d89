"""From the tables of one unit to its articles, and from what enrichment said of them to tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa

from tasks.contracts import ACTORS, ENRICHED, MENTION_SPANS, MENTIONS, PLACES, QUOTES
from tasks.enrich.actors import Span
from tasks.enrich.gazetteer import actor_rows
from tasks.enrich.quotes import Quote
from tasks.enrich.values import ArticleText, Enrichment
from tasks.enrich.version import VERSION


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
        rows["mention_spans"] += [{**base, **_span_row(span, made.tagger)} for span in made.spans]
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
        "supported": list(made.supported),
        "enrich_version": VERSION,
    }


def _span_row(span: Span, tagger: str) -> dict[str, Any]:
    return {
        "actor_id": span.actor_id,
        "surface": span.surface,
        "kind": span.kind,
        "start": span.start,
        "end": span.end,
        "sentence": span.sentence,
        "how": span.how,
        "tagger_version": tagger if span.how == "tagger" else VERSION,
    }


def _quote_row(quote: Quote) -> dict[str, Any]:
    return {
        "speaker_id": quote.speaker_id,
        "speaker_surface": quote.speaker_surface or None,
        "kind": quote.kind,
        "text": quote.text,
        "start": quote.start,
        "end": quote.end,
        "cue": quote.cue or None,
    }


def read_articles(cleaned: pa.Table, texts: pa.Table) -> Iterator[ArticleText]:
    """What enrichment reads of a unit's tables; both are sorted by article."""
    by_id = dict(zip(texts["article_id"].to_pylist(), texts["text"].to_pylist(), strict=True))
    names = ["article_id", "title", "published_on", "source", "section", "tags", "captions"]
    for row in cleaned.select(names).to_pylist():
        tags, captions = tuple(row["tags"] or ()), tuple(row["captions"] or ())
        text, title = by_id[row["article_id"]], row["title"] or ""
        yield ArticleText(
            row["article_id"], title, text, row["published_on"], row["source"], row["section"], tags, captions
        )
