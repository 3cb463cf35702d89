"""What was said, and by whom: quotes between marks, their cue verbs, and their speakers by tail, head or chain."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.enrich.actors import Span
from tasks.enrich.actors_tokens import CJK, WORD, fold
from tasks.enrich.actors_vocabulary import shared_words, words_of
from tasks.enrich.quotes_context import (
    Context,
    Cue,
    Region,
    find_cue,
    find_women,
    head_of,
    people_in,
    sentence_end,
    tail_of,
)
from tasks.enrich.quotes_marks import Marked, find_marked
from tasks.enrich.quotes_speakers import Speaker, Turn, antecedent, speaker_of


@dataclass(frozen=True, slots=True)
class Quote:
    """Words spoken: *text* at *start*–*end* of title + line feed + text, without marks; who spoke; the cue that says so.

    *speaker_id* is null when the speaker is not a known actor, *speaker_surface* when nobody is named, *cue* when no verb
    of speech stands by.  *kind* is ``direct`` or ``indirect`` (reported without marks).
    """

    text: str
    start: int
    end: int
    speaker_id: str | None
    speaker_surface: str | None
    cue: str | None
    kind: str = "direct"


_DASH_LANGUAGES_LISTED = "es fr pt it ru uk be bg pl cs sk ro hu tr ca sr el mk"
_DASH_LANGUAGES = frozenset(_DASH_LANGUAGES_LISTED.split())
_SPEAKER_KINDS = frozenset(("person", "organisation", "group", "state"))
_SPACES = " \u00a0\u202f\t"
_ENDS = ".,!?…"
_PICKED_OUT = 4
_BESIDE = 50
_SENTENCE = 3


def find_quotes(
    title: str,
    text: str,
    language: str,
    spans: Sequence[Span],
    sentences: Sequence[tuple[int, int]],
) -> list[Quote]:
    """Return the quotes of an article in order.  *spans* and *sentences* are offsets into title + line feed + text.

    Words in marks that nobody says (scare quotes, titles of works) are left out: a quote has a verb of speech or a colon
    beside it, or is a sentence of its own next to one that has.
    """
    full = f"{title}\n{text}"
    speakers = sorted((s for s in spans if s.kind in _SPEAKER_KINDS), key=lambda s: s.start)
    passages = find_marked(full, language in _DASH_LANGUAGES)
    starts = [s.start for s in speakers]
    women = find_women(full, speakers)
    context = Context(full, speakers, starts, sentences, words_of(language), passages, women)
    found: list[Quote] = []
    turns: list[Turn] = []
    for number, passage in enumerate(passages):
        quote = _read_quote(context, number, passage, turns, len(title))
        if quote is not None:
            found.append(quote)
            turns.append(Turn(quote.start, quote.end, quote.speaker_id, quote.speaker_surface))
    return found


def _read_quote(
    context: Context, number: int, passage: Marked, turns: Sequence[Turn], title_end: int
) -> Quote | None:
    """Return the quote that a marked passage is, with its speaker, or null when nobody speaks."""
    start, inner = _inner(context.text, passage)
    words = len(CJK.findall(inner)) // 2 or len(WORD.findall(inner))
    if words < 1 or len(inner) < _SENTENCE or _is_work(context.text, inner, passage):
        return None
    whole = _is_clause(inner, context.text, passage)
    if not whole and words < _PICKED_OUT:
        return None
    for region in (tail_of(context, number, passage), head_of(context, number, passage)):
        cue = find_cue(context, region)
        if cue is not None and not (region.is_tail and _is_far(context, region, cue)):
            speaker = speaker_of(context, region, cue, passage, turns)
            if whole or speaker != Speaker(None, None):
                return _quote(inner, start, speaker, cue)
    if passage.start < title_end or not whole or words < _SENTENCE:
        return None
    beside = _beside(context, number, passage, inner)
    if beside is not None:
        return _quote(inner, start, beside, None)
    return _read_bare(context, passage, start, inner, turns)


def _beside(context: Context, number: int, passage: Marked, inner: str) -> Speaker | None:
    """Return the person named right after a quote and its comma, though the verb between is no known verb of speech."""
    tail = tail_of(context, number, passage)
    if inner[-1:] not in ",!?" and context.text[passage.end : passage.end + 1] != ",":
        return None
    people = people_in(context, tail.start, min(tail.end, tail.start + _BESIDE))
    return Speaker(people[0].actor_id, people[0].surface) if people else None


def _quote(inner: str, start: int, speaker: Speaker, cue: Cue | None) -> Quote:
    """Return the quote of the words at *start*, without the marks that repeat at each of its paragraphs."""
    plain = re.sub(r"\n+\s*[“„«»\"]\s*", "\n", inner)
    return Quote(
        plain, start, start + len(inner), speaker.actor_id, speaker.surface, cue.text if cue else None
    )


def _inner(text: str, passage: Marked) -> tuple[int, str]:
    """Return (first character, words) of a passage without marks, spaces and leftover commas at its ends."""
    inner = text[passage.inner_start : passage.inner_end]
    bare = inner.lstrip(_SPACES + (",;" if passage.mark == "—" else ""))
    return passage.inner_start + len(inner) - len(bare), bare.rstrip(_SPACES)


def _is_far(context: Context, region: Region, cue: Cue) -> bool:
    """Say whether another clause stands between a quote and a verb of speech after it, so that it belongs elsewhere."""
    between = context.text[region.start : cue.start]
    return between.count(",") > 2 or ";" in between


def _is_clause(inner: str, text: str, passage: Marked) -> bool:
    """Say whether a passage reads as speech rather than as words picked out: a capital, or punctuation at its end."""
    after = text[passage.end : passage.end + 2].lstrip()
    ends = inner[-1:] in ".,!?…;:—–。！？、，" or after[:1] in (",", "，")
    first = next((c for c in inner if c.isalpha()), "")
    opens = not first.islower() and first.isalpha()
    lead = text[max(0, passage.start - 3) : passage.start].rstrip()[-1:]
    return (ends and (opens or inner[-1:] in _ENDS)) or (
        opens and (lead in (":", ",", "：", "，", "") or inner.count(" ") >= _SENTENCE)
    )


def _is_work(text: str, inner: str, passage: Marked) -> bool:
    """Say whether the passage is the title of a film, book or project."""
    before = [fold(w) for w in WORD.findall(text[max(0, passage.start - 30) : passage.start])][-2:]
    words = WORD.findall(inner)
    if inner[-1:] in _ENDS or len(words) > 8:
        return False
    long = [w for w in words if len(w) > 3]
    titled = len(long) >= 2 and all(w[0].isupper() for w in long) and len(words) <= 6
    return titled or any(word in shared_words("work") for word in before)


def _read_bare(
    context: Context, passage: Marked, start: int, inner: str, turns: Sequence[Turn]
) -> Quote | None:
    """Return a quote without a verb of its own: a sentence in marks whose speaker the text before it names."""
    text = context.text
    lead = text[max(0, passage.start - 2) : passage.start].strip()
    line = text.rfind("\n", 0, passage.start) + 1
    follows = text[passage.end : passage.end + 1].strip()
    alone = passage.start == line or not lead or lead[-1] in '.!?…:”"»'
    if not alone or inner[-1:] not in _ENDS + "。！？" or (follows and follows not in ".)"):
        return None
    last = turns[-1] if turns else None
    if last is not None and last.start >= line:
        between = people_in(context, last.end, passage.start)
        if not any(sentence_end(context, last.end) <= s.start for s in between):
            return _quote(inner, start, Speaker(last.actor_id, last.surface), None)
    return _quote(inner, start, Speaker(antecedent(context, passage, turns, None), None), None)
