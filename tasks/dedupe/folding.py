"""What a character counts as when texts are compared: letter, separator or nothing, and which letter.

Two copies of one report differ in case, accents, typographic quotes, soft hyphens, entities and encodings broken on
the way.  None of that makes them two reports, so it is folded away before words are cut.
"""

from __future__ import annotations

import html
import re
import sys
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

SEPARATOR: Final = 0
"""Class of a character that ends a word."""
LETTER: Final = 1
"""Class of a letter or digit."""
DELETED: Final = 2
"""Class of a character that is not there for comparison: soft hyphens, joiners, accents, apostrophes."""
UNSPACED: Final = 3
"""Class of a letter of a script that is written without spaces: every character counts as a word."""
SUSPECT: Final = 0x80
"""Bit set where a text must be repaired first: a ligature, or bytes decoded with the wrong table."""

_UNSPACED_RANGES: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # Han iteration marks and zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # Han extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han compatibility
    (0x20000, 0x323AF),  # Han extensions B to H
)
_APOSTROPHES: Final = "'’‘ʼ`´′"
_MOJIBAKE: Final = re.compile(r"[ÂÃÄÅÎÏÐÑâã][^\x00-\x7f]{1,3}")


class Folding(NamedTuple):
    """Two tables indexed by code point: class (with the suspect bit) and folded letter, both for all of Unicode."""

    kind: npt.NDArray[np.uint8]
    letter: npt.NDArray[np.uint32]


@lru_cache(maxsize=1)
def folding() -> Folding:
    """Both tables, built once per process from Python's Unicode database (about 0.1 s)."""
    size = sys.maxunicode + 1
    kind = np.zeros(size, np.uint8)
    letter = np.arange(size, dtype=np.uint32)
    for code in range(0x30000):
        if not 0xD800 <= code <= 0xDFFF:
            _fold_one(code, kind, letter)
    for first, last in _UNSPACED_RANGES:
        block = slice(first, last + 1)
        kind[block] = np.where((kind[block] & 0x7F) == LETTER, UNSPACED, kind[block])
    for mark in _APOSTROPHES:
        kind[ord(mark)] = DELETED
    for lead in "ÂÃÄÅÎÏÐÑâã":
        kind[ord(lead)] |= SUSPECT
    return Folding(kind, letter)


def _fold_one(code: int, kind: npt.NDArray[np.uint8], letter: npt.NDArray[np.uint32]) -> None:
    """Fill both tables for one code point."""
    char = chr(code)
    if not char.isalnum():
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            kind[code] = DELETED
        return
    kind[code] = LETTER
    if not unicodedata.decomposition(char) and char.casefold() == char:
        return  # its own folded letter, as most are: Han, and Hangul, whose parts are several
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) != "Mn"
    ).casefold()
    if len(plain) == 1:
        letter[code] = ord(plain)
    elif 0xFB00 <= code <= 0xFB06:
        kind[code] |= SUSPECT


def unescape(text: str) -> str:
    """The text without entities, also those that were escaped twice.

    >>> unescape("Fish &amp;amp; chips")
    'Fish & chips'
    """
    return html.unescape(html.unescape(text)) if "&" in text else text


def repair(text: str) -> str:
    """The text with its ligatures taken apart, and with UTF-8 that was read as Windows-1252 read again.

    >>> repair("The ﬁsh isnâ€™t here")
    'The fish isn’t here'
    """
    text = _MOJIBAKE.sub(_reread, text)
    return re.sub("[ﬀ-ﬆ]", lambda found: unicodedata.normalize("NFKC", found.group()), text)


def _reread(found: re.Match[str]) -> str:
    """One suspicious run decoded as UTF-8, or unchanged when it is not UTF-8 read as Windows-1252."""
    raw = found.group()
    for end in range(len(raw), 1, -1):
        try:
            return _windows_bytes(raw[:end]).decode("utf-8") + raw[end:]
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return '"' + raw[2:] if raw.startswith("â€") else raw


def _windows_bytes(chars: str) -> bytes:
    """The bytes that Windows-1252 readers show as these characters; the five unassigned ones pass through."""
    return b"".join(bytes([ord(c)]) if 0x80 <= ord(c) <= 0x9F else c.encode("cp1252") for c in chars)
