"""What was said, and by whom: quotes between marks, their cue verbs, and their speakers by tail, head or chain."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks.enrich.actors import Span
from tasks.enrich.actors_tokens import CJK, WORD, fold
from tasks.enrich.actors_vocabulary import Vocabulary, shared_words, words_of
from tasks.enrich.quotes_marks import Marked, find_marked


@dataclass(frozen=True, slots=True)
class Quote:
    """Words spoken: *text* at *start*–*end* of title + line feed + text, without marks; who spoke; the cue that says so.

    *speaker_id* is null when the speaker is not a known actor, *speaker_surface* when nobody is named, *cue* when no verb
    of speech stands by.
    """

    text: str
    start: int
    end: int
    speaker_id: str | None
    speaker_surface: str | None
    cue: str | None


class _Cue(NamedTuple):
    """A verb of speech at *start*–*end*; *pronoun* is the pronoun that is its subject, if one is."""

    start: int
    end: int
    text: str


class _Context(NamedTuple):
    """What attribution looks at: the string, spans that can speak, sentences, vocabulary, and all marked passages."""

    text: str
    speakers: Sequence[Span]
    starts: Sequence[int]
    sentences: Sequence[tuple[int, int]]
    vocabulary: Vocabulary
    passages: Sequence[Marked]


_DASH_LANGUAGES = frozenset(
    [
        "es",
        "fr",
        "pt",
        "it",
        "ru",
        "uk",
        "be",
        "bg",
        "pl",
        "cs",
        "sk",
        "ro",
        "hu",
        "tr",
        "ca",
        "sr",
        "el",
        "mk",
    ]
)
_SPEAKER_KINDS = frozenset(("person", "organisation", "group", "state"))
_TAIL = 160
_HEAD = 240


def find_quotes(
    title: str, text: str, language: str, spans: Sequence[Span], sentences: Sequence[tuple[int, int]]
) -> list[Quote]:
    """Return the quotes of an article in order.  *spans* and *sentences* are offsets into title + line feed + text.

    Words in marks that nobody says (scare quotes, titles of works) are left out: a quote has a verb of speech or a colon
    beside it, or is a sentence of its own next to one that has.
    """
    full = f"{title}\n{text}"
    speakers = sorted((s for s in spans if s.kind in _SPEAKER_KINDS), key=lambda s: s.start)
    passages = find_marked(full, language in _DASH_LANGUAGES)
    context = _Context(full, speakers, [s.start for s in speakers], sentences, words_of(language), passages)
    found: list[Quote] = []
    for number, passage in enumerate(passages):
        quote = _read_quote(context, number, passage, found, len(title))
        if quote is not None:
            found.append(quote)
    return found


def _read_quote(
    context: _Context, number: int, passage: Marked, before: Sequence[Quote], title_end: int
) -> Quote | None:
    """Return the quote that a marked passage is, with its speaker, or null when nobody speaks."""
    inner = context.text[passage.inner_start : passage.inner_end].strip(" \u00a0\u202f")
    words = len(CJK.findall(inner)) // 2 or len(WORD.findall(inner))
    if words < 1 or (words < 2 and len(inner) < 4):
        return None
    tail = _tail(context, number, passage)
    head = _head(context, number, passage)
    if _is_work(context, inner, passage):
        return None
    start = (
        passage.inner_start
        + len(context.text[passage.inner_start : passage.inner_end])
        - len(context.text[passage.inner_start : passage.inner_end].lstrip(" \u00a0\u202f"))
    )
    whole = _is_clause(inner, context.text, passage)
    for region, is_tail in ((tail, True), (head, False)):
        cue = _find_cue(context, region, is_tail, passage)
        if cue is None or (not whole and words < 4):
            continue
        speaker, surface = _speaker_at(context, region, cue, is_tail, passage, before)
        if not is_tail and speaker is None and surface is None and not whole:
            continue
        return Quote(_plain(inner), start, start + len(inner), speaker, surface, cue.text)
    if passage.start < title_end or not whole or words < 3:
        return None
    return _chained(context, passage, start, inner, before)


def _plain(inner: str) -> str:
    """Return the words of a quote with marks that only repeat at each paragraph removed."""
    return re.sub(r"\n+\s*[“„«»\"]\s*", "\n", inner)


def _is_clause(inner: str, text: str, passage: Marked) -> bool:
    """Say whether a passage reads as speech rather than as words picked out: a capital, or punctuation at its end."""
    after = text[passage.end : passage.end + 2].lstrip()
    ends = inner[-1:] in ".,!?…;:—–。！？、，" or after[:1] in (",", "，")
    first = next((c for c in inner if c.isalpha()), "")
    opens = first.isupper() or (not first.islower() and first.isalpha())
    lead = text[max(0, passage.start - 3) : passage.start].rstrip()[-1:]
    return (
        (ends and (opens or inner[-1:] in ".,!?…"))
        or (opens and lead in (":", ",", "：", "，", ""))
        or (opens and inner.count(" ") >= 3)
    )


def _is_work(context: _Context, inner: str, passage: Marked) -> bool:
    """Say whether the passage is the title of a film, book or project."""
    before = [fold(w) for w in WORD.findall(context.text[max(0, passage.start - 30) : passage.start])][-2:]
    words = WORD.findall(inner)
    if inner[-1:] in ".,!?…" or len(words) > 8:
        return False
    long = [w for w in words if len(w) > 3]
    return any(word in shared_words("work") for word in before) or (
        len(long) >= 2 and all(w[0].isupper() for w in long) and len(words) <= 6
    )


def _sentence_end(context: _Context, place: int) -> int:
    """Return the end of the sentence that holds the character at *place*."""
    number = bisect_right(context.sentences, (place, 1 << 60)) - 1
    return context.sentences[number][1] if number >= 0 else len(context.text)


def _tail(context: _Context, number: int, passage: Marked) -> tuple[int, int]:
    """Return where the words after a quote that may say who spoke begin and end."""
    text = context.text
    start = passage.end
    while start < len(text) and text[start] in " \u00a0,，、—–-":
        start += 1
    if start >= len(text) or text[start] in "\n" or text[passage.end : passage.end + 1] == "\n":
        return passage.end, passage.end
    end = _sentence_end(context, start)
    line = text.find("\n", start)
    end = min(end, line if line >= 0 else len(text), start + _TAIL)
    if number + 1 < len(context.passages):
        end = min(end, context.passages[number + 1].start)
    new_sentence = (
        text[passage.inner_end - 1 : passage.inner_end] == "." and text[passage.end : passage.end + 1] == " "
    )
    if new_sentence and text[start].isupper() and _sentence_end(context, passage.inner_start) <= passage.end:
        return passage.end, passage.end
    return start, max(start, end)


def _head(context: _Context, number: int, passage: Marked) -> tuple[int, int]:
    """Return where the words before a quote, in its own sentence, begin and end."""
    sentence = bisect_right(context.sentences, (passage.start, 1 << 60)) - 1
    start = context.sentences[sentence][0] if sentence >= 0 else 0
    if number:
        previous = context.passages[number - 1]
        start = max(start, previous.end if previous.end <= passage.start else start)
    return max(start, passage.start - _HEAD), passage.start


def _find_cue(context: _Context, region: tuple[int, int], is_tail: bool, passage: Marked) -> _Cue | None:
    """Return the verb of speech in a region: the first of a tail, the last of a head; a colon before a quote will do."""
    start, end = region
    piece = context.text[start:end]
    spans = [m.span() for m in WORD.finditer(piece)]
    forms = tuple(fold(piece[s:e]) for s, e in spans)
    said = context.vocabulary.said
    limit = 18 if is_tail else len(forms)
    places = range(min(limit, len(forms))) if is_tail else range(len(forms) - 1, -1, -1)
    for place in places:
        match = said.match(forms, place)
        if match is not None and not (is_tail and _is_noun(context, forms, place)):
            last = place + match[0] - 1
            return _Cue(
                start + spans[place][0], start + spans[last][1], piece[spans[place][0] : spans[last][1]]
            )
    if CJK.search(piece):
        for key in sorted(said.values, key=len, reverse=True):
            at = piece.find(key) if is_tail else piece.rfind(key)
            if at >= 0:
                return _Cue(start + at, start + at + len(key), key)
    if not is_tail and piece.rstrip()[-1:] in (":", "："):
        colon = start + len(piece.rstrip()) - 1
        return _Cue(colon, colon + 1, ":")
    return None


def _is_noun(context: _Context, forms: tuple[str, ...], place: int) -> bool:
    """Say whether a word that may be a verb of speech is a noun there: *the calls*, *no reports*."""
    return (
        place > 0
        and (context.vocabulary.has("the", forms[place - 1]) or context.vocabulary.has("a", forms[place - 1]))
        and forms[place - 1]
        not in ("his", "her", "its", "l", "la", "le", "a", "lo", "se", "no", "o", "sie", "das")
    )


def _spans_in(context: _Context, start: int, end: int) -> list[Span]:
    """Return the spans that lie between two offsets and not inside a quote, persons before others at the same place."""
    left, right = bisect_left(context.starts, start), bisect_left(context.starts, end)
    inside = [p for p in context.passages if p.start < end and start < p.end]
    return [
        s
        for s in context.speakers[left:right]
        if s.end <= end and not any(p.start <= s.start < p.end for p in inside)
    ]


def _best(spans: Sequence[Span], last: bool) -> Span | None:
    """Return the first or last person of *spans*, else the first or last other actor that is not an adjective's state."""
    people = [s for s in spans if s.kind == "person"]
    others = people or list(spans)
    return (others[-1] if last else others[0]) if others else None


