"""What a report costs: CPU seconds to ask the marts and to draw the page, its bytes, and two live pages on the same lake.

``python -m benchmarks.report [ARTICLES …]`` (default 12000 and 200000), on made-up marts with planted truth.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.synthetic_marts import Plan, make_lake
from tasks.analyse.lake import connect
from tasks.report import desk, facts, page
from tasks.status import lake_status
from tasks.store import open_lake

Value = TypeVar("Value")


def timed(call: Callable[[], Value]) -> tuple[Value, float]:
    """The call's value and the CPU seconds it took, those of all threads."""
    start = time.process_time()
    value = call()
    return value, time.process_time() - start


def measure(articles: int, lake: Path) -> str:
    """One row of the table for a lake of that many articles."""
    days = 365 if articles > 50_000 else 84
    make_lake(
        lake,
        Plan(articles=articles, days=days, sources=30, actors=articles // 100, text_words=0, recent_days=14),
    )
    with connect(lake) as opened:
        found, asking = timed(lambda: facts.gather(opened))
        html, drawing = timed(lambda: page.write_page(found, lake_status(open_lake(lake)), "Measured"))
        _, first = timed(lambda: desk.ask_overview(opened, ()))
        actor = found.actors[0].subject_id if found else ""
        _, one = timed(lambda: desk.ask_actor_page(opened, (), actor))
    return f"| {articles:,} articles, {days} days, 30 outlets | {asking:.1f} | {drawing:.2f} | {len(html.encode()):,} | {first:.1f} | {one:.2f} |"


def main() -> None:
    """Print the rows."""
    for articles in [int(word) for word in sys.argv[1:]] or [12_000, 200_000]:
        with tempfile.TemporaryDirectory() as folder:
            print(measure(articles, Path(folder)), flush=True)


if __name__ == "__main__":
    main()
