"""The same questions asked of the same mart files by polars and by chdb (ClickHouse): CPU milliseconds, one thread each.

``python -m benchmarks.analyse_peers LAKE`` prints one JSON object.  Each engine runs in a process of its own, since
threads are fixed at import; answers are compared with ours before any time is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ACTOR = "ci:00040"
Rows = list[tuple[Any, ...]]


def ours(lake: Path) -> dict[str, Callable[[], Rows]]:
    """Our named queries, cut to what the others compute; ours add denominators, intervals and gaps."""
    from tasks.analyse.lake import connect

    reader = connect(lake, threads=1)

    def rows(name: str, columns: tuple[str, ...], **given: object) -> Rows:
        relation = reader.query(name, **given)
        places = [relation.columns.index(c) for c in columns]
        return [tuple(row[p] for p in places) for row in relation.fetchall()]

    return {
        "actor_trend": lambda: rows(
            "actor_trend", ("bucket_on", "named_count", "total_count"), actor=ACTOR, bucket="month"
        ),
        "topic_share": lambda: rows(
            "topic_share", ("bucket_on", "topic_code", "topic_count"), bucket="month"
        ),
        "co_mentions": lambda: rows("co_mentions", ("actor_id", "both_count"), actor=ACTOR, top=100_000),
    }


def with_polars(lake: Path) -> dict[str, Callable[[], Rows]]:
    """Lazy polars over the same files."""
    import polars as pl

    def scan(table: str) -> Any:
        return pl.scan_parquet(f"{lake}/marts/{table}/*/{table}.parquet", hive_partitioning=False)

    def trend() -> Rows:
        month = pl.col("published_on").dt.truncate("1mo").alias("bucket_on")
        named = (
            scan("mentions")
            .filter((pl.col("actor_id") == ACTOR) & pl.col("is_canonical"))
            .group_by(month)
            .len("named")
        )
        total = scan("articles").filter(pl.col("is_canonical")).group_by(month).len("total")
        return (
            total.join(named, on="bucket_on")
            .select("bucket_on", "named", "total")
            .sort("bucket_on")
            .collect()
            .rows()
        )

    def topics() -> Rows:
        month = pl.col("published_on").dt.truncate("1mo").alias("bucket_on")
        given = scan("articles").filter(pl.col("is_canonical")).select(month, "topics").explode("topics")
        named = given.with_columns(pl.col("topics").struct.field("code")).drop_nulls("code")
        return named.group_by("bucket_on", "code").len().sort("bucket_on", "code").collect().rows()

    def pairs() -> Rows:
        hits = (
            scan("mentions")
            .filter((pl.col("actor_id") == ACTOR) & pl.col("is_canonical"))
            .select("article_id")
        )
        found = scan("mentions").join(hits, on="article_id", how="semi").filter(pl.col("actor_id") != ACTOR)
        return found.group_by("actor_id").len().sort("len", descending=True).collect().rows()

    return {"actor_trend": trend, "topic_share": topics, "co_mentions": pairs}


def with_chdb(lake: Path) -> dict[str, Callable[[], Rows]]:
    """ClickHouse in the process, over the same files."""
    import chdb

    def ask(sql: str) -> Rows:
        text = str(chdb.query(f"{sql} SETTINGS max_threads = 1", "JSONCompact"))
        return [tuple(row) for row in json.loads(text)["data"]]

    def file(table: str) -> str:
        return f"file('{lake}/marts/{table}/*/{table}.parquet', Parquet)"

    month = "toStartOfMonth(published_on)"
    canonical = f"FROM {file('mentions')} WHERE actor_id = '{ACTOR}' AND is_canonical"
    return {
        "actor_trend": lambda: ask(
            f"SELECT t.b, n.c, t.c FROM (SELECT {month} AS b, count() AS c FROM {file('articles')} WHERE is_canonical GROUP BY b) AS t"
            f" JOIN (SELECT {month} AS b, count() AS c {canonical} GROUP BY b) AS n ON n.b = t.b ORDER BY t.b"
        ),
        "topic_share": lambda: ask(
            f"SELECT {month} AS b, arrayJoin(topics).code AS k, count() FROM {file('articles')} WHERE is_canonical GROUP BY b, k ORDER BY b, k"
        ),
        "co_mentions": lambda: ask(
            f"SELECT actor_id, count() FROM {file('mentions')} WHERE article_id IN (SELECT article_id {canonical})"
            f" AND actor_id != '{ACTOR}' GROUP BY actor_id ORDER BY 2 DESC"
        ),
    }


ENGINES = {"columninch": ours, "polars": with_polars, "chdb": with_chdb}


def measure(engine: str, lake: Path) -> dict[str, Any]:
    """Per question least CPU milliseconds and a sum over the counts, by which answers are compared."""
    from benchmarks.analyse import cpu_of

    found: dict[str, Any] = {}
    for name, ask in ENGINES[engine](lake).items():
        rows = ask()
        found[name] = {
            "cpu_ms": round(cpu_of(ask, 3), 1),
            "rows": len(rows),
            "sum": sum(int(row[-1]) for row in rows),
        }
    return found


def main() -> None:
    """Measure every engine and print."""
    lake = Path(sys.argv[1]).absolute()
    if len(sys.argv) > 2:
        print(json.dumps(measure(sys.argv[2], lake)))
        return
    threads = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    found: dict[str, Any] = {}
    for engine in ENGINES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.analyse_peers", str(lake), engine],
            env={**os.environ, **threads}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        found[engine] = json.loads(done.stdout) if done.returncode == 0 else f"failed: {done.stderr[-300:]}"
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
