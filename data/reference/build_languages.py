"""Write languages.npz, what language detection reads, from the model inside the py3langid package: ``build_languages.py``, no arguments.

The package keeps a table of every transition (39 MB) and of every weight (28 MB) behind LZMA: half a second and 70 MB in each process
that reads them.  The transitions are those of an Aho-Corasick automaton, which its byte sequences alone say, and four weights of five are
the lowest of their language.  Kept here, without loss: the sequences as a double-array trie, and the weights above the lowest.
Languages that nobody publishes news in are left out.  Same model, same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_DIR, MODEL_FILE
from py3langid.modelio import load_model

HERE = Path(__file__).parent
NOT_NEWS = frozenset(
    ("zxx", "la", "eo", "vo", "sa", "an", "wa", "lij", "vec", "guw", "bcl", "pcm", "ace", "fuv", "kab", "gom")
)
"""Labels that attract short or odd texts and that no followed outlet publishes in."""

Numbers = npt.NDArray[np.int64]


def spanning_trie(rows: Numbers, row_of: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return depth, parent and last byte of every state: the shortest way to it from the first one."""
    depth, parent, letter = (np.full(len(row_of), fill) for fill in (-1, 0, 0))
    depth[0], front, level = 0, np.array([0]), 0
    while len(front):
        reached, first = np.unique(rows[row_of[front]], return_index=True)
        new = depth[reached] < 0
        reached, first = reached[new], first[new]
        level += 1
        depth[reached], parent[reached], letter[reached] = level, front[first // 256], first % 256
        front = reached
    return depth, parent, letter


def check_automaton(rows: Numbers, row_of: Numbers, depth: Numbers, parent: Numbers, letter: Numbers) -> None:
    """Stop unless the state after any text is the longest end of it that the trie holds: then the trie says everything."""
    fail = np.zeros(len(depth), dtype=np.int64)
    for level in range(1, depth.max() + 1):
        states = np.flatnonzero(depth == level)
        if level > 1:
            fail[states] = rows[row_of[fail[parent[states]]], letter[states]]
        below = rows[row_of[states]]
        is_child = (parent[below] == states[:, None]) & (letter[below] == np.arange(256)) & (below > 0)
        if not (is_child | (below == rows[row_of[fail[states]]])).all():
            raise SystemExit("the model's automaton is no Aho-Corasick automaton any more: keep its table")


def place(children: Sequence[Sequence[int]]) -> Numbers:
    """Return for each node the number that its children's bytes are added to: no two nodes' children meet in one slot."""
    base = np.zeros(len(children), dtype=np.int64)
    free = (1 << 2 * len(children)) - 2  # a bit for each slot; the first is that of the root
    for node in sorted(range(len(children)), key=lambda node: -len(children[node])):
        if children[node]:
            fits = free
            for byte in children[node]:
                fits &= free >> byte
            start = (fits & -fits).bit_length() - 1
            base[node] = start
            free ^= sum(1 << start + byte for byte in children[node])
    return base


def double_array(parent: Numbers, letter: Numbers, feature: Numbers) -> dict[str, npt.NDArray[np.int32]]:
    """Return the trie by slot: where its children begin, whose child it is (-1: nobody's), its feature (-1: none)."""
    children: list[list[int]] = [[] for _ in parent]
    for state in np.lexsort((letter, parent)).tolist():
        if state:
            children[parent[state]].append(int(letter[state]))
    base = place(children)
    slot = np.where(np.arange(len(parent)) == 0, 0, base[parent] + letter)
    size = max(slot.max() + 1, base.max() + 256)
    arrays = {
        name: np.full(size, fill, np.int32) for name, fill in (("base", 0), ("owner", -1), ("feature", -1))
    }
    arrays["base"][slot], arrays["feature"][slot] = base, feature
    arrays["owner"][slot[1:]] = slot[parent[1:]]
    return arrays


def main() -> None:
    """Write the file and print its size."""
    weights, priors, labels, table, row_of, features = load_model(MODEL_DIR / MODEL_FILE)
    rows, row_of, feature = np.array(table).reshape(-1, 256), np.array(row_of), np.array(features)
    depth, parent, letter = spanning_trie(rows, row_of)
    check_automaton(rows, row_of, depth, parent, letter)
    trie = double_array(parent, letter, feature)
    slots = np.flatnonzero(trie["feature"] >= 0)
    order = np.unique(trie["feature"][slots], return_index=True)[
        1
    ].argsort()  # in order of slots, which packs better
    number = np.empty(len(weights), dtype=np.int32)
    number[order] = np.arange(len(order))
    trie["feature"][slots] = number[trie["feature"][slots]]
    kept = [place for place, label in enumerate(labels) if label not in NOT_NEWS]
    kept_weights = weights[order][:, kept]
    if not (kept_weights.max() < 0 and np.abs(kept_weights).min() >= np.finfo(np.float16).tiny):
        raise SystemExit(
            "some weights are no negative normal numbers any more: their bits cannot be counted down"
        )
    bits = kept_weights.view(np.uint16)  # the lowest number has the highest bits
    lowest = bits.max(axis=0)
    above = bits != lowest
    np.savez_compressed(
        HERE / "languages.npz", labels=np.array([labels[place] for place in kept]), priors=priors[kept],
        lowest=kept_weights.min(axis=0).astype(np.float32).view(np.uint32),
        is_above=np.packbits(above, axis=1), above=(lowest - bits)[above], **trie,
    )  # fmt: skip
    print(
        len(kept),
        "labels,",
        len(order),
        "features,",
        len(trie["base"]),
        "slots,",
        (HERE / "languages.npz").stat().st_size,
    )


if __name__ == "__main__":
    main()
