"""A text as linking sees it: words, sentences, runs of capitalised words, and what the tagger said."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tasks.enrich.actors_tokens import Words, split_words
from tasks.enrich.actors_vocabulary import Vocabulary, shared_words, words_of
from tasks.enrich.gazetteer import Gazetteer


class Run(NamedTuple):
    """Words *first* to *last*, all capitalised and next to each other, as names are."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One article while its actors are looked for; positions count words, offsets count characters of *words.text*."""

    words: Words
    language: str
    day: date
    title_end: int
    sentences: Sequence[tuple[int, int]]
    vocabulary: Vocabulary
    gazetteer: Gazetteer
    tagged: Sequence[tuple[int, int, str]]
    title_case: frozenset[int]
    openings: frozenset[int]
    runs: tuple[Run, ...]

    def sentence_of(self, offset: int) -> int:
        """Return the number of the sentence that holds the character at *offset*."""
        return max(0, bisect_right(self.sentences, (offset, 1 << 60)) - 1)

    def before(self, position: int, gap: str = " ") -> str:
        """Return the folded word before *position*, or empty when more than *gap* stands between them."""
        return self.words.folded[position - 1] if position and self.words.gap(position - 1) == gap else ""

    def after(self, position: int, gap: str = " ") -> str:
        """Return the folded word after *position*, or empty when more than *gap* stands between them."""
        return (
            self.words.folded[position + 1]
            if position + 1 < len(self.words) and self.words.gap(position) == gap
            else ""
        )

    def in_title_case(self, position: int) -> bool:
        """Say whether capitals mean little there, because the whole sentence is set in them."""
        return self.sentence_of(self.words.starts[position]) in self.title_case

    def run_at(self, first: int, last: int) -> Run | None:
        """Return the run of capitalised words that words *first* to *last* are part of, when it is longer than they are."""
        place = bisect_right(self.runs, (first, 1 << 60)) - 1
        if place >= 0:
            run = self.runs[place]
            if run.first <= first and last <= run.last and (run.last - run.first) > (last - first):
                return run
        return None


def _title_case(words: Words, sentences: Sequence[tuple[int, int]], firsts: Sequence[int]) -> frozenset[int]:
    """Return the numbers of sentences of which most long words are capitalised: headlines set that way."""
    found = set()
    for number, (_, end) in enumerate(sentences):
        if words.text[end - 1] in ".!?…":
            continue
        last = firsts[number + 1] if number + 1 < len(firsts) else len(words)
        long = [i for i in range(firsts[number] + 1, last) if words.ends[i] - words.starts[i] > 3]
        if len(long) >= 4 and sum(words.is_capital(i) for i in long) >= 0.75 * len(long):
            found.add(number)
    return frozenset(found)


_IN_NAMES = frozenset((" ", "-", "\u00a0", "’", "'"))


def _is_initial(words: Words, position: int) -> bool:
    """Say whether a word is one letter with a stop, as in *Donald J. Trump*, or a title such as *Mr.*."""
    return words.gap(position) in (". ", ".", ".-") and words.ends[position] - words.starts[position] == 1


def _capital_runs(words: Words, openings: frozenset[int], skipped: frozenset[str]) -> tuple[Run, ...]:
    """Return runs of two or more capitalised words; a common word that only opens its sentence does not begin one."""
    runs, position, size = [], 0, len(words)
    capital = [words.text[start].isupper() for start in words.starts]
    while position < size:
        if not capital[position] or (position in openings and words.folded[position] in skipped):
            position += 1
            continue
        last = position
        while last + 1 < size and (words.gap(last) in _IN_NAMES or _is_initial(words, last)):
            if capital[last + 1] and (last + 1) not in openings:
                last += 1
            elif (
                words.folded[last + 1] in shared_words("particle")
                and last + 2 < size
                and words.gap(last + 1) in (" ", "-", "’")
                and capital[last + 2]
            ):
                last += 2
            else:
                break
        if last > position:
            runs.append(Run(position, last))
        position = last + 1
    return tuple(runs)


def read_text(
    title: str,
    text: str,
    language: str,
    published: date,
    sentences: Sequence[tuple[int, int]],
    gazetteer: Gazetteer,
    tagged: Sequence[tuple[int, int, str]],
) -> Reading:
    """Return the reading of title + line feed + text; *sentences* and *tagged* are offsets into that."""
    words = split_words(f"{title}\n{text}", language)
    firsts, position = [], 0
    for start, _ in sentences:
        while position < len(words) and words.starts[position] < start:
            position += 1
        firsts.append(position)
    openings = frozenset(firsts) | frozenset(
        i for i in range(1, len(words)) if len(words.gap(i - 1)) > 1 and words.gap(i - 1)[-1] in '"“„«‘»›—'
    )
    lower = {words.folded[i] for i in range(len(words)) if words.text[words.starts[i]].islower()}
    title_case = _title_case(words, sentences, firsts) if language != "de" else frozenset()
    runs = (
        _capital_runs(words, openings, frozenset(shared_words("opener") | lower)) if language != "de" else ()
    )
    return Reading(
        words,
        language,
        published,
        len(title),
        sentences,
        words_of(language),
        gazetteer,
        tuple(sorted(tagged)),
        title_case,
        openings,
        runs,
    )
