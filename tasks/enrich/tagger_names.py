"""Look-up features of the tagger: which words are part of a known name, and of what kind."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tasks.enrich.name_table import NameTable, read_names
from tasks.reference import data_file

CLASSES = (
    "first", "last", "person", "city", "town", "region", "country", "demonym", "org", "company", "team",
    "title", "org_head", "loc_head", "calendar",
)  # fmt: skip
"""What a name may be; two feature columns each: begins here, goes on here."""

WIDTH = 2 * len(CLASSES)
LONGEST = 6
"""Names of more words are not found."""

ANY_CASE = ("title", "org_head", "loc_head")
"""Classes of single words that are such in lower case too."""

_BITS = {label: 1 << position for position, label in enumerate(CLASSES)}
_PLACES_AND_PEOPLES = _BITS["demonym"] | _BITS["city"] | _BITS["country"] | _BITS["region"]
_ANY_CASE = sum(_BITS[label] for label in ANY_CASE)


class Word(NamedTuple):
    """What is known of a word or name: bits of its classes, and how many words names that begin with it have at most."""

    bits: int
    reach: int


_UNKNOWN = Word(0, 0)


@cache
def load_names() -> NameTable:
    """Return the known names, folded, read once per process; :func:`read_word` reads what is said of one."""
    return read_names(gzip.decompress(data_file("reference", "tagger_names.tsv.gz").read_bytes()))


def read_word(said: str) -> Word:
    """Return what a line of the list says after the name: classes, and the reach where longer names begin with it."""
    labels, _, reach = said.partition("\t")
    return Word(sum(_BITS[label] for label in labels.split()), int(reach or 1))


@lru_cache(maxsize=1 << 14)
def look_up(word: str) -> Word:
    """Return what is known of a folded *word* or name; zeros when nothing is."""
    said = load_names().find(word)
    if said is None:
        return _UNKNOWN
    known = read_word(said)
    return known._replace(reach=0) if " " in word else known


def is_demonym(folded: str) -> bool:
    """True for a word such as "kenyan" that names a people and no place."""
    return look_up(folded).bits & _PLACES_AND_PEOPLES == _BITS["demonym"]


def name_features(words: Sequence[str], folded: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return float32 (len(words), WIDTH): for each class, whether a known name begins or goes on at the word.

    *folded* are the words in lower case without accents.  Only words with a capital count, except for titles and heads.
    """
    find = load_names().find
    features = np.zeros((len(words), WIDTH), dtype=np.float32)
    for start, first in enumerate(folded):
        bits, reach = look_up(first)
        if not reach:
            continue
        if not words[start][:1].isupper():
            bits, reach = bits & _ANY_CASE, 1
        _mark(features, bits, start, start + 1)
        for end in range(start + 2, min(start + reach, len(words)) + 1):
            said = find(" ".join(folded[start:end]))
            if said is not None:
                _mark(features, read_word(said).bits, start, end)
    return features


def _mark(features: npt.NDArray[np.float32], bits: int, start: int, end: int) -> None:
    """Set the columns of every class in *bits* for the words from *start* to *end*."""
    for position in _positions(bits):
        features[start, 2 * position] = 1.0
        if end > start + 1:
            features[start + 1 : end, 2 * position + 1] = 1.0


@cache
def _positions(bits: int) -> tuple[int, ...]:
    """Return the numbers of the classes in *bits*."""
    return tuple(position for position in range(len(CLASSES)) if bits >> position & 1)
