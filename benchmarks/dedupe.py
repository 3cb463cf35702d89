"""Duplicate search beside datasketch and rensa on one made-up corpus, and one day's articles against ten million old ones.

    python -m benchmarks.dedupe                         20,000 articles, three systems in one run
    python -m benchmarks.dedupe --articles 100000 --seed 3
    python -m benchmarks.dedupe --history 1000000 10000000      10,000 new articles against so many old ones

The corpus is invented word by word: reports with copies cut at the tail, with a new lead, a local paragraph, boilerplate, other
encodings, scanning errors, paragraphs in another order, updates, short pieces taken whole; beside them follow-ups over shared
background, forms filled with other figures, pages that are no article, and articles that stand alone.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import random
import re
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tasks.dedupe.batch import SKETCHES, DedupeOptions, dedupe_articles, update_groups
from tasks.dedupe.index import Changes
from tasks.dedupe.state import commit, open_index
from tasks.dedupe.tables import ARTICLE, ASSIGNED, NOBODY

START = datetime(2015, 1, 1)
SOURCES = 400
FORMS = (
    "The weather service issued its outlook for {n}. Expect a high of {a} degrees and a low of {b} degrees with a {c} percent chance "
    "of rain. Winds will reach {d} miles per hour with gusts of {e}. Humidity stands at {f} percent. The next outlook follows tomorrow.",
    "{n} beat {m} {a} to {b} last night to improve to {c} wins and {d} losses. The best player had {e} points and {f} rebounds. "
    "The two teams meet again in {g} days. Tickets for the next game are on sale at the box office and at the gates.",
    "Shares of {n} rose {a}.{b} percent to close at {c}.{d} in heavy trading. Volume was {e} million against a daily average of {f} "
    "million. This article was made automatically from market data and read by an editor. It is no advice to buy or to sell.",
)
JUNK = ("Loading...", "403 Forbidden", "", "Subscribe to read on", "Please enable JavaScript")


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


def _scan(text: str, rng: random.Random) -> str:
    """The text as a bad scan reads it: four letters in a hundred wrong, a few spaces lost or won."""
    swaps = {"l": "1", "o": "0", "e": "c", "a": "o", "s": "5", "n": "u", "t": "f", "h": "b"}
    out = []
    for letter in text:
        draw = rng.random()
        if letter in swaps and draw < 0.06:
            out.append(swaps[letter])
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
        return [f"Home News Sport Opinion Subscribe {source} Search", *lines, room.paragraph(), tail]
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
        return lines[:1]
    if kind == "mix":
        for step in rng.sample(["tailcut", "lead", "local", "boiler", "encoding", "ocr"], 2):
            lines = _copy(lines, step, room, source)
        return lines
    return lines


KINDS = (
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
    "mix",
)


def make_corpus(articles: int, seed: int = 7) -> pa.Table:
    """Made-up articles in random order, with the columns of the evaluation seam and the truth: ``gold`` and ``kind``."""
    room = Newsroom(seed)
    rng, rows = room.rng, []

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
            own = [room.paragraph() for _ in range(max(2, len(background) // 2))]
            add(
                [*own, *background[len(background) // 2 :]],
                gold,
                "neg_followup",
                before + timedelta(days=rng.uniform(2, 90)),
                outlet(),
            )
        elif draw < 0.66:
            lines = room.report()
            earlier.append((at, lines))
            add(lines, gold, "single", at, outlet())
        else:
            lines = room.report()
            add(lines, gold, "orig", at, outlet())
            for _ in range(min(59, max(1, int(rng.paretovariate(1.1))))):
                kind, source = rng.choice(KINDS), outlet()
                add(
                    _copy(list(lines), kind, room, source),
                    gold,
                    kind,
                    at + timedelta(hours=rng.expovariate(1 / 24)),
                    source,
                )
    rng.shuffle(rows)
    table = pa.Table.from_pylist(rows[:articles])
    return table.append_column("id", pa.array(range(len(table)), pa.int64()))


def measure(gold: Sequence[int], kinds: Sequence[str], found: Sequence[int]) -> dict[str, float]:
    """Pair and B³ scores, share of copies found per kind, share of others wrongly merged, and the largest group."""
    both = Counter(zip(gold, found, strict=True))
    truth, guess = Counter(gold), Counter(found)
    hits, right, said = (sum(n * (n - 1) // 2 for n in c.values()) for c in (both, truth, guess))
    precision, recall = hits / said if said else 1.0, hits / right if right else 1.0
    b_precision = sum(n * n / guess[p] for (_, p), n in both.items()) / len(gold)
    b_recall = sum(n * n / truth[g] for (g, _), n in both.items()) / len(gold)
    home = {g: p for g, p, kind in zip(gold, found, kinds, strict=True) if kind == "orig"}
    mixed = {p for p, n in Counter(p for _, p in both).items() if n > 1}
    scores = {
        "pair_f1": _mean(precision, recall),
        "b3_f1": _mean(b_precision, b_recall),
        "largest": max(guess.values()),
    }
    for kind in sorted(set(kinds) - {"orig"}):
        rows = [
            (g, p)
            for g, p, k in zip(gold, found, kinds, strict=True)
            if k == kind and (g in home or k[:3] in ("neg", "sin"))
        ]
        merged = kind.startswith("neg") or kind == "single"
        scores[kind] = sum(p in mixed if merged else home[g] == p for g, p in rows) / max(1, len(rows))
    return scores


def _mean(one: float, other: float) -> float:
    """Harmonic mean."""
    return 2 * one * other / (one + other) if one + other else 0.0


def _shingle_sets(texts: Sequence[str]) -> list[list[bytes]]:
    """Three-word shingles as the peers take them."""
    cut = (re.findall(r"\w+", text.lower()) for text in texts)
    return [[" ".join(w[at : at + 3]).encode() for at in range(max(1, len(w) - 2))] for w in cut]


def by_datasketch(table: pa.Table) -> list[int]:
    """datasketch: MinHash of 128 permutations, LSH at .5, joined to the first match."""
    from datasketch import MinHash, MinHashLSH

    index, home = MinHashLSH(threshold=0.5, num_perm=128), list[int]()
    for row, shingles in enumerate(_shingle_sets(table["text"].to_pylist())):
        sketch = MinHash(128)
        sketch.update_batch(shingles)
        near = index.query(sketch)
        home.append(home[min(near)] if near else row)
        index.insert(row, sketch)
    return home


def by_rensa(table: pa.Table) -> list[int]:
    """rensa: the same with its own MinHash and LSH."""
    from rensa import RMinHash, RMinHashLSH

    index, home = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32), list[int]()
    for row, shingles in enumerate(_shingle_sets(table["text"].to_pylist())):
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update([s.decode() for s in shingles])
        near = index.query(sketch)
        home.append(home[min(near)] if near else row)
        index.insert(row, sketch)
    return home


def compare(articles: int, seed: int) -> None:
    """Print one line per system: quality, and articles per CPU second beside ours."""
    table = make_corpus(articles, seed)
    gold, kinds = table["gold"].to_pylist(), table["kind"].to_pylist()
    ours = 0.0
    for name, search in (("columninch", dedupe_articles), ("datasketch", by_datasketch), ("rensa", by_rensa)):
        before = time.process_time()
        try:
            found = search(table)
        except ImportError:
            print(f"{name}: not installed (pip install 'columninch[benchmark]')")
            continue
        rate = len(table) / (time.process_time() - before)
        ours = ours or rate
        scores = " ".join(f"{key} {value:.3f}" for key, value in measure(gold, kinds, found).items())
        print(f"{name}: {rate:,.0f} articles per CPU s (x {rate / ours:.2f}) {scores}", flush=True)


def make_history(folder: Path, articles: int, shingles: int = 37) -> None:
    """An index of made-up sketches over one year, written a million at a time; no texts."""
    rng, options = np.random.default_rng(1), DedupeOptions()
    year = 365 * 86_400_000_000
    for first in range(0, articles, 1_000_000):
        size, index = min(1_000_000, articles - first), open_index(folder, options)
        rows = np.zeros(size, ARTICLE)
        rows["id"], rows["digest"] = (
            rng.integers(-(2**62), 2**62, size),
            rng.integers(1, 2**63, size, dtype=np.uint64),
        )
        rows["at"] = rows["captured"] = (first + np.arange(size)) * (year // articles)
        rows["source"], rows["words"], rows["samples"] = rng.integers(1, 5000, size), 300, shingles
        ordinals = np.arange(index.size, index.size + size)
        index.add(
            rows,
            rng.integers(0, 2**32, size * shingles, dtype=np.uint32),
            np.repeat(np.arange(size), shingles),
        )
        assigned = np.zeros(size, ASSIGNED)
        assigned["group"], assigned["canonical"], assigned["next"], assigned["mints"] = (
            rows["id"],
            ordinals,
            NOBODY,
            1,
        )
        commit(index, Changes(ordinals.astype(np.uint32), assigned), np.zeros(0, np.uint32), {})


def make_batch(articles: int, seed: int, shingles: int = 37) -> pa.Table:
    """Sketches of new articles of the last days of that year."""
    rng = np.random.default_rng(seed)
    at = pa.array(
        np.sort(rng.integers(364 * 86_400_000_000, 365 * 86_400_000_000, articles)),
        pa.timestamp("us", tz="UTC"),
    )
    hashes = np.sort(rng.integers(0, 2**61, (articles, shingles), dtype=np.uint64), axis=1).ravel()
    columns: dict[str, Any] = {
        "article_id": rng.integers(-(2**62), 2**62, articles),
        "digest": rng.integers(1, 2**63, articles, dtype=np.uint64),
        "word_count": np.full(articles, 300, np.int32),
        "shingles": pa.ListArray.from_arrays(
            pa.array(np.arange(0, articles * shingles + 1, shingles, dtype=np.int32)), pa.array(hashes)
        ),
        "source": [f"source {number % 5000}" for number in range(articles)],
        "url_hash": np.zeros(articles, np.uint32),
        "lead_hash": np.zeros(articles, np.uint32),
        "published_at": at,
        "captured_at": at,
        "start": np.zeros(articles, np.int32),
        "end": np.full(articles, 2000, np.int32),
    }
    return SKETCHES.check(pa.table(columns))


def take_batch(folder: Path, new: int, seed: int) -> tuple[float, float, int]:
    """CPU seconds, seconds and peak megabytes (in a process of its own) that a batch costs."""
    batch, cpu, wall = make_batch(new, seed), time.process_time(), time.monotonic()
    update_groups(folder, [batch], lambda ids: {})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return time.process_time() - cpu, time.monotonic() - wall, peak


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's answer, from a process that does nothing else."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def against_history(sizes: Sequence[int], new: int = 10_000) -> None:
    """Print what a batch costs against each size of history, the second time it is tried: then the files are in memory."""
    costs: list[float] = []
    for articles in sizes:
        folder = Path(tempfile.mkdtemp(prefix="dedupe-"))
        try:
            _apart(make_history, folder / "index", articles)
            size = sum(path.stat().st_size for path in (folder / "index").iterdir()) / articles
            cpu, wall, peak = [_apart(take_batch, folder / "index", new, seed) for seed in (2, 3)][-1]
            costs.append(cpu)
            print(
                f"{new:,} new against {articles:,}: {cpu:.2f} CPU s (x {cpu / costs[0]:.2f}), {wall:.2f} s, peak {peak} MB, "
                f"{size:.0f} bytes per article",
                flush=True,
            )
        finally:
            shutil.rmtree(folder)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--history", type=int, nargs="+", metavar="SIZE")
    arguments = parser.parse_args()
    if arguments.history:
        against_history(arguments.history)
    else:
        compare(arguments.articles, arguments.seed)


if __name__ == "__main__":
    main()
