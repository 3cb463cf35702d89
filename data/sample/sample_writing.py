"""Reads the hand-written texts of the sample and composes the articles of three outlets from them.

``writing/*.txt`` holds one report per block: ``@ date topic outlets [de|scraped]``, ``# headline`` lines (one per
outlet) and one paragraph per line.  ``writing/phrases.txt`` holds background paragraphs by topic, names and towns.
Every choice comes from the report's own key, so the same files always give the same articles.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

WRITING = Path(__file__).parent / "writing"
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FEMALE = (
    "Beatrix",
    "Delphine",
    "Edda",
    "Griselda",
    "Isolde",
    "Jocasta",
    "Leontine",
    "Nerys",
    "Ottoline",
    "Rosamund",
    "Thomasina",
)

UMLAUTS = str.maketrans(dict[str, str | int | None]({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "'": ""}))


@dataclass(frozen=True, slots=True)
class Report:
    """What happened, as written: day, topic, outlets that run it in order of publication, a headline for each."""

    on: date
    topic: str
    outlets: str
    mode: str
    titles: tuple[str, ...]
    paragraphs: tuple[str, ...]

    @property
    def key(self) -> str:
        """A short name made of the first headline, used in URLs and in the truth file."""
        return slug(self.titles[0])


@dataclass(frozen=True, slots=True)
class Article:
    """One outlet's version of a report.  ``published`` is local time with its zone; ``how`` says how it differs."""

    outlet: str
    report: Report
    title: str
    paragraphs: tuple[str, ...]
    published: datetime
    how: str
    modified: datetime | None = None
    author: str = ""
    number: int = 0
    related: tuple[Article, ...] = field(default=())

    @property
    def language(self) -> str:
        """ISO 639-1 code."""
        return "de" if self.report.mode == "de" else "en"

    @property
    def text(self) -> str:
        """The gold text: paragraphs, one per line."""
        return "\n".join(self.paragraphs)


def slug(title: str) -> str:
    """The first eight words of a headline in lower case, joined by hyphens; ASCII letters and digits only."""
    plain = title.lower().translate(UMLAUTS)
    return "-".join(re.findall(r"[a-z0-9]+", plain)[:8])


