"""Corpora with gold groups for duplicate search: one invented word by word, and unseen ones made like an evaluation corpus.

Both are rows with the columns of the evaluation seam and the truth: ``gold`` (group) and ``kind`` (how a copy was changed, or what
trap a row is).
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

START: Final = datetime(2015, 1, 1)
SOURCES: Final = 400
LARGEST: Final = 60
"""Articles of the largest group."""
FORMS: Final = (
    "The weather service issued its outlook for {n}. Expect a high of {a} degrees and a low of {b} degrees with a {c} percent chance "
    "of rain. Winds will reach {d} miles per hour with gusts of {e}. Humidity stands at {f} percent. The next outlook follows tomorrow.",
    "{n} beat {m} {a} to {b} last night to improve to {c} wins and {d} losses. The best player had {e} points and {f} rebounds. "
    "The two teams meet again in {g} days. Tickets for the next game are on sale at the box office and at the gates.",
    "Shares of {n} rose {a}.{b} percent to close at {c}.{d} in heavy trading. Volume was {e} million against a daily average of {f} "
    "million. This article was made automatically from market data and read by an editor. It is no advice to buy or to sell.",
)
JUNK: Final = ("Loading...", "403 Forbidden", "", "Subscribe to read on", "Please enable JavaScript")
KINDS: Final = (
    *(
        "exact",
        "exact",
        "tailcut",
        "lead",
        "local",
        "boiler",
        "encoding",
        "ocr",
        "reorder",
        "update",
        "brief",
    ),
    "mix",
)
SHARES: Final = {
    **{"exact": 1761, "boiler": 1530, "tailcut": 1156, "mix": 856, "update": 833, "local": 783, "lead": 748},
    **{"encoding": 578, "brief": 476, "ocr": 465, "reorder": 388},
}
"""How often the evaluation corpus has each kind of copy."""
_STEPS: Final = ("tailcut", "lead", "local", "boiler", "encoding", "ocr")
_SWAPS: Final = {"l": "1", "o": "0", "e": "c", "a": "o", "s": "5", "n": "u", "t": "f", "h": "b"}
_WORD: Final = re.compile(r"[A-Za-z]{4,}")
_KEPT_WORDS: Final = 90
"""Frequent long words that stay when a text gets another vocabulary (as short words, numbers and names in <> do)."""


class Newsroom:
    """Invents reports: words by Zipf's law, stock phrases, sentences and paragraphs as news has them."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        sounds = [c + v for c in "bcdfghjklmnprstvwz" for v in "aeiou"]
        self.words = [
            "".join(self.rng.choices(sounds, k=self.rng.choice((1, 2, 2, 3, 3, 4)))) for _ in range(20_000)
        ]
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(self.words))))
        self.phrases = [" ".join(self.pick(self.rng.randint(3, 6))) for _ in range(300)]

    def pick(self, count: int) -> list[str]:
        """So many words."""
        return self.rng.choices(self.words, cum_weights=self.weights, k=count)

    def paragraph(self) -> str:
        """A few sentences."""
        parts: list[str] = []
        for _ in range(self.rng.randint(2, 4)):
            parts += [*self.pick(self.rng.randint(4, 9)), self.rng.choice(self.phrases)]
            if self.rng.random() < 0.3:
                parts.append(str(self.rng.randint(2, 3000)))
        return " ".join(parts).capitalize() + "."

    def report(self) -> list[str]:
        """The paragraphs of one report."""
        return [self.paragraph() for _ in range(max(2, int(self.rng.lognormvariate(1.9, 0.5))))]

    def followup(self, background: Sequence[str]) -> list[str]:
        """New paragraphs, then the second half of an earlier report."""
        half = len(background) // 2
        return [*(self.paragraph() for _ in range(max(2, half))), *background[half:]]

    def gap(self) -> float:
        """Days from a report to one that follows it up."""
        return self.rng.uniform(2, 90)

    def brief(self, paragraphs: int) -> int:
        """Paragraphs of a report with so many that a brief takes."""
        return 1

    def copies(self) -> int:
        """Copies of one report."""
        return min(LARGEST - 1, max(1, int(self.rng.paretovariate(1.1))))

    def kind(self) -> str:
        """How a copy is changed."""
        return self.rng.choice(KINDS)

    def steps(self) -> list[str]:
        """The changes of a copy that was changed more than once."""
        return self.rng.sample(_STEPS, 2)

    def furniture(self) -> list[str]:
        """What a page shows below an article."""
        return [self.paragraph()]


