"""Texts of made-up words by Zipf's law, many at once."""

from __future__ import annotations

import numpy as np


class Vocabulary:
    """Words that are drawn as often as words of a language are."""

    def __init__(self, seed: int, size: int = 60_000) -> None:
        rng = np.random.default_rng(seed)
        letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
        self.words = ["".join(letters[rng.integers(0, 26, rng.integers(2, 10))]) for _ in range(size)]
        shares = 1 / (np.arange(size) + 3)
        self.bounds = np.cumsum(shares / shares.sum())

    def texts(self, rng: np.random.Generator, count: int, words: int) -> list[str]:
        """So many texts of so many words."""
        drawn = np.searchsorted(self.bounds, rng.random((count, words)))
        return [" ".join([self.words[min(n, len(self.words) - 1)] for n in row]) for row in drawn.tolist()]
