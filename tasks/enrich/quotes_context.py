"""What the words around a quote offer: where they begin and end, verbs of speech, names, pronouns."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from tasks.enrich.actors import Span
from tasks.enrich.actors_tokens import CJK, WORD, fold
from tasks.enrich.actors_vocabulary import Vocabulary, shared_words
from tasks.enrich.quotes_marks import Marked


class Cue(NamedTuple):
    """A verb of speech, or a colon, at *start*–*end*."""

    start: int
    end: int
    text: str


class Region(NamedTuple):
    """The words after a quote (tail) or before it in its sentence (head), as offsets."""

    start: int
    end: int
    is_tail: bool


class Context(NamedTuple):
    """What attribution looks at: the string, spans that can speak, sentences, vocabulary, marked passages, women's ids."""

    text: str
    speakers: Sequence[Span]
    starts: Sequence[int]
    sentences: Sequence[tuple[int, int]]
    vocabulary: Vocabulary
    passages: Sequence[Marked]
    women: frozenset[str | None]


_TAIL = 160
_HEAD = 240
_TAIL_WORDS = 18


def find_women(text: str, speakers: Sequence[Span]) -> frozenset[str | None]:
    """Return ids of persons whom a given name or a form of address shows to be women."""
    found: set[str | None] = set()
    for span in speakers:
        if span.kind == "person":
            names = {fold(word) for word in WORD.findall(span.surface)}
            before = fold(text[max(0, span.start - 9) : span.start]).replace(".", " ").split()
            if names & shared_words("woman_name") or (before and before[-1] in shared_words("woman_title")):
                found.add(span.actor_id)
    return frozenset(found)


def sentence_at(context: Context, place: int) -> int:
    """Return the number of the sentence that holds the character at *place*, or −1."""
    return bisect_right(context.sentences, (place, 1 << 60)) - 1


def sentence_end(context: Context, place: int) -> int:
    """Return the end of the sentence that holds the character at *place*."""
    number = sentence_at(context, place)
    return context.sentences[number][1] if number >= 0 else len(context.text)


def tail_of(context: Context, number: int, passage: Marked) -> Region:
    """Return the words after a quote that may say who spoke; an empty region when a new sentence begins there."""
    text, start = context.text, passage.end
    none = Region(passage.end, passage.end, True)
    while start < len(text) and text[start] in " \u00a0,，、—–-":
        start += 1
    if start >= len(text) or "\n" in text[passage.end : start + 1]:
        return none
    line = text.find("\n", start)
    end = min(sentence_end(context, start), line if line >= 0 else len(text), start + _TAIL)
    if number + 1 < len(context.passages):
        end = min(end, context.passages[number + 1].start)
    stopped = (
        text[passage.inner_end - 1 : passage.inner_end] == "." and text[passage.end : passage.end + 1] == " "
    )
    if stopped and text[start].isupper() and sentence_end(context, passage.inner_start) <= passage.end:
        return none
    return Region(start, max(start, end), True)


def head_of(context: Context, number: int, passage: Marked) -> Region:
    """Return the words before a quote in its own sentence."""
    sentence = sentence_at(context, passage.start)
    start = context.sentences[sentence][0] if sentence >= 0 else 0
    if number and context.passages[number - 1].end <= passage.start:
        start = max(start, context.passages[number - 1].end)
    return Region(max(start, passage.start - _HEAD), passage.start, False)


def find_cue(context: Context, region: Region) -> Cue | None:
    """Return the verb of speech in a region: the first of a tail, the last of a head; a colon before a quote will do."""
    piece = context.text[region.start : region.end]
    spans = [m.span() for m in WORD.finditer(piece)]
    forms = tuple(fold(piece[s:e]) for s, e in spans)
    said = context.vocabulary.said
    places = range(min(_TAIL_WORDS, len(forms))) if region.is_tail else range(len(forms) - 1, -1, -1)
    for place in places:
        match = said.match(forms, place)
        if match is not None and not (region.is_tail and _is_noun(context, forms, place)):
            start, end = spans[place][0], spans[place + match[0] - 1][1]
            return Cue(region.start + start, region.start + end, piece[start:end])
    return _unspaced_cue(context, region, piece) or _colon(region, piece)


def _unspaced_cue(context: Context, region: Region, piece: str) -> Cue | None:
    """Return a verb of speech written without spaces, as in Chinese and Japanese."""
    if CJK.search(piece):
        for key in sorted(context.vocabulary.said.values, key=len, reverse=True):
            at = piece.find(key) if region.is_tail else piece.rfind(key)
            if at >= 0:
                return Cue(region.start + at, region.start + at + len(key), key)
    return None


def _colon(region: Region, piece: str) -> Cue | None:
    """Return the colon that ends a head."""
    plain = piece.rstrip()
    if region.is_tail or plain[-1:] not in (":", "："):
        return None
    return Cue(region.start + len(plain) - 1, region.start + len(plain), ":")


_SUBJECTS = frozenset(("his", "her", "its", "l", "la", "le", "a", "lo", "se", "no", "o", "sie", "das"))


def _is_noun(context: Context, forms: tuple[str, ...], place: int) -> bool:
    """Say whether a word that may be a verb of speech is a noun there: *the calls*, *no reports*."""
    before = forms[place - 1] if place else ""
    article = context.vocabulary.has("the", before) or context.vocabulary.has("a", before)
    return article and before not in _SUBJECTS


def spans_in(context: Context, start: int, end: int) -> list[Span]:
    """Return the spans between two offsets that are not inside a quote."""
    left, right = bisect_left(context.starts, start), bisect_left(context.starts, end)
    inside = [p for p in context.passages if p.start < end and start < p.end]
    return [
        s
        for s in context.speakers[left:right]
        if s.end <= end and not any(p.start <= s.start < p.end for p in inside)
    ]


def people_in(context: Context, start: int, end: int) -> list[Span]:
    """Return the persons among :func:`spans_in`."""
    return [span for span in spans_in(context, start, end) if span.kind == "person"]


def find_pronoun(context: Context, start: int, end: int) -> tuple[str, str] | None:
    """Return (he, she or they; the pronoun as written) between two offsets, or null."""
    for match in WORD.finditer(context.text, start, end):
        word = match.group().lower()
        for group in ("he", "she", "they"):
            if context.vocabulary.has(group, word):
                return group, match.group()
    return None