class Rewriter(Newsroom):
    """Reports with the sentences of an evaluation corpus: each of its plain articles once as it is, then with other vocabularies.

    Other vocabularies leave short and frequent words and all numbers in place, as the corpus itself does, so that two reports
    from one article are hard negatives of each other.
    """

    def __init__(self, path: Path, seed: int) -> None:
        super().__init__(seed)
        table = pq.read_table(path, columns=["kind", "title", "text"])
        plain = [row for row in table.to_pylist() if row["kind"] in ("orig", "single")]
        plain = [row for row in plain if row["title"].isupper()] or plain
        self.originals = [row["text"].split("\n\n") for row in plain]
        self.titles = [row["title"] for row in plain]
        self.rng.shuffle(self.originals)
        counts = Counter(word for lines in self.originals for word in _WORD.findall(" ".join(lines).lower()))
        self.kept = {word for word, _ in counts.most_common(_KEPT_WORDS)}
        self.common = [word for word in counts if word not in self.kept]
        self.shares = list(itertools.accumulate(counts[word] for word in self.common))
        self.used = 0

    def paragraph(self) -> str:
        """One paragraph of any article."""
        return self.rng.choice(self.rng.choice(self.originals))

    def report(self) -> list[str]:
        """One article: half of them as they are until all were used, the others with another vocabulary."""
        if self.used < len(self.originals) and self.rng.random() < 0.6:
            self.used += 1
            return list(self.originals[self.used - 1])
        return self.reword(self.rng.choice(self.originals))

    def reword(self, lines: Sequence[str]) -> list[str]:
        """The same sentences with most of their longer words replaced by others, each by the same throughout."""
        text = "\n\n".join(lines)
        old = [word for word in dict.fromkeys(_WORD.findall(text.lower())) if word not in self.kept]
        new = dict(zip(old, self.rng.choices(self.common, cum_weights=self.shares, k=len(old)), strict=True))

        def replace(found: re.Match[str]) -> str:
            word = found.group()
            other = new.get(word.lower(), word)
            return other if word[0].islower() else other.capitalize()

        return _WORD.sub(replace, text).split("\n\n")

    def followup(self, background: Sequence[str]) -> list[str]:
        """Another report, then the first fifth of an earlier one."""
        share = max(1, round(len(background) * self.rng.uniform(0.15, 0.3)))
        return [*self.report(), *background[:share]]

    def gap(self) -> float:
        """Days from a report to one that follows it up."""
        return self.rng.uniform(1, 210)

    def brief(self, paragraphs: int) -> int:
        """Paragraphs of a report with so many that a brief takes: about a fifth of them."""
        return max(1, round(paragraphs * self.rng.uniform(0.08, 0.3)))

    def copies(self) -> int:
        """Copies of one report."""
        return min(LARGEST - 1, max(1, int(self.rng.paretovariate(1.25))))

    def kind(self) -> str:
        """How a copy is changed, as often as in the evaluation corpus."""
        return self.rng.choices(list(SHARES), weights=list(SHARES.values()))[0]

    def steps(self) -> list[str]:
        """Two or three changes."""
        return self.rng.sample(_STEPS, self.rng.choice((2, 2, 3)))

    def furniture(self) -> list[str]:
        """Headlines and first paragraphs of other articles."""
        titles = self.rng.sample(self.titles, self.rng.randint(3, 8))
        return ["Related News", *titles, *(self.paragraph() for _ in range(self.rng.randint(2, 5)))]


def _scan(text: str, rng: random.Random) -> str:
    """The text as a bad scan reads it: four letters in a hundred wrong, a few spaces lost or won."""
    out = []
    for letter in text:
        draw = rng.random()
        if letter in _SWAPS and draw < 0.06:
            out.append(_SWAPS[letter])
        elif draw > 0.997:
            out.append("")
        elif draw > 0.994:
            out.append(letter + " ")
        else:
            out.append(letter)
    return "".join(out)


