"""Captions of an article's own pictures: no part of its text, but they say who and what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_words import find_phrases, fold_in_place

_BEFORE_CREDIT = ".!?)]…,;|/(（[。？！【—–-"
_FEWEST_LETTERS = 12
_CLOSING = re.compile(r"\s*[(\[（][^()\[\]（）]{2,80}[)\]）]\s*$")
"""Brackets that close a caption hold its credit."""


def find_captions(lines: Sequence[Line], first: int, last: int, kept: Sequence[int]) -> list[str]:
    """Captions among the lines from *first* to *last* (positions, inclusive), each once and without its credit.

    Behind the text stand the pictures of other articles: their captions are not looked for.
    """
    taken = frozenset(kept)
    found = (
        without_credit(lines[at].text)
        for at in range(first, last + 1)
        if lines[at].kind == "credit" and at not in taken
    )
    return list(
        dict.fromkeys(caption for caption in found if sum(map(str.isalpha, caption)) >= _FEWEST_LETTERS)
    )


def without_credit(text: str) -> str:
    """What a caption says before it names the photographer or the agency; empty when it says nothing else."""
    text = _CLOSING.sub("", text).split("©")[0].rstrip("|/(（[【—–-,; ")
    flat = fold_in_place(text)
    for start, _ in sorted(find_phrases("credit", flat)):
        before = text[:start].rstrip()
        if not before:
            return ""
        if before[-1] in _BEFORE_CREDIT:
            return before.rstrip("|/(（[【—–-,; ")
    return text.strip()
