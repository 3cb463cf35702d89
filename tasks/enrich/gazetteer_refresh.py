"""Bring the gazetteer up to date from a file of Wikidata query results that the user gives: no network is used."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tasks.enrich.gazetteer import Gazetteer, load_gazetteer
from tasks.enrich.gazetteer_index import key_of
from tasks.errors import ConfigError

COLUMNS = ("countryid", "positionLabel", "officeholder", "officeholderLabel", "start", "end")
"""Columns a query file needs; ``start`` and ``end`` (YYYY or YYYY-MM-DD, may be empty) may be called ``start_year``, ``end_year``."""

_OFFICES = (
    (r"\bvice\b|deputy|governor-general", "V"),
    (r"prime|premier|chancellor|taoiseach|chief minister|council of ministers", "M"),
    (r"supreme leader", "S"),
    (r"\b(?:king|queen|monarch|emperor|sultan|emir|prince|pope)\b", "K"),
    (r"foreign minister|foreign affairs|secretary of state", "F"),
)


class Refreshed(NamedTuple):
    """How many persons were added, given a Wikidata id, or given an office; the new text of both files."""

    added: int
    identified: int
    offices: int
    actors: str
    names: str


def office_of(label: str) -> str:
    """Return the office letter of a Wikidata position label; a president where nothing else fits."""
    return next((letter for pattern, letter in _OFFICES if re.search(pattern, label.lower())), "P")


def read_query(path: Path) -> list[dict[str, str]]:
    """Return the rows of a query file with the columns of :data:`COLUMNS`, ids without their URL.

    Raises ConfigError when the file cannot be read as CSV with these columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(
            f"query file {path}: {error}; give a CSV file saved by query.wikidata.org"
        ) from error
    renamed = [{k.removesuffix("_year") if k else "": v or "" for k, v in row.items()} for row in rows]
    missing = [name for name in COLUMNS if not renamed or name not in renamed[0]]
    if missing:
        raise ConfigError(
            f"query file {path}: columns {', '.join(missing)} are missing; it needs {', '.join(COLUMNS)}"
        )
    ids = re.compile(r"^https?://www\.wikidata\.org/entity/")
    return [{name: ids.sub("", row[name]).removesuffix("T00:00:00Z") for name in COLUMNS} for row in renamed]


def refresh(
    rows: Iterable[Mapping[str, str]], names_file: str, gazetteer: Gazetteer | None = None
) -> Refreshed:
    """Return both files with the query's persons, ids and offices; *names_file* is the present text of actor_names.tsv.

    A person known by the same name in the same country gets the Wikidata id and keeps names and offices, unless a Wikidata
    id is known already: that is a namesake.  An office that the query dates otherwise is replaced.  Rows without a person's id or of a state that is not listed are left out.
    """
    known = gazetteer or load_gazetteer()
    lines = {actor_id: row.split("\t") for actor_id, row in known.rows.items()}
    by_name = {(key_of(p[4]), p[2]): i for i, p in lines.items() if p[1] == "person"}
    renamed: dict[str, str] = {}
    surfaces: dict[str, str] = {}
    added = offices = 0
    for row in rows:
        actor_id, place = row["officeholder"], row["countryid"]
        if (
            not re.fullmatch(r"Q\d+", actor_id)
            or place not in lines
            or re.fullmatch(r"Q\d+|[\s|]*", row["officeholderLabel"])
        ):
            continue
        name, country = " ".join(row["officeholderLabel"].replace("|", " ").split()), lines[place][2]
        same = by_name.get((key_of(name), country))
        if actor_id not in lines and same is not None and not same.startswith("Q"):
            renamed[same] = actor_id
            parts = lines.pop(same)
            lines[actor_id] = [actor_id, *parts[1:3], actor_id, *parts[4:]]
            by_name[key_of(name), country] = actor_id
        elif actor_id not in lines:
            lines[actor_id] = [actor_id, "person", country, actor_id, name, ""]
            surfaces[actor_id] = name
            added += 1
        offices += _add_office(
            lines[actor_id], office_of(row["positionLabel"]), place, _day(row["start"]), _day(row["end"])
        )
    actors = "\n".join("\t".join(lines[i]) for i in sorted(lines)) + "\n"
    return Refreshed(added, len(renamed), offices, actors, _rename(names_file, renamed, surfaces))


def _day(written: str) -> str:
    """Return YYYY or YYYY-MM-DD, or nothing where the query has no day that a calendar knows (Wikidata's *unknown value*)."""
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError:
        year = re.fullmatch(r"(\d{4})(?:-\d\d-\d\d)?", written, re.ASCII)
        return year[1] if year and year[1] != "0000" else ""


def _add_office(parts: list[str], office: str, place: str, start: str, end: str) -> int:
    """Put an office into a row of actors.tsv; return 1 when that changed it."""
    held = [role.split(",") for role in parts[5].split(";") if role]
    same = [r for r in held if r[0] == office and r[1] == place and r[2][:4] == start[:4]]
    wanted = [office, place, start, end]
    if same and (same[0] == wanted or (len(start) == 4 and same[0][3][:4] == end[:4])):
        return 0
    kept = [r for r in held if r not in same]
    if same and len(start) == 4:
        wanted[2] = same[0][2]
    kept.append(wanted)
    parts[5] = ";".join(",".join(r) for r in sorted(kept, key=lambda r: (r[2], r)))
    return 1


def _rename(names_file: str, renamed: Mapping[str, str], surfaces: Mapping[str, str]) -> str:
    """Return actor_names.tsv with new ids, and the names of new persons among those of leaders."""
    out: list[str] = []
    for line in names_file.splitlines():
        actor_id, tab, rest = line.partition("\t")
        out.append(f"{renamed.get(actor_id, actor_id)}{tab}{rest}")
        if line == "## * p":
            out += [f"{new_id}\t{name}" for new_id, name in sorted(surfaces.items()) if " " in name]
    return "\n".join(out) + "\n"