_PRONOUNS = ("he", "she", "they")


def _pronoun(context: _Context, start: int, end: int) -> str | None:
    """Return the pronoun between two offsets, as written, or null."""
    for match in WORD.finditer(context.text, start, end):
        word = match.group().lower()
        if any(context.vocabulary.has(group, word) for group in _PRONOUNS):
            return match.group()
    return None


def _speaker_at(
    context: _Context,
    region: tuple[int, int],
    cue: _Cue,
    is_tail: bool,
    passage: Marked,
    before: Sequence[Quote],
) -> tuple[str | None, str | None]:
    """Return (actor id, surface) of the subject of a verb of speech."""
    start, end = region
    ahead = _spans_in(context, start, cue.start)
    behind = _spans_in(context, cue.end, min(end, cue.end + 90))
    if is_tail:
        if pronoun := _pronoun(context, start, cue.start) or _pronoun(
            context, cue.end, min(end, cue.end + 8)
        ):
            if not any(s.kind == "person" for s in ahead):
                return _antecedent(context, passage, before), pronoun
        chosen = _best(ahead, last=False) if any(s.kind == "person" for s in ahead) else None
        near = [s for s in behind if s.start - cue.end < 60]
        chosen = chosen or (_best(near, last=False) if not _noun_phrase(context, start, cue.start) else None)
        if chosen is not None and chosen.kind != "person" and _names_somebody(context, cue, chosen, start):
            return None, _noun_phrase(context, start, cue.start) or _noun_phrase(
                context, cue.end, min(end, cue.end + 60)
            )
        chosen = chosen or _best(ahead, last=True)
        if chosen is not None and (chosen.kind == "person" or not _noun_phrase(context, start, cue.start)):
            return chosen.actor_id, chosen.surface
        phrase = _noun_phrase(context, start, cue.start) or _noun_phrase(
            context, cue.end, min(end, cue.end + 60)
        )
        return (None, phrase) if phrase else (_antecedent(context, passage, before), None)
    people = [s for s in ahead if s.kind == "person"]
    if people:
        return people[0].actor_id, people[0].surface
    after = [s for s in behind if s.kind == "person"]
    if after:
        return after[0].actor_id, after[0].surface
    if pronoun := _pronoun(context, start, cue.start) or _pronoun(context, cue.end, min(end, cue.end + 8)):
        return _antecedent(context, passage, before), pronoun
    if ahead and not _noun_phrase(context, ahead[-1].end, cue.start):
        return ahead[-1].actor_id, ahead[-1].surface
    phrase = _noun_phrase(context, start, cue.start)
    return (None, phrase) if phrase else (_antecedent(context, passage, before), None)


