"""Make actors.tsv and actor_names.tsv from a folder of facts and the lists in by_hand/:  build_actors.py FACTS [OUT].

FACTS holds the files that README.md lists with their origin and licence.  Needs Babel (CLDR) on top of the base install.
Same inputs, same bytes.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel import Locale

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from build_adjectives import currency_adjectives, inflect  # noqa: E402
from build_phoenix import read_organisations, read_persons  # noqa: E402

from tasks.enrich.actors_tokens import fold  # noqa: E402

HAND = Path(__file__).parent / "by_hand"
LANGUAGES = [
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "no",
    "fi",
    "et",
    "lv",
    "lt",
    "pl",
    "cs",
    "sk",
    "hu",
    "ro",
    "bg",
    "hr",
    "sr",
    "sl",
    "mk",
    "uk",
    "ru",
    "be",
    "el",
    "tr",
    "ar",
    "fa",
    "he",
    "hi",
    "bn",
    "ur",
    "ta",
    "te",
    "th",
    "vi",
    "id",
    "ms",
    "ja",
    "zh",
    "ko",
    "sw",
    "ca",
    "sq",
    "bs",
    "ka",
    "hy",
    "az",
    "kk",
]
_SAME = {
    "pt-br": "pt",
    "nb": "no",
    "nn": "no",
    "en-gb": "en",
    "en-ca": "en",
    "de-at": "de",
    "de-ch": "de",
    "sr-ec": "sr",
    "sr-el": "sr",
}
_BABEL = {"no": "nb", "zh": "zh_Hans", "sr": "sr_Cyrl", "az": "az_Latn"}
_HELD_BACK = {
    "en": "island persia siam mann maurice congo holy_land blighty hibernia serendib taprobane lanka ceylon macedonia van vat sri slo lke ri rp sa "
    "car can dr rd ja jap pal fl sui est alg ned cdn hellas the_states ellice_islands georgia_ white_russia heart_of_south_america "
    "land_of_thousand_lakes land_of_the_rising_sun moris manx nor denmark_proper moldavia hindustan dahomey zaire kampuchea republic_of_china "
    "pleasant_island southern_netherlands north_sudan metropolitan_denmark bra",
    "fr": "maurice man centre les_etats states oncle_sam pays_de_l_oncle_sam",
    "es": "salvador mauricio",
    "pt": "salvador mauricio",
    "it": "maurizio salvador states the_states unione_americana",
    "ru": "штаты",
    "de": "man mauritius_ insel",
    "nl": "man",
    "*": "congo kongo конго",
}
_SHORT_OK_LISTED = (
    "us usa uk uae drc prc dprk rok eua eeuu ee_uu ue vs sua abd gb u_s u_s_a u_k u_a_e e_u u_n fyrom"
)
_SHORT_OK = frozenset(_SHORT_OK_LISTED.split())


@dataclass(slots=True)
class Actor:
    """One actor while it is put together; *roles* as (office, place, start, end)."""

    actor_id: str
    kind: str
    country: str
    name: str
    wikidata: str = ""
    roles: list[tuple[str, str, str, str]] = field(default_factory=list)


class Book:
    """The actors and names gathered so far."""

    def __init__(self) -> None:
        """Start empty."""
        self.actors: dict[str, Actor] = {}
        self.names: dict[tuple[str, str], dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        self.by_country: dict[str, str] = {}
        self.by_name: dict[str, str] = {}

    def add(self, actor: Actor) -> Actor:
        """Return the actor of that id, adding it when it is new."""
        return self.actors.setdefault(actor.actor_id, actor)

    def name(self, language: str, kind: str, actor_id: str, surfaces: Iterable[str]) -> None:
        """Note names of one actor in one language (``*``: every language)."""
        for surface in surfaces:
            plain = " ".join(surface.replace("|", " ").replace("\u200f", "").split())
            if plain:
                self.names[language, kind][actor_id][plain] = None


def slug(name: str) -> str:
    """Return *name* in folded letters joined by hyphens, as columninch ids end."""
    return re.sub(r"[^\w]+", "-", fold(name)).strip("-")


def key(name: str) -> str:
    """Return the folded words of *name*, one space between them."""
    return " ".join(re.findall(r"\w+", fold(name)))


def hand_rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of one by_hand list."""
    for line in (HAND / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def csv_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file as dictionaries."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def add_states(book: Book, facts: Path) -> None:
    """Add states and territories with the Wikidata ids of countries_wikidata.csv."""
    english = Locale.parse("en").territories
    codes = {key(name): code for code, name in english.items() if len(code) == 2 and code.isalpha()}
    for row in csv_rows(facts / "country_aliases_wikidata.csv"):
        if row["language"] == "en" and len(row["label"]) > 3:
            codes.setdefault(key(row["label"]), row["iso2c"])
    codes |= {
        "kingdom of the netherlands": "NL",
        "the gambia": "GM",
        "the bahamas": "BS",
        "palestinian territories": "",
        "danish realm": "",
    }
    codes |= {
        "european union": "",
        "eurozone": "",
        "netherlands antilles": "",
        "soviet union": "",
        "czechoslovakia": "",
        "ireland": "IE",
        "ivory coast": "CI",
    }
    for row in csv_rows(facts / "countries_wikidata.csv"):
        code = codes.get(key(row["label"]), "")
        if code and code not in book.by_country:
            name = {"Kingdom of the Netherlands": "Netherlands", "People's Republic of China": "China"}.get(
                row["label"], row["label"]
            )
            book.by_country[code] = book.add(
                Actor(row["wikidata"], "state", code, name, row["wikidata"])
            ).actor_id
    for code in sorted(book.by_country):
        names = [english[code]] if code in english else []
        book.name("en", "n", book.by_country[code], [book.actors[book.by_country[code]].name, *names])


def is_odd(surface: str, language: str, label_type: str) -> bool:
    """Say whether an alias is left out: codes, emoji, nicknames, single characters of Chinese, quotation marks."""
    folded = key(surface).replace(" ", "_")
    held = f"{_HELD_BACK.get(language, '')} {_HELD_BACK['*']}".split()
    latin = bool(re.match(r"[A-Za-z]", fold(surface)))
    if (
        folded in held
        or folded + "_" in held
        or not folded
        or '"' in surface
        or any(c.isdigit() for c in surface)
    ):
        return True
    if (
        latin
        and surface[0].islower()
        and language not in ("de",)
        and not surface.startswith(("al-", "d'", "l'"))
    ):
        return True
    if latin and len(folded) <= 3:
        return folded not in _SHORT_OK and label_type != "official"
    return len(surface) < 2 or (len(folded.replace("_", "")) < 3 and latin)


def add_country_names(book: Book, facts: Path) -> None:
    """Add names of states in all languages kept: alias table, CLDR, by_hand; a name of two states is given to neither."""
    seen: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    surfaces: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in csv_rows(facts / "country_aliases_wikidata.csv"):
        language = _SAME.get(row["language"], row["language"].split("-")[0])
        if (
            language in LANGUAGES
            and row["iso2c"] in book.by_country
            and not is_odd(row["label"], language, row["label_type"])
        ):
            surfaces[language, row["iso2c"]][row["label"]] = None
            rank = {"official": "o"}.get(row["label_type"], "a")
            known = seen[language, key(row["label"])]
            known[row["iso2c"]] = max(rank, known.get(row["iso2c"], ""))
    for language in LANGUAGES:
        for code, listed in Locale.parse(_BABEL.get(language, language)).territories.items():
            label = re.sub(r"\s*[(（].*", "", listed)
            if code in book.by_country and not is_odd(label, language, "official"):
                surfaces[language, code][label] = None
                seen[language, key(label)][code] = "o"
    for (language, code), labels in sorted(surfaces.items()):
        good = []
        for label in labels:
            owners = seen[language, key(label)]
            official = [c for c, rank in owners.items() if rank == "o"]
            if len(owners) == 1 or official == [code]:
                good.append(label)
        book.name(language, "n", book.by_country[code], good)
    for code, language, names in hand_rows("country_names.tsv"):
        book.name(language, "n", book.by_country[code], names.split("|"))


def add_adjectives(book: Book, facts: Path) -> None:
    """Add adjectives and demonyms: English table, currency names, by_hand."""
    for row in csv_rows(facts / "demonyms_en.csv"):
        words = [
            re.split(r"[ /(]", w)[0] if "(" in w or "/" in w else w
            for w in f"{row['adjectives']}|{row['demonyms']}".split("|")
        ]
        good = [
            " ".join(p[:1].upper() + p[1:] for p in w.split())
            for w in words
            if len(w) > 2 and w not in _BAD_DEMONYMS
        ]
        if row["iso2"] in book.by_country:
            book.name("en", "a", book.by_country[row["iso2"]], good)
    for code, language, words in hand_rows("demonyms_extra.tsv"):
        book.name(language, "a", book.by_country[code], words.split("|"))
    done = set()
    for language, code, words in hand_rows("adjectives.tsv"):
        done.add((language, code))
        for word in words.split("|"):
            book.name(language, "a", book.by_country[code], inflect(word, language))
    for language in ("de", "fr", "es", "it", "pt", "nl", "sv", "ru", "uk", "pl", "cs", "hu", "ar"):
        for code, word in currency_adjectives(language):
            if (language, code) not in done and code in book.by_country:
                forms = inflect(word, language)
                forms += (
                    ["ال" + form for form in forms] + [form + "ة" for form in forms]
                    if language == "ar"
                    else []
                )
                book.name(language, "a", book.by_country[code], forms)


_BAD_DEMONYMS = {
    "u.s.",
    "u.s. virgin island",
    "indian ocean",
    "mexican american",
    "georgian georgian",
    "state",
    "basotho",
    "united states",
    "dominican",
}


def add_cities_and_seats(book: Book) -> None:
    """Add capitals (by_hand, and CLDR's names of time-zone cities in other languages) and seats of power."""
    english = {}
    for code, language, city in hand_rows("capitals.tsv"):
        book.name("en" if language == "*" else language, "c", book.by_country[code], [city])
        if language == "*":
            english[key(city)] = code
    zones = {z: info["city"] for z, info in Locale.parse("en").time_zones.items() if "city" in info}
    zones |= {
        z: z.split("/")[-1].replace("_", " ")
        for z in Locale.parse("ru").time_zones
        if z not in zones and "/" in z
    }
    wanted = {zone: english[key(city)] for zone, city in zones.items() if key(city) in english}
    english_names = {code: city for code, language, city in hand_rows("capitals.tsv") if language == "*"}
    for language in LANGUAGES[1:]:
        known = Locale.parse(_BABEL.get(language, language)).time_zones
        latin = language in [
            "de",
            "fr",
            "es",
            "it",
            "pt",
            "nl",
            "sv",
            "da",
            "no",
            "fi",
            "et",
            "lv",
            "lt",
            "pl",
            "cs",
            "sk",
            "hu",
            "ro",
            "hr",
            "sl",
            "tr",
            "vi",
            "id",
            "ms",
            "sw",
            "ca",
            "sq",
            "bs",
            "az",
        ]
        for zone, code in sorted(wanted.items()):
            city = known.get(zone, {}).get("city") or (zones[zone] if latin else "")
            book.name(language, "c", book.by_country[code], [city])
        if latin:
            covered = set(wanted.values())
            for code, city in english_names.items():
                if code not in covered:
                    book.name(language, "c", book.by_country[code], [city])
    for code, language, names in hand_rows("seats.tsv"):
        book.name(language, "s", book.by_country[code], names.split("|"))


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
            kind, country = [*parts[1:], "organisation", ""][:2]
            known = book.add(Actor(f"ci:{kind}:{slug(parts[0])}", kind, country, parts[0])).actor_id
            book.by_name[key(parts[0])] = known
            book.name("en", "n", known, [parts[0]])
        book.name(language, "n", known, shorts.split("|"))
    for name in read_organisations(facts / "Phoenix.International.actors.txt"):
        if key(name) not in book.by_name:
            body = book.add(Actor(f"ci:organisation:{slug(name)}", "organisation", "", name))
            book.by_name[key(name)] = body.actor_id
            book.name("en", "n", body.actor_id, [name])


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
    wikidata: dict[tuple[str, str, str], tuple[str, str]] = {}
    places = {actor.wikidata: actor.country for actor in book.actors.values() if actor.kind == "state"} | {
        "Q756617": "DK"
    }
    for row in csv_rows(facts / "world_leaders_2021_wikidata.csv"):
        name = row["officeholderLabel"].replace('"Brave" ', "")
        if (
            not row["officeholder"].startswith("Q")
            or re.fullmatch(r"Q\d+|officeholderLabel", name)
            or row["countryid"] == "countryid"
        ):
            continue
        country = places.get(row["countryid"])
        if country is None:
            country = ""
            place = book.add(Actor(row["countryid"], "state", "", row["country"], row["countryid"])).actor_id
            book.name("en", "n", place, [row["country"]])
        person = book.add(Actor(row["officeholder"], "person", country, name, row["officeholder"]))
        people.setdefault(key(name), person)
        book.name(
            "*",
            "p",
            person.actor_id,
            [name, re.sub(r",? of [A-Z]\w+$|, Prince of \w+", "", name)] if " " in name else [],
        )
        wikidata[person.actor_id, country or row["countryid"], office_of(row["positionLabel"])] = (
            row["start_year"],
            row["end_year"],
        )
    dated = set()
    for place, office, name, start, end, others in hand_rows("leaders.tsv"):
        where = place if len(place) == 2 else book.by_name[key(place)]
        names = [name, *others.split("|")]
        match = next((people[key(n)] for n in names if key(n) in people), None)
        person = match or book.add(
            Actor(f"ci:person:{slug(name)}", "person", place if len(place) == 2 else "", name)
        )
        for other in filter(None, names):
            people.setdefault(key(other), person)
        person.roles.append((office, where, start, end))
        dated.add((person.actor_id, where, office))
        book.name("*", "p", person.actor_id, [n for n in names if " " in n or n in ("Jokowi", "Lula")])
    held = {(where, office) for _, where, office in dated}
    for (actor_id, where, office), (start, end) in wikidata.items():
        if (actor_id, where, office) not in dated:
            shut = end or ("2022" if (where, office) in held else "")
            book.actors[actor_id].roles.append((office, where, start, shut))
    for language, name, forms in hand_rows("leader_names.tsv"):
        book.name(language, "p", people[key(name)].actor_id, forms.split("|"))
    add_phoenix(book, facts, people)


def add_phoenix(book: Book, facts: Path, people: dict[str, Actor]) -> None:
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
