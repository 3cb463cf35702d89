"""The actors columninch knows: who they are, what they are called in each language, and which offices they held when.

Read from ``data/reference/actors.tsv`` and ``actor_names.tsv``, which ``build_actors.py`` makes from files with an origin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from tasks.reference import data_file

_P = ParamSpec("_P")
_R = TypeVar("_R")

OFFICES: Mapping[str, str] = {
    "P": "president",
    "M": "head of government",
    "K": "monarch",
    "S": "supreme leader",
    "V": "deputy head of state or government",
    "C": "crown prince",
    "F": "foreign minister",
    "G": "head of an organisation",
    "H": "high representative",
    "O": "office of state",
}
"""What the office letters of actors.tsv mean."""


@dataclass(frozen=True, slots=True)
class Role:
    """An office held: letter of :data:`OFFICES`, actor id of the state or body, first and last day (null: not known)."""

    office: str
    place: str
    start: date | None
    end: date | None

    def held_on(self, day: date) -> bool:
        """Say whether the office was held on *day*; an unknown end means that nobody wrote it down yet."""
        return (self.start is None or self.start <= day) and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Actor:
    """One known actor; *wikidata* and *country* (ISO 3166-1 alpha-2) are empty where no source gives them."""

    actor_id: str
    name: str
    kind: str
    country: str
    wikidata: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All known actors: raw rows by id, raw names by (language, kind of name), and states by country code.

    Kinds of name: n name, a adjective or demonym, c capital, s seat of power, k abbreviation, p leader, q other office
    holder, x phrase that contains a name and means something else.
    """

    rows: Mapping[str, str]
    names: Mapping[tuple[str, str], Sequence[str]]
    states: Mapping[str, str]
    leaders: Mapping[tuple[str, str], tuple[str, ...]]

    def actor(self, actor_id: str) -> Actor | None:
        """Return the actor of that id, or null when the gazetteer does not know it."""
        row = self.rows.get(actor_id)
        return _parse_actor(row) if row is not None else None

    def holders(self, office: str, place: str, day: date) -> tuple[str, ...]:
        """Return ids of those who held *office* of the state or body *place* on *day*."""
        held = []
        for actor_id in self.leaders.get((office, place), ()):
            actor = self.actor(actor_id)
            if actor and any(r.office == office and r.place == place and r.held_on(day) for r in actor.roles):
                held.append(actor_id)
        return tuple(held)


def _parse_date(text: str, at_end: bool) -> date | None:
    """Return a day of YYYY-MM-DD or YYYY; a bare year of an end means its last day."""
    if not text:
        return None
    if len(text) == 4:
        return date(int(text), 12, 31) if at_end else date(int(text), 1, 1)
    return date.fromisoformat(text)


@lru_cache(maxsize=1 << 15)
def _parse_actor(row: str) -> Actor:
    """Return the actor of one row of actors.tsv."""
    actor_id, kind, country, wikidata, name, listed = row.split("\t")
    roles = []
    for part in filter(None, listed.split(";")):
        office, place, start, end = part.split(",")
        roles.append(Role(office, place, _parse_date(start, False), _parse_date(end, True)))
    return Actor(actor_id, name, kind, country, wikidata, tuple(roles))


_chosen: list[str | None] = [None]
_depending: list[Callable[[], None]] = []


def per_gazetteer(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Remember what *function* answers until another gazetteer is chosen."""
    remembering = lru_cache(maxsize=64)(function)
    _depending.append(remembering.cache_clear)
    return cast("Callable[_P, _R]", wraps(function)(remembering))


def choose_gazetteer(folder: str | None) -> None:
    """Make this process go by actors.tsv and actor_names.tsv in *folder*; null means those that ship.

    Document workers are told with every batch; whoever chooses none has the shipped one.
    """
    if _chosen[0] != folder:
        _chosen[0] = folder
        for forget in _depending:
            forget()


@per_gazetteer
def load_gazetteer() -> Gazetteer:
    """Return the gazetteer in use, read once per process; names are indexed per language when first needed."""
    files = ("actors.tsv", "actor_names.tsv")
    folder = _chosen[0]
    paths = [Path(folder, name) if folder else data_file("reference", name) for name in files]
    actors, names = (path.read_text(encoding="utf-8") for path in paths)
    return parse_gazetteer(actors, names)


def parse_gazetteer(actors_file: str, names_file: str) -> Gazetteer:
    """Return the gazetteer that the text of actors.tsv and of actor_names.tsv spells out."""
    rows, states = {}, {}
    leaders: dict[tuple[str, str], list[str]] = {}
    for row in actors_file.splitlines():
        actor_id, kind, country, _, _, roles = row.split("\t")
        rows[actor_id] = row
        if kind == "state" and country:
            states[country] = actor_id
        elif roles and not roles.startswith("O"):
            for part in roles.split(";"):
                leaders.setdefault(tuple(part.split(",", 2)[:2]), []).append(actor_id)  # type: ignore[arg-type]
    names: dict[tuple[str, str], list[str]] = {}
    section: list[str] = []
    for line in names_file.splitlines():
        if line.startswith("## "):
            _, language, kind = line.split(" ")
            section = names.setdefault((language, kind), [])
        else:
            section.append(line)
    by_place = {place: tuple(dict.fromkeys(ids)) for place, ids in leaders.items()}
    return Gazetteer(rows, names, states, by_place)


def actor_rows(
    actor_ids: Iterable[str], found: Mapping[str, tuple[str, str]] | None = None
) -> list[dict[str, Any]]:
    """Return rows of :data:`tasks.contracts.ACTORS` for *actor_ids*, in order of id.

    *found* gives (name, kind) of actors that no file lists, met in articles.  An id in neither is left out.
    """
    gazetteer = load_gazetteer()
    wanted = sorted(set(actor_ids))
    aliases: dict[str, dict[str, None]] = {actor_id: {} for actor_id in wanted}
    for (_, kind), lines in gazetteer.names.items():
        if kind in "nkpq":
            for line in lines:
                actor_id, surfaces = line.split("\t")
                if actor_id in aliases:
                    aliases[actor_id].update(dict.fromkeys(surfaces.split("|")))
    rows: list[dict[str, Any]] = []
    for actor_id in wanted:
        actor = gazetteer.actor(actor_id)
        if actor is None:
            if found and actor_id in found:
                name, kind = found[actor_id]
                rows.append({"actor_id": actor_id, "name": name, "kind": kind, "roles": [], "aliases": []})
            continue
        roles = [
            {
                "title": OFFICES[r.office],
                "country": _country(gazetteer, r.place),
                "start_on": r.start,
                "end_on": r.end,
            }
            for r in actor.roles
        ]
        others = sorted(name for name in aliases[actor_id] if name != actor.name)
        rows.append(
            {"actor_id": actor_id, "name": actor.name, "kind": actor.kind, "country": actor.country or None,
             "wikidata": actor.wikidata or None, "roles": roles, "aliases": others}
        )  # fmt: skip
    return rows


def _country(gazetteer: Gazetteer, place: str) -> str | None:
    """Return the country code of a role's place, or null for an international body."""
    actor = gazetteer.actor(place)
    return actor.country or None if actor and actor.kind == "state" else None