def dice(*key: object) -> random.Random:
    """A source of choices that depends on *key* alone."""
    digest = hashlib.sha256("|".join(map(str, key)).encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


def read_reports(folder: Path = WRITING) -> list[Report]:
    """Every report of ``writing/``, by day and then by headline."""
    reports = []
    for path in sorted(folder.glob("*.txt")):
        if path.name == "phrases.txt":
            continue
        for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
            head, *lines = block.split("\n")
            _, on, topic, outlets, *mode = head.split()
            titles = tuple(line[2:] for line in lines if line.startswith("# "))
            body = tuple(line for line in lines if not line.startswith("# "))
            reports.append(
                Report(date.fromisoformat(on), topic, outlets, mode[0] if mode else "", titles, body)
            )
    return sorted(reports, key=lambda r: (r.on, r.titles[0]))


def read_phrases(folder: Path = WRITING) -> dict[str, list[str]]:
    """Background paragraphs by topic, and the lists ``names``, ``towns`` and ``local H``, ``local C``, ``local R``."""
    blocks: dict[str, list[str]] = {}
    for line in (folder / "phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@ "):
            blocks[line[2:]] = []
        elif line:
            blocks[list(blocks)[-1]].append(line)
    return blocks


def fill(phrase: str, phrases: Mapping[str, Sequence[str]], *key: object) -> str:
    """*phrase* with its gaps filled; a given name agrees with the pronoun that follows, any surname will do."""
    pick = dice("fill", phrase, *key)
    women = [n for n in phrases["names"] if n.split()[0] in FEMALE]
    men = [n for n in phrases["names"] if n.split()[0] not in FEMALE]
    female, male = re.search(r"\b(she|her)\b", phrase), re.search(r"\b(he|his)\b", phrase)
    names = women if female else men if male else phrases["names"]
    values = {
        "{n}": lambda: str(pick.randint(13, 96)),
        "{d}": lambda: str(pick.randint(3, 9)),
        "{k}": lambda: f"{pick.randint(2, 38)},{pick.randint(0, 9)}00",
        "{year}": lambda: str(pick.randint(1963, 2016)),
        "{day}": lambda: pick.choice(DAYS[:5]),
        "{town}": lambda: pick.choice(phrases["towns"]),
        "{name}": lambda: f"{pick.choice(names).split()[0]} {pick.choice(phrases['names']).split()[1]}",
    }
    return re.sub(r"\{\w+\}", lambda m: values[m.group(0)](), phrase)


def lengthen(report: Report, phrases: Mapping[str, Sequence[str]], used: Counter[str]) -> tuple[str, ...]:
    """The report's paragraphs with two pieces of background, the least used ones first; German reports stay as they are."""
    if report.mode == "de":
        return report.paragraphs
    pick = dice("lengthen", report.key)
    pool = sorted(phrases[report.topic], key=lambda phrase: (used[phrase], pick.random()))
    chosen = pool[:2]
    used.update(chosen)
    extra = [fill(phrase, phrases, report.key) for phrase in chosen]
    body = list(report.paragraphs)
    body.insert(3, extra[0])
    body.append(extra[1])
    return tuple(body)


def vary(
    body: tuple[str, ...], outlet: str, rank: int, key: str, phrases: Mapping[str, Sequence[str]]
) -> tuple[tuple[str, ...], str]:
    """What a later outlet makes of agency copy: its tail cut, a local paragraph, or both; and the word for it."""
    if rank == 0:
        return body, "original"
    pick = dice("vary", key, outlet)
    local = fill(pick.choice(phrases[f"local {outlet}"]), phrases, key)
    how = ("cut", "local", "cut+local", "exact")[pick.choices(range(4), (4, 4, 3, 1))[0]]
    kept = body[:-1] if "cut" in how else body
    if "local" in how:
        kept = (*kept[:2], local, *kept[2:]) if pick.random() < 0.4 else (*kept, local)
    return kept, how


def compose(zones: Mapping[str, ZoneInfo], authors: Mapping[str, Sequence[str]]) -> list[Article]:
    """Every outlet's articles by time of publication; agency copy follows the first outlet by one to nine hours."""
    phrases, used, articles = read_phrases(), Counter[str](), list[Article]()
    for report in read_reports():
        body, pick = lengthen(report, phrases, used), dice("time", report.key)
        start = datetime(
            report.on.year,
            report.on.month,
            report.on.day,
            pick.randint(8, 12),
            pick.randint(0, 59),
            tzinfo=ZoneInfo("UTC"),
        )
        for rank, outlet in enumerate(report.outlets):
            at = start + timedelta(minutes=rank * pick.randint(60, 270))
            paragraphs, how = vary(body, outlet, rank, report.key, phrases)
            title = report.titles[min(rank, len(report.titles) - 1)]
            author = "Meridian Press Agency" if len(report.outlets) > 1 else pick.choice(authors[outlet])
            articles.append(
                Article(outlet, report, title, paragraphs, at.astimezone(zones[outlet]), how, author=author)
            )
    articles.sort(key=lambda a: (a.published, a.outlet, a.title))
    return [replace(a, number=41200 + 7 * i) for i, a in enumerate(articles)]


def with_related(articles: Sequence[Article]) -> list[Article]:
    """The same articles, each with five others of its outlet that were out before it, for teasers and lists."""
    out = []
    for article in articles:
        before = [
            a
            for a in articles
            if a.outlet == article.outlet
            and a.published < article.published
            and a.language == article.language
        ]
        pick = dice("related", article.number)
        before = before or [
            a
            for a in articles
            if a.outlet == article.outlet and a.language == article.language and a is not article
        ]
        out.append(replace(article, related=tuple(pick.sample(before[-14:], min(5, len(before))))))
    return out


def revise(article: Article, sentence: str, old: str, new: str) -> Article:
    """A later version of *article*: a number corrected, a paragraph added and the time of change a day later."""
    if not any(old in p for p in article.paragraphs):
        raise ValueError(f"{old!r} is not in {article.title!r}")
    body = tuple(p.replace(old, new) for p in article.paragraphs)
    later = article.published + timedelta(hours=21, minutes=14)
    return replace(
        article,
        paragraphs=(body[0], sentence, *body[1:]),
        modified=later,
        how="update",
        title=article.title.replace(old, new),
    )
