"""Actors that no file lists: persons and organisations that the tagger marks or that the words around them give away."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from tasks.enrich.actors_reading import Reading, Run
from tasks.enrich.actors_values import Mention, Person, bases, short_forms
from tasks.enrich.actors_vocabulary import shared_words
from tasks.enrich.coreference import is_institution, leaders_by_surname
from tasks.enrich.gazetteer_index import Hit
from tasks.enrich.place_names import bearers_of

_CREDIT = re.compile(
    r"(?:photo|foto|picture|image|source|quelle|cr[ée]dit|courtesy|фото|bild|getty|illustration|video)[\w ]{0,14}\s*[:/–-]\s*(?:[\w ]{1,24}/)?$",
    re.IGNORECASE,
)
_LONGEST_NAME = 5
_CITY, _METROPOLIS = 100_000, 1_000_000
"""People of a city whose name is no body's, and of one whose name is no person's: persons are called like smaller ones."""


def is_credit(text: str, start: int) -> bool:
    """Say whether what begins at *start* is the credit of a picture: *Photo: …*, *Photo courtesy- …*."""
    line = text.rfind("\n", 0, start) + 1
    return _CREDIT.search(text[max(line, start - 40) : start]) is not None


def _is_city(name: str, people: int) -> bool:
    """Say whether the folded *name* is that of a city with so many people, or of a region: no person and no body."""
    return any(place.kind != "city" or place.population >= people for place in bearers_of(name).english)


def _words_of_span(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Return the first and last word that begin in a span of characters; the last is less than the first when none does."""
    return bisect_left(reading.words.starts, start), bisect_left(reading.words.starts, end) - 1


def _candidates(reading: Reading, hits: Sequence[Hit]) -> list[tuple[int, int, str]]:
    """Return (first word, last word, how) of what may be a person's name: tagged spans, then runs beside a title or a verb."""
    starts = {hit.first: hit for hit in hits}
    places = {p for h in hits if h.last > h.first and h.kind in "nasxk" for p in range(h.first, h.last + 1)}
    found, tagged = [], set()
    for start, end, label in reading.tagged:
        first, last = _words_of_span(reading, start, end)
        if label == "PER" and first <= last:
            found.append((first, last, "tagger"))
        tagged |= set(range(first, last + 1))
    for run in reading.runs:
        begin, titled = _name_part(reading, run, starts)
        first, last = _trim(reading, begin, run.last)
        words = set(range(first, last + 1))
        if not words & (places | tagged) and (titled or _has_evidence(reading, first, last)):
            found.append((first, last, "coreference"))
    return found


def find_unknown(
    reading: Reading, hits: Sequence[Hit], taken: frozenset[int], known: frozenset[str]
) -> list[tuple[Mention, Person]]:
    """Return persons that no file lists, with ids made of their names; *known* are short forms of persons already found."""
    national = {p for hit in hits if hit.kind in "anx" for p in range(hit.first, hit.last + 1)}
    found: list[tuple[Mention, Person]] = []
    used = set(taken)
    for begin, end, how in _candidates(reading, hits):
        first, last = _trim(reading, begin, end)
        words = range(first, last + 1)
        form = " ".join(bases(reading, first, last))
        if (
            not 1 < len(words) <= _LONGEST_NAME
            or form in known
            or form in leaders_by_surname(reading.language)
        ):
            continue
        if any(p in used for p in words) or reading.in_title_case(first) or all(p in national for p in words):
            continue
        if is_credit(reading.words.text, reading.words.starts[first]):
            continue
        if _is_city(" ".join(reading.words.folded[first : last + 1]), _METROPOLIS):
            continue
        name = bases(reading, first, last)
        actor_id = "ci:person:" + "-".join(reading.words.folded[first : last + 1])
        person = Person(actor_id, short_forms(name, ""), frozenset(name), first, "", how)
        found.append((Mention(first, last, actor_id, "person", how), person))
        used.update(words)
    return found


