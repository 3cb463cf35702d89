"""Spans of UTC days: what ``2019-03..2019-05`` names, which months it touches, and in which order they are gone through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Literal

from tasks.errors import ConfigError

Order = Literal["newest", "oldest"]
"""Which end of a span is worked through first."""

_NAMED = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Days:
    """The days from ``first`` up to, and without, ``end`` (UTC)."""

    first: date
    end: date

    def __contains__(self, day: date) -> bool:
        """Whether *day* is one of them."""
        return self.first <= day < self.end

    def __len__(self) -> int:
        """How many days there are."""
        return max(0, (self.end - self.first).days)

    def __iter__(self) -> Iterator[date]:
        """Every day, oldest first."""
        return (self.first + timedelta(days) for days in range(len(self)))

    def __str__(self) -> str:
        """``2019-03-01 up to, not including, 2019-06-01``."""
        return f"{self.first} up to, not including, {self.end}"

    def months(self) -> list[date]:
        """The first day of every month that has a day in the span, oldest first."""
        found, month = [], self.first.replace(day=1)
        while month < self.end and len(self):
            found.append(month)
            month = next_month(month)
        return found


def next_month(month: date) -> date:
    """The first day of the month after *month*."""
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1, day=1)


def parse_span(text: str, option: str) -> Days:
    """The days that *text* names: ``2019``, ``2019-03``, ``2019-03-31``, or two of these with ``..`` between.

    Both ends of ``A..B`` are named, so both are in it, as in intervals of ISO 8601-2: ``2019-03..2019-05`` ends with the
    31st of May.  Raises ConfigError that names *option* for anything else and for a span that ends before it begins.
    """
    first, is_span, last = text.strip().partition("..")
    begin, end = parse_named(first, option), parse_named(last if is_span else first, option)
    if begin.first >= end.end:
        raise ConfigError(f"{option} {text}: ends before it begins; write the earlier date first")
    return Days(begin.first, end.end)


def parse_named(text: str, option: str) -> Days:
    """The days of one year, month or day.  Raises ConfigError when *text* names none."""
    named = _NAMED.fullmatch(text.strip())
    if named is None or not text.isascii():
        raise ConfigError(f"{option} {text}: not a date; write 2019, 2019-03, 2019-03-31 or 2019-03..2019-05")
    year, month, day = (int(part) if part else None for part in named.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return Days(first, first + timedelta(1))
        return Days(first, next_month(first) if month else date(first.year + 1, 1, 1))
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{option} {text}: there is no such date ({error})") from error


def span_between(first: str | None, end: str | None) -> Days:
    """The days from *first* (``--from``) up to, and without, *end* (``--to``); either may be left open.

    A month or year stands for its first day.  Raises ConfigError for what is no date, and when nothing lies between.
    """
    begin = parse_named(first, "--from").first if first else date(MINYEAR, 1, 1)
    stop = parse_named(end, "--to").first if end else date(MAXYEAR, 12, 1)
    if begin >= stop:
        raise ConfigError(f"--from {first} --to {end}: no day lies between; the day of --to is not included")
    return Days(begin, stop)
