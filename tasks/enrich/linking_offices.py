"""Offices: titles that belong to a name beside them, and titles that stand for whoever held the office on the article's day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tasks.enrich.actors_reading import Reading
from tasks.enrich.actors_values import Mention, Person
from tasks.enrich.gazetteer import Role


class Office(NamedTuple):
    """An office named in words *first* to *last*: letters, actor id of the place or null, who it belongs to if a name stands by."""

    first: int
    last: int
    letters: str
    place: str | None
    actor_id: str | None
    bare: bool


_CHANCELLORS = (
    "chancellor",
    "kanzler",
    "chancelier",
    "cancellier",
    "chanceler",
    "canciller",
    "канцлер",
    "kancl",
    "kanslern",
    "kansler",
)
_IMPLIED = {"taoiseach": "IE", "pope": "VA", "pontiff": "VA", "papst": "VA", "pape": "VA", "pontifice": "VA"}
_NO_ARTICLES_LISTED = "ru uk pl cs zh ja ko tr fi hr sr sk sv da no hu"
_NO_ARTICLES = frozenset(_NO_ARTICLES_LISTED.split())
_PRESIDENTIAL_LISTED = "FR RU UA US KR TW EG TR SY BY KZ UZ AZ CY RO TN DZ CN SN CM"
_PRESIDENTIAL = frozenset(_PRESIDENTIAL_LISTED.split())
"""States where a president leads although a prime minister heads the government."""
_LATE_ADJECTIVES = frozenset(["fr", "es", "it", "pt", "ro", "ca", "pl"])
_GENITIVE_AFTER_LISTED = "ru uk be bg pl cs sk hr sr sl de fi et lt lv el"
_GENITIVE_AFTER = frozenset(_GENITIVE_AFTER_LISTED.split())


def _place_before(
    reading: Reading, position: int, ends: Mapping[int, Mention]
) -> tuple[int, str | None, bool]:
    """Return (first word of the phrase, place, whether it is past) of what qualifies an office from the left."""
    words, vocabulary = reading.words, reading.vocabulary
    first, past = position, False
    while first:
        gap, previous = words.gap(first - 1), words.folded[first - 1]
        if gap not in (" ", "-", "'", "’", "\u00a0", ". "):
            break
        if first - 1 in ends and ends[first - 1].kind in ("state", "organisation"):
            held = ends[first - 1].first
            earlier = reading.before(held)
            return held, ends[first - 1].actor_id, past or vocabulary.has("former", earlier)
        if previous == "s" and first >= 2 and words.gap(first - 2) in ("'", "’"):
            first -= 1
        elif vocabulary.has("former", previous):
            first, past = first - 1, True
        elif vocabulary.has("between", previous):
            first -= 1
        else:
            break
    return first, None, past


def _place_after(
    reading: Reading, position: int, starts: Mapping[int, Mention], adjectives: frozenset[int]
) -> tuple[int, str | None, bool]:
    """Return (last word of the phrase, place, whether *of* something else follows) of what qualifies an office from the right."""
    words, vocabulary = reading.words, reading.vocabulary
    after = position + 1
    if after >= len(words) or words.gap(position) not in (" ", "\u00a0"):
        return position, None, False
    direct = starts.get(after)
    if direct is not None and direct.kind in ("state", "organisation"):
        if reading.language in _LATE_ADJECTIVES or reading.language in _GENITIVE_AFTER:
            return direct.last, direct.actor_id, False
        return position, None, False
    for length in (2, 1):
        phrase = " ".join(words.folded[after : after + length])
        if vocabulary.has("of", phrase):
            place = after + length
            while place < len(words) and vocabulary.has("the", words.folded[place]):
                place += 1
            found = starts.get(place)
            if found is not None and found.kind in ("state", "organisation") and place not in adjectives:
                return found.last, found.actor_id, False
            return position, None, True
    return position, None, False


def _name_beside(
    reading: Reading, first: int, last: int, starts: Mapping[int, Mention], ends: Mapping[int, Mention]
) -> Mention | None:
    """Return the person named right after an office, or right before it with a comma between."""
    words = reading.words
    after = starts.get(last + 1)
    if after is not None and after.kind == "person" and words.gap(last) in (" ", ", ", "\u00a0", "-"):
        return after
    begin = first
    while begin and reading.vocabulary.has("the", words.folded[begin - 1]) and words.gap(begin - 1) == " ":
        begin -= 1
    before = ends.get(begin - 1)
    if before is not None and before.kind == "person" and words.gap(begin - 1) in (", ", " (", " – ", " — "):
        return before
    return None


def find_offices(reading: Reading, mentions: Sequence[Mention], adjectives: frozenset[int]) -> list[Office]:
    """Return every office in the text with its place and, when a name stands beside it, whose it is.

    *adjectives* are the words that name a state by its adjective: *president of the French* names no office.
    """
    starts = {m.first: m for m in mentions}
    ends = {m.last: m for m in mentions}
    taken = {p for m in mentions for p in range(m.first, m.last + 1)}
    found, position, size = [], 0, len(reading.words)
    while position < size:
        office = None if position in taken else reading.vocabulary.office_at(reading.words, position)
        if office is None:
            position += 1
            continue
        length, letters = office
        last = position + length - 1
        first, place, past = _place_before(reading, position, ends)
        reach, later, other = _place_after(reading, last, starts, adjectives)
        place = place or later or reading.gazetteer.states.get(_IMPLIED.get(reading.words.folded[last], ""))
        named = _name_beside(reading, first, reach, starts, ends)
        word = reading.words.folded[last]
        if any(part in reading.words.folded[p] for part in _CHANCELLORS for p in range(position, last + 1)):
            letters = _chancellor(reading, place, named)
        bare = (
            named is None
            and not past
            and not other
            and bool(letters)
            and _is_definite(reading, first, place, word)
        )
        found.append(
            Office(
                min(first, position),
                max(last, reach),
                letters,
                place,
                named.actor_id if named else None,
                bare,
            )
        )
        position = last + 1
    return found


def _chancellor(reading: Reading, place: str | None, named: Mention | None) -> str:
    """Return what a chancellor is: N, head of government in Germany and Austria; F in Spanish and Portuguese; else nothing."""
    states = reading.gazetteer.states
    if place in (states.get("DE"), states.get("AT")) or (
        place is None and (named is not None or reading.language == "de")
    ):
        return "MN"
    if place is None:
        return "N"
    return "F" if reading.language in ("es", "pt") else ""


def _is_definite(reading: Reading, first: int, place: str | None, word: str) -> bool:
    """Say whether an office without a name means one person: *the* president, Mr. President, the French president."""
    words, vocabulary = reading.words, reading.vocabulary
    before = words.folded[first - 1] if first else ""
    gap = words.gap(first - 1) if first else "\n"
    adjacent = gap in (" ", "\u00a0", "'", "’", ". ", "\n", " \n")
    named = adjacent and (vocabulary.has("mr", before) or vocabulary.has("the", before))
    if adjacent and vocabulary.has("a", before):
        return False
    if place is not None:
        # German has no article before a plural: "deutsche Außenminister" are several.
        return named or reading.language != "de" or words.capitals[first]
    bare = reading.language in _NO_ARTICLES and word == words.folded[first] and first in reading.openings
    return named or (adjacent and bare)


def _effective(reading: Reading, place: str) -> tuple[str, ...]:
    """Return who leads a state on the article's day: a supreme leader; a president where the government has no head or is theirs; else that head."""
    day, holders = reading.day, reading.gazetteer.holders
    actor = reading.gazetteer.actor(place)
    head = holders("M", place, day)
    president = holders("P", place, day) or holders("K", place, day)
    presidential = actor is not None and actor.country in _PRESIDENTIAL
    return holders("S", place, day) or (president if presidential or not head else head)


