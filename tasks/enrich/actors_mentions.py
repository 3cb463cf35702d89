"""Rows of the mentions table: how often an article names an actor, how central it is, in what tone, and whether it speaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.enrich.actors import Span
from tasks.enrich.quotes import Quote


def mention_rows(
    spans: Sequence[Span],
    quotes: Sequence[Quote],
    tone_by_sentence: Sequence[float | None],
    title_length: int,
) -> list[dict[str, Any]]:
    """Return one row per actor, in order of id: actor_id, kind, count, salience, tone, in_title, is_quoted.

    *tone_by_sentence* gives a tone of −1 to 1, or null, per sentence number of the spans; *title_length* counts characters.
    Unresolved names give no row.
    """
    by_actor: dict[str, list[Span]] = {}
    for span in spans:
        if span.actor_id is not None:
            by_actor.setdefault(span.actor_id, []).append(span)
    speakers = {quote.speaker_id for quote in quotes}
    most = max((len(named) for named in by_actor.values()), default=1)
    rows = []
    for actor_id, named in sorted(by_actor.items()):
        in_title = any(span.start < title_length for span in named)
        quoted = actor_id in speakers
        tones = [tone_by_sentence[n] for n in {span.sentence for span in named} if n < len(tone_by_sentence)]
        heard = [tone for tone in tones if tone is not None]
        rows.append(
            {
                "actor_id": actor_id,
                "kind": named[0].kind,
                "count": len(named),
                "salience": _salience(named, most, max(1, len(tone_by_sentence)), in_title, quoted),
                "tone": sum(heard) / len(heard) if heard else None,
                "in_title": in_title,
                "is_quoted": quoted,
            }
        )
    return rows


def _salience(named: Sequence[Span], most: int, sentences: int, in_title: bool, quoted: bool) -> float:
    """Return how central an actor is, 0–1: .35 for the headline, .35 by count, .2 by how early it comes, .1 for speaking."""
    early = 1 - min(span.sentence for span in named) / sentences
    return min(1.0, 0.35 * in_title + 0.35 * len(named) / most + 0.2 * max(0.0, early) + 0.1 * quoted)
