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

from tasks.enrich.tagger_agreement import agree, is_careful, temper
from tasks.enrich.tagger_features import (
    AFFIXES,
    USES,
    Floats,
    document_features,
    form,
    hashed_forms,
    static_vectors,
)
from tasks.enrich.tagger_names import WIDTH, is_demonym, name_features
from tasks.enrich.tagger_network import TAGS, Inputs, Layers, best_tags, emissions
from tasks.enrich.tagger_tokens import Tokens, fold, tokenize
from tasks.reference import data_file

Span = tuple[int, int, str]
"""First character, character after the last, PER, ORG or LOC."""

VERSION = "lstm-4"
"""Changes whenever the same text may get other spans."""

LANGUAGES = frozenset({"en"})
"""What it was trained on."""

WORD_SCALE = 0.65
"""Share of training examples that saw the word's own vector; the others had to do with its form."""

_TEXTS_AT_ONCE = 8
"""Texts that go through the network together: 16 take 10 MB more and hardly less time."""
_REMEMBERED = 4_096
"""Words whose part of the gates is kept, 6 kB each; twice as many save 8 % of the time."""
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Member:
    """One network of the ensemble, up to the gates: *word* projects what depends on the word alone (2 × features × 4H)."""

    static: Floats
    static_bias: Floats
    hashed: Floats
    word: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """The ensemble, and what each word already met adds to the gates (*rows* of *memory*; emptied when full).

    Readers are members × directions.  The layers weigh look-up and use features, and then what a text's kind adds (careless,
    careful): corpora differ in what they call a name.
    """

    members: tuple[Member, ...]
    layers: Layers
    rows: dict[str, int]
    memory: Floats


@cache
def load_model() -> Model:
    """Return the shipped model, read once per process (about 50 ms)."""
    with np.load(data_file("reference", "tagger.npz"), allow_pickle=False) as stored:
        part = {name: stored[name].astype(np.float32) for name in stored.files}
    count, _, hidden, width = part["recurrent"].shape
    order = np.r_[0 : 2 * hidden, 3 * hidden : width, 2 * hidden : 3 * hidden]
    half = np.full(width, 0.5, dtype=np.float32)
    half[3 * hidden :] = 1.0
    inputs = part["inputs"].reshape(count, -1, 2, width).transpose(0, 2, 1, 3)[..., order] * half
    second = inputs.shape[2] - part["kinds"].shape[2]
    first = second - WIDTH - USES
    members = tuple(
        Member(
            part["static"][k],
            part["static_bias"][k],
            part["hashed"][k],
            np.ascontiguousarray(inputs[k, :, :first]),
            part["bias"][k][:, order] * half,
        )
        for k in range(count)
    )
    kinds = np.einsum("mck,mdkw->cmdw", part["kinds"], inputs[:, :, second:]).reshape(2, 2 * count, width)
    recurrent = (part["recurrent"][..., order] * half).reshape(2 * count, hidden, width)
    local = inputs[:, :, first:second].reshape(2 * count, second - first, width)
    layers = Layers(
        np.concatenate([recurrent, local, kinds.transpose(1, 0, 2)], axis=1),
        part["output"].reshape(2 * count, hidden, -1) / count,
        part["output_bias"].mean(axis=0),
        part["transitions"].mean(axis=0),
        part["first"].mean(axis=0),
    )
    return Model(members, layers, {}, np.empty((2 * count, _REMEMBERED, width), dtype=np.float32))


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
    offsets = np.cumsum([0, *(len(each.words) for each in filled)])
    care = [is_careful(each.words, (0, *each.sentence_ends[:-1])) for each in filled]
    inputs = _inputs(filled, folded, care, model)
    ends = [
        int(offset) + end for offset, each in zip(offsets, filled, strict=False) for end in each.sentence_ends
    ]
    scores = np.split(emissions(inputs, ends, model.layers), offsets[1:-1])
    agreed = [
        agree(temper(part, each.words) if careful else part, each.words, keys)
        for part, each, keys, careful in zip(scores, filled, folded, care, strict=True)
    ]
    parts = iter(np.split(best_tags(np.concatenate(agreed), ends, model.layers), offsets[1:-1]))
    return [list(_spans(each, next(parts))) if each.words else [] for each in tokens]


def _inputs(
    texts: Sequence[Tokens], folded: Sequence[Sequence[str]], care: Sequence[bool], model: Model
) -> Inputs:
    """Return what the words of some texts give to the network, and remember those not met before."""
    met = dict.fromkeys(word for each in texts for word in each.words)
    rows, memory = model.rows, model.memory
    if len(met) > _REMEMBERED:
        rows, memory = {}, np.empty((len(memory), len(met), memory.shape[2]), dtype=np.float32)
    elif len(rows) + sum(word not in rows for word in met) > _REMEMBERED:
        rows.clear()
    new = [word for word in met if word not in rows]
    for begin in range(0, len(new), _AT_ONCE):
        some = new[begin : begin + _AT_ONCE]
        memory[:, len(rows) : len(rows) + len(some)] = _project(some, model)
        rows.update(zip(some, range(len(rows), len(rows) + len(some)), strict=True))
    local = [
        np.concatenate(
            [name_features(each.words, keys), document_features(each, keys), _kind(each, careful)], axis=1
        )
        for each, keys, careful in zip(texts, folded, care, strict=True)
    ]
    places = np.array([rows[word] for each in texts for word in each.words], dtype=np.intp)
    return Inputs(places, memory, np.concatenate(local))


def _kind(text: Tokens, careful: bool) -> Floats:
    """Return float32 (words, 2): whether the text is careless, whether it is careful."""
    kind = np.zeros((len(text.words), 2), dtype=np.float32)
    kind[:, int(careful)] = 1.0
    return kind


def _project(words: Sequence[str], model: Model) -> Floats:
    """Return what words add to the gates wherever they stand (readers × words × 4H)."""
    static = static_vectors(words)
    hashes = np.array([hashed_forms(word) for word in words])
    forms = np.array([form(word) for word in words], dtype=np.float32)
    return np.concatenate([_project_one(static, hashes, forms, member) for member in model.members])


def _project_one(static: Floats, hashes: npt.NDArray[np.intp], forms: Floats, member: Member) -> Floats:
    """Return the same for one member (2 × words × 4H)."""
    dense = np.maximum(static @ member.static + member.static_bias, 0.0)
    rows = member.hashed[hashes]
    affixes = rows[:, 1 : AFFIXES + 1].sum(axis=1), rows[:, AFFIXES + 1 :].sum(axis=1)
    vectors = np.concatenate([dense, WORD_SCALE * rows[:, 0], *affixes, forms], axis=1)
    projected: Floats = vectors @ member.word + member.bias[:, None]
    return projected


def _spans(tokens: Tokens, tags: npt.NDArray[np.intp]) -> Iterator[Span]:
    """Yield the names that the tags of one text spell out."""
    start, label = -1, ""
    for position, number in enumerate([*tags.tolist(), 0]):
        name = TAGS[number]
        if start >= 0 and name != f"I-{label}":
            if not (label == "LOC" and _names_a_people(tokens.words[start:position])):
                yield tokens.starts[start], tokens.ends[position - 1], label
            start = -1
        if start < 0 and name != "O":
            start, label = position, name[2:]


def _names_a_people(words: Sequence[str]) -> bool:
    """True for "Kenyan" or "North Korean": corpora disagree whether that is a place, and here it is none."""
    name = " ".join(words)
    return not name.isupper() and is_demonym(fold(name))
