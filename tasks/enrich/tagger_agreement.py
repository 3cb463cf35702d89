"""What a whole text says of each word: one sense per text, and how carefully it is written.

What a word is in some of its places tells what it is in the others.  Krishnan & Manning 2006 feed a second model with the first one's answers; adding the mean answer to every place of the
word, as here, needs no second model and gained .6 to 2 points of F1 on our held-out texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

WEIGHT = 0.5
CARE = 0.5
LOWER_FIRST, LOWER_LATER = 4.0, 2.0
"""Added to "no name", and taken from names that begin with or go on in a small letter, where capitals can be relied on.

Chosen on held-out articles: WikiGold .738 to .757, carefully written web text unchanged."""

_FLOOR = 0.01
_BEGIN, _INSIDE = np.array([1, 3, 5]), np.array([2, 4, 6])
_KIND = np.array([0, 1, 1, 2, 2, 3, 3])
"""Column of the tag → nothing, person, organisation, place."""
_LINKS = frozenset(
    ("of", "the", "and", "for", "de", "la", "del", "van", "von", "der", "den", "di", "da", "dos", "al", "bin", "el", "und",
     "et", "y", "e", "du", "des", "le", "s", "in", "on", "at", "to")
)  # fmt: skip
_SLOPPY_SHARE, _LEAST_CAPITALS = 0.1, 0.06


def temper(scores: Floats, words: Sequence[str]) -> Floats:
    """Return *scores* (words × tags) of one carefully written text with fewer names in small letters."""
    small = np.array([word.islower() and word.isalpha() for word in words])
    later = small & np.array([word not in _LINKS for word in words])
    tempered = scores.copy()
    tempered[:, 0] += CARE
    tempered[np.ix_(small, _BEGIN)] -= LOWER_FIRST
    tempered[np.ix_(later, _INSIDE)] -= LOWER_LATER
    return tempered


def is_careful(words: Sequence[str], openers: Sequence[int]) -> bool:
    """True when sentences open with capitals, "I" is one, and capitals are neither rare nor absent.

    *openers* are the positions at which sentences begin.  "i live in tampa" is written without care.
    """
    small_openers = sum(words[position][0].islower() for position in openers)
    letters = [word[0] for word in words if word[0].isalpha()]
    capitals = sum(map(str.isupper, letters))
    return (
        "i" not in words
        and small_openers <= _SLOPPY_SHARE * len(openers)
        and capitals > _LEAST_CAPITALS * len(letters)
    )


def agree(scores: Floats, words: Sequence[str], folded: Sequence[str]) -> Floats:
    """Return *scores* (words × tags) of one text, with capitalised words that recur drawn towards their mean answer."""
    places: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        if len(word) > 2 and word[0].isupper() and word.isalpha():
            places.setdefault(folded[position], []).append(position)
    recurring = [positions for positions in places.values() if len(positions) > 1]
    if not recurring:
        return scores
    flat = np.concatenate([np.array(positions) for positions in recurring])
    sizes = np.array([len(positions) for positions in recurring])
    group = np.repeat(np.arange(len(sizes)), sizes)
    chances = np.exp(scores[flat] - scores[flat].max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    sums = np.zeros((len(sizes), 4), dtype=np.float32)
    for column, kind in enumerate(_KIND):
        np.add.at(sums[:, kind], group, chances[:, column])
    means = np.log(sums / sizes[:, None] + _FLOOR)
    drawn = scores.copy()
    drawn[flat] += WEIGHT * means[group][:, _KIND]
    return drawn
