"""Train the tagger: ``build_tagger.py CORPORA_FOLDER [--epochs N] [--seeds N …] [--out FILE]`` writes tagger.npz.

One network per seed; the tagger takes the mean of their answers.
Needs torch (CPU is enough: about half a minute per epoch on a free core) beside the base install.  Prints F1 on the held-out
articles of each corpus after every second epoch; the shipped weights are the mean of the last two fifths of the steps.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from build_tagger_corpora import KINDS, Text, read_corpora, to_text
from build_tagger_noise import change, from_templates, make_supply
from torch import Tensor, nn

from tasks.enrich.tagger import WORD_SCALE
from tasks.enrich.tagger_features import (
    AFFIXES,
    FORMS,
    HASH_ROWS,
    STATIC,
    USES,
    document_features,
    form,
    hashed_forms,
    static_vectors,
)
from tasks.enrich.tagger_names import WIDTH, name_features
from tasks.enrich.tagger_network import TAGS
from tasks.enrich.tagger_tokens import fold, tokenize

HIDDEN, PROJECTED, HASHED, KIND = 96, 128, 24, 8
DROPOUT, NAMES_DROPPED, RATE = 0.4, 0.1, 2e-3
WEIGHTS = (1.5, 1.0, 2.0, 0.6)
"""How much a sentence counts, by kind of text: edited encyclopaedia, edited by subject, web, social."""
TEMPLATE_TEXTS, WORDS_PER_BATCH, AVERAGED = 100, 1200, 0.6
IMPOSSIBLE = -8.0
KIND_MIXES = np.array([[0.0, 0.0, 1.0, 0.0], [0.5, 0.5, 0.0, 0.0]], np.float32)
"""As which kinds of text a careless and a careful one are read: web; half edited encyclopaedia, half edited by subject."""


Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence as numbers: word types, look-up and use features, tags (index into TAGS), kind of text."""

    types: list[int]
    local: np.ndarray[Any, Any]
    tags: list[int]
    kind: int


class Vocabulary:
    """Numbers for words, and what each word's features are; grows while texts are read."""

    def __init__(self) -> None:
        """Begin empty."""
        self.numbers: dict[str, int] = {}
        self.rows: list[tuple[Any, list[bool], list[int]]] = []

    def number(self, word: str) -> int:
        """Return the word's number, new if need be."""
        if word not in self.numbers:
            self.numbers[word] = len(self.rows)
            self.rows.append((static_vectors([word])[0], form(word), hashed_forms(word)))
        return self.numbers[word]

    def tensors(self) -> tuple[Tensor, Tensor, Tensor]:
        """Return static vectors, forms and hash rows of all words so far."""
        static, forms, hashes = zip(*self.rows, strict=True)
        return (
            torch.tensor(np.array(static)),
            torch.tensor(np.array(forms, np.float32)),
            torch.tensor(np.array(hashes)),
        )


def to_rows(text: Text, vocabulary: Vocabulary) -> list[Row]:
    """Return the sentences of a text as numbers, cut into words as the tagger will cut them."""
    written, spans = to_text(text.sentences)
    tokens = tokenize(written)
    tags = ["O"] * len(tokens.words)
    for start, end, label in spans:
        inside = [i for i, a in enumerate(tokens.starts) if a >= start and tokens.ends[i] <= end]
        for position in inside:
            tags[position] = f"{'B' if position == inside[0] else 'I'}-{label}"
    folded = [fold(word) for word in tokens.words]
    local = np.concatenate([name_features(tokens.words, folded), document_features(tokens, folded)], axis=1)
    rows = []
    for start, end in zip((0, *tokens.sentence_ends), tokens.sentence_ends, strict=False):
        numbers = [TAGS.index(tag) for tag in tags[start:end]]
        if TAGS[numbers[0]][0] == "I":
            numbers[0] -= 1
        types = [vocabulary.number(word) for word in tokens.words[start:end]]
        rows.append(Row(types, local[start:end], numbers, text.kind))
    return rows