def _encode(text: str, rng: random.Random) -> str:
    """The text with soft hyphens, other spaces, entities or ligatures."""
    manners: list[Callable[[str], str]] = [
        lambda t: re.sub(r"(\w{4})(\w{3})", "\\1\u00ad\\2", t),
        lambda t: t.replace(" ", "\u00a0"),
        lambda t: t.replace("fi", "ﬁ").replace(".", "&#46;"),
    ]
    return rng.choice(manners)(text)


def _copy(lines: list[str], kind: str, room: Newsroom, source: str) -> list[str]:
    """One copy of a report, changed in one manner."""
    rng = room.rng
    if kind == "tailcut":
        return lines[: max(1, round(len(lines) * rng.uniform(0.3, 0.8)))]
    if kind == "lead":
        return [room.paragraph(), *lines[1:]]
    if kind == "local":
        at = rng.randrange(len(lines) + 1)
        return [*lines[:at], room.paragraph(), *lines[at:]]
    if kind == "boiler":
        tail = f"Copyright {source}. All rights are kept. Comments are read first. Follow us."
        return [f"Home News Sport Opinion Subscribe {source} Search", *lines, *room.furniture(), tail]
    if kind == "encoding":
        return [_encode(line, rng) for line in lines]
    if kind == "ocr":
        return [_scan(line, rng) for line in lines]
    if kind == "reorder":
        return rng.sample(lines, len(lines))
    if kind == "update":
        changed = [
            re.sub(r"\d+", lambda _: str(rng.randint(2, 3000)), x) if rng.random() < 0.4 else x for x in lines
        ]
        return [room.paragraph(), *changed]
    if kind == "brief":
        return lines[: room.brief(len(lines))]
    if kind == "mix":
        for step in room.steps():
            lines = _copy(lines, step, room, source)
        return lines
    return lines


def make_corpus(articles: int, seed: int = 7, like: Path | None = None) -> pa.Table:
    """So many articles in random order, invented, or with sentences of the evaluation corpus at *like*."""
    room = Rewriter(like, seed) if like else Newsroom(seed)
    rng = room.rng
    rows: list[dict[str, Any]] = []

    def add(lines: Sequence[str], gold: int, kind: str, at: datetime, source: str) -> None:
        url = f"https://{source}/{at:%Y/%m}/{len(rows)}"
        rows.append(
            {"url": url, "site": source, "published": at, "crawled": at + timedelta(hours=rng.expovariate(0.05)), "title": "",
             "text": "\n\n".join(lines), "gold": gold, "kind": kind}
        )  # fmt: skip

    def outlet() -> str:
        return f"paper{rng.randrange(SOURCES):03}.example"

    earlier: list[tuple[datetime, list[str]]] = []
    for gold in itertools.count():
        if len(rows) >= articles:
            break
        at, draw = START + timedelta(hours=rng.uniform(0, 24 * 3650)), rng.random()
        if draw < 0.04:
            numbers = {key: rng.randint(3, 120) for key in "abcdefg"}
            names = {"n": room.pick(1)[0].title(), "m": room.pick(1)[0].title()}
            add([rng.choice(FORMS).format(**numbers, **names)], gold, "neg_template", at, outlet())
        elif draw < 0.045:
            add([rng.choice(JUNK)], gold, "neg_junk", at, outlet())
        elif draw < 0.10 and earlier:
            before, background = rng.choice(earlier)
            then = before + timedelta(days=room.gap())
            add(room.followup(background), gold, "neg_followup", then, outlet())
        elif draw < 0.66:
            lines = room.report()
            earlier.append((at, lines))
            add(lines, gold, "single", at, outlet())
        else:
            lines = room.report()
            add(lines, gold, "orig", at, outlet())
            for _ in range(room.copies()):
                kind, source = room.kind(), outlet()
                then = at + timedelta(hours=rng.expovariate(1 / 24))
                add(_copy(list(lines), kind, room, source), gold, kind, then, source)
    rng.shuffle(rows)
    table = pa.Table.from_pylist(rows[:articles])
    return table.append_column("id", pa.array(range(len(table)), pa.int64()))
