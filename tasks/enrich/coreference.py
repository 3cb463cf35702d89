"""The persons of an article: full names, then surnames and short names that refer back to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tasks.enrich.actors_reading import Reading
from tasks.enrich.actors_tokens import fold, stem
from tasks.enrich.actors_values import Mention, Person, bases, ids_of, kinds_of, short_forms
from tasks.enrich.actors_vocabulary import shared_words
from tasks.enrich.gazetteer import Actor, load_gazetteer, per_gazetteer
from tasks.enrich.gazetteer_index import BY_CHARACTER, Hit, key_of
from tasks.enrich.linking import state_counts


def find_full_names(reading: Reading, hits: Sequence[Hit]) -> list[tuple[Mention, Person]]:
    """Return persons named in full: leaders by name alone, other office holders when their state or a title is near."""
    counts = state_counts(hits)
    found = []
    for hit in hits:
        kinds = kinds_of(hit)
        if (
            "x" in kinds
            or kinds[0] in "nasc"
            or not ("p" in kinds or "q" in kinds)
            or is_institution(reading, hit.last)
        ):
            continue
        actor = _pick(reading, hit, counts)
        if actor is None:
            continue
        name = bases(reading, hit.first, hit.last)
        forms = short_forms(name, actor.country)
        if reading.language in BY_CHARACTER:
            forms = frozenset()
        person = Person(actor.actor_id, forms, frozenset(name), hit.first, actor.country, "gazetteer")
        found.append((Mention(hit.first, hit.last, actor.actor_id, "person", "gazetteer"), person))
    return found


def _pick(reading: Reading, hit: Hit, counts: Mapping[str, int]) -> Actor | None:
    """Return the person a full name means, or null when it may be a namesake."""
    actors = [
        a for i in ids_of(hit, "p") or ids_of(hit, "q") if (a := reading.gazetteer.actor(i)) is not None
    ]
    if len(actors) > 1:
        named = [a for a in actors if counts.get(reading.gazetteer.states.get(a.country, ""), 0)]
        actors = named or actors
    if len(actors) != 1:
        return None
    if ids_of(hit, "p"):
        return actors[0]
    home = reading.gazetteer.states.get(actors[0].country, "")
    tagged = any(label == "PER" and (s, e) == (hit.start, hit.end) for s, e, label in reading.tagged)
    if counts.get(home, 0) and not reading.in_title_case(hit.first):
        before = reading.before(hit.first)
        if (
            tagged
            or reading.vocabulary.has("mr", before)
            or before in shared_words("role")
            or not reading.tagged
        ):
            return actors[0]
    return None


def is_institution(reading: Reading, last: int) -> bool:
    """Say whether a name goes on as that of a place or body named after the person."""
    return reading.after(last) in shared_words("institution") and reading.words.is_capital(last + 1)


@per_gazetteer
def leaders_by_surname(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return ids of leaders by their short forms as written in *language*."""
    gazetteer = load_gazetteer()
    forms: dict[str, dict[str, None]] = defaultdict(dict)
    for group in ("*", language):
        for line in gazetteer.names.get((group, "p"), ()):
            actor_id, surfaces = line.split("\t")
            actor = gazetteer.actor(actor_id)
            if actor is None:
                continue
            for surface in surfaces.split("|"):
                if (words := key_of(surface).split()) and len(words) > 1:
                    for form in short_forms(tuple(words), actor.country):
                        forms[" ".join(stem(w, language).rstrip("-") for w in form.split())][actor_id] = None
    return {form: tuple(ids) for form, ids in forms.items()}


def _serving(reading: Reading, ids: Iterable[str], slack: int) -> list[Actor]:
    """Return those of *ids* who held an office within *slack* days of the article."""
    found = []
    for actor_id in ids:
        actor = reading.gazetteer.actor(actor_id)
        if actor and any(
            (r.start is None or (reading.day - r.start).days >= -slack)
            and (r.end is None or (r.end - reading.day).days > -slack)
            for r in actor.roles
            if r.office != "O"
        ):
            found.append(actor)
    return found


