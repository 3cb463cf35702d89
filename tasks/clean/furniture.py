"""What one source repeats around its articles: learned from many texts, cut only at the head and the tail of one."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from tasks.clean.scraped_shape import ends_sentence, measure_size, split_lines
from tasks.clean.scraped_words import flatten

_DIGITS = re.compile(r"\d+")
_SHARE, _FEWEST = 0.1, 3
_REACH = 400
_GAP = 3
_SENTENCE = 25


def normalise_line(line: str) -> str:
    """What two lines of furniture have in common: folded, numbers as one zero, so that ``12 comments`` is ``3 comments``."""
    return _DIGITS.sub("0", flatten(line))


def learn_furniture(texts: Iterable[str], min_texts: int = 20) -> frozenset[str]:
    """Normalised lines that recur at the head or the tail of one source's texts; none from fewer than *min_texts*.

    A line recurs when a tenth of the texts have it, three at least.  Lines that recur only between paragraphs are not
    learned: an often used sentence is not furniture.
    """
    pages = [[normalise_line(line) for line in split_lines(text)] for text in texts]
    if len(pages) < max(min_texts, 1):
        return frozenset()
    # Only what is near an end can be reached by a run; a set per page counts a doubled line once.
    counts = Counter(key for page in pages for key in {*page[:_REACH], *page[-_REACH:]} if key)
    least = max(_FEWEST, math.ceil(_SHARE * len(pages)))
    frequent = {key for key, count in counts.items() if count >= least}
    learned: set[str] = set()
    for page in pages:
        first, last = _span(page, frequent)
        learned.update(key for key in (*page[:first], *page[last:]) if key in frequent)
    return frozenset(learned)


def find_core(lines: Sequence[str], known: Collection[str]) -> tuple[int, int]:
    """Index of the first line behind the run of *known* lines at the head, and of the first line of the run at the tail."""
    return _span([normalise_line(line) for line in lines], known, lines)


def strip_furniture(lines: Sequence[str], known: Collection[str]) -> list[str]:
    """Keep the lines that belong to the article.

    *known* holds this source's repeated lines, normalised.  They are cut only in runs at the head and the tail,
    so that a sentence which happens to recur inside an article survives.  At the tail a run may hold up to three
    lines that are not known and no sentences either (the headlines of other articles).
    """
    first, last = find_core(lines, known)
    return list(lines[first:last])


def _span(keys: Sequence[str], known: Collection[str], lines: Sequence[str] | None = None) -> tuple[int, int]:
    """The part of *keys* between the two runs; all of it is the head run where every line is known."""
    first = 0
    for index, key in enumerate(keys):
        if key in known:
            first = index + 1
        elif _has_words(key):
            break
    last, unknown = len(keys), 0
    for index in range(len(keys) - 1, first - 1, -1):
        if keys[index] in known:
            last, unknown = index, 0
        elif _has_words(keys[index]):
            unknown += 1
            text = lines[index] if lines is not None else keys[index]
            if unknown > _GAP or (ends_sentence(text) and measure_size(text) >= _SENTENCE):
                break
    return first, last


def _has_words(key: str) -> bool:
    """Whether a line has a letter; blank lines and bare numbers neither end a run nor start one."""
    return any(character.isalpha() for character in key)
