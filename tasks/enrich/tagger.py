"""People, organisations and places in English text, by a small network of our own; numpy is all it needs.

Trained by ``data/reference/build_tagger.py`` on openly licensed corpora; which ones and how well it does is written in
``docs/decisions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from tasks.enrich.tagger_agreement import agree
from tasks.enrich.tagger_features import (
    AFFIXES,
    Floats,
    document_features,
    form,
    hashed_forms,
    static_vectors,
)
from tasks.enrich.tagger_names import name_features
from tasks.enrich.tagger_network import TAGS, Layers, best_tags, emissions
from tasks.enrich.tagger_tokens import Tokens, fold, tokenize
from tasks.reference import data_file

Span = tuple[int, int, str]
"""First character, character after the last, PER, ORG or LOC."""

VERSION = "lstm-1"
"""Changes whenever the same text may get other spans."""

WORD_SCALE = 0.65
"""Share of training examples that saw the word's own vector; the others had to do with its form."""

_TEXTS_AT_ONCE = 64
_CACHED_WORDS = 30_000


@dataclass(frozen=True, slots=True)
class Model:
    """The weights, and the input vectors of words already met (*known*, bounded)."""

    static: Floats
    static_bias: Floats
    hashed: Floats
    constant: Floats
    layers: Layers
    known: dict[str, Floats]


@cache
def load_model() -> Model:
    """Return the shipped model, read once per process (about 50 ms)."""
    with np.load(data_file("reference", "tagger.npz"), allow_pickle=False) as stored:
        part = {name: stored[name].astype(np.float32) for name in stored.files}
    hidden = part["recurrent"].shape[1]
    half = np.ones(4 * hidden, dtype=np.float32)
    half[: 2 * hidden] = half[3 * hidden :] = 0.5
    layers = Layers(
        part["inputs"] * np.tile(half, 2),
        np.ascontiguousarray(part["recurrent"] * half),
        part["bias"] * half,
        part["output"],
        part["output_bias"],
        part["transitions"],
        part["first"],
    )
    return Model(part["static"], part["static_bias"], part["hashed"], part["constant"], layers, {})


def tag(texts: Sequence[str]) -> list[list[Span]]:
    """Return the names in each text as (start, end, label), left to right; labels are PER, ORG and LOC.

    English only: the caller knows the language.  Repeated words of one text inform each other, so a whole article
    should be one text.
    """
    found: list[list[Span]] = []
    for begin in range(0, len(texts), _TEXTS_AT_ONCE):
        found.extend(_tag_batch(texts[begin : begin + _TEXTS_AT_ONCE]))
    return found


def _tag_batch(texts: Sequence[str]) -> list[list[Span]]:
    """Return the names of some texts that go through the network together."""
    model = load_model()
    tokens = [tokenize(text) for text in texts]
    filled = [each for each in tokens if each.words]
    if not filled:
        return [[] for _ in texts]
    folded = [[fold(word) for word in each.words] for each in filled]
    features = np.concatenate([_features(*pair, model) for pair in zip(filled, folded, strict=True)])
    offsets = np.cumsum([0, *(len(each.words) for each in filled)])
    ends = [
        int(offset) + end for offset, each in zip(offsets, filled, strict=False) for end in each.sentence_ends
    ]
    scores = np.split(emissions(features, ends, model.layers), offsets[1:-1])
    agreed = [agree(part, each.words, keys) for part, each, keys in zip(scores, filled, folded, strict=True)]
    parts = iter(np.split(best_tags(np.concatenate(agreed), ends, model.layers), offsets[1:-1]))
    return [list(_spans(each, next(parts))) if each.words else [] for each in tokens]


def _features(tokens: Tokens, folded: Sequence[str], model: Model) -> Floats:
    """Return the network's input (words × features) for one text."""
    if len(model.known) > _CACHED_WORDS:
        model.known.clear()
    known = model.known
    words = np.stack([known[word] if word in known else _learn(word, model) for word in tokens.words])
    names = name_features(tokens.words, folded)
    constant = np.broadcast_to(model.constant, (len(words), len(model.constant)))
    return np.concatenate([words, names, document_features(tokens), constant], axis=1)


def _learn(word: str, model: Model) -> Floats:
    """Return the part of the input that depends on the word alone, and keep it."""
    static = np.maximum(static_vectors(word) @ model.static + model.static_bias, 0.0)
    rows = model.hashed[hashed_forms(word)]
    parts = (static, WORD_SCALE * rows[0], rows[1 : AFFIXES + 1].sum(axis=0), rows[AFFIXES + 1 :].sum(axis=0))
    vector: Floats = np.concatenate([*parts, np.array(form(word), dtype=np.float32)])
    model.known[word] = vector
    return vector


def _spans(tokens: Tokens, tags: npt.NDArray[np.intp]) -> Iterator[Span]:
    """Yield the names that the tags of one text spell out."""
    start, label = -1, ""
    for position, number in enumerate([*tags.tolist(), 0]):
        name = TAGS[number]
        if start >= 0 and name != f"I-{label}":
            yield tokens.starts[start], tokens.ends[position - 1], label
            start = -1
        if start < 0 and name != "O":
            start, label = position, name[2:]
