"""Values that the linking steps hand on: mentions by word position, and the persons an article brings on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tasks.enrich.actors_reading import Reading
from tasks.enrich.gazetteer_index import Hit


class Mention(NamedTuple):
    """Words *first* to *last* name an actor; *actor_id* is null when several are as likely."""

    first: int
    last: int
    actor_id: str | None
    kind: str
    how: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person of this article: id, short forms of the name (folded), words of the full name, place of the first mention."""

    actor_id: str
    forms: frozenset[str]
    words: frozenset[str]
    first: int
    country: str
    how: str


_GIVEN_LAST = frozenset(("CN", "KR", "KP", "TW"))
_GIVEN_NAME = frozenset(("TH", "MY", "ID", "ET", "ER", "IS", "MM", "LK", "KH", "LA"))
_TWO_SURNAMES_LISTED = "ES MX AR CL CO PE VE EC BO UY PY CU DO CR PA GT HN NI SV PT BR AO MZ CV ST"
_TWO_SURNAMES = frozenset(_TWO_SURNAMES_LISTED.split())
_NUMERALS_LISTED = "jr sr i ii iii iv v vi vii viii ix x xiv xvi"
_NUMERALS = frozenset(_NUMERALS_LISTED.split())
_PARTICLES_LISTED = "von van der den de da do dos del di bin ibn al el la le du ben ould abu zu ter ten"
_PARTICLES = frozenset(_PARTICLES_LISTED.split())


def short_forms(name: tuple[str, ...], country: str) -> frozenset[str]:
    """Return what a person of that folded full name is called later in an article: surnames, or given names where that is the custom."""
    words = list(name[: name.index("of", 1)] if "of" in name[1:] else name)
    while len(words) > 1 and words[-1] in _NUMERALS:
        words.pop()
    if len(words) == 1:
        return frozenset(words)
    if country in _GIVEN_LAST and len(words) <= 3:
        return frozenset((words[0],))
    forms = {words[-1]}
    start = len(words) - 1
    while start > 1 and words[start - 1] in _PARTICLES:
        start -= 1
        forms.add(" ".join(words[start:]))
    if country in _TWO_SURNAMES and len(words) >= 3:
        forms |= {w for w in words[1:] if w not in _PARTICLES} | {
            " ".join(words[i:]) for i in range(1, len(words))
        }
        forms |= {" ".join(words[1:3])}
    if country in _GIVEN_NAME:
        forms.add(words[0])
    return frozenset(form for form in forms if len(form) > 1)


def bases(reading: Reading, first: int, last: int) -> tuple[str, ...]:
    """Return words *first* to *last* as names are compared: folded, without case endings."""
    if reading.words.stems is None:
        return reading.words.folded[first : last + 1]
    return tuple(word.rstrip("-") for word in reading.words.stems[first : last + 1])


def kinds_of(hit: Hit) -> str:
    """Return the kinds of name a hit may be, each once."""
    return "".join(dict.fromkeys(name.kind for name in hit.names))


def ids_of(hit: Hit, kinds: str) -> tuple[str, ...]:
    """Return the actor ids of a hit's names of those kinds, each once."""
    return tuple(dict.fromkeys(i for name in hit.names if name.kind in kinds for i in name.ids))