class _Cast(NamedTuple):
    """Whom a short name may mean: persons of the article by form, leaders by form, first words of all forms."""

    by_form: dict[str, list[Person]]
    leaders: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, int]
    firsts: frozenset[str]
    longest: int


def _gather(reading: Reading, people: Sequence[Person], hits: Sequence[Hit]) -> _Cast:
    """Return the cast of an article."""
    by_form: dict[str, list[Person]] = defaultdict(list)
    for person in sorted(people, key=lambda p: p.first):
        for form in person.forms:
            by_form[form].append(person)
    leaders = leaders_by_surname(reading.language)
    firsts = _first_words(reading.language) | {form.split(" ", 1)[0] for form in by_form}
    longest = max(3, *(form.count(" ") + 1 for form in by_form)) if by_form else 3
    return _Cast(by_form, leaders, state_counts(hits), frozenset(firsts), longest)


@per_gazetteer
def _first_words(language: str) -> frozenset[str]:
    """Return the first words of leaders' short forms."""
    return frozenset(form.split(" ", 1)[0] for form in leaders_by_surname(language))


def find_short_names(
    reading: Reading, people: Sequence[Person], taken: frozenset[int], hits: Sequence[Hit]
) -> tuple[list[Mention], list[Person]]:
    """Return mentions by surname or short name, and leaders brought on by surname alone.

    A form that two persons share goes to the one introduced before it; when both were, the mention is unresolved.
    A leader whom the article never names in full is recognised beside a title, or when his or her state is named too.
    """
    cast = _gather(reading, people, hits)
    known = {person.actor_id for person in people}
    inside = {p for h in hits if h.kind in "xs" or h.last > h.first for p in range(h.first, h.last + 1)}
    blocked = taken | inside
    mentions, brought = [], []
    position, size = 0, len(reading.words)
    while position < size:
        mention = None
        if reading.words.capitals[position] and position not in blocked:
            mention = _short_name_at(reading, cast, position, taken)
        if mention is None:
            position += 1
            continue
        mentions.append(mention)
        position = mention.last + 1
        if mention.how == "gazetteer" and mention.actor_id is not None and mention.actor_id not in known:
            person = _bring_on(reading, mention)
            known.add(person.actor_id)
            brought.append(person)
            for form in person.forms:
                cast.by_form[form].append(person)
    return mentions, brought


def _bring_on(reading: Reading, mention: Mention) -> Person:
    """Return the person whom a surname alone brings on."""
    form = bases(reading, mention.first, mention.last)
    actor = reading.gazetteer.actor(mention.actor_id or "")
    country = actor.country if actor else ""
    return Person(
        mention.actor_id or "",
        frozenset((" ".join(form),)),
        frozenset(form),
        mention.first,
        country,
        "gazetteer",
    )


def _short_name_at(reading: Reading, cast: _Cast, position: int, taken: frozenset[int]) -> Mention | None:
    """Return the mention that a short name from word *position* on is, longest form first, or null."""
    if bases(reading, position, position)[0] not in cast.firsts:
        return None
    for length in range(min(cast.longest, len(reading.words) - position), 0, -1):
        last = position + length - 1
        form = " ".join(bases(reading, position, last))
        candidates = cast.by_form.get(form, [])
        if not candidates and form not in cast.leaders:
            continue
        if any(p in taken for p in range(position, last + 1)):
            continue
        if not _stands_alone(reading, position, last, candidates):
            continue
        mention = _resolve(reading, position, last, candidates)
        if mention is None and form in cast.leaders:
            actor = _lone_leader(reading, position, form, cast.leaders[form], cast.counts)
            if actor is not None:
                mention = Mention(position, last, actor.actor_id, "person", "gazetteer")
        if mention is not None:
            return mention
    return None


