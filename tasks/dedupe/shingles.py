"""What is kept of a text to find its copies: sampled shingles, a digest of its words, and a word count.

A shingle is the hash of three consecutive words.  One in eight is kept, chosen by its own value, so that the same words
are kept wherever they stand; short texts keep all of theirs, or a brief taken from a long report would not be found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from tasks.contracts import Column, Contract
from tasks.dedupe.words import I64, U32, U64, Bools, Words, cut_words, mix, offsets

SHINGLE: Final = 3
"""Words per shingle."""
SAMPLE_BITS: Final = 3
"""A shingle is sampled when this many of its highest bits are zero: one in eight."""
DENSE: Final = 64
"""Texts with at most this many shingles keep them all."""
MAX_WORDS: Final = 20_000
"""Words of a text that are looked at; what follows in a longer one does not decide whose copy it is."""

_PLACE: Final = (0x8CB92BA72F3D8DD7, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
_DIGEST_BASE: Final = 0xD1342543DE82EF95

SKETCH = Contract(
    "sketch",
    "what duplicate search keeps of each text",
    (
        Column("article_id", pa.int64(), "key", True),
        Column(
            "digest",
            pa.uint64(),
            "hash of all its words in order: equal for texts that are the same once normalised",
            True,
        ),
        Column("word_count", pa.int32(), "words compared (characters for scripts without spaces)", True),
        Column("shingles", pa.list_(pa.uint64()), "sampled three-word shingles, ascending", True),
    ),
    key=("article_id",),
    mart=False,
)


@dataclass(frozen=True, slots=True)
class Shingles:
    """Shingles of several texts in order, and where each text's begin (one more than there are texts)."""

    hashes: U64
    starts: I64

    def of(self, text: int) -> U64:
        """Shingles of one text, in order, with repeats."""
        return self.hashes[self.starts[text] : self.starts[text + 1]]


def cut_shingles(words: Words) -> Shingles:
    """Hash of every three consecutive words of each text."""
    counts = np.maximum(words.counts - (SHINGLE - 1), 0)
    h = words.hashes
    if len(h) < SHINGLE:
        return Shingles(np.zeros(0, np.uint64), offsets(counts))
    first, second, third = (np.uint64(p) for p in _PLACE)
    every = mix(h[:-2] * first + h[1:-1] * second + h[2:] * third)
    inside = np.ones(len(h), np.bool_)
    for back in range(1, SHINGLE):
        last = words.starts[1:] - back
        inside[last[last >= words.starts[:-1]]] = False
    return Shingles(every[inside[: len(every)]], offsets(counts))


def is_sampled(hashes: U64) -> Bools:
    """Which shingles every text keeps, however long it is."""
    return hashes < np.uint64(1 << (64 - SAMPLE_BITS))


def sample(shingles: Shingles) -> Shingles:
    """The shingles that are kept of each text, ascending and without repeats."""
    counts = np.diff(shingles.starts)
    text = np.repeat(np.arange(len(counts)), counts)
    kept = is_sampled(shingles.hashes) | (counts <= DENSE)[text]
    hashes, text = shingles.hashes[kept], text[kept]
    order = np.argsort(hashes)
    # Texts are few enough for 16 bits in the usual call, and numpy sorts those by counting.
    order = order[np.argsort(text[order].astype(np.min_scalar_type(len(counts))), kind="stable")]
    hashes, text = hashes[order], text[order]
    new = np.ones(len(hashes), np.bool_)
    new[1:] = (hashes[1:] != hashes[:-1]) | (text[1:] != text[:-1])
    return Shingles(hashes[new], offsets(np.bincount(text[new], minlength=len(counts))))


def digests(words: Words) -> U64:
    """One hash per text over its words in order; 0 only for a text without words."""
    place = np.arange(len(words.hashes), dtype=np.uint64) - np.repeat(words.starts[:-1], words.counts).astype(
        np.uint64
    )
    sums = np.zeros(len(words.hashes) + 1, np.uint64)
    np.cumsum(mix(words.hashes + place * np.uint64(_DIGEST_BASE)), out=sums[1:])
    return sums[words.starts[1:]] - sums[words.starts[:-1]]


