"""Coverage as a plain loop over sources and days works it out: what the calendars in columns are held against."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from statistics import median
from typing import Any

from tasks.analyse.statistics import HOLIDAY_SHARES, Counts, common_shares, day_status, quasi_dispersion


def usual_count(kept: Sequence[int], number: int) -> float | None:
    """The median of the same weekday in eight weeks before and after; None while fewer than three are known."""
    places = [number + 7 * week for week in range(-8, 9) if week]
    near = [kept[place] for place in places if 0 <= place < len(kept)]
    return float(median(near)) if len(near) >= 3 else None


def plain_rows(counts: Iterable[Counts], until: date | None = None) -> list[dict[str, Any]]:
    """Rows of the coverage table, by day and source."""
    by_source: dict[str, dict[date, list[int]]] = {}
    for row in counts:
        sums = by_source.setdefault(row.source, {}).setdefault(row.day, [0] * 5)
        sums[:] = [one + other for one, other in zip(sums, row[2:], strict=True)]
    if not by_source:
        return []
    last = until - timedelta(days=1) if until else max(max(days) for days in by_source.values())
    calendars = {source: plain_calendar(source, days, last) for source, days in by_source.items()}
    usual = {s: [usual_count([r.kept for r in c], n) for n in range(len(c))] for s, c in calendars.items()}
    shares = common_shares(
        (row.day.toordinal(), row.kept, due or 0.0)
        for source, calendar in calendars.items()
        for row, due in zip(calendar, usual[source], strict=True)
    )
    rows = [row for s, calendar in calendars.items() for row in plain_source(calendar, usual[s], shares)]
    return sorted(rows, key=lambda r: (r["day"], r["source"]))


def plain_calendar(source: str, days: dict[date, list[int]], last: date) -> list[Counts]:
    """Every day of a source."""
    first, end = min(days), max(last, max(days))
    every = (first + timedelta(days=n) for n in range((end - first).days + 1))
    return [Counts(day, source, *days.get(day, ())) for day in every]


def plain_source(
    calendar: Sequence[Counts], usual: Sequence[float | None], shares: dict[int, float]
) -> Iterable[dict[str, Any]]:
    """What was expected of each day of a source, and what to make of it."""
    known = [(row.kept, due) for row, due in zip(calendar, usual, strict=True) if due]
    factor = quasi_dispersion([kept for kept, _ in known], [due for _, due in known])
    for row, expected in zip(calendar, usual, strict=True):
        share = shares.get(row.day.toordinal(), 1.0)
        is_lost = share < HOLIDAY_SHARES[0]
        due = expected if expected is None or is_lost else expected * share
        status = day_status(row, due, factor, is_lost)
        yield {**row._asdict(), "expected": due, "status": status, "is_gap": status == "gap"}
