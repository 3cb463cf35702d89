"""Persons: leaders with dated offices, their spellings in several languages, and lesser office holders."""

from __future__ import annotations

import re
from pathlib import Path

from build_book import Actor, Book, csv_rows, hand_rows, key, slug
from build_phoenix import read_persons

_OFFICES = (
    (r"vice|deputy", "V"),
    (
        r"^president of the (executive yuan|government)|prime|premier|chancellor|taoiseach|chief minister|council of ministers",
        "M",
    ),
    (r"supreme leader", "S"),
    (r"king|queen|monarch|emperor|sultan|emir|prince|pope|ngwenyama|druk|agong|ao o le malo", "K"),
    (r"governor-general", "V"),
    (r"president|captain regent|military leader|presidential council|minister of state|federal council", "P"),
)


def office_of(label: str) -> str:
    """Return the office letter of a Wikidata position label, as the head of by_hand/leaders.tsv explains them."""
    return next((letter for pattern, letter in _OFFICES if re.search(pattern, label.lower())), "P")


def add_leaders(book: Book, facts: Path) -> None:
    """Add leaders of the Wikidata query with their ids, then those of by_hand, joined by exact name."""
    people: dict[str, Actor] = {}
    wikidata = _add_wikidata(book, facts, people)
    dated = _add_by_hand(book, people)
    held = {(where, office) for _, where, office in dated}
    for (actor_id, where, office), (start, end) in wikidata.items():
        if (actor_id, where, office) not in dated:
            shut = end or ("2022" if (where, office) in held else "")
            book.actors[actor_id].roles.append((office, where, start, shut))
    for language, name, forms in hand_rows("leader_names.tsv"):
        book.name(language, "p", people[key(name)].actor_id, forms.split("|"))
    for country, names in hand_rows("homes.tsv"):
        for name in names.split("|"):
            people[key(name)].country = people[key(name)].country or country
    _add_phoenix(book, facts, people)


_Held = tuple[str, str, str]
"""Actor id, place and office letter."""


def _add_wikidata(book: Book, facts: Path, people: dict[str, Actor]) -> dict[_Held, tuple[str, str]]:
    """Add the leaders of the Wikidata query; return first and last year of each office held."""
    years: dict[_Held, tuple[str, str]] = {}
    states = {actor.wikidata: actor.country for actor in book.actors.values() if actor.kind == "state"}
    places = states | {"Q756617": "DK"}
    for row in csv_rows(facts / "world_leaders_2021_wikidata.csv"):
        name = row["officeholderLabel"].replace('"Brave" ', "")
        nameless = re.fullmatch(r"Q\d+|officeholderLabel", name)
        if nameless or not row["officeholder"].startswith("Q") or row["countryid"] == "countryid":
            continue
        country = places.get(row["countryid"])
        if country is None:
            country = ""
            place = book.add(Actor(row["countryid"], "state", "", row["country"], row["countryid"]))
            book.name("en", "n", place.actor_id, [row["country"]])
        person = book.add(Actor(row["officeholder"], "person", country, name, row["officeholder"]))
        people.setdefault(key(name), person)
        plain = re.sub(r",? of [A-Z]\w+$|, Prince of \w+", "", name)
        book.name("*", "p", person.actor_id, spellings([name, plain] if " " in name else []))
        held = (person.actor_id, country or row["countryid"], office_of(row["positionLabel"]))
        years[held] = (row["start_year"], row["end_year"])
    return years


_DIGRAPHS = (
    ("ø", "oe"),
    ("ö", "oe"),
    ("ü", "ue"),
    ("ä", "ae"),
    ("å", "aa"),
    ("Ø", "Oe"),
    ("Ö", "Oe"),
    ("Ü", "Ue"),
    ("Ä", "Ae"),
    ("Å", "Aa"),
)


def spellings(names: list[str]) -> list[str]:
    """Return names and their spellings with two letters for one: Støre, Stoere."""
    found = list(names)
    for name in names:
        other = name
        for letter, pair in _DIGRAPHS:
            other = other.replace(letter, pair)
        if other != name:
            found.append(other)
    return found


def _add_by_hand(book: Book, people: dict[str, Actor]) -> set[_Held]:
    """Add the leaders of by_hand with exact dates; return the offices that these dates settle."""
    dated = set()
    for place, office, name, start, end, others in hand_rows("leaders.tsv"):
        where = place if len(place) == 2 else book.by_name[key(place)]
        names = [name, *others.split("|")]
        match = next((people[key(n)] for n in names if key(n) in people), None)
        home = place if len(place) == 2 else ""
        person = match or book.add(Actor(f"ci:person:{slug(name)}", "person", home, name))
        for other in filter(None, names):
            people.setdefault(key(other), person)
        person.roles.append((office, where, start, end))
        dated.add((person.actor_id, where, office))
        full = [n for n in names if " " in n or n in ("Jokowi", "Lula")]
        book.name("*", "p", person.actor_id, spellings(full))
    return dated


def _add_phoenix(book: Book, facts: Path, people: dict[str, Actor]) -> None:
    """Add office holders of the Phoenix country file who served in or after 1998 and are not known as leaders."""
    codes = {row["iso3c"]: row["iso2c"] for row in csv_rows(facts / "country_aliases_wikidata.csv")} | {
        "KSV": "XK",
        "HKG": "HK",
    }
    for person in read_persons(facts / "Phoenix.Countries.actors.txt"):
        roles = [
            ("O", codes[c], start, end)
            for c, start, end in person.roles
            if c in codes and (not end or end >= "1998")
        ]
        roles = [role for role in roles if role[2] >= "1988" or role[3] >= "1998"]
        known = people.get(key(person.name)) or next(
            (people[key(a)] for a in person.aliases if key(a) in people), None
        )
        if known is not None:
            book.name(
                "*", "p", known.actor_id, [person.name, *(a for a in person.aliases if key(a) not in people)]
            )
        elif roles:
            actor_id = f"ci:person:{slug(person.name)}"
            if actor_id in book.actors and book.actors[actor_id].country != roles[0][1]:
                actor_id += "-" + roles[0][1].lower()
            actor = book.add(Actor(actor_id, "person", roles[0][1], person.name))
            actor.roles += [role for role in dict.fromkeys(roles) if role not in actor.roles]
            book.name("*", "q", actor_id, [person.name, *person.aliases])
