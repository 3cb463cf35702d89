"""Look-up features of the tagger: which words are part of a known name, and of what kind."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from tasks.reference import data_file

CLASSES = (
    "first", "last", "person", "city", "town", "region", "country", "demonym", "org", "company", "team",
    "title", "org_head", "loc_head", "calendar",
)  # fmt: skip
"""What a name may be; two feature columns each: begins here, goes on here."""

WIDTH = 2 * len(CLASSES)
_LONGEST = 6
_BITS = {label: 1 << position for position, label in enumerate(CLASSES)}
_PLACES_AND_PEOPLES = _BITS["demonym"] | _BITS["city"] | _BITS["country"] | _BITS["region"]
_ANY_CASE = _BITS["title"] | _BITS["org_head"] | _BITS["loc_head"]


@cache
def load_names() -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return (name → bits of its classes, first word → longest name in words that begins with it)."""
    names: dict[str, int] = {}
    longest: dict[str, int] = {}
    bits: dict[str, int] = {}
    written = gzip.decompress(data_file("reference", "tagger_names.tsv.gz").read_bytes()).decode("utf-8")
    for line in written.splitlines():
        name, _, labels = line.partition("\t")
        if labels not in bits:
            bits[labels] = sum(_BITS[label] for label in labels.split())
        names[name] = bits[labels]
        first, _, rest = name.partition(" ")
        size = min(2 + rest.count(" "), _LONGEST) if rest else 1
        if size > longest.get(first, 0):
            longest[first] = size
    return names, longest


def is_demonym(folded: str) -> bool:
    """True for a word such as "kenyan" that names a people and no place."""
    return load_names()[0].get(folded, 0) & _PLACES_AND_PEOPLES == _BITS["demonym"]


def name_features(words: Sequence[str], folded: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return float32 (len(words), WIDTH): for each class, whether a known name begins or goes on at the word.

    *folded* are the words in lower case without accents.  Only words with a capital count, except for titles and heads.
    """
    names, longest = load_names()
    features = np.zeros((len(words), WIDTH), dtype=np.float32)
    for start, first in enumerate(folded):
        reach = longest.get(first)
        if reach is None:
            continue
        capital = words[start][:1].isupper()
        for end in range(start + 1, min(start + reach, len(words)) + 1):
            bits = names.get(first if end == start + 1 else " ".join(folded[start:end]), 0)
            if not capital:
                bits &= _ANY_CASE
            if bits:
                _mark(features, bits, start, end)
    return features


def _mark(features: npt.NDArray[np.float32], bits: int, start: int, end: int) -> None:
    """Set the columns of every class in *bits* for the words from *start* to *end*."""
    for position in range(len(CLASSES)):
        if bits >> position & 1:
            features[start, 2 * position] = 1.0
            features[start + 1 : end, 2 * position + 1] = 1.0
