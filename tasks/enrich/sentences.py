"""Where sentences begin and end: line breaks, marks of the end in many scripts, abbreviations and quotes minded."""

from __future__ import annotations

import re
from functools import cache

from tasks.reference import data_file

# A row of marks is tried from its first one only: a line of dots would take the square of its length.
_BREAK = re.compile(r"\n+|(?<![.!?…])[.!?…]+[\"”“’'»)\]]*(?=\s)|[。！？｡]+[」』”’\"）]*|[।॥؟۔።]+[\"”’»)]*")
_WORD_BEFORE = re.compile(r"[^\s(\[\"“„«'‘]*$")
_DIGIT_DATES = re.compile(r"^\d{1,2}$")
_LETTER_STOP = re.compile(r"\s?[^\W\d_]\.")
_GOES_ON = re.compile(r"\s*[a-zà-öø-ÿа-яёіїєґ,;:–—]")
_ORDINAL_LANGUAGES_MONTH = re.compile(
    r"\s*(?:jan|feb|fév|mär|mar|apr|abr|avr|maj|mai|may|jun|jul|aug|ago|aoû|sep|set|okt|oct|nov|dez|dec|dic|déc|led|úno|bře|dub|kvě|"
    r"čer|srp|zář|říj|lis|pro|jahr|század|asr|stol)",
    re.IGNORECASE,
)


@cache
def _abbreviations() -> frozenset[str]:
    """Return the shipped abbreviations of all languages, without their last stop."""
    lines = data_file("reference", "abbreviations.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _is_abbreviation(text: str, start: int, mark: str, at: int, end: int) -> bool:
    """Say whether the mark at *at* ends a word, or a quote within a sentence, rather than the sentence."""
    if mark != ".":
        return len(mark) > 1 and mark[0] in ".!?…" and _GOES_ON.match(text[end : end + 12]) is not None
    found = _WORD_BEFORE.search(text, max(start, at - 24), at)
    word = found.group() if found else ""
    low = word.lower()
    after = text[end : end + 12]
    is_letter = len(word) == 1 and word.isalpha()
    if low in _abbreviations() or (is_letter and (word.isupper() or _LETTER_STOP.match(after))):
        return True
    if "." in word and len(word) <= 6 and word[-1].isupper():
        return _GOES_ON.match(after) is not None or bool(after.strip()[:1].isupper() and word.isupper())
    if _DIGIT_DATES.match(word) and (_GOES_ON.match(after) or _ORDINAL_LANGUAGES_MONTH.match(after)):
        return True
    return _GOES_ON.match(after) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span without white space at its ends, or null when nothing is left."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if right > left else None


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence, in order, without the white space between them.

    A line break always ends a sentence.  Works for scripts that end sentences with . ! ? … 。！？ । ؟ ۔ ።; full stops of
    abbreviations, initials, ordinals and before lower case do not end one, and closing marks stay with their sentence.
    """
    spans, start = [], 0
    for match in _BREAK.finditer(text):
        at, end = match.span()
        mark = match.group()
        if at < start:
            continue
        if mark[0] != "\n" and _is_abbreviation(text, start, mark, at, end):
            continue
        span = _trimmed(text, start, end)
        if span:
            spans.append(span)
        start = end
    last = _trimmed(text, start, len(text))
    if last:
        spans.append(last)
    return spans