def resolve_offices(
    reading: Reading, offices: Sequence[Office], people: Sequence[Person], mentions: Sequence[Mention]
) -> list[Mention]:
    """Return mentions of persons by office alone, resolved within the article first, then as of its day."""
    introduced: dict[str, list[tuple[int, str, str | None]]] = {}
    for office in offices:
        if office.actor_id:
            for letter in office.letters:
                introduced.setdefault(letter, []).append((office.first, office.actor_id, office.place))
    spoken = sorted((m for m in mentions if m.kind == "person" and m.actor_id), key=lambda m: m.first)
    found: list[Mention] = []
    latest: dict[str, tuple[int, str]] = {}
    for office in offices:
        if not office.bare:
            continue
        actor_id = _resolve_one(reading, office, introduced, people, spoken, latest)
        if actor_id is not None:
            found.append(Mention(office.first, office.last, actor_id, "person", "coreference"))
            for letter in office.letters:
                latest[letter] = (office.first, actor_id)
    return found


def _resolve_one(
    reading: Reading,
    office: Office,
    introduced: Mapping[str, Sequence[tuple[int, str, str | None]]],
    people: Sequence[Person],
    spoken: Sequence[Mention],
    latest: Mapping[str, tuple[int, str]],
) -> str | None:
    """Return who a bare office means, or null when that is not sure."""
    if office.place is not None:
        return _with_place(reading, office, introduced, people, offices_letters(reading, office, spoken))
    letters = "N" if "N" in office.letters else "".join(x for x in office.letters if x not in "XGHL")
    if not letters:
        return None
    known = {actor_id: first for x in letters for first, actor_id, _ in reversed(introduced.get(x, ()))}
    for person in people:
        actor = reading.gazetteer.actor(person.actor_id)
        if actor and any(_may_be(reading, role, letters) for role in actor.roles):
            known[person.actor_id] = min(person.first, known.get(person.actor_id, person.first))
    known |= {latest[x][1]: latest[x][0] for x in letters if x in latest}
    candidates = {i: first for i, first in known.items() if first <= office.first} or known
    if len(candidates) == 1:
        return next(iter(candidates))
    before = [m for m in spoken if m.first < office.first and m.actor_id in candidates]
    if before:
        return before[-1].actor_id
    return min(candidates, key=lambda i: candidates[i], default=None)


