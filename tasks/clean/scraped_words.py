"""What page furniture says, in some 25 languages: headings, buttons, calls to subscribe, photo credits, bylines.

Words are evidence beside the shape of a line (``data/reference/furniture_words.tsv``); a page in a language without
a list is cleaned by shape alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain, islice

from tasks.dates_words import strip_accents
from tasks.reference import data_file

DENSE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
"""Scripts that do not put spaces between all words, as a range for a character class."""

_STARTS = re.compile(rf"\b\w|[{DENSE}©ⓒ]")
_WORD_ON = re.compile(rf"[^\W{DENSE}]")
_LONG_KEY, _SHORT_KEY = 4, 2
_EDGE = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_SPACES = re.compile(r"\s+")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'"})
_AFTER_PREFIX = re.compile(r"\s*[:：|>»=＝▶►/\]】–—\-]")
_AFTER_LINK = re.compile(r"[^:：|>».]{0,10}[:：|>»▶►]")
_SIGNS = re.compile(r"©|ⓒ|\(c\)\s", re.IGNORECASE)
_AGENCIES = re.compile(
    r"(?:^|[\s/(（:：|·,-])(?:reuters|afp|ap|dpa|epa|efe|ansa|getty|getty images|istock|shutterstock|imago|picture alliance|"
    r"xinhua|新华社|tass|тасс|риа новости|anadolu|aa|pap|ntb|tt|apa|keystone|unsplash|pixabay)\b(?:\s?/\s?[\w .-]{2,30}|[\s)）.]*)$",
    re.IGNORECASE,
)
_STOP = re.compile(r"[.!?。！？][\"”’»]?\s*[(（]?$")
_SOURCE = re.compile(r"[.!?]\s*[(（]([^()（）]{2,60}[:/][^()（）]{2,60})[)）]$")
_LABELS = ("comments", "tags", "related", "share", "action")
_LONGEST_CREDIT = 80
_LETTERS_PER_PHRASE = 100


@cache
def phrases(kind: str) -> frozenset[str]:
    """Folded phrases of one kind in all languages; read once."""
    found: set[str] = set()
    for line in data_file("reference", "furniture_words.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith(kind + "\t"):
            found.update(flatten(phrase) for phrase in line.split("\t")[2].split("; "))
    return frozenset(found - {""})


@cache
def _labels() -> Mapping[str, str]:
    """Kind of every phrase that can be a whole line; the first kind wins."""
    return {phrase: kind for kind in reversed(_LABELS) for phrase in phrases(kind)}


@cache
def _index(kind: str) -> Mapping[str, tuple[str, ...]]:
    """Phrases of one kind by their first four characters (two for the shortest), longest first: a look-up per word, not per phrase."""
    found: dict[str, list[str]] = {}
    for phrase in sorted(phrases(kind), key=len, reverse=True):
        found.setdefault(phrase[: _LONG_KEY if len(phrase) >= _LONG_KEY else _SHORT_KEY], []).append(phrase)
    return {key: tuple(listed) for key, listed in found.items()}


def find_phrases(kind: str, flat: str) -> Iterator[tuple[int, int]]:
    """Where phrases of *kind* begin and end in folded text; they begin where a word does, the longest at each place."""
    for match in _STARTS.finditer(flat):
        end = _phrase_end(kind, flat, match.start())
        if end is not None:
            yield match.start(), end


def _phrase_end(kind: str, flat: str, start: int) -> int | None:
    """Where the longest phrase of *kind* that begins at *start* ends; null when none does."""
    index = _index(kind)
    for size in (_LONG_KEY, _SHORT_KEY):
        for phrase in index.get(flat[start : start + size], ()):
            if flat.startswith(phrase, start):
                return start + len(phrase)
    return None


def flatten(text: str) -> str:
    """*text* folded, with single spaces and straight apostrophes: what phrases are compared with."""
    return _SPACES.sub(" ", strip_accents(text.translate(_QUOTES).lower())).strip()


def label_of(flat: str) -> str | None:
    """The kind of furniture that a whole folded line is (comments, tags, related, share, action), numbers and signs aside."""
    return _labels().get(flat) or _labels().get(_EDGE.sub("", flat))


def is_pitch(flat: str, size: int) -> bool:
    """Whether a folded line asks to subscribe, follow or consent, or states rights or rules.

    A longer line must say so more than once: an article about newsletters is not one.
    """
    needed = 1 + size // _LETTERS_PER_PHRASE
    return sum(1 for _ in islice(find_phrases("pitch", flat), needed)) == needed


def hints_at_pitch(flat: str) -> bool:
    """Whether a folded line says at least one thing that calls to subscribe and notes on consent say."""
    return next(chain(find_phrases("pitch", flat), find_phrases("consent", flat)), None) is not None


def count_phrases(kind: str, flat: str) -> int:
    """How many phrases of *kind* occur in folded text."""
    return sum(1 for _ in find_phrases(kind, flat))


def leads_elsewhere(flat: str) -> bool:
    """Whether a folded line starts as a link to another article does: ``read also: …``."""
    end = _end_of_first("readmore", flat)
    return end is not None and (not flat[end:].strip() or _AFTER_LINK.match(flat, end) is not None)


def _end_of_first(kind: str, flat: str) -> int | None:
    """Where a phrase of *kind* that a line begins with ends, signs before it aside; null when it begins with none."""
    first = _STARTS.search(flat)
    end = _phrase_end(kind, flat, first.start()) if first else None
    if end is None or (_WORD_ON.match(flat, end - 1) and _WORD_ON.match(flat, end)):
        return None
    return end


def is_credit(text: str, flat: str) -> bool:
    """Whether a line is a photo credit or a caption that carries one, at its start or its end."""
    if _SIGNS.search(text) or _end_of_first("caption", flat) is not None:
        return True
    for start, end in find_phrases("credit", flat):
        if not start and not flat[end:].strip():
            return True
        if not _AFTER_PREFIX.match(flat, end):
            continue
        # A credit closes a line or opens it; a colon inside a sentence is something else.
        before = flat[:start].rstrip()
        if not before.strip("([（【\"' ") or (
            before[-1] in ".!?)]…,;|/(（[。【—–-" and len(flat) - start <= _LONGEST_CREDIT
        ):
            return True
    source = _SOURCE.search(text)
    if source is not None and not source[1].islower():
        return True
    agency = _AGENCIES.search(text)
    # After a full stop the agency in brackets signs a report as often as a picture.
    return agency is not None and text[-1] not in "。." and not _STOP.search(text[: agency.start() + 1])


def read_byline(text: str) -> str | None:
    """What stands after ``By``, ``Von``, ``Автор:`` … at the start of a line; empty after the bare word, null without one."""
    end = _end_of_first("byline", fold_in_place(text.translate(_QUOTES)))
    return None if end is None else text[end:].strip(" :：|/\t\u3000\u00a0")


def fold_in_place(text: str) -> str:
    """*text* in lower case without accents and with as many characters, so that positions stay true."""
    return "".join((strip_accents(c.lower()) or c)[0] if not c.isascii() else c.lower() for c in text)
