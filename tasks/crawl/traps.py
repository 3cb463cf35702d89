"""Addresses that have no end: calendars, paths that repeat themselves, parameters that go on and on."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

MOST_SEGMENTS, MOST_PARAMETERS, MOST_CHARACTERS = 20, 12, 1_500
MOST_REPEATS = 3
"""How often one segment, or a pair of them, may stand in a path."""
MOST_ALIKE = 1_000
"""Addresses of one list that differ in the values of their parameters only."""
_CALENDAR = re.compile(
    r"/(?:calendar|kalender|calendrier|calendario|agenda|events?|termine|archives?|archiv)/(?:[^/]+/){0,3}?"
    r"(?:\d{4}[-/]\d{1,2}(?:[-/]\d{1,2})?|month|week|day|list|today)/?$",
    re.IGNORECASE,
)
_CALENDAR_QUERY = re.compile(
    r"(?:^|&)(?:tribe-bar-date|cal_?date|ical|outlook-ical|month|kalender|yearmonth)=", re.IGNORECASE
)
_DATED = re.compile(r"/(?P<year>[12]\d{3})[-/](?P<month>0?[1-9]|1[0-2])(?=[-/]|$)")


def trap_of(url: str, now: datetime) -> str | None:
    """Why an address has no end (``calendar``, ``repeating_path``, ``endless_parameters``, ``endless_address``), or None.

    An article of next year is none: a path that holds a date more than a year from *now* belongs to a calendar.
    """
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(url) > MOST_CHARACTERS or len(segments) > MOST_SEGMENTS:
        return "endless_address"
    if _repeats(segments):
        return "repeating_path"
    names = [name for name, _ in parse_qsl(parts.query, keep_blank_values=True)] if parts.query else []
    if len(names) > MOST_PARAMETERS or max(Counter(names).values(), default=0) > MOST_REPEATS:
        return "endless_parameters"
    if _CALENDAR.search(parts.path) or _CALENDAR_QUERY.search(parts.query) or _lies_ahead(parts.path, now):
        return "calendar"
    return None


def _repeats(segments: list[str]) -> bool:
    """Whether a path says the same over and over: /a/a/a/a or /a/b/a/b/a/b/a/b.  Numbers may repeat: /2025/09/09/9."""
    words = [segment for segment in segments if not segment.isdigit()]
    return max(Counter(words).values(), default=0) > MOST_REPEATS


def _lies_ahead(path: str, now: datetime) -> bool:
    found = _DATED.search(path)
    return (
        found is not None and int(found["year"]) * 12 + int(found["month"]) > now.year * 12 + now.month + 12
    )


@dataclass(slots=True)
class Shapes:
    """How many addresses of one list are alike but for the values of their parameters."""

    seen: Counter[tuple[str, str, tuple[str, ...]]] = field(default_factory=Counter)

    def add(self, url: str) -> str | None:
        """``endless_parameters`` once too many addresses are alike, else None.  A path without parameters is never alike."""
        parts = urlsplit(url)
        if not parts.query:
            return None
        names = tuple(sorted({part.partition("=")[0] for part in parts.query.split("&")}))
        shape = (parts.netloc, parts.path, names)
        self.seen[shape] += 1
        return "endless_parameters" if self.seen[shape] > MOST_ALIKE else None
