"""Numbers, days and findings as a newspaper prints them: ``41%``, ``12,345``, ``3.4–20``, ``1 September – 2 November 2025``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def count_text(number: float) -> str:
    """A whole number with commas: ``12,345``."""
    return f"{round(number):,}"


def percent_text(share: float | None) -> str:
    """A share (0–1) in per cent: no decimals from 10 % on, one below, ``<0.1%`` for less, ``–`` for none."""
    if share is None or math.isnan(share):
        return "–"
    percent = share * 100
    if percent >= 9.95 or percent == 0:
        return f"{percent:.0f}%"
    return f"{percent:.1f}%" if percent >= 0.05 else "<0.1%"


def ratio_text(ratio: float | None) -> str:
    """How many times as much: two significant figures up to 10, whole numbers above, ``–`` for none."""
    if ratio is None or math.isnan(ratio) or math.isinf(ratio):
        return "–"
    if ratio >= 999.5:
        return "over 999"
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}" if ratio >= 0.95 else f"{ratio:.2f}"


def span_text(low: str, high: str) -> str:
    """Two ends joined by a dash at which no line may break."""
    return f"{low}\u2060–\u2060{high}"


def small_number(number: int) -> str:
    """A number in words up to ten, in figures above."""
    return NUMBERS[number] if 0 <= number <= 10 else count_text(number)


def plural(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun: ``one outlet``, ``1,204 articles``."""
    return f"{small_number(number)} {one if number == 1 else many or one + 's'}"


def day_text(day: date, with_year: bool = True) -> str:
    """A day written out: ``2 November 2025``."""
    return f"{day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if with_year else "")


def short_day(day: date) -> str:
    """A day for a table: ``2 Nov 2025``."""
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def period_text(first: date, last: date) -> str:
    """A period written out, the year said once where it can be."""
    if first == last:
        return day_text(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_text(last)}"
    return f"{day_text(first, first.year != last.year)} – {day_text(last)}"


def bucket_text(start: date, bucket: str) -> str:
    """A bucket of a trend: ``week of 20 October 2025``, ``October 2025`` or the day."""
    if bucket == "month":
        return f"{MONTHS[start.month - 1]} {start.year}"
    return ("week of " if bucket == "week" else "") + day_text(start)


def length_text(days: int) -> str:
    """A length of time in the largest unit that fits: ``two weeks``, ``ten days``."""
    if days % 7 == 0 and days >= 7:
        weeks = days // 7
        return "week" if weeks == 1 else f"{small_number(weeks)} weeks"
    return "day" if days == 1 else f"{small_number(days)} days"


def rise_sentence(beginning: str, row: Mapping[str, Any], recent: str, before: str) -> str:
    """One row of ``rising_actors`` or ``rising_topics`` as a sentence that starts with *beginning*."""
    return (
        f"{beginning} {percent_text(row['recent_share'])} of reports in the last {recent},"
        f" against {percent_text(row['base_share'])} in the {before} before. Cautiously estimated, that is"
        f" {ratio_text(row['ratio'])} times as much (95% interval"
        f" {span_text(ratio_text(row['ratio_low']), ratio_text(row['ratio_high']))})."
    )


def is_sure(row: Mapping[str, Any]) -> bool:
    """Whether a rise stands up to chance: q of 5 % or less, and the whole interval above "no change"."""
    return bool((row.get("q_value") or 0) <= 0.05 and (row.get("ratio_low") or 0) > 1)
