"""Words of many texts at once, as hashes in numpy arrays; no Python object per word.

A word's hash is a polynomial over its folded letters, taken from one running sum over a whole block of texts.  In scripts
without spaces a "word" is three consecutive characters, one per position.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tasks.dedupe.folding import DELETED, LETTER, SUSPECT, UNSPACED, folding, repair, unescape

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BLOCK: Final = 1 << 18
"""Characters worked on at once: small enough that the arrays of one block stay in the processor's cache."""
UNSPACED_SPAN: Final = 3
"""Characters that make one word in a script without spaces."""

_BASE: Final = 0x9E3779B97F4A7C15
_BASE_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_MIX: Final = (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of several texts: hash and whether it starts with a digit, and where each text's words begin.

    ``starts`` has one more element than there are texts; text *i* has words ``starts[i]:starts[i + 1]``.
    """

    hashes: U64
    numeric: Bools
    starts: I64

    @property
    def counts(self) -> I64:
        """Words per text."""
        return np.diff(self.starts)


def offsets(counts: I64) -> I64:
    """Where each of several consecutive ranges begins: 0 and the running sum of their lengths."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def mix(values: U64) -> U64:
    """Well mixed 64-bit values (the finaliser of MurmurHash3, public domain)."""
    mixed = values ^ (values >> np.uint64(33))
    mixed *= np.uint64(_MIX[0])
    mixed ^= mixed >> np.uint64(33)
    mixed *= np.uint64(_MIX[1])
    mixed ^= mixed >> np.uint64(33)
    return mixed


def cut_words(texts: Sequence[str]) -> Words:
    """Words of each text, in order."""
    plain = [unescape(text) for text in texts]
    parts = [_cut_block(plain[first:last]) for first, last in _blocks(plain)]
    if not parts:
        return Words(np.zeros(0, np.uint64), np.zeros(0, np.bool_), np.zeros(1, np.int64))
    return Words(
        np.concatenate([p.hashes for p in parts]),
        np.concatenate([p.numeric for p in parts]),
        offsets(np.concatenate([p.counts for p in parts])),
    )


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Ranges of texts that are all ASCII or all not, of about BLOCK characters (a longer text is a block of its own)."""
    first, held = 0, 0
    for at, text in enumerate(texts):
        if at > first and (held + len(text) > BLOCK or text.isascii() != texts[first].isascii()):
            yield first, at
            first, held = at, 0
        held += len(text)
    if first < len(texts):
        yield first, len(texts)


def _cut_block(texts: Sequence[str]) -> Words:
    """Words of the texts of one block."""
    if texts[0].isascii():
        letters, begins = _ascii_codes(texts)
        starts, ends = _runs(letters != 0)
        return _hash_words(letters, begins, starts, ends)
    codes, begins, kind = _folded_codes(texts)
    return _hash_words(codes, begins, *_bounds(kind))


def _hash_words(codes: npt.NDArray[np.uint8] | U32, begins: I64, starts: I64, ends: I64) -> Words:
    """Words from letters, where each text begins, and the ends of each word."""
    up, down = _powers(max(2 * BLOCK, 1 << len(codes).bit_length()))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(codes * up[: len(codes)], out=sums[1:])
    hashes = mix((sums[ends] - sums[starts]) * down[starts])
    first = codes[starts]
    return Words(hashes, (first >= 48) & (first <= 57), np.searchsorted(starts, begins))


@lru_cache(maxsize=4)
def _powers(size: int) -> tuple[U64, U64]:
    """Powers of the base and of its inverse modulo 2**64, from exponent 0."""
    up, down = np.full(size, _BASE, np.uint64), np.full(size, _BASE_INVERSE, np.uint64)
    up[0] = down[0] = 1
    return np.cumprod(up), np.cumprod(down)


@lru_cache(maxsize=1)
def _ascii_table() -> tuple[bytes, bytes]:
    """Folded byte per ASCII byte (0: separator), and the bytes that are deleted."""
    table = folding()
    kind = table.kind[:128] & 0x7F
    folded = np.where(kind == LETTER, table.letter[:128], 0).astype(np.uint8)
    return folded.tobytes() + bytes(128), np.flatnonzero(kind == DELETED).astype(np.uint8).tobytes()


def _ascii_codes(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint8], I64]:
    """Folded letters of all texts, 0 between words and after each text, and where each text begins."""
    table, deleted = _ascii_table()
    folded = [t.encode("ascii", "ignore").translate(table, deleted) for t in texts]
    begins = offsets(np.fromiter((len(f) + 1 for f in folded), np.int64, len(folded)))
    return np.frombuffer(b"\0".join(folded) + b"\0", np.uint8), begins


def _folded_codes(texts: Sequence[str]) -> tuple[U32, I64, npt.NDArray[np.uint8]]:
    """Folded code points of all texts without deleted ones, where each text begins, and their classes."""
    table = folding()
    codes, begins = _code_points(texts)
    kind: npt.NDArray[np.uint8] = table.kind[codes]
    suspects = np.flatnonzero(kind >= SUSPECT)
    if len(suspects):
        repaired = list(texts)
        for at in np.unique(np.searchsorted(begins, suspects, "right") - 1).tolist():
            repaired[at] = repair(texts[at])
        codes, begins = _code_points(repaired)
        kind = table.kind[codes] & np.uint8(0x7F)
    kept = kind != DELETED
    begins = offsets(kept.astype(np.int64))[begins]
    return table.letter[codes[kept]], begins, kind[kept]


def _code_points(texts: Sequence[str]) -> tuple[U32, I64]:
    """Code points of all texts, each followed by a line feed, and where each text begins."""
    begins = offsets(np.fromiter((len(t) + 1 for t in texts), np.int64, len(texts)))
    return np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), np.uint32), begins


def _runs(word: Bools) -> tuple[I64, I64]:
    """First position and the one after the last of each run of true values; the last value is false."""
    edges = np.flatnonzero(word[1:] != word[:-1]) + 1
    if len(word) and word[0]:
        edges = np.concatenate([np.zeros(1, np.int64), edges])
    return edges[0::2], edges[1::2]


def _bounds(kind: npt.NDArray[np.uint8]) -> tuple[I64, I64]:
    """First character and the one after the last of each word; the last character of the block is a separator."""
    starts, ends = _runs(kind == LETTER)
    unspaced = kind == UNSPACED
    if not unspaced.any():
        return starts, ends
    at, stops = np.flatnonzero(unspaced), np.flatnonzero(~unspaced)
    until = np.minimum(at + UNSPACED_SPAN, stops[np.searchsorted(stops, at)])
    starts, ends = np.concatenate([starts, at]), np.concatenate([ends, until])
    order = np.argsort(starts, kind="stable")
    return starts[order], ends[order]
