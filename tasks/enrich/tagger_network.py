"""The tagger's network with numpy alone: a bidirectional LSTM over word features, then the best path of tags.

Hochreiter & Schmidhuber 1997 (LSTM), Lample et al. 2016 (with a conditional random field on top).  Sentences are
sorted by length and go through together, so that each step is one matrix product for both directions.
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
class Layers:
    """Weights after the word features: *inputs* (features × 2 × 4H), *recurrent* (2 × H × 4H), *bias* (2 × 4H),
    *output* (2H × tags) with *output_bias*, *transitions* (from × to) and *first* (tag at a sentence's start).

    The columns of input, forget and output gate are halved when loading: then tanh serves for all four gates.
    """

    inputs: Floats
    recurrent: Floats
    bias: Floats
    output: Floats
    output_bias: Floats
    transitions: Floats
    first: Floats


def emissions(features: Floats, ends: Sequence[int], layers: Layers) -> Floats:
    """Return tag scores (words × tags) for *features* (words × features) of sentences that stop at *ends*."""
    starts = np.concatenate([[0], np.asarray(ends[:-1], dtype=np.intp)]).astype(np.intp)
    lengths = np.asarray(ends, dtype=np.intp) - starts
    order = np.argsort(-lengths, kind="stable")
    scores = np.empty((len(features), len(layers.output_bias)), dtype=np.float32)
    for begin in range(0, len(order), BATCH):
        some = order[begin : begin + BATCH]
        _run_batch(features, starts[some], lengths[some], layers, scores)
    return scores


def _run_batch(features: Floats, starts: Ints, lengths: Ints, layers: Layers, scores: Floats) -> None:
    """Fill the rows of *scores* for some sentences, longest first."""
    longest, count = int(lengths[0]), len(lengths)
    hidden = layers.recurrent.shape[1]
    steps = np.arange(longest)
    inside = steps[None, :] < lengths[:, None]
    forward = np.where(inside, starts[:, None] + steps, 0)
    backward = np.where(inside, starts[:, None] + lengths[:, None] - 1 - steps, 0)
    words = forward[inside]
    gates = np.zeros((2, count, longest, 4 * hidden), dtype=np.float32)
    projected = features[words] @ layers.inputs + layers.bias.reshape(-1)
    row = np.zeros(len(features), dtype=np.intp)
    row[words] = np.arange(len(words))
    gates[0][inside] = projected[:, : 4 * hidden]
    gates[1][inside] = projected[row[backward[inside]], 4 * hidden :]
    states = _recur(gates, inside.sum(axis=0), layers.recurrent)
    ahead = states[0][inside]
    behind = np.empty_like(ahead)
    behind[row[backward[inside]]] = states[1][inside]
    scores[words] = ahead @ layers.output[:hidden] + behind @ layers.output[hidden:] + layers.output_bias


def _recur(gates: Floats, active: Ints, recurrent: Floats) -> Floats:
    """Return the states (2 × sentences × steps × H); *active* sentences are left at each step, the longest first."""
    hidden = recurrent.shape[1]
    states = np.zeros((*gates.shape[:3], hidden), dtype=np.float32)
    state = np.zeros((2, gates.shape[1], hidden), dtype=np.float32)
    cell = np.zeros_like(state)
    for step, left in enumerate(active):
        total = np.tanh(gates[:, :left, step] + np.matmul(state[:, :left], recurrent))
        enter, forget, out = (
            0.5 * total[..., part * hidden : (part + 1) * hidden] + 0.5 for part in (0, 1, 3)
        )
        cell = forget * cell[:, :left] + enter * total[..., 2 * hidden : 3 * hidden]
        state = out * np.tanh(cell)
        states[:, :left, step] = state
    return states


def best_tags(scores: Floats, ends: Sequence[int], layers: Layers) -> Ints:
    """Return the best tag of each word (index into TAGS) by Viterbi's algorithm, all sentences at once."""
    starts = np.concatenate([[0], np.asarray(ends[:-1], dtype=np.intp)]).astype(np.intp)
    lengths = np.asarray(ends, dtype=np.intp) - starts
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
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
