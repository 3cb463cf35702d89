"""The gazetteer of places: GeoNames cities, states of the USA and countries by their folded names.

Two files that ``build_places.py`` writes are kept as they were read; values are made of those places alone that a text names.
"""

from __future__ import annotations

import gzip
import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import NamedTuple

from tasks.enrich.name_table import NameTable, read_names
from tasks.reference import data_file


class Known(NamedTuple):
    """One entry of the gazetteer; ``country`` is ISO 3166-1 alpha-2, ``kind`` city, region or country."""

    place_id: str
    kind: str
    name: str
    country: str
    latitude: float
    longitude: float
    population: int


class Bearers(NamedTuple):
    """The places of one name in English and in other languages, and how many words names that begin with it have at most."""

    english: tuple[Known, ...]
    other: tuple[Known, ...]
    reach: int


@dataclass(frozen=True, slots=True)
class Places:
    """All places as lines of bytes that begin at *starts*, and the lines that each name means."""

    lines: bytes
    starts: array[int]
    names: NameTable


def fold(name: str) -> str:
    """Return *name* in lower case without accents, hyphens or full stops; the key of the gazetteer."""
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    elif name.isalpha():
        return name.lower()
    return name.replace("-", " ").replace(".", "").replace("’", "'").lower().removesuffix("'s").strip()


@cache
def load_places() -> Places:
    """Return the gazetteer, read once per process; look names up with :func:`bearers_of`."""
    lines, names = (
        gzip.decompress(data_file("reference", f"{file}.tsv.gz").read_bytes())
        for file in ("places", "place_names")
    )
    sizes = (len(line) for line in lines.splitlines(keepends=True))
    return Places(lines, array("i", accumulate(sizes, initial=0)), read_names(names))


@lru_cache(maxsize=1 << 13)
def bearers_of(name: str) -> Bearers:
    """Return the places that the folded *name* may mean, in the order of the file; none for a name that nothing bears."""
    said = load_places().names.find(name)
    if said is None:
        return _NOBODY
    english, other, reach = said.split("\t")
    return Bearers(_places(english), _places(other), int(reach or 1))


_NOBODY = Bearers((), (), 0)


def _places(numbers: str) -> tuple[Known, ...]:
    """Return the places of the lines with these numbers."""
    return tuple(_place(int(number)) for number in numbers.split())


def _place(number: int) -> Known:
    """Return the place of one line; the first says what the columns are."""
    held = load_places()
    line = held.lines[held.starts[number] : held.starts[number + 1] - 1].decode("utf-8")
    place_id, kind, name, country, latitude, longitude, population = line.split("\t")
    return Known(place_id, kind, name, country, float(latitude), float(longitude), int(population))
