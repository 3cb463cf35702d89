"""Times of day and time zones as people write them next to a date: ``12:00 pm``, ``14.05 Uhr``, ``09h12``, ``10時20分 (GMT+9)``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tasks.dates_words import Half, half_of, is_weekday

_TIME = re.compile(
    r"(?<![\d.,:])(\d{1,2})"
    r"(?:(?:\s?[:：٫hH]\s?|\.|(?:時|时|点|點|시)\s?)(\d{2})(?![\d.%])"
    r"(?:(?:[:：.]|分|분\s?|′|')(\d{2})(?!\d)(?:[.,]\d{1,9})?)?(?:[分분秒초]|\s?min\b)?"
    r"|\s?(?=[AaPp]\.?\s?[Mm]\b)|\s?(?:[hH]\b|Uhr\b|時|时|点|點|시))"
)
_HALF = re.compile(r"\s?([AaPp])\.?\s?[Mm]\b\.?")
_WORD = re.compile(r"[\s(]*([^\W\d_][^\s\d,;:()|]*)")
_UNIT = re.compile(r"\s?(?:Uhr|hrs?|hours|h|ч|น|год|ώρα)\b\.?")
_ZONE = re.compile(
    r"[\s(\[]*(?:(UTC|GMT)\s?([+\-−]\d{1,2})(?::?(\d{2}))?|([A-Z]{2,5}|[А-Я]{3}|Z)\b(?!\s?[+\-−]\d)|([+\-−]\d{2}):?(\d{2})\b)\s?\)?"
)
_GAP = re.compile(r"[\s,;|·•()–—\-/@、，.]*")
_LONGEST_LINK, _LINKS = 6, 2
_BEFORE = 48

_EAST: dict[str, tuple[int, ...]] = {
    "Z": (0,), "UTC": (0,), "GMT": (0,), "WET": (0,), "WEST": (60,), "CET": (60,), "CEST": (120,), "MEZ": (60,), "MESZ": (120,),
    "EET": (120,), "EEST": (180,), "BST": (60, 360), "IST": (330, 60, 120), "MSK": (180,), "МСК": (180,), "TRT": (180,),
    "EST": (-300,), "EDT": (-240,), "CST": (-360, 480), "CDT": (-300,), "MST": (-420,), "MDT": (-360,), "PST": (-480, 480),
    "PDT": (-420,), "AKST": (-540,), "AKDT": (-480,), "HST": (-600,), "AST": (-240, 180), "ADT": (-180,), "NST": (-210,),
    "BRT": (-180,), "ART": (-180,), "CLT": (-240,), "COT": (-300,), "PET": (-300,), "JST": (540,), "KST": (540,),
    "WIB": (420,), "WITA": (480,), "WIT": (540,), "SGT": (480,), "HKT": (480,), "ICT": (420,), "PKT": (300,), "NPT": (345,),
    "AEST": (600,), "AEDT": (660,), "ACST": (570,), "ACDT": (630,), "AWST": (480,), "NZST": (720,), "NZDT": (780,),
    "SAST": (120,), "CAT": (120,), "EAT": (180,), "WAT": (60,), "GST": (240,),
}  # fmt: skip
"""Minutes east of Greenwich; where an abbreviation has several meanings the commonest is first."""

_CIVIL = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day: *second* is null when not written, *minute* too when only the hour is (``10 am``).

    *zone* is the offset or abbreviation that follows it; *start* and *end* are character positions.
    """

    hour: int
    minute: int | None
    second: int | None
    zone: str | None
    start: int
    end: int