def batches(rows: Sequence[Row], chance: random.Random) -> Iterator[list[Row]]:
    """Yield batches of sentences of like length, in random order."""
    ordered = sorted(rows, key=lambda row: len(row.types) + 6 * chance.random())
    made: list[list[Row]] = [[]]
    for row in ordered:
        if (
            made[-1]
            and max(len(other.types) for other in (*made[-1], row)) * (len(made[-1]) + 1) > WORDS_PER_BATCH
        ):
            made.append([])
        made[-1].append(row)
    chance.shuffle(made)
    yield from made


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors of some sentences."""

    types: Tensor
    local: Tensor
    tags: Tensor
    mask: Tensor
    kinds: Tensor


def pad(rows: Sequence[Row]) -> Batch:
    """Return the sentences as tensors of one length."""
    longest = max(len(row.types) for row in rows)
    types = np.zeros((len(rows), longest), dtype=np.int64)
    tags, mask = types.copy(), np.zeros(types.shape, dtype=bool)
    local = np.zeros((*types.shape, WIDTH + USES), dtype=np.float32)
    for i, row in enumerate(rows):
        size = len(row.types)
        types[i, :size], tags[i, :size], mask[i, :size], local[i, :size] = (
            row.types,
            row.tags,
            True,
            row.local,
        )
    kinds = torch.tensor([row.kind for row in rows])
    return Batch(torch.tensor(types), torch.tensor(local), torch.tensor(tags), torch.tensor(mask), kinds)


class Network(nn.Module):  # type: ignore[misc]
    """The network of tagger_network.py, in torch, with a conditional random field's loss."""

    def __init__(self) -> None:
        """Start from random weights; tags that cannot follow each other start far below zero."""
        super().__init__()
        self.static = nn.Linear(2 * STATIC, PROJECTED)
        self.hashed = nn.Embedding(HASH_ROWS, HASHED)
        nn.init.normal_(self.hashed.weight, std=0.05)
        self.kind = nn.Embedding(len(KINDS), KIND)
        self.dropout = nn.Dropout(DROPOUT)
        size = PROJECTED + 3 * HASHED + FORMS + WIDTH + USES + KIND
        self.recurrent = nn.LSTM(size, HIDDEN, bidirectional=True, batch_first=True)
        self.output = nn.Linear(2 * HIDDEN, len(TAGS))
        steps = [[0.0 if b[0] != "I" or a[2:] == b[2:] else IMPOSSIBLE for b in TAGS] for a in TAGS]
        self.transitions = nn.Parameter(torch.tensor(steps))
        self.first = nn.Parameter(torch.tensor([IMPOSSIBLE if tag[0] == "I" else 0.0 for tag in TAGS]))

    def forward(self, table: tuple[Tensor, Tensor, Tensor], batch: Batch, kinds: Tensor) -> Tensor:
        """Return tag scores, sentences × words × tags."""
        static, forms, hashes = table
        rows = self.hashed(hashes[batch.types])
        word, local = WORD_SCALE * rows[:, :, 0], batch.local
        if self.training:
            word = rows[:, :, 0] * (torch.rand(*rows.shape[:2], 1) < WORD_SCALE)
            names = local[..., :WIDTH] * (torch.rand(len(local), 1, 1) > NAMES_DROPPED)
            names = names * (torch.rand(names.shape) > NAMES_DROPPED)
            local = torch.cat([names, local[..., WIDTH:]], dim=-1)
        affixes = rows[:, :, 1 : AFFIXES + 1].sum(2), rows[:, :, AFFIXES + 1 :].sum(2)
        kind = self.kind(kinds)[:, None].expand(-1, batch.types.shape[1], -1)
        parts = (
            torch.relu(self.static(static[batch.types])),
            word,
            *affixes,
            forms[batch.types],
            local,
            kind,
        )
        inputs = self.dropout(torch.cat(parts, dim=-1))
        packed = nn.utils.rnn.pack_padded_sequence(
            inputs, batch.mask.sum(1), batch_first=True, enforce_sorted=False
        )
        states, _ = nn.utils.rnn.pad_packed_sequence(self.recurrent(packed)[0], batch_first=True)
        scores: Tensor = self.output(self.dropout(states))
        return scores

    def loss(self, scores: Tensor, batch: Batch) -> Tensor:
        """Return the negative log-likelihood of each sentence's tags (Lafferty et al. 2001)."""
        tags, mask = batch.tags, batch.mask
        total = self.first + scores[:, 0]
        gold = self.first[tags[:, 0]] + scores[:, 0].gather(1, tags[:, :1])[:, 0]
        for step in range(1, tags.shape[1]):
            inside = mask[:, step]
            reach = torch.logsumexp(total[:, :, None] + self.transitions, dim=1) + scores[:, step]
            total = torch.where(inside[:, None], reach, total)
            here = self.transitions[tags[:, step - 1], tags[:, step]]
            here = here + scores[:, step].gather(1, tags[:, step : step + 1])[:, 0]
            gold = gold + torch.where(inside, here, torch.zeros_like(here))
        return torch.logsumexp(total, dim=1) - gold


