"""Make actors.tsv and actor_names.tsv from a folder of facts and the lists in by_hand/:  build_actors.py FACTS [OUT].

FACTS holds the files that README.md lists with their origin and licence.  Needs Babel (CLDR) on top of the base install.
Same inputs, same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from build_book import Actor, Book, csv_rows, hand_rows, key, slug
from build_leaders import add_leaders
from build_phoenix import read_organisations
from build_states import add_adjectives, add_cities_and_seats, add_country_names, add_states


def add_bodies(book: Book, facts: Path) -> None:
    """Add international bodies with the ids of supranational_bodies.csv, by_hand ones, and Phoenix organisations."""
    for row in csv_rows(facts / "supranational_bodies.csv"):
        name = row["Name_en"].strip()
        code = row["Wikidata_code"] if row["Wikidata_code"].startswith("Q") else ""
        if not name or key(name) in book.by_name:
            continue
        body = book.add(Actor(code or f"ci:organisation:{slug(name)}", "organisation", "", name, code))
        book.by_name[key(name)] = body.actor_id
        english = [name, row["Name_other_en"], row["Name_other_2_en"]]
        english += [n.replace("Organisation", "Organization") for n in english] + [
            n.replace("Organization", "Organisation") for n in english
        ]
        book.name("en", "n", body.actor_id, [n for n in english if len(n) > 5])
        book.name(
            "*", "k", body.actor_id, [row["Abbreviation_en"]] if len(row["Abbreviation_en"]) > 2 else []
        )
        for language in ("fr", "es", "de", "pt", "ru", "uk", "zh"):
            book.name(
                language,
                "n",
                body.actor_id,
                [row[f"Name_{language}"]] if len(row[f"Name_{language}"]) > 3 else [],
            )
    for language, body_name, shorts in hand_rows("organisations.tsv"):
        parts = body_name.split("|")
        known = book.by_name.get(key(parts[0]))
        if known is None:
            kind, country, wikidata = [*parts[1:], *("organisation", "", "")[len(parts) - 1 :]][:3]
            actor_id = wikidata or f"ci:{kind}:{slug(parts[0])}"
            known = book.add(Actor(actor_id, kind, country, parts[0], wikidata)).actor_id
            book.by_name[key(parts[0])] = known
            book.name("en", "n", known, [parts[0]])
        book.name(language, "n", known, shorts.split("|"))
    for name in read_organisations(facts / "Phoenix.International.actors.txt"):
        if key(name) not in book.by_name:
            body = book.add(Actor(f"ci:organisation:{slug(name)}", "organisation", "", name))
            book.by_name[key(name)] = body.actor_id
            book.name("en", "n", body.actor_id, [name])


def add_phrases(book: Book) -> None:
    """Add the phrases that contain a name and do not mean it."""
    for language, phrases in hand_rows("phrases.tsv"):
        book.name(language, "x", "-", phrases.split("|"))


def write(book: Book, out: Path) -> None:
    """Write both files, sorted, so that the same inputs give the same bytes."""
    rows = []
    for actor in sorted(book.actors.values(), key=lambda a: a.actor_id):
        placed = {
            (office, book.by_country.get(place, place), start, end)
            for office, place, start, end in actor.roles
        }
        roles = ";".join(",".join(role) for role in sorted(placed, key=lambda r: (r[2], r)))
        rows.append("\t".join([actor.actor_id, actor.kind, actor.country, actor.wikidata, actor.name, roles]))
    (out / "actors.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    lines = []
    for (language, kind), by_actor in sorted(book.names.items()):
        lines.append(f"## {language} {kind}")
        for actor_id, surfaces in sorted(by_actor.items()):
            lines.append(f"{actor_id}\t{'|'.join(sorted(surfaces))}")
    (out / "actor_names.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Read the facts, write the two files."""
    facts, out = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parent
    book = Book()
    add_states(book, facts)
    add_country_names(book, facts)
    add_adjectives(book, facts)
    add_cities_and_seats(book)
    add_bodies(book, facts)
    add_leaders(book, facts)
    add_phrases(book)
    write(book, out)


if __name__ == "__main__":
    main()
