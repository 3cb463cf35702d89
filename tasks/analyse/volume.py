"""Which sources are far under their usual count on the last days, or have fallen silent: what a schedule must say aloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb

RECENT_DAYS = 3
"""Complete days before today that are looked at: an alarm that comes later helps nobody."""

_USUAL_DAYS = 28
_REGULAR_DAYS = 7


@dataclass(frozen=True, slots=True)
class LowVolume:
    """A source with too few articles: on a *day*, with how many were kept and how many are usual."""

    source: str
    day: date
    kept: int
    expected: float


def low_volumes(root: Path, today: date) -> list[LowVolume]:
    """Gaps among the last complete days of the lake at *root*, by day and source.

    A day is a gap as the coverage table says.  A source that was regular in the four weeks before (at least seven days
    with articles) and has no row on any of the last days counts with its newest day missing: a crawl that stopped
    writes no rows.  Empty for a lake without coverage.
    """
    first, before = today - timedelta(RECENT_DAYS), today - timedelta(RECENT_DAYS + _USUAL_DAYS)
    months = sorted(root.glob("marts/coverage/month=*"))
    wanted = [folder for folder in months if folder.name >= f"month={before:%Y-%m}"]
    files = [str(path) for folder in wanted if (path := folder / "coverage.parquet").is_file()]
    if not files:
        return []
    rows = duckdb.execute(
        """
        with seen as (select day, source, kept, expected, is_gap from read_parquet($files) where day >= $before and day < $today),
        silent as (
            select source, avg(kept) as expected from seen
            group by source having count(*) filter (day >= $first) = 0 and count(*) filter (kept > 0) >= $regular
        )
        select source, day, kept, coalesce(expected, 0) as expected from seen where is_gap and day >= $first
        union all
        select source, $today - 1, 0, expected from silent
        order by day, source
        """,
        {"files": files, "before": before, "first": first, "today": today, "regular": _REGULAR_DAYS},
    ).fetchall()
    return [LowVolume(*row) for row in rows]
