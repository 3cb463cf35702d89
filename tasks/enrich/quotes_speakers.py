"""Who says a quote: the subject of its verb of speech, or whoever a pronoun or a bare quote goes back to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tasks.enrich.actors import Span
from tasks.enrich.actors_tokens import WORD, fold
from tasks.enrich.actors_vocabulary import shared_words
from tasks.enrich.quotes_context import (
    Context,
    Cue,
    Region,
    find_pronoun,
    people_in,
    sentence_at,
    spans_in,
)
from tasks.enrich.quotes_marks import Marked


class Speaker(NamedTuple):
    """Who speaks: actor id or null, and the words that say so or null."""

    actor_id: str | None
    surface: str | None


class Turn(NamedTuple):
    """A quote already read: where its words begin and end, and who said them."""

    start: int
    end: int
    actor_id: str | None
    surface: str | None


_NEAR = 60
_PRONOUN_REACH = 8
_SENTENCES_BACK = 6
_TITLE_STOP = re.compile(r"\b(Mr|Mrs|Ms|Dr|Prof|St|Mme|M|Sr|Sra|Sig|Gen|Col)\.")
_WITH_HEARER = frozenset(["told", "tells", "tell", "assured", "reminded", "thanked", "urged"])
_AUXILIARIES_LISTED = "who has had have also then later hat hatte hatten a avait avaient ont aurait est ha han habia habian aveva hanno tinha er il"
_AUXILIARIES = frozenset(_AUXILIARIES_LISTED.split())


def speaker_of(context: Context, region: Region, cue: Cue, passage: Marked, turns: Sequence[Turn]) -> Speaker:
    """Return the subject of a verb of speech in the words after or before a quote."""
    if region.is_tail:
        return _of_tail(context, region, cue, passage, turns)
    return _of_head(context, region, cue, passage, turns)


def _pronoun(context: Context, region: Region, cue: Cue) -> tuple[str, str] | None:
    """Return the pronoun that is the subject of a verb of speech, before or right after it."""
    return find_pronoun(context, region.start, cue.start) or find_pronoun(
        context, cue.end, min(region.end, cue.end + _PRONOUN_REACH)
    )


def _of_tail(context: Context, region: Region, cue: Cue, passage: Marked, turns: Sequence[Turn]) -> Speaker:
    """Return who speaks by the words after a quote: *Putin said*, *said the minister*, *she said*."""
    ahead = people_in(context, region.start, cue.start)
    if ahead:
        return Speaker(ahead[0].actor_id, ahead[0].surface)
    if pronoun := _pronoun(context, region, cue):
        return Speaker(antecedent(context, passage, turns, pronoun[0]), pronoun[1])
    before = _noun_phrase(context, region.start, cue.start)
    after = _noun_phrase(context, cue.end, min(region.end, cue.end + _NEAR))
    if fold(cue.text).split()[0] in _WITH_HEARER:
        after, near = None, []
    else:
        near = [s for s in spans_in(context, cue.end, region.end) if s.start - cue.end < _NEAR]
    people = [s for s in near if s.kind == "person" and not _stands_by(context, cue.end, s.start)]
    near = [s for s in near if s.kind != "person" or s in people]
    if people and not before:
        return Speaker(people[0].actor_id, people[0].surface)
    bodies = [*spans_in(context, region.start, cue.start), *([] if before else near)]
    if bodies and not _qualifies(context, cue, bodies[0]):
        return Speaker(bodies[0].actor_id, bodies[0].surface)
    phrase = before or after
    if phrase is None or _DESCRIBED.search(phrase):
        return Speaker(antecedent(context, passage, turns, None), phrase)
    return Speaker(None, phrase)


_DESCRIBED = re.compile(
    r"^(?:the|der|die|le|la|el|il|o|a) (?:[\w’'-]+ ){0,2}(?:[\w-]*politiker(?:in)?|[\w-]*vorsitzende|[\w-]*jährige|politician|[\w-]+-year-old|"
    r"(?:christ|sozial|frei)demokrat(?:in)?|republican|democrat|conservative|socialist|leader|líder|dirigente|dirigeant|político|"
    r"política|politico|homme politique|femme politique|[\w-]+aner(?:in)?)$",
    re.IGNORECASE,
)
"""What stands for a person named before: *the SPD politician*, *der 62-Jährige*."""
_BESIDE = re.compile(
    r"\b(?:alongside|beside|next to|together with|flanked by|accompanied by|neben|zusammen mit|an der seite|junto a|al lado de|acompañad\w+ por|"
    r"aux? c[oô]tés? d|avec|ao lado d|accanto a|insieme a|рядом с|вместе с)\b",
    re.IGNORECASE,
)


def _stands_by(context: Context, start: int, end: int) -> bool:
    """Say whether the words between a verb and a name make that person a companion of the one who speaks."""
    return _BESIDE.search(context.text, start, end) is not None


def _of_head(context: Context, region: Region, cue: Cue, passage: Marked, turns: Sequence[Turn]) -> Speaker:
    """Return who speaks by the words before a quote: *Putin said: "…"*, *as the minister put it, "…"*."""
    people = people_in(context, region.start, cue.start) or people_in(context, cue.end, region.end)
    if people:
        return Speaker(people[0].actor_id, people[0].surface)
    if pronoun := _pronoun(context, region, cue):
        return Speaker(antecedent(context, passage, turns, pronoun[0]), pronoun[1])
    bodies = spans_in(context, region.start, cue.start)
    if bodies and not _noun_phrase(context, bodies[-1].end, cue.start):
        return Speaker(bodies[-1].actor_id, bodies[-1].surface)
    phrase = _noun_phrase(context, region.start, cue.start)
    return Speaker(None, phrase) if phrase else Speaker(antecedent(context, passage, turns, None), None)


def _qualifies(context: Context, cue: Cue, span: Span) -> bool:
    """Say whether a state or body near a verb only qualifies the person who speaks: *an Iranian official said*."""
    text = context.text
    between = text[span.end : cue.start] if span.end <= cue.start else text[span.end : span.end + 30]
    return re.match(r"[’']?s?\s+\w", between) is not None


def _noun_phrase(context: Context, start: int, end: int) -> str | None:
    """Return the words between two offsets when they look like somebody: *a spokesman*, *Lena Ostrava*."""
    whole = _TITLE_STOP.sub(r"\1", context.text[start:end])
    piece = re.split(r"[,.;:—–]", whole)[0]
    words = [fold(word) for word in WORD.findall(piece)]
    if not words or context.vocabulary.has("prep", words[0]) or context.vocabulary.has("at", words[0]):
        return None
    kept = [word for word in words if word not in _AUXILIARIES]
    somebody = 1 <= len(kept) <= 12 and any(len(word) > 2 for word in kept)
    return " ".join(piece.split()) if somebody else None


def _fitting(context: Context, people: Sequence[Span], pronoun: str | None) -> list[Span]:
    """Return those persons whom *he* or *she* can mean; all where no given name tells."""
    if pronoun == "she":
        return [s for s in people if s.actor_id in context.women] or (
            list(people) if not context.women else []
        )
    if pronoun == "he":
        return [s for s in people if s.actor_id not in context.women]
    return list(people)


def antecedent(context: Context, passage: Marked, turns: Sequence[Turn], pronoun: str | None) -> str | None:
    """Return whom a pronoun or a bare quote goes back to: who spoke just before, or the subject of a sentence before."""
    number = sentence_at(context, passage.start)
    begin = context.sentences[number][0] if number >= 0 else 0
    lead = _fitting(context, people_in(context, begin, passage.start), pronoun)
    if lead:
        return lead[0].actor_id
    last = turns[-1] if turns else None
    for place in range(number - 1, max(-1, number - 2 - _SENTENCES_BACK), -1):
        start, end = context.sentences[place]
        if last is not None and last.end > start and _may_go_on(context, last, pronoun):
            return last.actor_id
        people = _fitting(context, people_in(context, start, end), pronoun)
        if _stranger(context, start, people):
            return None
        if people:
            return people[0].actor_id
    return None


_CAPITAL = "[^\\W\\d_a-zà-öø-ÿа-яё]"
_NAME = re.compile(rf"{_CAPITAL}[\w’'-]+(?: (?:{_CAPITAL}[\w’'-]*\.?|de|da|von|van|al))* {_CAPITAL}[\w’'-]+")


def _stranger(context: Context, start: int, people: Sequence[Span]) -> bool:
    """Say whether a sentence opens with the name of somebody whom nothing resolves: a pronoun after it means that one."""
    match = _NAME.match(context.text, start)
    if match is None or any(s.start < match.end() for s in spans_in(context, start, match.end())):
        return False
    first = fold(match.group().split(" ", 1)[0])
    known = first in shared_words("opener") or context.vocabulary.offices.match((first,), 0) is not None
    return not known and not (people and people[0].start < match.end() + 3)


def _may_go_on(context: Context, last: Turn, pronoun: str | None) -> bool:
    """Say whether the last speaker can be the one a pronoun means."""
    if pronoun == "he":
        return last.actor_id not in context.women
    if pronoun == "she":
        return not context.women or last.actor_id in context.women
    return True
