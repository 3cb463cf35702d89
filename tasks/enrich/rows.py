"""Rows of what an article names outside its running text, and of the places it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tasks.enrich.actors import find_actors
from tasks.enrich.gazetteer import load_gazetteer
from tasks.enrich.places import find_places
from tasks.enrich.values import ArticleText

_CAPTION_SALIENCE = 0.05


def caption_rows(article: ArticleText, language: str, known: set[str]) -> list[dict[str, Any]]:
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


def place_rows(
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
