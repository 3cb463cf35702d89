"""Leaders whose names are spelled in a way that no list has: beside their office the name only has to be alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from tasks.enrich.actors_reading import Reading
from tasks.enrich.actors_tokens import fold
from tasks.enrich.linking_offices import Office

_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "ґ": "g", "д": "d", "е": "e", "є": "e", "ж": "sh", "з": "s", "и": "i", "і": "i", "ї": "i",
        "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "u", "ф": "f",
        "х": "h", "ц": "ts", "ч": "sh", "ш": "sh", "щ": "sh", "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "iu", "я": "ia", "ј": "i", "љ": "l",
        "њ": "n", "ћ": "sh", "ђ": "d", "џ": "sh", "ѓ": "g", "ќ": "k", "ѕ": "s",
    }
)  # fmt: skip
_SOUNDS = (
    ("tsch", "sh"), ("dsch", "sh"), ("sch", "sh"), ("ch", "sh"), ("zh", "sh"), ("tz", "ts"), ("ck", "k"), ("ph", "f"), ("th", "t"),
    ("ou", "u"), ("oe", "e"), ("w", "v"), ("y", "i"), ("j", "i"), ("c", "k"), ("q", "k"), ("x", "ks"), ("z", "s"),
)  # fmt: skip
_ALIKE = 0.6


def sound_of(name: str) -> str:
    """Return a rough spelling of how *name* sounds, in Latin letters, so that spellings of several languages compare."""
    plain = fold(name).translate(_CYRILLIC)
    for written, said in _SOUNDS:
        plain = plain.replace(written, said)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^a-z ]", "", plain))


def find_variants(reading: Reading, offices: Sequence[Office]) -> Mapping[str, str]:
    """Return unknown person's id → id of the leader who held the office that stands beside the name, if the names are alike."""
    found: dict[str, str] = {}
    for office in offices:
        if (
            office.actor_id is None
            or office.place is None
            or reading.gazetteer.actor(office.actor_id) is not None
        ):
            continue
        name = office.actor_id.removeprefix("ci:person:").replace("-", " ")
        for letter in office.letters:
            holders = reading.gazetteer.holders(letter, office.place, reading.day)
            actor = reading.gazetteer.actor(holders[0]) if len(holders) == 1 else None
            if actor is not None and _alike(name, actor.name):
                found[office.actor_id] = actor.actor_id
                break
    return found


def _alike(written: str, known: str) -> bool:
    """Say whether two names sound alike: first letters of the last word, and most letters of it."""
    ours, theirs = sound_of(written).split(), sound_of(known).split()
    if not ours or not theirs or ours[-1][:1] != theirs[-1][:1]:
        return False
    return SequenceMatcher(None, ours[-1], theirs[-1]).ratio() >= _ALIKE
