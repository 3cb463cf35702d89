"""Read persons and organisations from the Phoenix actor dictionaries (openeventdata/Dictionaries, MIT).

A name stands on a line of its own, other spellings follow on lines with ``+``, then dated codes in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CODE = re.compile(r"\[\s*([A-Z]{3})([A-Z]*)\s*([<>]?)\s*(\d{6,8})?\s*-?\s*(\d{6,8})?[^\]]*\]")
_HEAD = re.compile(r"(\S.*?)\s*\[([A-Z]{3})\]")
_TITLES = re.compile(
    r"^(?:-ELECT|PRESIDENT-ELECT|SIR|DAME|LORD|LADY|BARON|MR|MRS|MS|DR|PROF|PRESIDENT|PREMIER|PRIME MINISTER|CHANCELLOR|GENERAL|GEN|COLONEL|COL|MAJOR|MAJ|"
    r"MINISTER|SENATOR|KING|QUEEN|SHEIKH|SHAYKH|AMBASSADOR|SECRETARY|MAJ GEN|LT GEN|LT|BRIG|BRIGADIER|CAPTAIN|CAPT|JUSTICE|POPE|"
    r"SPEAKER|VICE PRESIDENT|US|U S|UN|FORMER|GERMAN|KANZLER|BUNDESKANZLER|AMERICAN|BRITISH|THE|ADMIRAL|MARSHAL|LEADER)(?![\w-])"
)
_NOT_A_NAME = re.compile(
    r"\b(?:MINIST\w*|ARMY|PARTY|GOVERNMENT|COURT|PARLIAMENT|ASSEMBLY|SENATE|CONGRESS|COUNCIL|COMMITTEE|COMMISSION|FORCES?|POLICE|"
    r"PRESIDENT\w*|DEPARTMENT|OFFICE|BANK|UNION|REPUBLIC|OF|FRONT|MOVEMENT|COMMAND|GUARD|MILITIA|REBELS?|CITY|STATE|NATIONAL|"
    r"FEDERAL|AGENCY|SERVICE|CORPS|UNIVERSITY|INSTITUTE|ASSOCIATION|NEWS\w*|RADIO|PRESS|TIMES|LEADERS?|OFFICIALS?|TROOPS|NAVY|AIR|"
    r"REGIME|ADMINISTRATION|SPOKES\w+|AMBASSADOR|EMBASSY|TRIBE|PEOPLES?|FOR|AND|HOUSE|WING|COMPANY|GROUP|LEAGUE|LIBERATION)\b"
)
_BODY_WORD = re.compile(
    r"\b(?:ASSOCIATION|COMMITTEE|INTERNATIONAL|FEDERATION|UNION|COUNCIL|FUND|FOUNDATION|BANK|ORGANI[SZ]ATION|COMMISSION|AGENCY|"
    r"SOCIETY|INSTITUTE|LEAGUE|ALLIANCE|NETWORK|COMMUNITY|CONFEDERATION|COURT|PROGRAMME|PARLIAMENT|TRIBUNAL|WITHOUT BORDERS)\b"
)
_LOWER = {
    "De",
    "Da",
    "Do",
    "Dos",
    "Del",
    "Di",
    "Van",
    "Von",
    "Der",
    "Den",
    "Bin",
    "Ibn",
    "Ould",
    "El",
    "Al",
    "La",
    "Le",
    "Y",
    "E",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A person: *name*, other spellings, and (three-letter country, start, end) of roles; dates as YYYY-MM-DD or empty."""

    name: str
    aliases: tuple[str, ...]
    roles: tuple[tuple[str, str, str], ...]


def _date(digits: str | None) -> str:
    """Return YYYY-MM-DD of YYMMDD or YYYYMMDD; years over 25 are of the last century; empty for anything else."""
    if not digits or len(digits) == 7:
        return ""
    if len(digits) == 6:
        digits = ("19" if int(digits[:2]) > 25 else "20") + digits
    month, day = digits[4:6], digits[6:8]
    return f"{digits[:4]}-{month}-{day}" if "01" <= month <= "12" and "01" <= day <= "31" else ""


def _plain(raw: str) -> str:
    """Return a name in capitals with single spaces: no underscores, commas, comments or leading titles."""
    name = " ".join(re.sub(r"[_.,]", " ", raw.replace(";", " ")).split())
    while (match := _TITLES.match(name)) and " " in name:
        name = name[match.end() :].strip()
    return name


def display_name(plain: str) -> str:
    """Return a name in capitals as people write it: Angela Merkel, Bashar al-Assad."""
    words = [
        word if word in ("II", "III", "IV", "VI") else "-".join(p.capitalize() for p in word.split("-"))
        for word in plain.split()
    ]
    words = [word.lower() if index and word in _LOWER else word for index, word in enumerate(words)]
    return re.sub(r"\b(al|el) (?=[A-Z])", r"\1-", " ".join(words))


def _blocks(path: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the names of each block and its code lines."""
    names: list[str] = []
    codes: list[str] = []
    for raw in path.read_text(encoding="latin-1").splitlines():
        line = re.sub(r"\s#.*$", "", raw.split(";")[0]).rstrip()
        if not line or line.startswith("#"):
            continue
        if line[0] in " \t[":
            codes.append(line)
            continue
        if not line.startswith("+"):
            if names:
                yield names, codes
            names, codes = [], []
        names.append(line.lstrip("+"))
    if names:
        yield names, codes


def read_persons(path: Path) -> list[Person]:
    """Return the persons of the country dictionary who held an office of a state and have two names or more."""
    found = []
    for names, codes in _blocks(path):
        if _HEAD.match(names[0]):
            continue
        usable = [
            p
            for p in map(_plain, names)
            if 2 <= len(p.split()) <= 5 and re.fullmatch(r"[A-Z' -]+", p) and not _NOT_A_NAME.search(p)
        ]
        roles = [
            (country, _date(second if mark != "<" else None), _date(last if mark != "<" else second))
            for line in codes
            for country, rest, mark, second, last in _CODE.findall(line)
            if rest.startswith(("GOV", "MIL", "LEG", "JUD", "OPP"))
        ]
        roles = [role for role in roles if not (role[1] and role[2] and role[1] > role[2])]
        if usable and roles and _plain(names[0]) == usable[0]:
            found.append(
                Person(
                    display_name(usable[0]), tuple(dict.fromkeys(map(display_name, usable[1:]))), tuple(roles)
                )
            )
    return found


def read_organisations(path: Path) -> list[str]:
    """Return names of international organisations of three words or more; persons and media are left out."""
    found = []
    for names, codes in _blocks(path):
        plain = _plain(names[0])
        wanted = not any("MED" in line for line in codes) and _BODY_WORD.search(plain)
        if wanted and 3 <= len(plain.split()) <= 8 and re.fullmatch(r"[A-Z' -]+", plain):
            small = {"Of", "For", "The", "And", "In", "On", "To", "De", "Du", "Des", "La"}
            words = [
                w.lower() if i and w in small else w
                for i, w in enumerate(w.capitalize() for w in plain.split())
            ]
            found.append(" ".join(words))
    return found
