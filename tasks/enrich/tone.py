"""How a sentence sounds, from −1 to 1, by word lists of our own; no answer in languages without a list.

A word weighs −3 to 3; a negation before it turns and weakens it, a degree word scales it, and terms of the trade such
as "security" or "war crimes tribunal" are listed as neutral.  The sum s of a sentence of n words becomes
s / (|s| + 3 + n / 10), which stays well inside ±1; an article's tone is the mean of its sentences.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tasks.reference import data_file

LANGUAGES = frozenset({"de", "en", "es", "fr"})
"""Languages with a word list."""

_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_LOOK_BACK = 3
_LONGEST_PHRASE = 4
_LONGEST_ENDING = 6
_SHORTEST_STEM = 2


@dataclass(frozen=True, slots=True)
class WordList:
    """One language's list: exact words and phrases, stems (any ending), negations, degree words."""

    exact: Mapping[str, float]
    stems: Mapping[str, float]
    negations: Mapping[str, float]
    degrees: Mapping[str, float]
    phrase_heads: frozenset[str]


@cache
def load_words(language: str) -> WordList:
    """Return the list of one of :data:`LANGUAGES`, read once per process."""
    found: dict[str, dict[str, float]] = {"tone": {}, "negation": {}, "degree": {}}
    with data_file("reference", f"tone_{language}.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["kind"]][row["word"].casefold()] = float(row["value"])
    exact = {word: value for word, value in found["tone"].items() if not word.endswith("*")}
    stems = {word[:-1]: value for word, value in found["tone"].items() if word.endswith("*")}
    heads = frozenset(word.split()[0] for word in exact if " " in word)
    return WordList(exact, stems, found["negation"], found["degree"], heads)


def sentence_tones(sentences: Sequence[str], language: str) -> list[float | None]:
    """Return the tone of each sentence, −1 to 1; 0.0 when no word of the list occurs, None without a list."""
    if language not in LANGUAGES:
        return [None] * len(sentences)
    words = load_words(language)
    return [_tone(sentence, words) for sentence in sentences]


def article_tone(tones: Sequence[float | None]) -> float | None:
    """Return the mean of the sentences' tones, or None when there is none."""
    known = [tone for tone in tones if tone is not None]
    return sum(known) / len(known) if known else None


def _tone(sentence: str, words: WordList) -> float:
    """Return the tone of one sentence."""
    tokens = [token.replace("’", "'") for token in _WORD.findall(sentence.casefold())]
    total, position = 0.0, 0
    while position < len(tokens):
        width, value = _match(tokens, position, words)
        if value:
            total += value * _context(tokens[max(0, position - _LOOK_BACK) : position], words)
        position += width
    return total / (abs(total) + 3 + len(tokens) / 10)


def _match(tokens: Sequence[str], position: int, words: WordList) -> tuple[int, float]:
    """Return (tokens used, weight) of the longest entry that begins at *position*."""
    token = tokens[position]
    if token in words.phrase_heads:
        for width in range(_LONGEST_PHRASE, 1, -1):
            value = words.exact.get(" ".join(tokens[position : position + width]))
            if value is not None and position + width <= len(tokens):
                return width, value
    if token in words.exact:
        return 1, words.exact[token]
    for cut in range(len(token), max(_SHORTEST_STEM, len(token) - _LONGEST_ENDING - 1), -1):
        if token[:cut] in words.stems:
            return 1, words.stems[token[:cut]]
    return 1, 0.0


def _context(before: Sequence[str], words: WordList) -> float:
    """Return the factor by which the words before it change a word's weight."""
    factor = 1.0
    for token in before:
        factor *= words.negations.get(token, 1.0)
    if before:
        factor *= words.degrees.get(before[-1], 1.0)
    return factor
