"""The calendar of every source: what each day gave, what was usual, and what to make of it.

Calendars have many days on which nothing came and nothing was due: those are columns of zeros here and cost next to nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasks.analyse.statistics import HOLIDAY_SHARES, Counts, common_shares, day_status, quasi_dispersion
from tasks.contracts import COVERAGE

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WEEKS_EACH_SIDE = 8
"""Same weekdays looked at before and after a day."""
FEWEST_WEEKS = 3
"""Same weekdays needed before anything is expected."""
_STEPS = 7 * np.array([n for n in range(-WEEKS_EACH_SIDE, WEEKS_EACH_SIDE + 1) if n])
_COUNTED = ("listed", "fetched", "extracted", "kept", "enriched")
_EPOCH = date(1970, 1, 1).toordinal()


class _Calendar(NamedTuple):
    """The days of a source (days since 1970), a row of ``_COUNTED`` for each, and the usual count, NaN where unknown."""

    days: Ints
    counts: Ints
    usual: Floats

    @property
    def kept(self) -> Ints:
        """The articles kept on each day."""
        return self.counts[:, _COUNTED.index("kept")]


def coverage_table(counts: Iterable[Counts], until: date | None = None) -> pa.Table:
    """The ``coverage`` of every source and day, days without any count included.

    A source's calendar runs from its first count to the day before *until* (by default the last day of all sources):
    a day that nobody wrote a row for is the gap one wants to hear of.  Counts of the same source and day are added up.
    """
    by_source: dict[str, list[Counts]] = defaultdict(list)
    for row in counts:
        by_source[row.source].append(row)
    if not by_source:
        return COVERAGE.empty()
    after = until or date.fromordinal(
        max(row.day for rows in by_source.values() for row in rows).toordinal() + 1
    )
    sources = sorted(by_source)
    calendars = [_fill(by_source[source], after.toordinal() - _EPOCH) for source in sources]
    shares = common_shares(day for calendar in calendars for day in _regular_days(calendar))
    judged = [_judge(calendar, shares) for calendar in calendars]
    days = np.concatenate([calendar.days for calendar in calendars])
    order = np.argsort(days, kind="stable")
    source = np.repeat(np.arange(len(sources)), [len(calendar.days) for calendar in calendars])[order]
    counted = np.concatenate([calendar.counts for calendar in calendars])[order]
    due, status = (np.concatenate(column)[order] for column in zip(*judged, strict=True))
    return COVERAGE.check(
        pa.table(
            {
                "day": pa.array(days[order].astype(np.int32)).cast(pa.date32()),
                "source": pa.array(sources).take(pa.array(source)),
                **{name: counted[:, place] for place, name in enumerate(_COUNTED)},
                "expected": pa.array(due, mask=np.isnan(due)),
                "status": pa.array(status, pa.string()),
                "is_gap": status == "gap",
            }
        )
    )


def _fill(rows: Sequence[Counts], end: int) -> _Calendar:
    """One source's days from its first to before *end* or to its last."""
    on = np.array([row.day.toordinal() for row in rows]) - _EPOCH
    days = np.arange(on.min(), max(end, on.max() + 1))
    counts = np.zeros((len(days), len(_COUNTED)), np.int64)
    np.add.at(counts, on - days[0], np.array([row[2:] for row in rows]))
    return _Calendar(days, counts, usual_counts(counts[:, _COUNTED.index("kept")]))


def usual_counts(kept: Ints) -> Floats:
    """For each day the median of the same weekday in the weeks around; NaN while fewer than ``FEWEST_WEEKS`` are known.

    A day without an article weeks around, as most are between two old ones, needs no median.
    """
    place = np.arange(len(kept))
    known = np.minimum(place // 7, WEEKS_EACH_SIDE) + np.minimum(place[::-1] // 7, WEEKS_EACH_SIDE)
    usual = np.where(known < FEWEST_WEEKS, np.nan, 0.0)
    near = (np.flatnonzero(kept)[:, None] + _STEPS).ravel()
    near = np.unique(near[(near >= 0) & (near < len(kept))])
    near = near[known[near] >= FEWEST_WEEKS]
    margin = 7 * WEEKS_EACH_SIDE
    padded = np.pad(kept.astype(np.float64), margin, constant_values=np.nan)
    around = np.sort(padded[near[:, None] + margin + _STEPS], axis=1)  # what is not known comes last
    row, size = np.arange(len(near)), known[near]
    usual[near] = (around[row, (size - 1) // 2] + around[row, size // 2]) / 2
    return usual


def _regular_days(calendar: _Calendar) -> Iterator[tuple[int, int, float]]:
    """Days on which something is due, as (day, kept, usual count)."""
    at = calendar.usual > 0
    return zip(
        calendar.days[at].tolist(), calendar.kept[at].tolist(), calendar.usual[at].tolist(), strict=True
    )


def _judge(calendar: _Calendar, shares: Mapping[int, float]) -> tuple[Floats, npt.NDArray[np.object_]]:
    """What was to be expected of each day, and its status."""
    due, status = calendar.usual.copy(), np.full(len(calendar.days), "unknown", object)
    regular = list(_regular_days(calendar))
    factor = quasi_dispersion([kept for _, kept, _ in regular], [usual for _, _, usual in regular])
    for day, _, expected in regular:
        place, share = day - int(calendar.days[0]), shares.get(day, 1.0)
        is_lost = share < HOLIDAY_SHARES[0]
        wanted = expected if is_lost else expected * share
        row = Counts(date.fromordinal(day + _EPOCH), "", *calendar.counts[place].tolist())
        due[place], status[place] = wanted, day_status(row, wanted, factor, is_lost)
    return due, status