def _stands_alone(reading: Reading, first: int, last: int, candidates: Sequence[Person]) -> bool:
    """Say whether a surname is not part of a longer name: Michelle Obama, Obama Foundation."""
    words = reading.words
    if is_institution(reading, last):
        return False
    if any(
        label == "PER" and s < words.starts[first] and words.ends[last] <= e for s, e, label in reading.tagged
    ):
        return _name_fits(reading, first, candidates)
    run = reading.run_at(first, last)
    if run is None or reading.in_title_case(first) or run.first >= first:
        return True
    return words.gap(first - 1) not in (" ", ". ") or _name_fits(reading, first, candidates)


def _name_fits(reading: Reading, first: int, candidates: Sequence[Person]) -> bool:
    """Say whether the word before a surname is a title or role, or a name that one of the candidates bears."""
    if first == 0:
        return True
    previous = reading.words.folded[first - 1]
    if (
        reading.vocabulary.has("mr", previous)
        or previous in shared_words("role")
        or reading.vocabulary.has("former", previous)
    ):
        return True
    if reading.vocabulary.office_before(reading.words, first) or reading.vocabulary.has("between", previous):
        return True
    stemmed = bases(reading, first - 1, first - 1)[0]
    return (
        any(stemmed in person.words for person in candidates)
        or reading.words.gap(first - 1) in ("-", "–")
        or first - 1 in reading.openings
    )


def _resolve(reading: Reading, first: int, last: int, candidates: Sequence[Person]) -> Mention | None:
    """Return a mention of the person that a short name means; its id is null when two persons are as likely."""
    if not candidates:
        return None
    ids = {person.actor_id for person in candidates if person.first <= first} or {
        person.actor_id for person in candidates
    }
    if len(ids) > 1:
        previous = bases(reading, first - 1, first - 1)[0] if first else ""
        ids = {p.actor_id for p in candidates if p.actor_id in ids and previous in p.words} or ids
    actor_id = next(iter(ids)) if len(ids) == 1 else None
    return Mention(first, last, actor_id, "person", "coreference")


def _lone_leader(
    reading: Reading, first: int, form: str, ids: Sequence[str], counts: Mapping[str, int]
) -> Actor | None:
    """Return the leader whom a surname means that is nowhere spelled out, or null when it is not sure."""
    if len(form) < 2 or fold(form) != form:
        return None
    words, vocabulary = reading.words, reading.vocabulary
    before = (
        vocabulary.office_before(words, first) if first and words.gap(first - 1) in (" ", ". ", "-") else None
    )
    if before is not None and "," not in words.gap(first - 1):
        holding = [
            a
            for a in _serving(reading, ids, 60)
            if any(r.office in before[1] and r.held_on(reading.day) for r in a.roles)
        ]
        if len(holding) == 1:
            return holding[0]
    titled = before is not None or (first > 0 and vocabulary.has("mr", words.folded[first - 1]))
    serving = _serving(reading, ids, 365 if titled else 200)
    if before is not None:
        serving = [a for a in serving if any(r.office in before[1] for r in a.roles)] or serving
    homes = [
        a
        for a in serving
        if counts.get(reading.gazetteer.states.get(a.country, ""), 0) or _body_named(a, counts)
    ]
    if titled:
        return (
            homes[0]
            if len(homes) == 1
            else serving[0]
            if len(serving) == 1 and form not in shared_words("common_surname")
            else None
        )
    if (
        form in shared_words("common_surname")
        or len(form) < 4
        or (first in reading.openings and len(form) < 5)
    ):
        return None
    return homes[0] if len(homes) == 1 and len(serving) == 1 else None


def _body_named(actor: Actor, counts: Mapping[str, int]) -> bool:
    """Say whether a body that the person heads is named in the article."""
    return any(counts.get(role.place, 0) for role in actor.roles if role.office in "PGH")
