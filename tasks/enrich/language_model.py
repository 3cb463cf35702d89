"""The model behind language detection: naive Bayes over byte sequences, that of the py3langid package (BSD licence).

``build_languages.py`` keeps its weights and sequences in a tenth of the memory and without loss, and what is computed here is what
the package computes, number for number.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tasks.reference import data_file

_Integers = npt.NDArray[np.int32]
_Floats = npt.NDArray[np.float32]
_HALF_STEP = 13
"""Bits that float32 has more than float16: from one float16 to the next it takes two to this many steps of float32."""


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Byte sequences as a double-array trie, and what each says of every label.

    *again* are labels that stand for a second script, as (place of the first, place).  *base*, *owner* and *feature* have a
    row per slot of the trie: what a byte is added to for the slot of the child, whose child the slot is, and its sequence's
    number or -1.  A weight is the *lowest* of its label (bits of a float32) or, where *is_above* has a bit, so many steps of
    float16 *above* it as stand there, those of a sequence from its *starts* on.
    """

    labels: tuple[str, ...]
    again: tuple[tuple[int, int], ...]
    priors: _Floats
    base: _Integers
    owner: _Integers
    feature: _Integers
    lowest: npt.NDArray[np.uint32]
    is_above: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.intp]
    above: npt.NDArray[np.uint16]


@cache
def load_languages() -> LanguageModel:
    """Return the model, read once per process (40 ms, 8 MB)."""
    with np.load(data_file("reference", "languages.npz"), allow_pickle=False) as stored:
        part = {name: stored[name] for name in stored.files}
    labels = tuple(part.pop("labels").tolist())
    again = tuple(
        (labels.index(label), place) for place, label in enumerate(labels) if label in labels[:place]
    )
    sizes = np.bitwise_count(part["is_above"]).sum(axis=1, dtype=np.intp)
    return LanguageModel(labels, again, starts=np.concatenate(([0], np.cumsum(sizes))), **part)


def rank_labels(text: str, most: int) -> list[tuple[str, float]]:
    """Return the *most* likely labels of *text* with their probabilities, the likeliest first."""
    model = load_languages()
    scores = _scores(text, model)
    for first, place in model.again:
        scores[first] += scores[place]
        scores[place] = -1.0
    places = np.argsort(-scores, kind="stable")[: min(most, len(scores) - len(model.again))]
    return [
        (model.labels[place], score) for place, score in zip(places, scores[places].tolist(), strict=True)
    ]


def _scores(text: str, model: LanguageModel) -> _Floats:
    """Return the probability of each label; flatter for short texts, even for one that holds no known sequence."""
    written = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
    data = written.encode("utf-8", "surrogatepass")
    met = Counter(find_sequences(data, model).tolist())
    scores = np.zeros(len(model.labels), dtype=np.float32)
    if met:
        counts = np.fromiter(met.values(), dtype=np.float32, count=len(met))
        scores = (
            np.log1p(counts) @ _weights(np.fromiter(met, dtype=np.intp, count=len(met)), model) + model.priors
        )
    scores *= 1.0 / math.sqrt(len(data) or 1)
    np.exp(scores - scores.max(), out=scores)
    scores /= scores.sum()
    return scores


def find_sequences(data: bytes, model: LanguageModel) -> _Integers:
    """Return the numbers of the sequences that end at the bytes of *data*, left to right: the longest at each byte, if any."""
    letters = np.frombuffer(data, dtype=np.uint8)
    ends = np.arange(len(letters))
    node = np.zeros(len(letters), dtype=np.int32)
    longest = node.copy()
    while len(ends):
        slot = model.base[node] + letters[ends]
        known = model.owner[slot] == node
        ends, node = ends[known], slot[known]
        longest[ends] = node
        ends += 1
        if len(ends) and ends[-1] == len(letters):
            ends, node = ends[:-1], node[:-1]
    found = model.feature[longest]
    return found[found >= 0]


def _weights(sequences: npt.NDArray[np.intp], model: LanguageModel) -> _Floats:
    """Return the weights of *sequences*: float32, one row each, one column per label."""
    starts = model.starts[sequences]
    sizes = model.starts[sequences + 1] - starts
    before = np.cumsum(sizes) - sizes
    steps = model.above[np.repeat(starts - before, sizes) + np.arange(sizes.sum())]
    is_above = np.unpackbits(model.is_above[sequences], axis=1, count=len(model.labels)).view(np.bool_)
    above = np.zeros(is_above.shape, dtype=np.uint32)
    above.ravel()[np.flatnonzero(is_above)] = steps
    above <<= _HALF_STEP
    return (model.lowest - above).view(np.float32)
