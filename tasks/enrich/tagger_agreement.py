"""One sense per text: what a word is in some of its places tells what it is in the others.

Krishnan & Manning 2006 feed a second model with the first one's answers; adding the mean answer to every place of the
word, as here, needs no second model and gained .6 to 2 points of F1 on our held-out texts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

WEIGHT = 0.5
_FLOOR = 0.01
_KIND = np.array([0, 1, 1, 2, 2, 3, 3])
"""Column of the tag → nothing, person, organisation, place."""


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
