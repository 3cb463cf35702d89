"""The dates that a text mentions, as ISO strings no finer than what was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from tasks.dates import ParsedDate, find_dates

_ISO_LENGTH = {"year": 4, "month": 7}

_LINKS = re.compile(r"(?<!\w)(?:and|or|und|oder|bis|et|ou|y|o|e|och|og|eller|i|lub|a|и|или|та|і)(?=\s)")
"""Words that part two dates ("March 8 and December 30") where a reader of one date would skip them."""

_YEAR = re.compile(r"(?<![\w.,:/$€£#%-])(?:19|20)\d\d(?![\w%€]|[.,:/-]\d)")
_BEFORE = re.compile(
    r"(?:\b(?:the|in|by|of|to|and|until|since|from|between|during|or|for)|[\[(])\s*$", re.IGNORECASE
)
_NAME_BEFORE = re.compile(r"\b[A-Z][\w’'-]+\s$")
_AFTER_NAME = re.compile(r"\s*(?:[^\w\s]|$|(?:and|or|in|for|with|will|was|is|has|on|at)\b)")
_COUNTED = re.compile(
    r"\s(?:people|men|women|children|m|km|kg|miles?|met(?:re|er)s?|feet|tons?|tonnes?|dollars|euros|pounds|percent|"
    r"per\s+cent|times|votes|jobs|points|troops|soldiers|workers|employees|students|homes|years|days|hours)\b"
)


def find_mentioned_dates(text: str, published: date | None, language: str) -> list[str]:
    """Return the dates mentioned, in order and once each: ``2022-01-26``, ``2022-01`` or ``1997``.

    A day without a year ("January 26") is taken to be the one nearest to *published*, and left out without it.
    Weekdays and words such as "yesterday" are not resolved.  *language* is an ISO code, or ``und``.
    """
    reference = (
        datetime(published.year, published.month, published.day, 12, tzinfo=UTC) if published else None
    )
    apart = _LINKS.sub(lambda match: ";" * len(match.group()), text)
    found = find_dates(apart, None if language == "und" else language, reference=reference)
    spans = [(start, end, _as_iso(parsed)) for start, end, parsed in found]
    if language == "en":
        spans.extend(_years(text, spans))
    return list(dict.fromkeys(iso for _, _, iso in sorted(spans)))


def _as_iso(parsed: ParsedDate) -> str:
    """Return the day as it was written, cut to its precision."""
    return parsed.local[: _ISO_LENGTH.get(parsed.precision, 10)]


def _years(text: str, taken: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield years of English text outside *taken*: "the 2016 referendum", "World Cup 2026"; never counts or sums."""
    for match in _YEAR.finditer(text):
        start, end = match.span()
        if any(start < other_end and other_start < end for other_start, other_end, _ in taken):
            continue
        before = text[max(0, start - 24) : start]
        named = _BEFORE.search(before) or (_NAME_BEFORE.search(before) and _AFTER_NAME.match(text, end))
        if named and not _COUNTED.match(text, end):
            yield start, end, match.group()
