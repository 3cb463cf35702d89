"""States: ids, names in all languages, adjectives, capitals and seats of power."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from babel import Locale
from build_adjectives import currency_adjectives, inflect
from build_book import Actor, Book, csv_rows, fold, hand_rows, key

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
    "*": "congo kongo конго gb man",
}
_SHORT_OK_LISTED = (
    "us usa uk uae drc prc dprk rok eua eeuu ee_uu ue vs sua abd gb u_s u_s_a u_k u_a_e e_u u_n fyrom"
)
_SHORT_OK = frozenset(_SHORT_OK_LISTED.split())


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
        if row["iso2"] in book.by_country and row["iso2"] not in _OWN_LIST:
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


_BAD_DEMONYMS_LISTED = (
    "u.s.|u.s. virgin island|indian ocean|mexican american|georgian georgian|state|basotho|united states|dominican|persian|persians|"
    "israelite|israelites|formosan|formosans|jersey|bouvet island|bouvet islanders|jan mayen|jan mayen residents|svalbard|"
    "svalbard residents|french southern territories|guadeloupe|mahoran|bonaire|bonaire dutch|saba dutch|saban|sint eustatius|statian|"
    "statians|tokelauan|tokelauans|hellenes|lettish|letts|magyar|magyars|habesha|mongols|luxembourg|kiribati|botswana|myanmar|greenland|"
    "new zealand|vatican|laos|united kingdom|netherlanders"
)
_BAD_DEMONYMS = set(_BAD_DEMONYMS_LISTED.split("|"))
_OWN_LIST = {"GB"}
"""States whose demonyms come from by_hand alone: the table has English, Scottish and Welsh for the United Kingdom."""


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
