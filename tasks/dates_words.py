"""Names of months, weekdays and halves of the day in some 80 languages, looked up without regard to case or accents.

The names are facts from Unicode CLDR (``data/reference/date_names.tsv``): reading one small table costs about 5 ms once,
loading the same names through a locale library 1.2 s.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tasks.reference import data_file

Half = Literal["am", "pm"]

_HALVES: Mapping[str, Half] = {"am": "am", "pm": "pm"}
_ALIASES = {"no": "nb", "tl": "fil", "in": "id", "iw": "he", "ji": "yi", "mo": "ro", "sh": "sr"}
_SUFFIXING = frozenset({"az", "et", "eu", "fi", "hu", "ka", "kk", "ky", "lt", "lv", "tr", "uz"})
_SHORTEST_STEM, _LONGEST_SUFFIX = 4, 5
_PLAIN = str.maketrans(
    {"ı": "i", "ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d"}
)
_ASCII = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Names:
    """Folded names of one language, or of all (*months* of 0: the languages disagree)."""

    months: Mapping[str, int]
    weekdays: frozenset[str]
    halves: Mapping[str, Half]


def fold(word: str) -> str:
    """*word* in lower case without accents, dots and the Romance article ``d’``; the key of every table here."""
    lowered = word.lower().strip(".'’׳")
    if not _ASCII.fullmatch(lowered):
        if lowered[:2] in ("d’", "d'"):
            lowered = lowered[2:]
        lowered = strip_accents(lowered.replace(".", ""))
    return lowered


def strip_accents(lowered: str) -> str:
    """Lower-case text without combining marks and strokes (``ł`` is ``l``), compatibility forms unified, the rest composed again."""
    if lowered.isascii():
        return lowered
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_PLAIN))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def base_language(language: str | None) -> str | None:
    """ISO 639 code that the tables use for a tag such as ``pt-BR``, ``no`` or ``zh_Hant``; null for null or empty."""
    code = (language or "").replace("_", "-").partition("-")[0].lower()
    return _ALIASES.get(code, code) or None


@cache
def _rows() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Rows of the table: language, what the names are (1–12, day, am, pm), folded names."""
    lines = data_file("reference", "date_names.tsv").read_text(encoding="utf-8").splitlines()
    parts = (line.split("\t") for line in lines if not line.startswith("#"))
    return tuple(
        (tag.partition("-")[0], what, tuple(fold(n) for n in names.split())) for tag, what, names in parts
    )


@cache
def names_of(language: str | None) -> Names:
    """Names in *language* (an ISO 639 code as :func:`base_language` gives it); of all languages together for null."""
    months: dict[str, int] = {}
    weekdays: set[str] = set()
    halves = dict(_HALVES)
    for code, what, names in _rows():
        if language is not None and code != language:
            continue
        if what == "day":
            weekdays.update(names)
        elif what in _HALVES:
            # Latin markers such as Hungarian "de" are everyday words in other languages.
            halves.update((n, _HALVES[what]) for n in names if language or not n.isascii())
        else:
            for name in names:
                months[name] = int(what) if months.get(name, int(what)) == int(what) else 0
    return Names(months, frozenset(weekdays), halves)


def month_of(word: str, language: str | None, *, anywhere: bool = True) -> int | None:
    """Month 1–12 that *word* names, or null.

    The language's own names come first, then English ones, then (*anywhere*) those on which all languages agree:
    pages often declare the wrong language.  Without a language the last two are all there is.
    """
    key = fold(word)
    if len(key) < 2 or key.isdigit():
        return None
    if language is not None:
        own = names_of(language).months
        month = own.get(key) or (_month_by_stem(key, own) if language in _SUFFIXING else None)
        if month:
            return month
    if anywhere:
        return names_of("en").months.get(key) or names_of(None).months.get(key) or None
    return None


def _month_by_stem(key: str, months: Mapping[str, int]) -> int | None:
    """Month whose name *key* carries with a case ending, as in Estonian ``märtsil`` or Hungarian ``márciusban``."""
    for name, month in months.items():
        if len(name) >= _SHORTEST_STEM and key.startswith(name) and len(key) - len(name) <= _LONGEST_SUFFIX:
            return month
    return None


def is_weekday(word: str) -> bool:
    """Whether *word* names a day of the week in any language."""
    return fold(word) in names_of(None).weekdays


def half_of(word: str, language: str | None) -> Half | None:
    """Whether *word* says before or after noon, in *language* or in any script of its own."""
    key = fold(word)
    return names_of(language).halves.get(key) or names_of(None).halves.get(key)
