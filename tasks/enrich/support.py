"""Which parts of enrichment know a language: what is not supported is said in the row, not guessed."""

from __future__ import annotations

from functools import lru_cache

from tasks.enrich import tone, topics
from tasks.enrich.actors_vocabulary import words_of
from tasks.enrich.gazetteer_index import SUPPORTED

PARTS = ("actors", "quotes", "tagger", "tone", "topics")
"""Everything that may be listed, in the order in which it is."""


@lru_cache(maxsize=256)
def supported_parts(language: str, is_tagged: bool) -> tuple[str, ...]:
    """Return those of :data:`PARTS` that know *language* (ISO 639-1); *is_tagged* says so of the tagger in use.

    Without ``actors`` only names that are the same in every language are found; without ``topics`` only the outlet's own
    section and tags count; without ``tagger`` unknown people need a title or a verb of speech; without ``quotes`` marks
    are found, but hardly a speaker; without ``tone`` there is none.
    """
    knows = {
        "actors": language in SUPPORTED,
        "quotes": bool(words_of(language).said.values),
        "tagger": is_tagged,
        "tone": language in tone.LANGUAGES,
        "topics": language in topics.LANGUAGES,
    }
    return tuple(part for part in PARTS if knows[part])