def find_zone(name: str | None) -> tzinfo | None:
    """The zone of an IANA name such as ``Asia/Dhaka``; null for null and for names that no database has."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def written_zone(text: str, local: datetime, source_zone: tzinfo | None) -> tzinfo | None:
    """The zone that *text* (``+0600``, ``GMT+7``, ``CET``) means at *local*; null when it is no zone.

    An abbreviation with several meanings (``IST``, ``CST``) means the one that *source_zone* has at that time, if any.
    """
    match = _ZONE.fullmatch(text)
    if match is None:
        return None
    hours, minutes, name = match[2] or match[5], match[3] or match[6], match[4]
    if hours:
        east = int(hours.replace("−", "-")) * 60
        east += (int(minutes or 0)) * (-1 if hours[0] in "-−" else 1)
        return timezone(timedelta(minutes=east)) if abs(east) <= 14 * 60 else None
    if name in _CIVIL:
        return find_zone(_CIVIL[name])
    choices = _EAST.get(name or "", ())
    here = local.replace(tzinfo=source_zone).utcoffset() if source_zone else None
    for east in choices:
        if here == timedelta(minutes=east):
            return source_zone
    return timezone(timedelta(minutes=choices[0])) if choices else None


def find_clock(text: str, start: int, end: int, language: str | None, floor: int = 0) -> Clock | None:
    """The time of day that belongs to a date written at *start* to *end*: right after it, else right before it.

    Nothing before *floor*, where the date before this one ends, is looked at.
    """
    after = _skip_links(text, end)
    clock = read_clock(text, after, language) if after is not None else None
    if clock is not None or start <= floor:
        return clock
    return _clock_before(text, start, language, floor)


def _skip_links(text: str, position: int) -> int | None:
    """Where a time may begin after *position*: past punctuation and up to two short words (``um``, ``à``, a weekday)."""
    for link in range(_LINKS + 1):
        gap = _GAP.match(text, position)
        position = gap.end() if gap else position
        if text[position : position + 1].isdigit():
            return position
        word = _WORD.match(text, position)
        if word is None or link == _LINKS:
            return None
        half = half_of(word[1], None)
        if half and _TIME.match(text, word.end() + (text[word.end() : word.end() + 1] == " ")):
            return position
        if len(word[1]) > _LONGEST_LINK and not is_weekday(word[1]):
            return None
        position = word.end()
    return None


def read_clock(text: str, position: int, language: str | None) -> Clock | None:
    """The time of day that begins at *position*, with half of the day and zone around it; null when none does."""
    start, half = position, None
    word = _WORD.match(text, position)
    if word is not None and word.start(1) == position:
        half = half_of(word[1], language)
        position = word.end() + (text[word.end() : word.end() + 1] == " ")
    match = _TIME.match(text, position)
    if match is None:
        return None
    hour, minute, second = int(match[1]), _number(match[2]), _number(match[3])
    end = match.end()
    if half is None:
        half, end = _half_after(text, end, language)
    if half is not None:
        if not 1 <= hour <= 12:
            half = None
        else:
            hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or (minute or 0) > 59 or (second or 0) > 59:
        return None
    unit = _UNIT.match(text, end)
    end = unit.end() if unit else end
    zone = _zone_after(text, end)
    return Clock(hour, minute, second, zone[0], start, zone[1])


def _number(digits: str | None) -> int | None:
    """The number that *digits* are, null for null."""
    return None if digits is None else int(digits)


def _half_after(text: str, position: int, language: str | None) -> tuple[Half | None, int]:
    """Whether the time that ends at *position* is before or after noon, if that is said, and where the word ends."""
    match = _HALF.match(text, position)
    if match:
        return ("am" if match[1] in "aA" else "pm"), match.end()
    word = _WORD.match(text, position)
    if word is not None and (half := half_of(word[1], language)) is not None:
        return half, word.end()
    return None, position


def _zone_after(text: str, position: int) -> tuple[str | None, int]:
    """The zone written at *position* and where it ends; null when the capitals there are no zone that we know."""
    match = _ZONE.match(text, position)
    if match is None or (match[4] and match[4] not in _EAST and match[4] not in _CIVIL):
        return None, position
    return match[0], match.end()


def _clock_before(text: str, start: int, language: str | None, floor: int) -> Clock | None:
    """The last time of day within a few words before *start*, as in ``14:05 Uhr, 12. März 2024``."""
    left = max(floor, start - _BEFORE)
    for match in reversed(list(_TIME.finditer(text, left, start))):
        word = _word_before(text, left, match.start())
        clock = read_clock(text, match.start() if word is None else word, language)
        if clock is None or clock.end > start:
            continue
        position = clock.end
        for _ in range(_LINKS + 1):
            gap = _GAP.match(text, position, start)
            position = gap.end() if gap else position
            if position >= start:
                return clock
            link = _WORD.match(text, position, start)
            if link is None or (len(link[1]) > _LONGEST_LINK and not is_weekday(link[1])):
                break
            position = link.end()
    return None


def _word_before(text: str, left: int, position: int) -> int | None:
    """Where the word right before *position* starts if it says which half of the day (``午後3時20分``), else null."""
    before = re.search(r"([^\W\d_]+)\s?$", text[left:position])
    return left + before.start() if before and half_of(before[1], None) else None
