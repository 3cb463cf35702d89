"""What the tagger knows of a word before reading its neighbours: its form, its static vector, its use in the text."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

from tasks.enrich.embedding import load_tokenizer, load_vectors
from tasks.enrich.tagger_tokens import Tokens, fold

Floats = npt.NDArray[np.float32]

HASH_ROWS = 16_384
"""Rows of the table of hashed word forms."""

STATIC = 128
"""Dimensions of the static vector that are used (the first ones say most), for the word and for its lower case."""

FORMS = 18
USES = 6
AFFIXES = 4


def hashed_forms(word: str) -> list[int]:
    """Return rows of the hash table: the word itself, then its 4 beginnings, then its 4 endings (1–4 letters)."""
    folded = fold(word)
    marked = f"^{folded}$"
    keys = [f"w{folded}"]
    keys += [f"p{size}{marked[: size + 1]}" for size in range(1, AFFIXES + 1)]
    keys += [f"s{size}{marked[-size - 1 :]}" for size in range(1, AFFIXES + 1)]
    return [crc32(key.encode("utf-8", "replace")) % HASH_ROWS for key in keys]


def form(word: str) -> list[bool]:
    """Return 18 yes/no answers about capitals, digits, marks and length."""
    capitals = sum(map(str.isupper, word))
    return [
        word.isupper() and len(word) > 1,
        word.istitle(),
        word.islower(),
        word[:1].isupper(),
        any(map(str.isdigit, word)),
        word.isdigit(),
        "-" in word,
        "." in word,
        "'" in word or "’" in word,
        len(word) == 1,
        not any(map(str.isalnum, word)),
        word[:1] in "@#",
        word.startswith("http"),
        capitals > 1 and not word.isupper(),
        len(word) == 2 and word[1] == ".",
        word[:1] in '"“‘',
        len(word) > 9,
        len(word) < 4,
    ]


def static_vectors(words: Sequence[str]) -> Floats:
    """Return float32 (words, 2 × STATIC): mean static vector of each word's pieces as written, then in lower case.

    All words go through the tokenizer as one text, which costs a fifth of one call per word.
    """
    own = _mean_pieces(words)
    lower = own.copy()
    capital = [place for place, word in enumerate(words) if word != word.lower()]
    if capital:
        lower[capital] = _mean_pieces([words[place].lower() for place in capital])
    return np.concatenate([own, lower], axis=1)


def _mean_pieces(words: Sequence[str]) -> Floats:
    """Return the mean of the first columns of each word's pieces (words × STATIC)."""
    safe = [word.encode("utf-8", "replace").decode("utf-8") for word in words]
    starts = np.cumsum([0, *(len(word) + 1 for word in safe[:-1])])
    encoding = load_tokenizer().encode(" ".join(safe), add_special_tokens=False)
    stops = np.array([stop for _, stop in encoding.offsets], dtype=np.intp)
    of_word = np.searchsorted(starts, stops, side="right") - 1
    sums = np.zeros((len(safe), STATIC), dtype=np.float32)
    present, first = np.unique(of_word, return_index=True)
    sums[present] = np.add.reduceat(load_vectors()[encoding.ids, :STATIC], first, axis=0)
    counts = np.bincount(of_word, minlength=len(safe)).astype(np.float32)
    sums /= np.maximum(counts, 1.0)[:, None]
    return sums


def document_features(tokens: Tokens, folded: Sequence[str]) -> Floats:
    """Return float32 (words, USES): how the whole text uses each word; *folded* are the words by :func:`fold`.

    Columns: opens a sentence; stands in a line of capitals; is seen in lower case; is seen with a capital inside a
    sentence; how often (0–1, full at four); stands in a line where Almost Every Word Has a Capital.
    """
    words = tokens.words
    features = np.zeros((len(words), USES), dtype=np.float32)
    lower: set[str] = set()
    inside: dict[str, int] = {}
    start = 0
    for end in tokens.sentence_ends:
        openers = _openers(words, start, end)
        features[openers, 0] = 1.0
        capitals = _mark_capitals(words, start, end, features)
        for position in range(start, end):
            key = folded[position]
            if words[position] == key:
                lower.add(key)
            elif not capitals and position not in openers and words[position][0].isupper():
                inside[key] = inside.get(key, 0) + 1
        start = end
    counts = np.array([inside.get(key, 0) for key in folded], dtype=np.float32)
    features[:, 2] = [key in lower for key in folded]
    features[:, 3] = counts > 0
    features[:, 4] = np.minimum(counts, 4) / 4
    return features


def _openers(words: Sequence[str], start: int, end: int) -> list[int]:
    """Return the first position of a sentence, and the first one with a letter or digit."""
    first = start
    while first < end - 1 and not words[first][0].isalnum():
        first += 1
    return [start, first]


def _mark_capitals(words: Sequence[str], start: int, end: int, features: Floats) -> bool:
    """Fill the columns about whole lines; return True for a line of capitals."""
    letters = [word for word in words[start:end] if word.isalpha()]
    if len(letters) > 2 and sum(map(str.isupper, letters)) > 0.6 * len(letters):
        features[start:end, 1] = 1.0
        return True
    if len(letters) > 3 and sum(word[0].isupper() for word in letters) > 0.75 * len(letters):
        features[start:end, 5] = 1.0
    return False
