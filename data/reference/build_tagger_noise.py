"""Change training text so that names cannot be learnt by heart: other names, other capitals, sentences from templates."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from build_tagger_corpora import Sentence, Text

from tasks.enrich.place_names import bearers_of, load_places
from tasks.enrich.tagger_names import CLASSES, load_names

SWAP_SHARE, CASE_SHARE = 0.35, 0.05
LARGE_CITY = 250_000
INITIALS = "ABCDEFGHJKLMPRST"
AGENCIES = "Reuters|AP|AFP|Xinhua|Interfax|Itar-Tass|Kyodo|DPA|PTI|Associated Press|Press Association|ANSA|EFE|TASS|Canadian Press|Bloomberg"
BODIES = """United Nations|UN|European Union|EU|NATO|Security Council|European Commission|IMF|World Bank|OPEC|Red Cross|Senate|
Congress|House of Representatives|Labour Party|Conservatives|Democratic Party|Republican Party|Communist Party|Socialists|Hamas|PLO|
Parliament|Supreme Court|WTO|OSCE|African Union|Arab League|Interior Ministry|Foreign Ministry|State Department|Treasury"""
TITLES = """President|Prime Minister|Foreign Minister|Finance Minister|Defence Minister|Interior Minister|Chancellor|Secretary of State|
Senator|General|King|Governor|Mayor"""
DAYS = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
MONTHS = "January|February|March|April|June|July|August|September|October|November|December|Aug.|Sept.|Oct.|Nov.|Dec."
ENDINGS = "Inc|Inc.|Corp|Corp.|Ltd|plc|Group|& Co|Bank|Holdings|Industries|Airlines|Partners|Motors|Technologies|Foundation"
CITY_BODIES = """University of %s|%s University|Bank of %s|%s City Council|%s Police Department|%s Supreme Court|%s Chamber of Commerce|
%s Institute of Technology|%s Football Club|Central Bank of %s|%s United|%s Stock Exchange|%s Times"""
PAPERS = "Times|Post|Herald|Tribune|Star|Daily News|Gazette"
_SMALL_WORDS = "the of and new los las san la el al de air red city inc ltd co sun oil gas fox sky"
_SMALL = frozenset(_SMALL_WORDS.split())

Names = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Supply:
    """Where new names come from: the look-up list by class, organisations of the corpora, templates, and chance."""

    names: Names
    organisations: list[str]
    templates: list[list[str]]
    chance: random.Random

    def one(self, words: str) -> str:
        """One of the choices parted by ``|``."""
        return self.chance.choice(words.replace("\n", "").split("|"))

    def name(self, kind: str) -> str:
        """One name of a class of the look-up list, with capitals."""
        return _capitals(self.chance.choice(self.names[kind]))


def make_supply(texts: Sequence[Text], seed: int) -> Supply:
    """Collect names from the look-up list and from the training texts."""
    known = load_names()
    names = {
        label: [name for name, said in known if label in said.partition("\t")[0].split()] for label in CLASSES
    }
    english = {name: known for name, _ in load_places().names if (known := bearers_of(name).english)}
    names["country"] = sorted(name for name, options in english.items() if options[0].kind == "country")
    names["city"] = sorted(name for name, options in english.items() if options[0].population >= LARGE_CITY)
    organisations = {
        " ".join(word for word, _ in run)
        for text in texts
        for sentence in text.sentences
        for label, run in _runs(sentence)
        if label == "ORG" and run[0][0][:1].isupper()
    }
    lines = (Path(__file__).parent / "tagger_templates.txt").read_text(encoding="utf-8").splitlines()
    templates = [line.split() for line in lines if line.strip()]
    return Supply(names, sorted(organisations), templates, random.Random(seed))


def _capitals(name: str) -> str:
    """Return a folded name as newspapers print it."""
    short = {
        word for word in name.split() if len(word) < 4 and word not in _SMALL and word[1:2] not in "aeiou"
    }
    return " ".join(word.upper() if word in short else word[:1].upper() + word[1:] for word in name.split())


def _runs(sentence: Sentence) -> list[tuple[str | None, Sentence]]:
    """Return the sentence as names (with label) and single other words (None)."""
    runs: list[tuple[str | None, Sentence]] = []
    for word, tag in sentence:
        if tag[0] == "I" and runs and runs[-1][0] == tag[2:]:
            runs[-1][1].append((word, tag))
        else:
            runs.append((None if tag == "O" else tag[2:], [(word, tag)]))
    return runs


def new_person(supply: Supply) -> str:
    """A person's name in one of the forms of running text."""
    first, last, initial = supply.name("first"), supply.name("last"), supply.chance.choice(INITIALS)
    known = supply.name("person")
    forms = (f"{first} {last}", f"{first} {initial}. {last}", last, known, first, f"{initial}. {last}")
    return supply.chance.choices(forms, weights=(35, 10, 30, 10, 8, 7))[0]


def new_country(supply: Supply) -> str:
    """A country in its short form."""
    while True:
        name = supply.name("country")
        if len(name.split()) < 3 < len(name) and not name.startswith(("Republic", "Kingdom", "State")):
            return name


def new_place(supply: Supply) -> str:
    """A country, city, town or region."""
    kind = supply.chance.choices(("country", "city", "town", "region"), weights=(30, 40, 22, 8))[0]
    return new_country(supply) if kind == "country" else supply.name(kind)


