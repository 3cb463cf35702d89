"""How right and how fast the queries are: planted truth found again, and CPU per query at two sizes.

``python -m benchmarks.analyse [--articles N]`` draws lakes into a temporary folder and prints one JSON object:
``truth`` (precision and recall over what was planted, Poisson and overdispersed), ``cpu_ms`` per query and size, and
``growth``, the ratio of the two.  Only ratios compare between machines.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.synthetic_marts import Plan, Truth, make_lake
from tasks.analyse.lake import LakeReader, connect

CALLS: dict[str, dict[str, object]] = {
    "actor_trend": {"actor": "ci:00040"},
    "topic_share": {"bucket": "month"},
    "rising_actors": {},
    "rising_topics": {},
    "co_mentions": {"actor": "ci:00040"},
    "mix_adjusted_trend": {"actor": "ci:00040"},
    "samples": {"actor": "ci:00040"},
    "coverage": {"bucket": "month"},
}
"""What is timed, with its parameters."""


def measure_truth(plan: Plan, folder: Path) -> dict[str, float]:
    """Precision and recall of rises, bursts and gaps of one planted lake; days and errors as fractions."""
    truth = make_lake(folder, plan)
    with connect(folder) as reader:
        return {
            **_rises(reader, truth),
            **_bursts(reader, truth),
            **_gaps(reader, truth),
            **_mix(reader, truth),
        }


def _rows(reader: LakeReader, name: str, **parameters: object) -> list[dict[str, Any]]:
    relation = reader.query(name, **parameters)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _rises(reader: LakeReader, truth: Truth) -> dict[str, float]:
    rows = _rows(reader, "rising_actors", top=10)
    found = [row["actor_id"] in truth.rising for row in rows]
    return {"rising_precision_at_10": sum(found) / len(found)}


def _bursts(reader: LakeReader, truth: Truth) -> dict[str, float]:
    """Bursts before the recent rise; false alarms per 1,000 actor-days."""
    quiet = truth.until - timedelta(days=truth.plan.recent_days)
    found = {
        (row["actor_id"], row["on_day"])
        for row in _rows(reader, "bursts", top=100_000)
        if row["on_day"] < quiet
    }
    planted = set(truth.bursts)
    days = truth.plan.actors * (truth.plan.days - truth.plan.recent_days)
    return {
        "bursts_precision": len(found & planted) / max(1, len(found)),
        "bursts_recall": len(found & planted) / max(1, len(planted)),
        "false_alarms_per_1000_actor_days": 1000 * len(found - planted) / days,
    }


def _gaps(reader: LakeReader, truth: Truth) -> dict[str, float]:
    found = set(reader.sql("SELECT c.source, c.day FROM coverage AS c WHERE c.is_gap").fetchall())
    planted = set(truth.gaps)
    return {
        "gap_precision": len(found & planted) / max(1, len(found)),
        "gap_recall": len(found & planted) / max(1, len(planted)),
    }


def _mix(reader: LakeReader, truth: Truth) -> dict[str, float]:
    """Change of the mix actor's share from the first to the second half of the time, plain and adjusted; truth is 1."""
    half = truth.plan.first_day + timedelta(days=truth.plan.days // 2)
    last = truth.until - timedelta(days=truth.plan.recent_days)
    parts = [{"until": half}, {"start": half, "until": last}]
    whole = _rows(reader, "mix_adjusted_trend", actor=truth.mix_actor, bucket="day", until=last)
    changes = {}
    for name in ("share", "adjusted_share"):
        means = [
            _mean(
                [
                    r[name]
                    for r in whole
                    if r[name] is not None and (r["bucket_on"] < half) == ("start" not in part)
                ]
            )
            for part in parts
        ]
        changes[f"mix_{name}_change"] = means[1] / means[0] if means[0] else 0.0
    return changes


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def cpu_of(work: Callable[[], object], repeats: int = 5) -> float:
    """Least CPU milliseconds of this process over some repeats."""
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return min(times)


def measure_cost(plan: Plan, folder: Path) -> dict[str, float]:
    """CPU milliseconds per query, and bytes per article without text."""
    truth = make_lake(folder, plan)
    articles = truth.counts["articles"]
    size = sum(path.stat().st_size for path in folder.glob("marts/**/*.parquet") if path.stem != "texts")
    with connect(folder, threads=1) as reader:
        costs = {
            name: round(cpu_of(lambda n=name, g=given: reader.query(n, **g).fetchall()), 1)  # type: ignore[misc]
            for name, given in CALLS.items()
        }
    return {**costs, "bytes_per_article": round(size / articles, 1)}


def measure_search(documents: int, folder: Path) -> dict[str, float]:
    """CPU milliseconds of searches over that many texts of 350 words, and bytes per article of texts and postings."""
    plan = Plan(
        articles=documents, days=120, sources=27, actors=200, mentions_per_article=1, gaps=0, text_words=350
    )
    articles = make_lake(folder, plan).counts["articles"]
    found: dict[str, float] = {"articles": articles}
    for table in ("texts", "postings"):
        size = sum(path.stat().st_size for path in folder.glob(f"marts/{table}/*/*.parquet"))
        found[f"{table}_bytes_per_article"] = round(size / articles, 1)
    with connect(folder, threads=1) as reader:
        often, seldom, rare = (_word_of(reader, articles * share) for share in (0.1, 0.02, 0.001))
        kinds = {"one": often, "two": f"{often} {seldom}", "three": f"{often} {seldom} {rare}", "rare": rare}
        for kind, words in kinds.items():
            found[f"search_{kind}"] = round(cpu_of(lambda w=words: reader.search(words=w).fetchall(), 3), 1)  # type: ignore[misc]
    return found


def _word_of(reader: LakeReader, articles: float) -> str:
    """The word that stands in nearest to so many articles."""
    sql = "SELECT p.term FROM postings AS p GROUP BY p.term ORDER BY abs(count(*) - $number), p.term LIMIT 1"
    return str(reader.sql(sql, number=articles).fetchall()[0][0])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--no-cost", action="store_true")
    parser.add_argument("--no-truth", action="store_true")
    parser.add_argument("--search-documents", type=int, default=0)
    given = parser.parse_args()
    found: dict[str, Any] = {"truth": {}, "cpu_ms": {}}
    base = Plan(
        articles=given.articles,
        days=given.days,
        actors=3_000,
        sources=27,
        rises=20,
        bursts=150,
        gaps=10,
        text_words=0,
    )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        kinds: dict[str, dict[str, Any]] = {
            "poisson": {},
            "overdispersed": {"dispersion": 0.2},
            "mix": {"is_mix_changing": True},
        }
        for kind, changes in () if given.no_truth else kinds.items():
            plan = Plan(**{**{name: getattr(base, name) for name in Plan.__slots__}, **changes})
            measured = measure_truth(plan, root / kind)
            found["truth"][kind] = {name: round(value, 4) for name, value in measured.items()}
        for size in () if given.no_cost else (given.articles // 5, given.articles):
            plan = Plan(**{**{name: getattr(base, name) for name in Plan.__slots__}, "articles": size})
            found["cpu_ms"][str(size)] = measure_cost(plan, root / f"cost{size}")
        if given.search_documents:
            found["search"] = measure_search(given.search_documents, root / "search")
    if found["cpu_ms"]:
        small, large = found["cpu_ms"].values()
        found["growth"] = {name: round(large[name] / max(small[name], 0.1), 2) for name in large}
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
