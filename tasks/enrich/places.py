"""Places that a text names, with coordinates: GeoNames cities, states of the USA and countries.

A name is taken for a place only with evidence: a preposition, a date line or "City, Country" beside it, or a name that
nothing else bears; and never beside another capitalised word, where it is most likely part of a person's or company's name.
Which of several places of one name is meant is decided by what stands after a comma, then by the countries that the
text speaks of, then by the number of people.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from tasks.enrich.place_names import Known, bearers_of, fold
from tasks.enrich.places_words import BEFORE, COMMON, DATE_LINE, QUALIFIERS

_WORD = re.compile(r"[^\W\d_]+(?:['’\-.][^\W\d_]+)*\.?")
_LONGEST = 5
_WELL_KNOWN, _FAMOUS = 400_000, 1_000_000
_CONTEXT_WEIGHT = 1.2
_QUALIFIED_WEIGHT = 6.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place at a position of the text: characters *start* to *end*; coordinates in degrees."""

    place_id: str
    name: str
    country: str
    latitude: float
    longitude: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text with their positions and folded forms."""

    text: str
    spans: Sequence[tuple[int, int]]
    folded: Sequence[str]


class _Taken(NamedTuple):
    """Spans in order of their beginnings, and how far the spans up to each one reach."""

    starts: list[int]
    reaches: list[int]

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int]]) -> _Taken:
        """Return the spans, ready to be asked."""
        ordered = sorted(spans)
        return cls([start for start, _ in ordered], list(accumulate((end for _, end in ordered), max)))

    def overlaps(self, start: int, end: int) -> bool:
        """True when characters *start* to *end* share one with any of the spans."""
        before = bisect_left(self.starts, end)
        return before > 0 and self.reaches[before - 1] > start


def find_places(
    text: str,
    spans_taken: Sequence[tuple[int, int]],
    countries_in_context: Collection[str],
    language: str = "en",
) -> list[Place]:
    """Return the places named in *text*, left to right, outside *spans_taken* (people and organisations).

    *countries_in_context* are ISO codes of the states the text speaks of; countries that it names itself are added.
    Names in other languages are looked up only when *language* is not English.
    """
    spans = [match.span() for match in _WORD.finditer(text)]
    words = _Words(text, spans, [fold(text[start:end]) for start, end in spans])
    found = _candidates(words, _Taken.of(spans_taken), language)
    context = set(countries_in_context)
    for start, end, options in found:
        if _is_sure(options) and " ".join(words.folded[start:end]) not in COMMON:
            context.add(options[0].country)
    places = []
    for start, end, options in found:
        best = _choose(words, start, end, options, context)
        if best is not None:
            first, last = spans[start][0], spans[end - 1][1]
            while text[last - 1] in ".'’" or text[first:last].endswith(("'s", "’s")):
                last -= 1
            places.append(
                Place(best.place_id, best.name, best.country, best.latitude, best.longitude, first, last)
            )
    return places


def _candidates(words: _Words, taken: _Taken, language: str) -> list[tuple[int, int, tuple[Known, ...]]]:
    """Return (first word, word after the last, places of that name), longest names first, none overlapping."""
    found = []
    position = 0
    while position < len(words.folded):
        step = 1
        start = words.spans[position][0]
        if words.text[start].isupper():
            reach = min(bearers_of(words.folded[position].split(" ", 1)[0]).reach, _LONGEST)
            for end in range(min(position + reach, len(words.folded)), position, -1):
                if not _is_one_name(words, position, end) or taken.overlaps(start, words.spans[end - 1][1]):
                    continue
                english, other, _ = bearers_of(" ".join(words.folded[position:end]))
                options = english or (other if language != "en" else ())
                if options:
                    found.append((position, end, options))
                    step = end - position
                    break
        position += step
    return found


def _is_one_name(words: _Words, start: int, end: int) -> bool:
    """True when only spaces and hyphens part the words from *start* to *end*."""
    gaps = (words.text[words.spans[i][1] : words.spans[i + 1][0]] for i in range(start, end - 1))
    return all(gap in (" ", "-", " ", "\n") for gap in gaps)


def _choose(
    words: _Words, start: int, end: int, options: Sequence[Known], context: Collection[str]
) -> Known | None:
    """Return the place that is meant, or None when the words are more likely no place."""
    qualifier = _qualifier(words, end)
    best = max(options, key=lambda known: (_weight(known, context, qualifier), known.place_id))
    if best.kind == "country":
        return best
    if qualifier and qualifier in (best.country, best.name):
        return best
    if _is_part_of_name(words, start, end):
        return None
    located = _is_located(words, start, end)
    name = " ".join(words.folded[start:end])
    if name in COMMON:
        return best if located and (best.country in context or best.population >= _FAMOUS) else None
    if best.population >= _WELL_KNOWN or best.kind == "region":
        return best
    return best if located and (best.country in context or best.population >= _WELL_KNOWN / 4) else None


def _is_sure(options: Sequence[Known]) -> bool:
    """True when a name can only mean one country and is known far beyond it."""
    return len({known.country for known in options}) == 1 and any(
        known.kind == "country" or known.population >= _WELL_KNOWN for known in options
    )


def _weight(known: Known, context: Collection[str], qualifier: str | None) -> float:
    """Return how likely the entry is meant: people (log 10), plus its country in context, plus what follows it."""
    weight = math.log10(known.population + 1)
    if known.kind != "city":
        weight += 1.0
    if known.country in context:
        weight += _CONTEXT_WEIGHT
    if qualifier is not None and qualifier in (known.country, known.name) and known.kind == "city":
        weight += _QUALIFIED_WEIGHT
    return weight


def _qualifier(words: _Words, end: int) -> str | None:
    """Return the country code that "City, Country" or "City, State" names after a comma."""
    if end >= len(words.spans) or words.text[words.spans[end - 1][1] : words.spans[end][0]] not in (
        ", ",
        " (",
    ):
        return None
    if words.text[words.spans[end - 1][1] - 1] == "." and words.folded[end - 1] == "":
        return None
    for width in (3, 2, 1):
        name = " ".join(words.folded[end : end + width])
        if name in QUALIFIERS:
            return QUALIFIERS[name]
        for known in bearers_of(name).english:
            if known.kind in ("country", "region"):
                return known.country
    return None


def _is_part_of_name(words: _Words, start: int, end: int) -> bool:
    """True when a capitalised word stands right before or after: Jack London, London Breed, Washington Post."""
    text, spans = words.text, words.spans
    if start and text[spans[start - 1][1] : spans[start][0]] == " ":
        before = spans[start - 1]
        opens = before[0] == 0 or text[before[0] - 1] in '\n“"' or text[max(0, before[0] - 2)] in ".?!"
        known = words.folded[start - 1] in BEFORE
        if (
            text[before[0]].isupper()
            and not known
            and not (opens and text[before[0] : before[1]].istitle() and known)
        ):
            return True
    if (
        end < len(spans)
        and text[spans[end - 1][1] : spans[end][0]] == " "
        and text[spans[end - 1][1] - 1] != "."
    ):
        after = text[spans[end][0] : spans[end][1]]
        return after[0].isupper() and not text[spans[end - 1][0] : spans[end - 1][1]].endswith(("'s", "’s"))
    return False


def _is_located(words: _Words, start: int, end: int) -> bool:
    """True after a preposition of place, in a date line, or in a list of places."""
    if start and words.folded[start - 1] in BEFORE:
        return True
    first, last = words.spans[start][0], words.spans[end - 1][1]
    opens_line = first == 0 or words.text[first - 1] == "\n"
    return opens_line and DATE_LINE.match(words.text, last) is not None
