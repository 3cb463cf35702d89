"""What the build scripts share: the actors and names gathered so far, and readers of the lists they are made from."""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

from tasks.enrich.actors_tokens import fold  # noqa: E402

HAND = Path(__file__).parent / "by_hand"


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
