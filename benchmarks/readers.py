"""Readers that ask every query over and over while the marts are rebuilt and their writers are killed.

``python -m benchmarks.readers [--reads 1500] [--kills 100]`` prints one JSON object: reads, those that failed or gave another
answer than the lake has, kills, and how often the marts were left with a table that cannot be read or with other rows.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from itertools import cycle
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from benchmarks.storylines import commit_reports
from benchmarks.synthetic_events import make_reports
from tasks.analyse.lake import LakeReader, connect, write_views
from tasks.analyse.queries import list_queries
from tasks.contracts import GROUPED, GROUPS
from tasks.errors import CorpusError
from tasks.marts.build import refresh_marts
from tasks.store import Lake

ACTOR = "Ilse Marwood"


def rebuild(root: Path) -> None:
    """Forget that the marts are current, and make every file of them anew, for ever: what a reader meets at its worst."""
    lake = Lake(root)
    while True:
        with lake.lock():
            shutil.rmtree(root / "units" / "receipts" / "marts", ignore_errors=True)
            list(refresh_marts(lake, GROUPED.empty(), GROUPS.empty()))
            write_views(root)


def ask(reader: LakeReader, name: str) -> list[tuple[Any, ...]]:
    """The rows of a named query with the parameters that it needs, or of its table."""
    query = next(q for q in list_queries() if q.name == name)
    given = {"actor": ACTOR, "topic": "flood", "words": "river"}
    return reader.query(name, **{p.name: given[p.name] for p in query.parameters if p.is_required}).fetchall()


def read_for(
    root: Path, reads: int, answers: dict[str, Any], told: dict[str, int], stop: threading.Event
) -> None:
    """Ask the queries in turn, every fourth time with a connection of its own and once in a while through ``lake.duckdb``."""
    names = cycle(sorted(answers))
    with connect(root, threads=1) as steady:
        while told["reads"] < reads and not stop.is_set():
            name = next(names)
            told["reads"] += 1
            try:
                if told["reads"] % 4:
                    rows = ask(steady, name)
                else:
                    with connect(root, threads=1) as fresh:
                        rows = ask(fresh, name)
                    with duckdb.connect(str(root / "lake.duckdb"), read_only=True) as shell:
                        shell.execute("SELECT count(*) FROM articles").fetchall()
            except (duckdb.Error, CorpusError, OSError) as error:
                told["failed"] += 1
                print(f"{name}: {error}", file=sys.stderr)
            else:
                told["wrong"] += rows != answers[name]


def count_broken(root: Path, rows: dict[str, int]) -> int:
    """Mart files that cannot be read or have another number of rows than they should."""
    broken = 0
    for path, count in rows.items():
        try:
            broken += pq.read_table(root / path, partitioning=None).num_rows != count
        except (OSError, ValueError):
            broken += 1
    return broken


def measure(root: Path, reads: int, kills: int, seed: int = 1) -> dict[str, int]:
    """Counts as the module says, for a lake made below *root*."""
    rng = random.Random(seed)
    lake = Lake(root)
    commit_reports(lake, "unit-a", make_reports(5, events=6, days=40), 1)
    list(refresh_marts(lake, GROUPED.empty(), GROUPS.empty()))
    write_views(root)
    rows = {str(p.relative_to(root)): pq.read_metadata(p).num_rows for p in root.glob("marts/**/*.parquet")}
    with connect(root, threads=1) as reader:
        answers = {q.name: ask(reader, q.name) for q in list_queries()}
    told = {"reads": 0, "failed": 0, "wrong": 0, "kills": 0, "files_replaced": 0, "broken_tables": 0}
    stop = threading.Event()
    readers = threading.Thread(target=read_for, args=(root, reads, answers, told, stop))
    readers.start()
    try:
        while readers.is_alive() or told["kills"] < kills:
            code = f"from pathlib import Path; from benchmarks.readers import rebuild; rebuild(Path({str(root)!r}))"
            writer = subprocess.Popen([sys.executable, "-c", code])
            before = {path: (root / path).stat().st_ino for path in rows}
            time.sleep(1.5 + rng.uniform(0.0, 2.5))
            writer.kill()
            writer.wait()
            told["files_replaced"] += sum(
                (root / path).stat().st_ino != inode for path, inode in before.items()
            )
            told["kills"] += 1
            told["broken_tables"] += count_broken(root, rows)
    finally:
        stop.set()
        readers.join()
    return told


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reads", type=int, default=1500)
    parser.add_argument("--kills", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(Path(folder) / "lake", given.reads, given.kills)))


if __name__ == "__main__":
    main()
