"""Dates as pages give them, machine formats and written ones, turned into UTC with what is known and no more.

``parse_date`` reads one value (a meta tag, a line under a headline); ``find_dates`` finds the dates that running text
mentions.  Neither guesses: a date whose day and month nothing tells apart is refused, and so is one from before
1990 or, where a reference is given, from the future.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from tasks.dates_clock import Clock, find_clock, find_zone, written_zone
from tasks.dates_words import fold
from tasks.dates_written import Written, find_written

Precision = Literal["second", "minute", "hour", "day", "month", "year"]
"""The smallest part that was written."""

FIRST_YEAR = 1990
"""No page is older: an earlier date of publication is a default value or a mistake."""

LAST_YEAR = 2100
"""Without a reference only years past this one are surely not dates of publication."""

FUTURE = timedelta(days=2)
"""How far past the reference a date may lie: zones differ by a day, clocks by some more."""

_LONGEST_VALUE = 400
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:[.,]\d+)?\s?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|UTC|GMT)?)?\s*"
)
_DIGITS = re.compile(r"\d{4}(\d{2}){0,5}|1\d{9}|1\d{12}")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR_LAST = re.compile(
    r"(?:\w{3},? )?(\w{3} +\d{1,2}) (\d{2}:\d{2}:\d{2}) ((?:[A-Z]{3,4}|[+-]\d{4}) )?(\d{4})"
)
_BEFORE_YEARS = (
    "in since by from until till of before after during around circa early late mid year "
    "im seit bis jahr jahre jahres von ab um ende anfang mitte vor nach en depuis avant annee vers des del de ano "
    "desde hasta hacia em ate nel dal del dopo fino anno i ar sedan ar fran vuonna v w we od do roku roce rok u god "
    "в с до к от год года году из після з у рік році йил yilinda yil tahun sejak năm nam sen το του"
)
_YEAR_LINKS = frozenset(fold(word) for word in _BEFORE_YEARS.split())
_YEAR_SUFFIXES = ("г", "рік", "року", "році", "год", "年", "년", "yılı", "m")


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A date with what is known of it.

    ``at``: the instant in UTC, null when no time of day was written.  ``on``: the UTC day of that instant, else the day
    as written (the first of the month or year at those precisions).  ``has_zone``: the zone was written or given;
    without one ``at`` takes the written time for UTC.  ``local``: ISO form as written, such as ``2022-02-02T12:00``.
    """

    at: datetime | None
    on: date
    precision: Precision
    has_zone: bool
    local: str


def parse_date(
    value: str, zone: str | None = None, language: str | None = None, reference: datetime | None = None
) -> ParsedDate | None:
    """The first date in *value*, with the time of day beside it; null when there is none that can be trusted.

    *zone* (IANA) is used where the value names no zone, *language* (ISO 639 or a tag such as ``en-US``) for month names
    and for the order of ``03/04/2024``.  With a *reference*, such as the time of capture, dates more than two days
    after it are refused, a day without a year is taken to be the nearest one, and an ambiguous order that only
    one reading puts in the past is settled.  Before 1990 is always refused.  Never raises.
    """
    text = " ".join(value[:_LONGEST_VALUE].split())
    if len(text) < 4:
        return None
    parsed = _parse_iso(text, zone) or _parse_digits(text, zone)
    if parsed is None:
        if (year_last := _YEAR_LAST.fullmatch(text)) is not None:
            text = f"{year_last[1]} {year_last[4]} {year_last[2]} {year_last[3] or ''}"
        parsed = _parse_written(text, zone, language, reference)
    return parsed if parsed is not None and is_plausible(parsed, reference) else None


def is_plausible(parsed: ParsedDate, reference: datetime | None) -> bool:
    """Whether a page can have been published then: not before 1990, not more than two days after *reference*."""
    if not FIRST_YEAR <= parsed.on.year <= LAST_YEAR:
        return False
    return reference is None or parsed.on <= _limit(reference)


