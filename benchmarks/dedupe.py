"""Duplicate search beside datasketch and rensa on one made-up corpus, and one day's articles against ten million old ones.

    python -m benchmarks.dedupe                         20,000 articles, three systems in one run
    python -m benchmarks.dedupe --articles 100000 --seed 3 --alone
    python -m benchmarks.dedupe --like ../shared/eval/dedupe/corpus_seed7.parquet --seed 11     unseen, with that corpus's sentences
    python -m benchmarks.dedupe --on ../shared/eval/dedupe/corpus_seed7.parquet                 that corpus itself
    python -m benchmarks.dedupe --history 1000000 10000000      10,000 new articles against so many old ones

A corpus has reports with copies cut at the tail, with a new lead, a local paragraph, boilerplate, other encodings, scanning
errors, paragraphs in another order, updates, short pieces taken whole; beside them follow-ups over shared background, forms
filled with other figures, pages that are no article, and articles that stand alone (``benchmarks.dedupe_corpora``).
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.dedupe_corpora import make_corpus
from benchmarks.entrypoints import dedupe
from tasks.dedupe.batch import SKETCHES, DedupeOptions, update_groups
from tasks.dedupe.index import Changes
from tasks.dedupe.state import commit, open_index
from tasks.dedupe.tables import ARTICLE, ASSIGNED, NOBODY


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


def _texts(path: Path) -> list[str]:
    """The texts of a corpus."""
    return list(pq.read_table(path, columns=["text"])["text"].to_pylist())


def _shingle_sets(texts: Sequence[str]) -> list[list[bytes]]:
    """Three-word shingles as the peers take them."""
    cut = (re.findall(r"\w+", text.lower()) for text in texts)
    return [[" ".join(w[at : at + 3]).encode() for at in range(max(1, len(w) - 2))] for w in cut]


def by_datasketch(path: Path) -> list[int]:
    """datasketch: MinHash of 128 permutations, LSH at .5, joined to the first match."""
    from datasketch import MinHash, MinHashLSH

    index, home = MinHashLSH(threshold=0.5, num_perm=128), list[int]()
    for row, shingles in enumerate(_shingle_sets(_texts(path))):
        sketch = MinHash(128)
        sketch.update_batch(shingles)
        near = index.query(sketch)
        home.append(home[min(near)] if near else row)
        index.insert(row, sketch)
    return home


def by_rensa(path: Path) -> list[int]:
    """rensa: the same with its own MinHash and LSH."""
    from rensa import RMinHash, RMinHashLSH

    index, home = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32), list[int]()
    for row, shingles in enumerate(_shingle_sets(_texts(path))):
        sketch = RMinHash(num_perm=128, seed=1)
        sketch.update([s.decode() for s in shingles])
        near = index.query(sketch)
        home.append(home[min(near)] if near else row)
        index.insert(row, sketch)
    return home


def by_columninch(path: Path) -> list[int]:
    """Ours, through the seam: file to file."""
    out = path.with_suffix(".groups.parquet")
    dedupe(str(path), str(out))
    return list(pq.read_table(out)["cluster"].to_pylist())


def compare(table: pa.Table, systems: Sequence[str]) -> None:
    """Print one line per system: quality, articles per CPU second beside ours, and its peak memory; each in a process of its own."""
    gold, kinds = table["gold"].to_pylist(), table["kind"].to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.parquet"
        pq.write_table(table, path)
        del table
        ours = 0.0
        for name in systems:
            try:
                found, cpu, peak = apart(_run_system, name, path)
            except ImportError:
                print(f"{name}: not installed (pip install 'columninch[benchmark]')")
                continue
            rate = len(gold) / cpu
            ours = ours or rate
            scores = " ".join(f"{key} {value:.4g}" for key, value in measure(gold, kinds, found).items())
            print(
                f"{name}: {rate:,.0f} articles per CPU s (x {rate / ours:.2f}), peak {peak} MB, {scores}",
                flush=True,
            )
        print(f"truth: largest {max(Counter(gold).values())}")


def _run_system(name: str, path: Path) -> tuple[list[int], float, int]:
    """Groups that a system finds in a file, CPU seconds it took from file to groups, and megabytes at its peak."""
    search = {"columninch": by_columninch, "datasketch": by_datasketch, "rensa": by_rensa}[name]
    before = time.process_time()
    found = search(path)
    return found, time.process_time() - before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


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


def apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """The function's answer, from a process that does nothing else."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(function, arguments)


def against_history(sizes: Sequence[int], new: int = 10_000) -> None:
    """Print what a batch costs against each size of history, the second time it is tried: then the files are in memory."""
    costs: list[float] = []
    for articles in sizes:
        folder = Path(tempfile.mkdtemp(prefix="dedupe-"))
        try:
            apart(make_history, folder / "index", articles)
            size = sum(path.stat().st_size for path in (folder / "index").iterdir()) / articles
            cpu, wall, peak = [apart(take_batch, folder / "index", new, seed) for seed in (2, 3)][-1]
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
    parser.add_argument("--like", type=Path, help="evaluation corpus whose sentences are used")
    parser.add_argument("--on", type=Path, help="corpus to use as it is")
    parser.add_argument("--alone", action="store_true", help="without the peers")
    parser.add_argument("--history", type=int, nargs="+", metavar="SIZE")
    arguments = parser.parse_args()
    if arguments.history:
        against_history(arguments.history)
    else:
        table = (
            pq.read_table(arguments.on)
            if arguments.on
            else make_corpus(arguments.articles, arguments.seed, arguments.like)
        )
        compare(table, ("columninch",) if arguments.alone else ("columninch", "datasketch", "rensa"))


if __name__ == "__main__":
    main()
