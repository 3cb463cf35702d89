"""What the stages that see the whole lake cost as it grows: sketches, groups, and the marts of one ever larger month.

    python -m benchmarks.scale groups 100000 300000 1000000      take in so many sketches; then one more day
    python -m benchmarks.scale marts 20000 60000 150000 --without-storylines     a month of so many articles, at 512 MB for DuckDB

Everything is made up, and each size runs in a process of its own: CPU seconds, megabytes at the peak, bytes on disk.  One article in five
copies another of the same day.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from benchmarks.dedupe import apart
from benchmarks.synthetic_words import Vocabulary
from tasks.contract import Contract
from tasks.contracts import GROUPED, GROUPS, STORYLINES, TABLES
from tasks.dedupe.batch import SKETCHES, DedupeOptions, take_units
from tasks.dedupe.shards import publish_shards
from tasks.marts import build
from tasks.marts.build import refresh_marts
from tasks.store import Lake, Work

UNIT: Final = 5000
"""Articles of one unit."""
DAY: Final = 86_400_000_000
"""Microseconds of a day."""
COPIES: Final = 0.2
"""Share of articles with the words of another."""


class Cost(NamedTuple):
    """CPU seconds, megabytes at the peak above what was held before, and bytes on disk."""

    cpu: float
    peak: int
    size: int


def _measured(work: Callable[[], object], folder: Path) -> Cost:
    """What some work costs."""
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    before = time.process_time()
    work()
    cpu = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Cost(cpu, (peak - held) // 1024, sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()))


def make_sketches(
    articles: int, seed: int, first_day: int, days: int, shingles: int = 37
) -> Iterator[pa.Table]:
    """Units of sketches of articles spread over some days, in the order of the days; copies are exact, so that no text is needed."""
    rng = np.random.default_rng(seed)
    for first in range(0, articles, UNIT):
        size = min(UNIT, articles - first)
        begin = first_day * DAY + first * days * DAY // articles
        at = np.sort(rng.integers(begin, begin + max(1, size * days * DAY // articles), size))
        copied = np.where(rng.random(size) < COPIES, rng.integers(0, size, size), np.arange(size))
        hashes = np.sort(rng.integers(0, 2**61, (size, shingles), dtype=np.uint64), axis=1)[copied].ravel()
        starts = pa.array(np.arange(0, size * shingles + 1, shingles, dtype=np.int32))
        times = pa.array(at, pa.timestamp("us", tz="UTC"))
        columns: dict[str, Any] = {
            "article_id": rng.integers(-(2**62), 2**62, size),
            "digest": rng.integers(1, 2**63, size, dtype=np.uint64)[copied],
            "word_count": np.full(size, 300, np.int32),
            "shingles": pa.ListArray.from_arrays(starts, pa.array(hashes)),
            "source": [f"source {number}" for number in rng.integers(0, 3000, size)],
            "url_hash": np.zeros(size, np.uint32),
            "lead_hash": np.zeros(size, np.uint32),
            "published_at": times,
            "captured_at": times,
            "start": np.zeros(size, np.int32),
            "end": np.full(size, 2000, np.int32),
        }
        yield SKETCHES.check(pa.table(columns))


def _take(folder: Path, articles: int, seed: int, first_day: int, days: int) -> Cost:
    """What it costs to take sketches in and to bring the tables of groups up to date; without making the sketches."""
    options, spent = DedupeOptions(window_days=None), [0.0]

    def timed() -> Iterator[pa.Table]:
        made = make_sketches(articles, seed, first_day, days)
        while True:
            before = time.process_time()
            unit = next(made, None)
            spent[0] += time.process_time() - before
            if unit is None:
                return
            yield unit

    def work() -> None:
        take_units(folder / "duplicates", timed(), lambda ids: dict.fromkeys(ids, ""), options)
        publish_shards(folder, folder / "duplicates", options)

    cost = _measured(work, folder)
    return cost._replace(cpu=cost.cpu - spent[0])


def measure_groups(sizes: Sequence[int], new: int = 20_000) -> None:
    """Print what history costs to build at each size, and then one more day of *new* articles."""
    for articles in sizes:
        folder = Path(tempfile.mkdtemp(prefix="scale-"))
        try:
            whole = apart(_take, folder, articles, 1, 0, 3650)
            day = apart(_take, folder, new, 2, 3650, 1)
            print(
                f"groups of {articles:,}: {whole.cpu:.1f} CPU s ({whole.cpu / articles * 1e6:.0f} µs each), peak {whole.peak} MB, "
                f"{whole.size / articles:.0f} bytes each; {new:,} more: {day.cpu:.2f} CPU s, peak {day.peak} MB",
                flush=True,
            )
        finally:
            shutil.rmtree(folder)


def make_lake(root: Path, articles: int, month: str = "2024-01") -> None:
    """A lake of units that all lie in one month, cleaned and enriched, without captures."""
    lake, words = Lake(root), Vocabulary(3)
    for first in range(0, articles, UNIT):
        size, unit = min(UNIT, articles - first), f"unit-{first // UNIT:06}"
        for stage, tables in _unit_tables(
            np.random.default_rng(first), words, first, size, unit, month
        ).items():
            lake.commit(
                stage, unit, unit, "1", "", lambda run_id, tables=tables, size=size: Work(tables, size, size)
            )


def _unit_tables(
    rng: np.random.Generator, words: Vocabulary, first: int, size: int, unit: str, month: str
) -> dict[str, dict[str, pa.Table]]:
    """The tables of one unit, by stage."""
    ids = np.sort(rng.integers(-(2**62), 2**62, size))
    days = np.sort(rng.integers(1, 29, size))
    on = [datetime(int(month[:4]), int(month[5:]), int(day), tzinfo=UTC).date() for day in days]
    at = [datetime(int(month[:4]), int(month[5:]), int(day), 12, tzinfo=UTC) for day in days]
    sources = [f"source {number}" for number in rng.integers(0, 3000, size)]
    cleaned = {
        "article_id": ids, "url": [f"https://paper.example/{month}/{first + n}" for n in range(size)], "source": sources,
        "canonical_url": [f"https://paper.example/{month}/{first + n}" for n in range(size)], "published_on": on, "published_at": at,
        "captured_at": at, "title": words.texts(rng, size, 9), "lead": words.texts(rng, size, 25), "word_count": np.full(size, 300),
        "extractor": ["blocks"] * size, "unit_id": [unit] * size, "run_id": ["r"] * size, "capture_id": ids,
    }  # fmt: skip
    texts = {"article_id": ids, "published_on": on, "text": words.texts(rng, size, 300)}
    enriched = {
        "article_id": ids, "language": ["en"] * size, "language_score": np.ones(size), "topics": [[]] * size,
        "dates_mentioned": [[]] * size, "enrich_version": ["1"] * size, "tone": rng.random(size),
    }  # fmt: skip
    each = np.repeat(np.arange(size), 5)
    actors = [f"Q{number}" for number in (rng.zipf(1.3, len(each)) % 20_000)]
    mentions = {
        "actor_id": actors, "published_on": [on[n] for n in each], "article_id": ids[each], "source": [sources[n] for n in each],
        "kind": ["person"] * len(each), "count": np.ones(len(each)), "salience": rng.random(len(each)),
        "in_title": np.zeros(len(each), bool), "is_quoted": np.zeros(len(each), bool),
    }  # fmt: skip
    spans = {
        "article_id": ids[each], "actor_id": actors, "surface": actors, "kind": ["person"] * len(each),
        "start": rng.integers(0, 1800, len(each)), "end": rng.integers(1800, 1900, len(each)), "sentence": np.zeros(len(each)),
        "how": ["gazetteer"] * len(each), "tagger_version": ["1"] * len(each),
    }  # fmt: skip
    enrich = {
        "enriched": enriched,
        "mentions": mentions,
        "mention_spans": spans,
        "quotes": {},
        "places": {},
        "actors": {},
    }
    return {
        "clean": {name: _table(TABLES[name], c) for name, c in (("cleaned", cleaned), ("texts", texts))},
        "enrich": {name: _table(TABLES[name], columns) for name, columns in enrich.items()},
    }


def _table(contract: Contract, columns: dict[str, Any]) -> pa.Table:
    """Columns as a table of a contract; null where a column is not given."""
    size = len(next(iter(columns.values()), ()))
    arrays = [
        pa.array(columns[f.name], f.type, from_pandas=False) if f.name in columns else pa.nulls(size, f.type)
        for f in contract.schema
    ]
    return contract.check(pa.Table.from_arrays(arrays, schema=contract.schema))


def _build(root: Path, memory: str, storylines: bool) -> Cost:
    """What the marts of a lake cost."""
    if not storylines:
        build.gather_periods = lambda connection, files, months: dict.fromkeys(months)
        build.build_storylines = lambda period, month, before: STORYLINES.empty()

    def work() -> None:
        for _ in refresh_marts(Lake(root), GROUPED.empty(), GROUPS.empty(), memory=memory):
            pass

    return _measured(work, root / "marts" if (root / "marts").exists() else root)


def measure_marts(sizes: Sequence[int], memory: str, storylines: bool) -> None:
    """Print what the marts of one month cost at each size, and what a refresh costs in which nothing changed."""
    for articles in sizes:
        root = Path(tempfile.mkdtemp(prefix="scale-"))
        try:
            apart(make_lake, root, articles)
            made, idle = (apart(_build, root, memory, storylines) for _ in range(2))
            size = sum(p.stat().st_size for p in (root / "marts").rglob("*.parquet"))
            print(
                f"marts of {articles:,} in one month, {memory} for DuckDB: {made.cpu:.1f} CPU s ({made.cpu / articles * 1e6:.0f} µs each), "
                f"peak {made.peak} MB, {size / articles:.0f} bytes each; again, nothing new: {idle.cpu:.2f} CPU s, peak {idle.peak} MB",
                flush=True,
            )
        finally:
            shutil.rmtree(root)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("groups", "marts"))
    parser.add_argument("sizes", type=int, nargs="+", metavar="ARTICLES")
    parser.add_argument("--memory", default="512MB", help="memory of DuckDB for marts")
    parser.add_argument(
        "--without-storylines", action="store_true", help="marts: storylines grow faster than the rest"
    )
    arguments = parser.parse_args()
    if arguments.what == "groups":
        measure_groups(arguments.sizes)
    else:
        measure_marts(arguments.sizes, arguments.memory, not arguments.without_storylines)


if __name__ == "__main__":
    main()
