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
    ["pidió", "pide", "pidieron", "read", "call", "calls", "called", "speaking", "began", "opened", "thanked", "agreed", "agrees", "smiled", "laughed", "so", "saying", "adding", "urged", "urges", "demanded", "vowed", "promised", "pledged", "denied", "asked", "asks", "fragte", "fragt", "lobte", "kritisierte", "forderte", "fordert", "salue", "salué", "selon", "segundo", "según", "secondo", "volgens", "enligt", "ifølge"]
)  # fmt: skip
_BARE = frozenset(
    ["said", "says", "say", "added", "adds", "insisted", "insists", "announced", "claimed", "claims", "argued", "argues", "warned", "warns", "stressed", "believes", "wrote", "writes", "sagte", "sagt", "erklärte", "erklärt", "meinte", "meint", "betonte", "betont", "ergänzte", "schrieb"]
)  # fmt: skip
"""Verbs after which English and German leave out *that*; *told the press*, *answered in kind* are none of them."""
_FINITE = frozenset(
    ["is", "are", "was", "were", "be", "has", "have", "had", "will", "would", "can", "could", "may", "might", "must", "should", "does", "did", "do", "he", "she", "it", "they", "we", "there", "sei", "seien", "habe", "haben", "werde", "werden", "könne", "könnten", "müsse", "müssten", "wolle", "solle", "dürfe", "ist", "sind", "wird", "hat", "würde", "wäre", "hätte"]
)  # fmt: skip
"""One of these makes what follows a clause of its own."""
_NO_CLAUSE = frozenset(
    ["whether", "why", "how", "what", "who", "where", "when", "on", "in", "at", "to", "of", "for", "from", "with", "by", "about", "after", "before", "during", "through", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "nothing", "little", "yes", "no", "so", "goodbye", "hello", "am", "im", "zu", "über", "nichts", "ja", "nein", "auf", "bei", "nach"]
)  # fmt: skip
_ADVERBS = frozenset(
    ["also", "then", "later", "again", "once", "has", "have", "had", "himself", "herself", "itself", "still", "even", "a", "ha", "hat", "habe", "auch", "dann", "également", "aussi", "también", "luego", "ainda", "também", "anche", "poi", "ook", "также", "затем", "потом", "позже"]
)  # fmt: skip
"""What may stand between a speaker and the verb; adverbs in -ly as well."""
_FOR_ANOTHER = (
    "spokes", "aide", "adviser", "advisor", "lawyer", "office", "sprecher", "berater", "anwalt", "porte-parole", "portavoz", "porta-voz",
    "portavoce", "woordvoerder", "пресс", "помощник", "советник", "представител", "речник", "rzeczni", "mluvčí", "szóvivő", "talesperson",
)  # fmt: skip
"""Beginnings of words for people who speak on behalf of the one named beside them."""
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
    if _speaks_for_another(full, start, speaker):
        return None
    words = [m.span() for m in WORD.finditer(full, speaker.end, end)]
    forms = tuple(fold(full[s:e]) for s, e in words)
    place = _verb_after(full, speaker.end, words, forms)
    match = vocabulary.said.match(forms, place) if place < len(forms) else None
    if match is None or forms[place] in _NOT_SPEECH:
        return None
    size = 1 if forms[place] in _BARE else match[0]
    first, last = words[place][0], words[place + size - 1][1]
    begin, stop = _clause_after(full, words, forms, place + size, end)
    if (
        stop - begin < 1
        and full[speaker.start - 2 : speaker.start] == ", "
        and not full[last:end].strip(" .!?…\n")
    ):
        begin, stop = start, speaker.start - 2
    clause = full[begin:stop].strip(" .,:\u00a0\n")
    begin = full.find(clause, begin)
    if len(WORD.findall(clause)) < _LEAST_WORDS:
        return None
    surface = full[speaker.start : speaker.end]
    return Quote(clause, begin, begin + len(clause), speaker.actor_id, surface, full[first:last], "indirect")


def _speaks_for_another(full: str, start: int, speaker: Span) -> bool:
    """Say whether it is a spokesman of the one named who speaks: *the spokesman of Macron*, *Macron's lawyer*."""
    if full[speaker.end : speaker.end + 2] in ("'s", "’s"):
        return True
    before = WORD.findall(full, max(start, speaker.start - 60), speaker.start)
    return any(fold(word).startswith(_FOR_ANOTHER) for word in before[-5:])


def _verb_after(full: str, end: int, words: Sequence[tuple[int, int]], forms: Sequence[str]) -> int:
    """Return the number of the word where the verb must stand: after adverbs, or after an apposition between commas."""
    place = 0
    if full[end : end + 2] == ", ":
        close = full.find(", ", end + 2, end + 80)
        if close < 0:
            return len(words)
        place = next((n for n, (first, _) in enumerate(words) if first > close), len(words))
    while place < min(len(words), 12) and (forms[place] in _ADVERBS or forms[place].endswith("ly")):
        place += 1
    return place


def _clause_after(
    full: str, words: Sequence[tuple[int, int]], forms: Sequence[str], place: int, end: int
) -> tuple[int, int]:
    """Return where the clause after a verb of speech begins and ends: behind *that* when it stands near, else at once."""
    for number in range(place, min(place + 5, len(forms))):
        if forms[number] in _THAT:
            return words[number][1] + 1, end
    if place >= len(words) or forms[place - 1] not in _BARE or forms[place] in _NO_CLAUSE:
        return end, end
    between = full[words[place - 1][1] : words[place][0]]
    if between not in (" ", ", ") or not _FINITE & set(forms[place:]):
        return end, end
    return words[place][0], end