def find_dates(
    text: str, language: str | None = None, zone: str | None = None, reference: datetime | None = None
) -> list[tuple[int, int, ParsedDate]]:
    """Dates that running *text* mentions: first character, character after the last, date; left to right.

    Days without a year (``January 26``) are resolved to the nearest one before or after *reference*, the article's
    own publication, and left out without it.  Numbers such as 1997 count as years where the words around say so.
    """
    found: list[tuple[int, int, ParsedDate]] = []
    for written in find_written(text, language, zone):
        if written.shape == "year" and not _reads_as_year(text, written):
            continue
        settled = _settle(written, reference)
        if settled is not None:
            clock = find_clock(text, written.end, written.end, language) if settled.day else None
            end = clock.end if clock else written.end
            found.append((written.start, end, _build(settled, clock, find_zone(zone))))
    return found


def find_stamps(
    text: str, zone: str | None = None, language: str | None = None, reference: datetime | None = None
) -> list[tuple[int, int, ParsedDate]]:
    """Full dates of a line such as ``Published 10:20, 5 March 2024 | Updated 6 March 2024``, left to right.

    First character, character after the last, date; the span covers a time written before the date too.  Days
    without a year need *reference*.
    """
    found: list[tuple[int, int, ParsedDate]] = []
    floor = 0
    for written in find_written(text, language, zone):
        settled = _settle(written, reference)
        if settled is None or settled.day is None:
            continue
        clock = find_clock(text, written.start, written.end, language, floor)
        start = min(written.start, clock.start) if clock else written.start
        floor = max(written.end, clock.end) if clock else written.end
        found.append((start, floor, _build(settled, clock, find_zone(zone))))
    return found


def _aware(moment: datetime) -> datetime:
    """*moment* in UTC; without a zone it is UTC already."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _parse_iso(text: str, zone: str | None) -> ParsedDate | None:
    """ISO 8601 as JSON-LD and meta tags have it: the case that must cost microseconds."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    day, minutes, seconds, written = match.groups()
    try:
        if minutes is None:
            return ParsedDate(None, date.fromisoformat(day), "day", False, day)
        local = datetime.fromisoformat(f"{day}T{minutes}{seconds or ''}")
        offset: tzinfo | None = None
        if written:
            offset = UTC if written[0] in "ZUG" else datetime.fromisoformat(f"{day}T00:00{written}").tzinfo
        return _timed(local, "second" if seconds else "minute", offset, zone)
    except (ValueError, OverflowError):
        return None


def _parse_digits(text: str, zone: str | None) -> ParsedDate | None:
    """``20220202``, ``20220202120000``, ``2022-02``, ``2022`` and seconds or milliseconds since 1970."""
    if month := _YEAR_MONTH.fullmatch(text):
        return _coarse(int(month[1]), int(month[2]), "month", text)
    if not text.isascii() or not _DIGITS.fullmatch(text):
        return None
    if len(text) in (10, 13):
        at = datetime.fromtimestamp(int(text[:10]), UTC)
        return ParsedDate(at, at.date(), "second", True, at.replace(tzinfo=None).isoformat())
    if len(text) in (4, 6):
        return _coarse(int(text), 1, "year", text) if len(text) == 4 else None
    shaped = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    if len(text) > 8:
        shaped += f"T{text[8:10]}:{text[10:12]}" + (f":{text[12:14]}" if len(text) == 14 else "")
    return _parse_iso(shaped, zone)


def _coarse(year: int, month: int, precision: Precision, text: str) -> ParsedDate | None:
    """A month or a year on its own; null when there is none of that number."""
    return (
        ParsedDate(None, date(year, month, 1), precision, False, text) if year and 1 <= month <= 12 else None
    )


def _parse_written(
    text: str, zone: str | None, language: str | None, reference: datetime | None
) -> ParsedDate | None:
    """The first full date of *text*, else the first month with a year."""
    months: ParsedDate | None = None
    for written in find_written(text, language, zone):
        if written.shape == "year" or (settled := _settle(written, reference)) is None:
            continue
        if settled.day is None:
            months = months or _build(settled, None, None)
            continue
        return _build(settled, find_clock(text, written.start, written.end, language), find_zone(zone))
    return months


