"""The whole job beside a short script, in one run: CPU per 1,000 records as a ratio, and what each made of the pages.

    python -m benchmarks.endtoend ../shared/eval/endtoend [--workers 2] [--repeat 1]

Needs the evaluation folder (WARC files, gold, ``run_plain.py``, ``measure.py``, ``score.py``) and the ``benchmark`` extra.
A Prefect server of our own is started first and not counted, as on any machine where columninch runs for long; pass
``--embedded`` to count the one that a lone command starts for itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flows.server import free_port

RECORDS = 499
_CANONICAL = "select a.url, t.text from articles a join texts t using (article_id) where a.language = 'en' and a.is_canonical"


def measure(
    folder: Path, label: str, command: list[str], environment: dict[str, str], log: Path
) -> dict[str, Any]:
    """CPU, wall and memory of a command and all its children, as ``measure.py`` reports them."""
    call = [
        sys.executable,
        str(folder / "measure.py"),
        "--label",
        label,
        "--docs",
        str(RECORDS),
        "--log",
        str(log),
        "--",
        *command,
    ]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    if result["rc"]:
        sys.exit(f"{label} ended with {result['rc']}:\n{log.read_text()[-4000:]}")
    return result


def score(folder: Path, made: Path) -> dict[str, Any]:
    """What ``score.py`` says of a folder of Parquet."""
    call = [sys.executable, str(folder / "score.py"), str(folder / "gold.jsonl"), str(made)]
    result: dict[str, Any] = json.loads(
        subprocess.run(call, capture_output=True, text=True, check=True).stdout
    )
    return result


@contextmanager
def server(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """A Prefect server on loopback for the length of the block; yields the environment that names it."""
    port = str(free_port())
    address = f"http://127.0.0.1:{port}/api"
    command = [
        sys.executable,
        "-m",
        "prefect",
        "server",
        "start",
        "--host",
        "127.0.0.1",
        "--port",
        port,
    ]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                with urllib.request.urlopen(f"{address}/health", timeout=2):
                    break
            except OSError:
                time.sleep(1)
        yield {**environment, "PREFECT_API_URL": address}
    finally:
        process.terminate()
        process.wait(30)


def ours(
    folder: Path, work: Path, workers: int, environment: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Measure ``columninch backfill`` into a new lake and score its English canonical articles."""
    settings, lake, made = work / "corpus.toml", work / "lake", work / "ours"
    settings.write_text(f"[runner]\nworkers = {workers}\n")
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "backfill",
        str(folder / "warc"),
        "--lake",
        str(lake),
        "--settings",
        str(settings),
    ]
    cost = measure(folder, "columninch", command, environment, work / "ours.log")
    made.mkdir()
    export = [
        sys.executable,
        "-m",
        "flows.cli",
        "sql",
        _CANONICAL,
        "--lake",
        str(lake),
        "--out",
        str(made / "articles.parquet"),
    ]
    subprocess.run(export, env=environment, check=True, stderr=subprocess.DEVNULL)
    return cost, score(folder, made)


def plain(
    folder: Path, work: Path, workers: int, environment: dict[str, str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Measure and score the short script in its fast mode."""
    made = work / "plain"
    command = [
        sys.executable,
        str(folder / "run_plain.py"),
        str(folder / "warc"),
        str(made),
        "--workers",
        str(workers),
        "--mode",
        "fast",
    ]
    return measure(folder, "run_plain fast", command, environment, work / "plain.log"), score(folder, made)


def main() -> None:
    """Print one JSON line per system, then the ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--embedded", action="store_true")
    given = parser.parse_args()
    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            environment = {
                **os.environ, "PREFECT_HOME": str(work / "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1",
                "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]),
            }  # fmt: skip
            other = plain(given.folder, work, given.workers, environment)
            if given.embedded:
                own = ours(given.folder, work, given.workers, environment)
            else:
                with server(environment) as named:
                    own = ours(given.folder, work, given.workers, named)
            for cost, quality in (other, own):
                print(json.dumps({**cost, **quality}))
            ratio = own[0]["cpu_s_per_1000"] / other[0]["cpu_s_per_1000"]
            print(
                json.dumps(
                    {
                        "cpu_ratio": round(ratio, 3),
                        "wall_ratio": round(own[0]["wall_s"] / other[0]["wall_s"], 3),
                    }
                )
            )


if __name__ == "__main__":
    main()
