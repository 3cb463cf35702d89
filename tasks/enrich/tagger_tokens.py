"""Words and sentences as the tagger sees them, with character offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MAX_SENTENCE = 60
"""Longest run of words that is tagged at once; longer sentences are cut."""

_WORD = re.compile(
    r"""(?:https?://|www\.)\S+                      # addresses
      | [@\#]\w+                                    # handles and tags
      | (?:[A-Z]\.){2,}(?:-\w+)*                   # U.S., J.R.R., U.S.-led
      | (?:Mr|Mrs|Ms|Dr|Prof|Rev|Gen|Col|Lt|Sgt|Capt|Maj|Sen|Rep|Gov|St|Jr|Sr|Inc|Corp|Ltd|Co|Bros|vs|No)\.(?=\s)
      | [A-Z]\.(?=\s[A-Z])                          # an initial before a name
      | \w+(?:[-.&]\w+|['’](?!s\b)\w+)*             # words, with hyphens and inner marks
      | ['’]s\b
      | \S""",
    re.VERBOSE,
)
_ENDS = frozenset(".?!")
_CLOSING = frozenset("\"'”’)]»")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of one text: what they are, where they stand, and where each sentence ends (index after its last)."""

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentence_ends: tuple[int, ...]


def tokenize(text: str) -> Tokens:
    """Return the words of *text*; the end of a line always ends a sentence."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: list[int] = []
    for match in _WORD.finditer(text):
        if words and _breaks_before(
            text, words, ends[-1], match.start(), len(words) - (breaks[-1] if breaks else 0)
        ):
            breaks.append(len(words))
        words.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
    if words:
        breaks.append(len(words))
    return Tokens(tuple(words), tuple(starts), tuple(ends), tuple(breaks))


def _breaks_before(text: str, words: Sequence[str], end: int, start: int, length: int) -> bool:
    """True when a sentence ends between the last of *words* and the word that begins at *start*."""
    if length >= MAX_SENTENCE:
        return True
    gap = text[end:start]
    if not gap:
        return False
    if "\n" in gap:
        return True
    last = words[-1]
    if last in _CLOSING and len(words) > 1:
        last = words[-2]
    return last in _ENDS and not text[start].islower()


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Return *word* in lower case, without accents and with straight apostrophes."""
    if word.isascii():
        return word.lower()
    plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    return plain.lower().replace("’", "'")
