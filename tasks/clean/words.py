"""Sizes and keys of texts: what makes lines of different scripts and spellings comparable."""

from __future__ import annotations

import re

_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_SENTENCE = re.compile(
    "[.!?…。！？؟।։။၊:;,][\"'”’»)\\]」』]*(?:\\s|$)|[。！？、，]|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{20}"
)
_NO_LETTER = re.compile(r"[\W_]+")


def size_of(text: str) -> float:
    """Length of *text* in letters of an alphabet: a sign of a script without spaces counts as two and a half."""
    if text.isascii():
        return len(text)
    return len(text) + 1.5 * len(_WIDE.findall(text))


def reads_like_a_sentence(text: str) -> bool:
    """Whether *text* has the punctuation of running text, or is long in a script that has none."""
    return _SENTENCE.search(text) is not None


def letters_of(text: str) -> str:
    """*text* as letters and digits only, case folded: what two spellings of one headline have in common."""
    return _NO_LETTER.sub("", text.casefold())
