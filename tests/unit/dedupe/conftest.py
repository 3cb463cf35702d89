"""A newsroom for tests: invented reports, the ways in which papers change them, and an index to put them into."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from tasks.dedupe.batch import DedupeOptions, read_grouped, update_groups
from tasks.dedupe.sketching import sketch_articles

_SYLLABLES = "ba ce di fo gu ha ji ko lu me na po qui ro su ta ve wi xo zu".split()
_START = datetime(2031, 3, 1, tzinfo=UTC)


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(rng.randint(2, 4)))


def report(seed: int, paragraphs: int = 4, words: int = 25) -> str:
    """A text of invented words, the same for the same seed."""
    rng = random.Random(f"report {seed}")
    return "\n".join(" ".join(_word(rng) for _ in range(words)).capitalize() + "." for _ in range(paragraphs))


@dataclass(frozen=True)
class Article:
    """One article as tests write it; *hours* after the start of the test world."""

    number: int
    text: str
    hours: float | None = 0.0
    source: str = "Harbour Post"
    url: str | None = None
    lead: str | None = None
    captured: float | None = 1.0


def _time(hours: float | None) -> datetime | None:
    return None if hours is None else _START + timedelta(hours=hours)


def sketches(articles: Sequence[Article]) -> pa.Table:
    """Sketches of articles, taken one by one so that they do not depend on the others."""
    parts = [_sketch_one(a) for a in articles]
    return pa.concat_tables(parts)


def _sketch_one(article: Article) -> pa.Table:
    def column(value: object, kind: pa.DataType) -> pa.ChunkedArray:
        return pa.chunked_array([pa.array([value], kind)])

    at = pa.timestamp("us", tz="UTC")
    return sketch_articles(
        column(article.number, pa.int64()),
        column(article.text, pa.string()),
        column(article.source, pa.string()),
        column(article.url, pa.string()),
        column(article.lead, pa.string()),
        column(_time(article.hours), at),
        column(_time(article.captured), at),
    ).table


@dataclass
class Desk:
    """An index in a folder and the texts that belong to it."""

    folder: Path
    options: DedupeOptions
    texts: dict[int, str] = field(default_factory=dict)

    def fetch(self, ids: Sequence[int]) -> dict[int, str]:
        return {i: self.texts[i] for i in ids if i in self.texts}

    def take(self, articles: Sequence[Article] = (), removed: Sequence[int] = ()):
        """Bring articles in as one unit; returns what update_groups returns."""
        self.texts.update({a.number: a.text for a in articles})
        units = [sketches(articles)] if articles else []
        return update_groups(self.folder, units, self.fetch, self.options, removed)

    def rows(self) -> dict[int, dict]:
        """The row of ``grouped`` for each article."""
        return {row["article_id"]: row for row in read_grouped(self.folder, self.options).to_pylist()}

    def answer(self) -> dict[int, tuple]:
        """What must not depend on the order of arrival: canonical article, kind and numbers of each article."""
        rows = self.rows()
        heads = {row["group_id"]: row["article_id"] for row in rows.values() if row["is_canonical"]}
        return {
            i: (heads[r["group_id"]], r["copy_of"], r["copy_kind"], r["similarity"], r["containment"])
            for i, r in rows.items()
        }


def clusters(answer: dict[int, tuple]) -> set[frozenset[int]]:
    """The groups of an answer as sets of article numbers."""
    found: dict[int, set[int]] = {}
    for number, (head, *_) in answer.items():
        found.setdefault(head, set()).add(number)
    return {frozenset(group) for group in found.values()}


def world(rng: random.Random, reports: int = 4, articles: int = 14) -> list[Article]:
    """A small world: reports, copies of them in every manner, a form, furniture and pages that are no article."""
    made = []
    for number in range(1, articles + 1):
        base = report(rng.randrange(reports), paragraphs=rng.choice([2, 3, 4]))
        lines = base.split("\n")
        manner = rng.randrange(8)
        if manner == 1:
            lines = lines[: max(1, len(lines) - 1)]
        elif manner == 2:
            lines = [report(1000 + number, 1), *lines[1:]]
        elif manner == 3:
            lines = ["Read more about this on our pages today please do", *lines, report(7, 1, 12)]
        elif manner == 4:
            lines = lines[:1]
        elif manner == 5:
            lines = report(rng.randrange(reports), 2).split("\n") + lines[:1]
        elif manner == 6:
            lines = ["Loading"]
        made.append(
            Article(
                number,
                "\n".join(lines),
                hours=rng.choice([None, 0.0, 5.0, 30.0, 400.0, 401.0, 900.0, 24.0 * rng.randrange(200)]),
                source=f"Paper {rng.randrange(5)}",
                url=rng.choice([None, f"https://paper.example/{rng.randrange(6)}"]),
                captured=rng.choice([None, 1.0, 2.0, 3.0]),
            )
        )
    return made


@pytest.fixture
def newsroom() -> SimpleNamespace:
    """Everything above by name."""
    return SimpleNamespace(
        Article=Article,
        Desk=Desk,
        clusters=clusters,
        replace=replace,
        report=report,
        sketches=sketches,
        world=world,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty index with the usual settings."""
    return Desk(tmp_path / "index", DedupeOptions())


@pytest.fixture(autouse=True, scope="package")
def _no_waiting_for_disks() -> Iterator[None]:
    """Tests do not lose power: waiting for the disk would make them slow, and nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


def splits(rng: random.Random, articles: Sequence[Article]) -> Iterable[list[Article]]:
    """The articles in any order, in batches of any size."""
    left = list(articles)
    rng.shuffle(left)
    while left:
        size = rng.randint(1, len(left))
        yield left[:size]
        left = left[size:]