def _settle(written: Written, reference: datetime | None) -> Written | None:
    """*written* with its year and its order decided, null when nothing decides them."""
    if written.year is None:
        return _with_year(written, reference)
    if written.doubt == "none":
        return written
    past = [w for w in (written, _swap(written)) if reference is None or _day_of(w) <= _limit(reference)]
    if len(past) == 1 or (past and written.doubt == "settled"):
        return past[0]
    return None


def _day_of(written: Written) -> date:
    """The day, or the first of the month or year, that a date with a year stands for."""
    return date(written.year or 1, written.month or 1, written.day or 1)


def _limit(reference: datetime) -> date:
    """The last day that is not in the future as seen from *reference*."""
    return (_aware(reference) + FUTURE).date()


def _swap(written: Written) -> Written:
    """*written* with month and day exchanged."""
    return Written(written.start, written.end, written.year, written.day, written.month)


def _with_year(written: Written, reference: datetime | None) -> Written | None:
    """A day without a year in the year that brings it nearest to *reference*; null without one."""
    if reference is None:
        return None
    here = _aware(reference).date()
    best: tuple[int, int] | None = None
    for year in (here.year - 1, here.year, here.year + 1):
        try:
            away = abs((date(year, written.month or 1, written.day or 1) - here).days)
        except ValueError:
            continue
        best = min(best, (away, year)) if best else (away, year)
    return Written(written.start, written.end, best[1], written.month, written.day) if best else None


def _build(written: Written, clock: Clock | None, source_zone: tzinfo | None) -> ParsedDate:
    """The settled parts as a date."""
    day = _day_of(written)
    if written.day is None:
        precision: Precision = "year" if written.month is None else "month"
        return ParsedDate(None, day, precision, False, day.isoformat()[: 4 if written.month is None else 7])
    if clock is None:
        return ParsedDate(None, day, "day", False, day.isoformat())
    local = datetime(day.year, day.month, day.day, clock.hour, clock.minute or 0, clock.second or 0)
    offset = written_zone(clock.zone.strip(), local, source_zone) if clock.zone else None
    precision = "hour" if clock.minute is None else "minute" if clock.second is None else "second"
    return _timed_in(local, precision, offset, source_zone)


def _timed(local: datetime, precision: Precision, offset: tzinfo | None, zone: str | None) -> ParsedDate:
    """A local time with its written offset, else the zone named *zone*, else taken for UTC."""
    return _timed_in(local, precision, offset, find_zone(zone) if offset is None else None)


def _timed_in(
    local: datetime, precision: Precision, offset: tzinfo | None, source_zone: tzinfo | None
) -> ParsedDate:
    """A local time with its written offset, else *source_zone*, else taken for UTC."""
    known = offset or source_zone
    try:
        at = local.replace(tzinfo=known or UTC).astimezone(UTC)
    except OverflowError:
        at, known = local.replace(tzinfo=UTC), None
    iso = local.isoformat(timespec="seconds" if precision == "second" else "minutes")
    return ParsedDate(at, at.date(), precision, known is not None, iso)


def _reads_as_year(text: str, written: Written) -> bool:
    """Whether the words around a number of four digits say that it is a year, in the languages that we know words of."""
    before, after = text[max(0, written.start - 24) : written.start], text[written.end : written.end + 12]
    if re.search(r"[\d$€£¥#№.,:/+\-–]\s?$", before) or re.match(
        r"[\d%°€$£¥:/]|[.,]\d|-\d|\s?(?:km|kg|m²)\b", after
    ):
        return False
    following = re.match(r"\s?([^\W\d_]+)", after)
    if (
        following
        and following[1].startswith(_YEAR_SUFFIXES)
        and (following[1] in _YEAR_SUFFIXES or following[1][0] in "年년")
    ):
        return True
    word = re.search(r"([^\W\d_]+)\s?$", before)
    if word is None:
        return before.rstrip().endswith("(") and after.startswith((")", ",", "–", "-"))
    return fold(word[1]) in _YEAR_LINKS