def find_unknown_bodies(reading: Reading, mentions: Sequence[Mention]) -> list[Mention]:
    """Return organisations that only the tagger found; news agencies and picture credits are sources, not actors."""
    spans = [(start, end) for start, end, label in reading.tagged if label == "ORG"]
    if not spans:
        return []
    taken = {p for m in mentions for p in range(m.first, m.last + 1)}
    words, found = reading.words, []
    for start, end in spans:
        first, last = _words_of_span(reading, start, end)
        if last < first:
            continue
        name = " ".join(words.folded[first : last + 1])
        if any(p in taken for p in range(first, last + 1)) or name in shared_words("agency"):
            continue
        if _is_city(name, _CITY):
            continue
        written = words.text[start:end]
        short = first == last and not (written.isupper() and len(written) > 2)
        if (
            not words.capitals[first]
            or (short and words.text.count(written) < 2)
            or is_credit(words.text, start)
        ):
            continue
        actor_id = "ci:organisation:" + name.replace(" ", "-")
        found.append(Mention(first, last, actor_id, "organisation", "tagger"))
        taken.update(range(first, last + 1))
    return found


def _trim(reading: Reading, first: int, last: int) -> tuple[int, int]:
    """Return a name without a title before it and a possessive *s* after it."""
    while first < last and (
        reading.vocabulary.has("mr", reading.words.folded[first])
        or reading.vocabulary.office_at(reading.words, first) is not None
    ):
        first += 1
    while last > first and reading.words.folded[last] == "s":
        last -= 1
    return first, last


def _name_part(reading: Reading, run: Run, starts: Mapping[int, Hit]) -> tuple[int, bool]:
    """Return where the name begins in a run of capitals that may open with an office, a role or a state, and if it has an office."""
    position, last, words = run.first, run.last, reading.words
    titled = (
        position > 0
        and words.gap(position - 1) == " "
        and reading.vocabulary.office_before(words, position) is not None
    )
    while position < last:
        office = reading.vocabulary.office_at(reading.words, position)
        word = reading.words.folded[position]
        hit = starts.get(position)
        if office is not None:
            position += office[0]
            titled = True
        elif (
            word in shared_words("role")
            or reading.vocabulary.has("mr", word)
            or reading.vocabulary.has("former", word)
        ):
            position += 1
        elif (
            hit is not None
            and (hit.kind == "a" or (hit.kind == "n" and last - hit.last >= 2))
            and hit.last < last
        ):
            position = hit.last + 1
        else:
            break
    return position, titled


def _is_apposed(reading: Reading, last: int) -> bool:
    """Say whether an age or a clause with *who* follows a name: *Ada Quillfeather, 42,*, *Ada Quillfeather, the baker who …*."""
    words = reading.words
    if words.gap(last) != ", " or last + 2 >= len(words):
        return False
    ahead = words.folded[last + 1 : last + 8]
    stop = next((n for n in range(len(ahead)) if words.gap(last + 1 + n)[:1] in (",", ".")), len(ahead))
    return (ahead[0].isdigit() and len(ahead[0]) == 2) or bool({"who", "whose"} & set(ahead[: stop + 1]))


def _has_evidence(reading: Reading, first: int, last: int) -> bool:
    """Say whether a title, a role or a verb of speech next to capitalised words makes them a person's name."""
    words, vocabulary = reading.words, reading.vocabulary
    if any(
        words.folded[p] in shared_words("institution")
        or words.text[words.starts[p] : words.ends[p]].isupper()
        for p in range(first, last + 1)
    ):
        return False
    if is_institution(reading, last):
        return False
    before = words.folded[first - 1] if first and words.gap(first - 1) in (" ", ". ", ", ") else ""
    if before in shared_words("role") or vocabulary.has("mr", before):
        return True
    if first and vocabulary.office_before(words, first) and words.gap(first - 1) in (" ", ", "):
        return True
    if _is_apposed(reading, last):
        return True
    follows = (
        last + 1 < len(words)
        and words.gap(last) in (" ", ", ", "\n")
        and vocabulary.said.match(words.folded, last + 1)
    )
    leads = first and words.gap(first - 1) == " " and vocabulary.said.match_before(words.folded, first)
    return bool(follows or leads) and not reading.vocabulary.has("the", before)
