"""Indirect speech: a sentence without marks in which a named actor says that something is so."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from tasks.enrich.actors import Span
from tasks.enrich.actors_tokens import WORD, fold
from tasks.enrich.actors_vocabulary import Vocabulary, words_of
from tasks.enrich.quotes import Quote

_THAT = frozenset(
    ["that", "dass", "daß", "que", "qu", "che", "dat", "что", "що", "że", "že", "att", "at", "hogy", "că"]
)
_NOT_SPEECH = frozenset(
    ["read", "call", "calls", "called", "speaking", "began", "opened", "thanked", "agreed", "agrees", "smiled", "laughed", "so", "saying", "adding", "urged", "urges", "demanded", "vowed", "promised", "pledged", "denied", "asked", "asks", "fragte", "fragt", "lobte", "kritisierte", "forderte", "fordert", "salue", "salué", "selon", "segundo", "según", "secondo", "volgens", "enligt", "ifølge"]
)  # fmt: skip
_BETWEEN = 6
_LEAST_WORDS = 4


def find_indirect(
    title: str,
    text: str,
    language: str,
    spans: Sequence[Span],
    sentences: Sequence[tuple[int, int]],
    quotes: Sequence[Quote],
) -> list[Quote]:
    """Return indirect quotes in order: *Starmer said the train leaves on Friday*, *The train leaves on Friday, Starmer said*.

    Only persons, bodies and groups that are named or resolved speak; sentences that hold a direct quote are left out.
    *text* of each is the clause as written, at *start*–*end* of title + line feed + text.
    """
    full = f"{title}\n{text}"
    vocabulary = words_of(language)
    speakers = sorted((s for s in spans if s.kind != "state" and s.actor_id), key=lambda s: s.start)
    starts = [s.start for s in speakers]
    found = []
    for start, end in sentences:
        if start < len(title) or any(q.start < end and start < q.end for q in quotes):
            continue
        near = speakers[bisect_left(starts, start) : bisect_left(starts, end)]
        quote = next((q for s in near[:2] if (q := _read(full, start, end, s, vocabulary)) is not None), None)
        if quote is not None:
            found.append(quote)
    return found


def _read(full: str, start: int, end: int, speaker: Span, vocabulary: Vocabulary) -> Quote | None:
    """Return what *speaker* says in one sentence, or null."""
    words = [m.span() for m in WORD.finditer(full, speaker.end, end)]
    forms = tuple(fold(full[s:e]) for s, e in words)
    for place in range(min(_BETWEEN, len(forms))):
        match = vocabulary.said.match(forms, place)
        if match is None or forms[place] in _NOT_SPEECH:
            continue
        first, last = words[place][0], words[place + match[0] - 1][1]
        if "," in full[speaker.end : first] and full[speaker.end : first].count(",") % 2:
            return None
        begin, stop = _clause_after(full, words, forms, place + match[0], end)
        if stop - begin < 1 and full[speaker.start - 2 : speaker.start] == ", ":
            begin, stop = start, speaker.start - 2
        clause = full[begin:stop].strip(" .,:\u00a0\n")
        begin = full.find(clause, begin)
        if len(WORD.findall(clause)) < _LEAST_WORDS:
            return None
        surface = full[speaker.start : speaker.end]
        return Quote(clause, begin, begin + len(clause), speaker.actor_id, surface, full[first:last])
    return None


def _clause_after(
    full: str, words: Sequence[tuple[int, int]], forms: Sequence[str], place: int, end: int
) -> tuple[int, int]:
    """Return where the clause after a verb of speech begins and ends: behind *that* when it stands near, else at once."""
    for number in range(place, min(place + 5, len(forms))):
        if forms[number] in _THAT:
            return words[number][1] + 1, end
    if place >= len(words) or full[words[place - 1][1] : words[place][0]].strip(" "):
        comma = full.find(", ", words[place - 1][1], words[place][0]) if place < len(words) else -1
        return (words[place][0], end) if comma >= 0 else (end, end)
    return words[place][0], end
