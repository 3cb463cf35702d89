"""Measures of a line that hold in every script: its size, whether it ends as a sentence does."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from tasks.clean.scraped_words import DENSE, flatten

_END = re.compile(
    r"[.!?…。！？।؟۔։።෴;:]+[\"'”’»“›」』）)\]*\s]*(?:[(\[（【][^()\[\]（）]{1,40}[)\]）】]\.?)?$"
)
_WORD = re.compile("(?:[^\\W_]|[\u0900-\u109f])+")
_DENSE = re.compile(f"[{DENSE}]")
_STEM = 5
_NARROWEST, _WIDEST, _FEWEST_WRAPPED = 36, 120, 3
_LONGEST = 4000
_LETTER_WEIGHT = {"CJK": 3.0, "HIRAGANA": 2.0, "KATAKANA": 2.0, "HANGUL": 2.0}
# Vowel signs of these scripts are no letters, so that a letter stands for more.
_SYLLABIC = ("\u0900", "\u1100", 1.7)


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
            if _SYLLABIC[0] <= character < _SYLLABIC[1]:
                weight = _SYLLABIC[2]
            elif character >= "\u1100":
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


def join_wrapped(lines: Sequence[str]) -> list[tuple[int, int, str]]:
    """Lines that are not blank as (number of the first line, of the last, text); numbers count from 1.

    Where a page was wrapped at a fixed width, the lines of a paragraph become one: a line goes on where the next one's
    first word would not have fitted.  A page counts as wrapped when no line is long and several sentences run on into the
    next line where they must.
    """
    width = _wrap_width(lines)
    pieces: list[tuple[int, int, str]] = []
    fits = True
    for number, line in enumerate(lines, 1):
        if not line:
            fits = True
            continue
        word = len(line.split(maxsplit=1)[0])
        if width and not fits and pieces and len(lines[number - 2]) + 1 + word > width:
            start, _, text = pieces[-1]
            pieces[-1] = (start, number, f"{text} {line}")
        else:
            pieces.append((number, number, line))
        fits = False
    return pieces


def _wrap_width(lines: Sequence[str]) -> int:
    """The width that a page's lines were wrapped at, 0 where they were not.

    It is the longest line that runs on into the next; a headline that was not wrapped may be longer.
    """
    if max(map(len, lines), default=0) > _WIDEST:
        return 0
    running_on = [
        (len(line), len(after.split(maxsplit=1)[0]))
        for line, after in pairwise(lines)
        if 2 * len(line) > _NARROWEST and after and after[0].islower() and not ends_sentence(line)
    ]
    width = max((length for length, _ in running_on), default=0)
    full = sum(length + 1 + word > width for length, word in running_on)
    return width if width >= _NARROWEST and full >= max(_FEWEST_WRAPPED, 0.75 * len(running_on)) else 0