def new_organisation(supply: Supply) -> str:
    """An organisation of the corpora or the list, or one made from a surname or a city."""
    makers: tuple[Callable[[], str], ...] = (
        lambda: supply.chance.choice(supply.organisations),
        lambda: supply.name("company"),
        lambda: supply.name("team"),
        lambda: supply.name("org"),
        lambda: f"{supply.name('last')} {supply.one(ENDINGS)}",
        lambda: supply.one(CITY_BODIES) % supply.name("city"),
    )
    return supply.chance.choices(makers, weights=(45, 15, 10, 10, 10, 10))[0]()


NEW: dict[str, Callable[[Supply], str]] = {"PER": new_person, "LOC": new_place, "ORG": new_organisation}


def change(text: Text, supply: Supply) -> Text:
    """Return the text with some names replaced (the same one by the same) and, rarely, other capitals throughout."""
    draw = supply.chance.random()
    shouted, low, headline = draw < CASE_SHARE, draw < 1.7 * CASE_SHARE, draw < 2.4 * CASE_SHARE
    swapped: dict[tuple[str, str], list[str]] = {}
    sentences = []
    for sentence in text.sentences:
        changed: Sentence = []
        for label, run in _runs(sentence):
            words = [word for word, _ in run]
            if label and supply.chance.random() < SWAP_SHARE and words[0][:1].isupper():
                key = (" ".join(words), label)
                if key not in swapped:
                    swapped[key] = NEW[label](supply).split()
                words = swapped[key]
            changed += [
                (word, f"{'I' if i else 'B'}-{label}" if label else "O") for i, word in enumerate(words)
            ]
        if shouted or (not headline and supply.chance.random() < 0.02):
            changed = [(word.upper(), tag) for word, tag in changed]
        elif low:
            changed = [(word.lower(), tag) for word, tag in changed]
        elif headline and supply.chance.random() < 0.5:
            changed = [(word[:1].upper() + word[1:], tag) for word, tag in changed]
        sentences.append(changed)
    return Text(tuple(sentences), text.kind)


def from_templates(supply: Supply) -> Text:
    """Return 4 to 12 sentences as news agencies write them, filled with names by chance."""
    count = supply.chance.randint(4, 12)
    return Text(tuple(_fill(supply.chance.choice(supply.templates), supply) for _ in range(count)), 0)


def _fill(template: Sequence[str], supply: Supply) -> Sentence:
    """Replace ``{P}`` and the like; the keys are in :data:`SLOTS`."""
    sentence: Sentence = []
    for part in template:
        whole = re.fullmatch(r"\{(\w+)\}", part)
        if whole is None:
            sentence.append((re.sub(r"\{N\}", lambda _: _number(supply), part), "O"))
            continue
        label, make = SLOTS[whole[1]]
        joined = whole[1] == "UP" and bool(sentence) and sentence[-1][1].endswith("PER")
        words = make(supply).split()
        sentence += [
            (word, f"{'I' if i or joined else 'B'}-{label}" if label else "O") for i, word in enumerate(words)
        ]
    return sentence


def _number(supply: Supply) -> str:
    """A small, middling or large number."""
    top = supply.chance.choice((9, 60, 2000))
    return str(supply.chance.randint(0, top))


def _full_name(supply: Supply) -> str:
    """A known person, or a given name and a surname."""
    if supply.chance.random() < 0.3:
        return supply.name("person")
    return f"{supply.name('first')} {_surname(supply)}"


def _surname(supply: Supply) -> str:
    """A surname of the list, or that of a known person."""
    return supply.name("last") if supply.chance.random() < 0.6 else supply.name("person").split()[-1]


SLOTS: dict[str, tuple[str, Callable[[Supply], str]]] = {
    "P": ("PER", _full_name),
    "S": ("PER", _surname),
    "F": ("PER", lambda s: s.name("first")),
    "US": ("PER", lambda s: _surname(s).upper()),
    "UP": ("PER", lambda s: s.name("first").upper()),
    "L": ("LOC", lambda s: s.name("city" if s.chance.random() < 0.6 else "town")),
    "C": ("LOC", new_country),
    "U": ("LOC", lambda s: s.name("city").upper()),
    "UL": ("LOC", lambda s: s.name("city").upper()),
    "UC": ("LOC", lambda s: new_country(s).upper()),
    "O": ("ORG", new_organisation),
    "UO": ("ORG", lambda s: new_organisation(s).upper()),
    "T": ("ORG", lambda s: s.name("team")),
    "TC": ("ORG", lambda s: s.name("city" if s.chance.random() < 0.7 else "team")),
    "UT": ("ORG", lambda s: s.name("city" if s.chance.random() < 0.5 else "team").upper()),
    "LT": ("ORG", lambda s: f"{s.name('city')} {s.one(PAPERS)}"),
    "A": ("ORG", lambda s: s.one(AGENCIES)),
    "B": ("ORG", lambda s: s.one(BODIES)),
    "title": ("", lambda s: s.one(TITLES)),
    "day": ("", lambda s: s.one(DAYS)),
    "month": ("", lambda s: s.one(MONTHS)),
    "D": ("", lambda s: s.name("demonym")),
    "N": ("", _number),
}
"""Slot of a template → (label, empty for none; how it is filled)."""
