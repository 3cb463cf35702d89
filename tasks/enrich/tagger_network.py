"""The tagger's network with numpy alone: bidirectional LSTMs over word features, then the best path of tags.

Hochreiter & Schmidhuber 1997 (LSTM), Lample et al. 2016 (with a conditional random field on top).  Sentences are
sorted by length and go through together, so that each step is one matrix product for all readers: the members of the
ensemble, each reading forward (even rows of every array) and backward (odd rows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
"""Columns of the emissions."""

BATCH = 256
"""Sentences that go through together."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the words of some texts give to the gates of all readers: the row of each word in *memory* (readers × rows × 4H),
    and *local* features (words × F) that :class:`Layers` weighs together with the state.

    Summed up per step: gates of all words at once are 6 kB a word, and writing and reading them cost half the time.
    """

    rows: Ints
    memory: Floats
    local: Floats


@dataclass(frozen=True, slots=True)
class Layers:
    """Weights after the words' own: *recurrent* (readers × (H + F) × 4H) for state and local features, *output* (readers × H × tags, already divided by
    the number of members) with *output_bias*, *transitions* (from × to) and *first* (tag at a sentence's start).

    Columns of gates are in the order input, forget, output, candidate; those of the first three are halved, so that one
    tanh serves for all four.
    """

    recurrent: Floats
    output: Floats
    output_bias: Floats
    transitions: Floats
    first: Floats


def emissions(inputs: Inputs, ends: Sequence[int], layers: Layers) -> Floats:
    """Return tag scores (words × tags) for the words of sentences that stop at *ends*."""
    starts, lengths = _longest_first(ends)
    readers, hidden, _ = layers.output.shape
    states = np.empty((readers, len(inputs.rows), hidden), dtype=np.float32)
    for begin in range(0, len(starts), BATCH):
        _recur(
            inputs, starts[begin : begin + BATCH], lengths[begin : begin + BATCH], layers.recurrent, states
        )
    scores: Floats = np.matmul(states, layers.output).sum(axis=0) + layers.output_bias
    return scores


def _longest_first(ends: Sequence[int]) -> tuple[Ints, Ints]:
    """Return first positions and lengths of the sentences, the longest first."""
    stops = np.asarray(ends, dtype=np.intp)
    starts = np.concatenate([np.zeros(1, dtype=np.intp), stops[:-1]])
    order = np.argsort(starts - stops, kind="stable")
    return starts[order], (stops - starts)[order]


def _recur(inputs: Inputs, starts: Ints, lengths: Ints, recurrent: Floats, states: Floats) -> None:
    """Fill *states* (readers × words × H) for some sentences, longest first; ended ones drop out on the way."""
    hidden = states.shape[2]
    lasts = starts + lengths - 1
    joined = np.zeros((len(states), len(starts), recurrent.shape[1]), dtype=np.float32)
    cell = np.zeros((*joined.shape[:2], hidden), dtype=np.float32)
    for step in range(int(lengths[0])):
        left = int(np.searchsorted(-lengths, -step, side="left"))
        joined = joined[:, :left]
        sides = starts[:left] + step, lasts[:left] - step
        for side, words in enumerate(sides):
            joined[side::2, :, hidden:] = inputs.local[words]
        total = np.matmul(joined, recurrent)
        for side, words in enumerate(sides):
            total[side::2] += inputs.memory[side::2, inputs.rows[words]]
        np.tanh(total, out=total)
        opened = total[..., : 3 * hidden]
        opened *= 0.5
        opened += 0.5
        cell = opened[..., hidden : 2 * hidden] * cell[:, :left]
        cell += opened[..., :hidden] * total[..., 3 * hidden :]
        joined[..., :hidden] = opened[..., 2 * hidden :] * np.tanh(cell)
        for side, words in enumerate(sides):
            states[side::2, words] = joined[side::2, :, :hidden]


def best_tags(scores: Floats, ends: Sequence[int], layers: Layers) -> Ints:
    """Return the best tag of each word (index into TAGS) by Viterbi's algorithm, all sentences at once."""
    starts, lengths = _longest_first(ends)
    best = scores[starts] + layers.first
    back: list[Ints] = []
    for step in range(1, int(lengths[0])):
        left = int((lengths > step).sum())
        reach = best[:left, :, None] + layers.transitions
        back.append(reach.argmax(axis=1))
        best[:left] = reach.max(axis=1) + scores[starts[:left] + step]
    tags = np.zeros(len(scores), dtype=np.intp)
    current = best.argmax(axis=1)
    for step in range(int(lengths[0]) - 1, -1, -1):
        left = int((lengths > step).sum())
        tags[starts[:left] + step] = current[:left]
        if step:
            current[:left] = np.take_along_axis(back[step - 1], current[:left, None], axis=1)[:, 0]
    return tags
