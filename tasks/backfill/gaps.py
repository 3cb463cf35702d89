"""What each day should have brought, what it brought, and what of that was damaged: per archive, and per outlet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tasks.backfill.archives import LISTING
from tasks.backfill.fetched import FETCH
from tasks.reasons import Reason
from tasks.receipts import Receipt
from tasks.store import Lake

_BROKEN = (Reason.DAMAGED.value, Reason.TRUNCATED.value)
Counts = Literal["files", "records", "pages", "captures"]
"""What is counted: files of an archive, records or pages that a list names, captures of an outlet."""
Problem = Literal["ok", "missing", "nothing listed", "damaged", "far under usual"]
"""What is wrong with a day."""


@dataclass(frozen=True, slots=True)
class DayCoverage:
    """One day (UTC) of one source.

    For an archive ``expected`` and ``got`` count its files, records or pages and ``damaged`` the records that could not be read
    whole; for an outlet they count captures, and ``expected`` is its usual number (null while nobody can say).
    """

    source: str
    day: date
    counts: Counts
    expected: float | None
    got: int
    damaged: int
    is_low: bool = False

    @property
    def problem(self) -> Problem:
        """The worst that can be said of the day."""
        if self.expected == 0:
            return "nothing listed"
        if self.counts != "captures" and self.got < (self.expected or 0):
            return "missing"
        if self.is_low:
            return "far under usual"
        return "damaged" if self.damaged else "ok"


def archive_coverage(lake: Lake) -> list[DayCoverage]:
    """Every day that a backfill from elsewhere asked for, by archive and day: from receipts alone."""
    expected: dict[tuple[str, date], int] = {}
    kinds: dict[str, Counts] = {}
    got: dict[tuple[str, date], int] = defaultdict(int)
    damaged: dict[tuple[str, date], int] = defaultdict(int)
    for receipt in lake.receipts(LISTING):
        source = str(receipt.meta["source"])
        kinds[source] = receipt.meta["counts"]
        for day, count in receipt.meta["days"].items():
            expected[source, date.fromisoformat(day)] = int(count)
        for day, count in receipt.meta["got"].items():
            got[source, date.fromisoformat(day)] = int(count)
    for source, days, broken in _fetched(lake):
        for place, (day, count) in enumerate(sorted(days.items())):
            got[source, day] += count
            damaged[source, day] += 0 if place else broken
    return [
        DayCoverage(source, day, kinds.get(source, "files"), expected.get((source, day)), got[source, day], damaged[source, day])
        for source, day in sorted(expected.keys() | got.keys())
    ]  # fmt: skip


def _fetched(lake: Lake) -> Iterator[tuple[str, Mapping[date, int], int]]:
    """(archive, files or records per day, damaged records) of everything fetched whose captures are in the lake."""
    captured: dict[str, list[Receipt]] = defaultdict(list)
    for capture in lake.receipts("capture"):
        for entry in capture.meta.get("inputs", ()):
            captured[str(entry[2])].append(capture)
    for receipt in lake.receipts(FETCH):
        if captures := captured.get(str(receipt.meta["sha256"])):
            days = {date.fromisoformat(day): int(count) for day, count in receipt.meta["days"].items()}
            yield str(receipt.meta["collection"]), days, max(map(broken_records, captures))


def broken_records(capture: Receipt) -> int:
    """Records of a unit that were refused as damaged or cut, and captures that are so in part."""
    return sum(capture.counts.get(reason, 0) for reason in _BROKEN) + int(capture.meta.get("damaged", 0))


def outlet_coverage(lake: Lake) -> list[DayCoverage]:
    """Every outlet and day of the ``coverage`` mart, with the captures of it that are damaged or cut."""
    import duckdb

    marts = sorted(str(path) for path in (lake.root / "marts" / "coverage").glob("*/*.parquet"))
    captures = sorted(str(path) for path in (lake.root / "units" / "captures").glob("*.parquet"))
    if not marts or not captures:
        return []
    with duckdb.connect(config={"threads": 1}) as connection:
        rows = connection.execute(
            """
            with broken as (
                select source, captured_at::timestamp::date as day, count(*) as damaged
                from read_parquet($captures)
                where damage is not null or truncated
                group by all
            )
            select source, day, expected, fetched, coalesce(damaged, 0), is_gap
            from read_parquet($marts) left join broken using (source, day)
            order by source, day
            """,
            {"marts": marts, "captures": captures},
        ).fetchall()
    return [
        DayCoverage(source, day, "captures", expected or None, got, damaged, low)
        for source, day, expected, got, damaged, low in rows
    ]