def _may_be(reading: Reading, role: Role, letters: str) -> bool:
    """Say whether a role is one that the letters stand for, and held on the article's day; N is a chancellor."""
    chancellery = role.place in (reading.gazetteer.states.get("DE"), reading.gazetteer.states.get("AT"))
    place = reading.gazetteer.actor(role.place)
    national = role.office in letters and place is not None and place.kind == "state"
    meant = national or ("N" in letters and role.office == "M" and chancellery)
    return meant and role.held_on(reading.day)


def offices_letters(reading: Reading, office: Office, spoken: Sequence[Mention]) -> str:
    """Return the letters an office may be; a counterpart's is that of the person last named."""
    if "X" not in office.letters:
        return office.letters
    before = [m for m in spoken if m.first < office.first] or list(spoken)
    for mention in reversed(before):
        actor = reading.gazetteer.actor(mention.actor_id or "")
        letters = (
            "".join(r.office for r in actor.roles if r.held_on(reading.day) and r.office in "PMKFS")
            if actor
            else ""
        )
        if letters:
            return letters[0]
    return "L"


def _with_place(
    reading: Reading,
    office: Office,
    introduced: Mapping[str, Sequence[tuple[int, str, str | None]]],
    people: Sequence[Person],
    letters: str,
) -> str | None:
    """Return who holds an office of a named state or body: as the article introduces it, else as of its day."""
    place = office.place or ""
    named = {i for letter in letters for _, i, where in introduced.get(letter, ()) if where == place}
    if len(named) == 1:
        return named.pop()
    actor = reading.gazetteer.actor(place)
    if actor is not None and actor.kind == "organisation":
        letters = letters.replace("G", "GP").replace("L", "GP")
    for letter in letters:
        if letter in "GH" and actor is not None and actor.kind == "state":
            continue
        if letter == "L":
            led = [h for any_of in "SPMK" for h in reading.gazetteer.holders(any_of, place, reading.day)]
            here = [h for h in led if any(p.actor_id == h for p in people)]
            if len(here) == 1:
                return here[0]
        holders = (
            _effective(reading, place)
            if letter == "L"
            else reading.gazetteer.holders(letter, place, reading.day)
        )
        if letter == "P" and not holders and reading.language in ("es", "it", "pt", "fr"):
            holders = reading.gazetteer.holders("M", place, reading.day)
        present = [h for h in holders if any(p.actor_id == h for p in people)]
        if len(present) == 1:
            return present[0]
        if len(holders) == 1:
            return holders[0]
    for person in people:
        home = reading.gazetteer.states.get(person.country)
        if home == place and any(
            person.actor_id == i for letter in letters for _, i, _ in introduced.get(letter, ())
        ):
            return person.actor_id
    return None
