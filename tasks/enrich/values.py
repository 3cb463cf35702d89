"""What goes into enrichment and what comes out of it, article by article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tasks.enrich.actors import Span
from tasks.enrich.quotes import Quote


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
    source; ``found`` name and kind of actors that no gazetteer lists; ``supported`` the parts that know the language,
    ``tagger`` name and version of the tagger asked.
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
    supported: tuple[str, ...] = ()
    tagger: str = ""