def _names_somebody(context: _Context, cue: _Cue, span: Span, start: int) -> bool:
    """Say whether a state or body near a verb only qualifies the person who speaks: *an Iranian official said*."""
    between = (
        context.text[span.end : cue.start]
        if span.end <= cue.start
        else context.text[span.end : span.end + 30]
    )
    return bool(re.match(r"[’']?s?\s+\w", between)) and span.kind in ("state", "organisation", "group")


def _noun_phrase(context: _Context, start: int, end: int) -> str | None:
    """Return the words between two offsets when they look like somebody without a name: *a spokesman*, *Lena Ostrava*."""
    piece = re.split(r"[,.;:—–]", context.text[start:end])[0] if end > start else ""
    words = WORD.findall(piece)
    kept = [
        w
        for w in words
        if fold(w) not in ("who", "has", "had", "have", "also", "then", "later", "hat", "a", "ha", "est")
    ]
    return " ".join(piece.split()) if 1 <= len(kept) <= 12 and any(len(w) > 2 for w in kept) else None


def _antecedent(context: _Context, passage: Marked, before: Sequence[Quote]) -> str | None:
    """Return whom a pronoun beside a quote means: who spoke just before, or the subject of the sentence before."""
    line = context.text.rfind("\n", 0, passage.start) + 1
    number = bisect_right(context.sentences, (passage.start, 1 << 60)) - 1
    first = context.sentences[number][0] if number >= 0 else 0
    lead = [s for s in _spans_in(context, first, passage.start) if s.kind == "person"]
    if lead:
        return lead[0].actor_id
    last = before[-1] if before else None
    place = number - 1
    while place >= 0 and context.sentences[place][0] >= line:
        if last is not None and last.end > context.sentences[place][0]:
            return last.speaker_id
        people = [s for s in _spans_in(context, *context.sentences[place]) if s.kind == "person"]
        if people:
            return people[0].actor_id
        place -= 1
    while place >= 0:
        begin, end = context.sentences[place]
        if last is not None and last.start < end and last.end > begin:
            return last.speaker_id
        people = [s for s in _spans_in(context, begin, end) if s.kind == "person"]
        if people:
            return people[0].actor_id
        if number - place > 6:
            return None
        place -= 1
    return None


def _chained(
    context: _Context, passage: Marked, start: int, inner: str, before: Sequence[Quote]
) -> Quote | None:
    """Return a quote without a verb of its own: a sentence in marks whose speaker the text before it names."""
    lead = context.text[max(0, passage.start - 2) : passage.start]
    line = context.text.rfind("\n", 0, passage.start) + 1
    own_sentence = (
        passage.start == line
        or lead.strip()[-1:] in (".", "!", "?", "…", ":", "”", '"', "»")
        or not lead.strip()
    )
    follows = context.text[passage.end : passage.end + 1]
    if not own_sentence or inner[-1:] not in ".!?…,。！？" or (follows.strip() and follows not in ".)"):
        return None
    previous = before[-1] if before else None
    if previous is not None and previous.start >= line:
        between = [s for s in _spans_in(context, previous.end, passage.start) if s.kind == "person"]
        later = [s for s in between if _sentence_end(context, previous.end) <= s.start]
        if not later:
            return Quote(
                _plain(inner), start, start + len(inner), previous.speaker_id, previous.speaker_surface, None
            )
    return Quote(_plain(inner), start, start + len(inner), _antecedent(context, passage, before), None, None)