def train(folder: Path, epochs: int, seed: int) -> Arrays:
    """Train one network, print its scores, return its weights."""
    torch.manual_seed(seed)
    texts, held = read_corpora(folder)
    supply, vocabulary, network = make_supply(texts, seed), Vocabulary(), Network()
    slow = [value for name, value in network.named_parameters() if "hashed" not in name]
    groups = [
        {"params": slow, "weight_decay": 1e-3},
        {"params": network.hashed.parameters(), "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE)
    mean: dict[str, Tensor] = {}
    step, averaged, began = 0, 0, time.time()
    for epoch in range(epochs):
        changed = [change(text, supply) for text in texts] + [
            from_templates(supply) for _ in range(TEMPLATE_TEXTS)
        ]
        rows = [row for text in changed for row in to_rows(text, vocabulary)]
        table, ordered = vocabulary.tensors(), list(batches(rows, supply.chance))
        for some in ordered:
            share = step / (epochs * len(ordered) + 1)
            for group in optimizer.param_groups:
                group["lr"] = (
                    RATE * min(1.0, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
                )
            batch = pad(some)
            weights = torch.tensor([WEIGHTS[row.kind] for row in some])
            losses = network.loss(network(table, batch, batch.kinds), batch)
            optimizer.zero_grad()
            ((losses * weights).sum() / batch.mask.sum()).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5.0)
            optimizer.step()
            step += 1
            if share >= AVERAGED:
                averaged += 1
                for name, value in network.state_dict().items():
                    mean[name] = (
                        mean.get(name, torch.zeros_like(value)) + (value - mean.get(name, 0.0)) / averaged
                    )
        if epoch % 2 or epoch == epochs - 1:
            print(epoch + 1, f"{time.time() - began:.0f} s", scores_of(network, vocabulary, held), flush=True)
    network.load_state_dict(mean)
    print("mean weights", scores_of(network, vocabulary, held), flush=True)
    return arrays_of(network)


def scores_of(network: Network, vocabulary: Vocabulary, held: dict[str, list[Text]]) -> dict[str, float]:
    """Return F1 over exact spans for each held-out corpus, every text read as edited text."""
    network.eval()
    found = {}
    for name, texts in held.items():
        rows = [row for text in texts for row in to_rows(text, vocabulary)]
        table, right, given, wanted = vocabulary.tensors(), 0, 0, 0
        with torch.no_grad():
            for some in batches(rows, random.Random(0)):
                batch = pad(some)
                scores = network(table, batch, torch.zeros_like(batch.kinds))
                for row, score in zip(some, scores, strict=True):
                    answer = spans_of(viterbi(network, score[: len(row.types)]))
                    gold = spans_of(row.tags)
                    right, given, wanted = right + len(answer & gold), given + len(answer), wanted + len(gold)
        found[name] = round(2 * right / max(1, given + wanted), 4)
    network.train()
    return found


def viterbi(network: Network, scores: Tensor) -> list[int]:
    """Return the best tags of one sentence."""
    best, back = network.first + scores[0], []
    for row in scores[1:]:
        reach, source = (best[:, None] + network.transitions).max(dim=0)
        best = reach + row
        back.append(source)
    tags = [int(best.argmax())]
    for source in reversed(back):
        tags.append(int(source[tags[-1]]))
    return tags[::-1]


def spans_of(numbers: Sequence[int]) -> set[tuple[int, int, str]]:
    """Return (first word, word after the last, label) of the names that tags spell out."""
    spans, start = set(), -1
    for position, number in enumerate([*numbers, 0]):
        if start >= 0 and TAGS[number] != f"I-{TAGS[numbers[start]][2:]}":
            spans.add((start, position, TAGS[numbers[start]][2:]))
            start = -1
        if start < 0 and number:
            start = position
    return spans


def arrays_of(network: Network) -> Arrays:
    """Return what :func:`tasks.enrich.tagger.load_model` reads, in half precision."""
    part = {name: value.numpy() for name, value in network.state_dict().items()}
    sides = ("l0", "l0_reverse")
    arrays = {
        "static": part["static.weight"].T,
        "static_bias": part["static.bias"],
        "hashed": part["hashed.weight"],
        "kinds": KIND_MIXES @ part["kind.weight"],
        "inputs": np.concatenate([part[f"recurrent.weight_ih_{side}"].T for side in sides], axis=1),
        "recurrent": np.stack([part[f"recurrent.weight_hh_{side}"].T for side in sides]),
        "bias": np.stack(
            [part[f"recurrent.bias_ih_{side}"] + part[f"recurrent.bias_hh_{side}"] for side in sides]
        ),
        "output": part["output.weight"].T.reshape(2, HIDDEN, len(TAGS)),
        "output_bias": part["output.bias"],
        "transitions": part["transitions"],
        "first": part["first"],
    }
    return {name: array.astype(np.float16) for name, array in arrays.items()}


def main(arguments: Sequence[str]) -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "tagger.npz")
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    members = [train(chosen.corpora, chosen.epochs, seed) for seed in chosen.seeds]
    np.savez_compressed(
        chosen.out, **{name: np.stack([member[name] for member in members]) for name in members[0]}
    )


if __name__ == "__main__":
    main(sys.argv[1:])
