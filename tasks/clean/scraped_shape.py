"""Measures of a line that hold in every script: its size, whether it ends as a sentence does."""

from __future__ import annotations

import re
import unicodedata

from tasks.clean.scraped_words import DENSE, flatten

_END = re.compile(
    r"[.!?…。！？।؟۔։።෴;:]+[\"'”’»“›」』）)\]*\s]*(?:[(\[（【][^()\[\]（）]{1,40}[)\]）】]\.?)?$"
)
_WORD = re.compile(r"[^\W_]+")
_DENSE = re.compile(f"[{DENSE}]")
_STEM = 5
_LONGEST = 4000
_LETTER_WEIGHT = {"CJK": 3.0, "HIRAGANA": 2.0, "KATAKANA": 2.0, "HANGUL": 2.0}


def measure_size(text: str) -> int:
    """Letters in *text*, those of dense scripts weighted so that a sentence has about the same size everywhere.

    Of a very long line only the head is counted: it is long in any case.
    """
    text = text[:_LONGEST]
    if text.isascii():
        return sum(map(str.isalpha, text))
    total = 0.0
    for character in text:
        if character.isalpha():
            weight = 1.0
            if character >= "\u1100":
                weight = _LETTER_WEIGHT.get(unicodedata.name(character, "").partition(" ")[0], 1.0)
            total += weight
    return round(total)


def ends_sentence(text: str) -> bool:
    """Whether *text* ends as a sentence does, quotation marks, brackets and an agency's initials aside."""
    return _END.search(text[-60:]) is not None


def split_lines(text: str) -> list[str]:
    """*text* cut at line feeds, with or without carriage return, and nowhere else: numbers agree with every editor."""
    return [line.removesuffix("\r") for line in text.split("\n")]


def word_stems(text: str) -> frozenset[str]:
    """First letters of the longer words of *text*, enough to match inflected forms; character pairs of dense scripts."""
    found: set[str] = set()
    for word in _WORD.findall(flatten(text)):
        if _DENSE.search(word):
            found.update(word[i : i + 2] for i in range(len(word) - 1))
        elif len(word) >= 4 or word.isdigit():
            found.add(word[:_STEM])
    return frozenset(found)