def clip(words: Words, most: int = MAX_WORDS) -> Words:
    """The same texts with no more than *most* words each."""
    if not len(words.counts) or words.counts.max() <= most:
        return words
    place = np.arange(len(words.hashes)) - np.repeat(words.starts[:-1], words.counts)
    kept = place < most
    return Words(words.hashes[kept], words.numeric[kept], offsets(np.minimum(words.counts, most)))


@dataclass(frozen=True, slots=True)
class Profile:
    """One text as the exact check sees it, hashes cut to 32 bits (two texts of 300 words confuse one pair in 50,000 times).

    ``sequence``: shingles in order; ``shingles``: the same as an ascending set; ``figures``: its numbers, each hashed with the two words before, in order and with repeats.
    """

    sequence: U32
    shingles: U32
    figures: U32
    words: int


@dataclass(frozen=True, slots=True)
class Packed:
    """What profiles are made of, for several texts in four arrays; text *i* has the ranges from ``starts[i]`` and ``figure_starts[i]``."""

    sequence: U32
    starts: I64
    figures: U32
    figure_starts: I64
    counts: I64

    def profile(self, text: int) -> Profile:
        """The profile of one text."""
        sequence = self.sequence[self.starts[text] : self.starts[text + 1]]
        figures = self.figures[self.figure_starts[text] : self.figure_starts[text + 1]]
        return Profile(sequence, unique(sequence), figures, int(self.counts[text]))


@dataclass(frozen=True, slots=True)
class Reading:
    """All that is taken from several texts: digest and word count of each, sampled shingles, and what profiles are made of."""

    digests: U64
    counts: I64
    sampled: Shingles
    packed: Packed


def read(texts: Sequence[str]) -> Reading:
    """Cut the texts into words once and take everything from them."""
    whole = cut_words(texts)
    words = clip(whole)
    shingles = cut_shingles(words)
    return Reading(digests(whole), whole.counts, sample(shingles), _pack(words, shingles))


def _pack(words: Words, shingles: Shingles) -> Packed:
    """Shingles cut to 32 bits, and each number hashed with the two words before it (none for the first two words)."""
    at = np.flatnonzero(words.numeric)
    text = np.searchsorted(words.starts, at, "right") - 1
    at = at[at - words.starts[text] >= SHINGLE - 1]
    h = words.hashes
    figures = mix(
        h[at] * np.uint64(_PLACE[0]) + h[at - 1] * np.uint64(_PLACE[1]) + h[at - 2] * np.uint64(_PLACE[2])
    )
    return Packed(
        shingles.hashes.astype(np.uint32),
        shingles.starts,
        figures.astype(np.uint32),
        np.searchsorted(at, words.starts),
        words.counts,
    )


def unique(values: U32) -> U32:
    """Ascending values without repeats (numpy's own does more than is needed here)."""
    ordered = np.sort(values)
    new = np.ones(len(ordered), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    return ordered[new]


def sketch(article_ids: Sequence[int], texts: Sequence[str]) -> pa.Table:
    """One row per text (contract SKETCH): digest, word count and sampled shingles."""
    return sketch_table(article_ids, read(texts))


def sketch_table(article_ids: Sequence[int], reading: Reading) -> pa.Table:
    """What was read of texts as a table (contract SKETCH)."""
    kept = reading.sampled
    listed = pa.ListArray.from_arrays(pa.array(kept.starts.astype(np.int32)), pa.array(kept.hashes))
    columns = [
        pa.array(article_ids, pa.int64()),
        pa.array(reading.digests),
        pa.array(reading.counts.astype(np.int32)),
        listed,
    ]
    return SKETCH.check(pa.Table.from_arrays(columns, names=[c.name for c in SKETCH.columns]))
