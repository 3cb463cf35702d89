"""The headline of a scraped page, and lines that repeat it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.clean.scraped_body import Body
from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_shape import word_stems
from tasks.clean.scraped_words import flatten, read_byline

_OUTLET = re.compile(
    r"^(?P<title>.{20,}?)\s+[|»·]\s+[^|]{2,60}$|^(?P<dashed>.{20,})\s+[-–—]\s+[^-–—|]{2,40}$"
)
_SHORTEST_TITLE, LONGEST_TITLE = 12, 260
_FEW_SHARED = 0.25


def find_title(lines: Sequence[Line], body: Body | None) -> int | None:
    """Index of the headline: the line above the text that shares its words, stands near its date or is doubled; null if none.

    Of lines that do about equally well the first is taken: a standfirst follows its headline.
    """
    end = body.first if body else len(lines)
    if body and body.lead is not None:
        end = min(end, body.lead)
    stems = word_stems(" ".join(lines[i].text for i in body.kept)) if body else frozenset()
    candidates = [i for i in range(min(end, len(lines))) if _may_be_title(lines[i])]
    if not candidates:
        return None
    scores = {i: _score_title(lines, i, stems, end) for i in candidates}
    best_at = max(candidates, key=lambda i: (scores[i], -i))
    best = scores[best_at]
    if best < 1.0 and stems:
        return None
    # A standfirst shares more words with the text than its headline does; the headline is right above it.
    near = {
        i for i in candidates if best_at - 2 <= i < best_at and _share_words(lines[i], stems) >= _FEW_SHARED
    }
    chosen = next(i for i in candidates if scores[i] >= best - (1.4 if i in near else 0.45))
    return _bare_copy(lines, chosen, candidates)


def _share_words(line: Line, stems: frozenset[str]) -> float:
    """Share of a line's longer words that are among *stems*, 0 to 1."""
    own = word_stems(line.text)
    return len(own & stems) / len(own) if own else 0.0


def _bare_copy(lines: Sequence[Line], chosen: int, candidates: Sequence[int]) -> int:
    """The candidate below *chosen* that is its headline without the outlet's name, else *chosen*."""
    key = lines[chosen].key
    for index in candidates:
        other = lines[index].key
        if (
            index > chosen
            and other != key
            and 2 * len(other) > len(key)
            and (key.startswith(other) or key.endswith(other))
        ):
            return index
    return chosen


def has_headline(lines: Sequence[Line], title: int | None, body: Body | None) -> bool:
    """Whether at least half of the longer words of the headline are in the text as well."""
    if title is None or body is None:
        return False
    own, stems = word_stems(lines[title].text), word_stems(" ".join(lines[i].text for i in body.kept))
    return len(own) >= 2 and 2 * len(own & stems) >= len(own)


def _may_be_title(line: Line) -> bool:
    """Whether a line has the shape of a headline at all."""
    return (
        line.kind in ("short", "sentence", "bullet")
        and line.size >= _SHORTEST_TITLE
        and len(line.text) <= LONGEST_TITLE
    )


def _score_title(lines: Sequence[Line], index: int, stems: frozenset[str], end: int) -> float:
    """How much a line looks like the headline of the text whose word stems are *stems*; about 0 to 5."""
    line = lines[index]
    longer_words = len(word_stems(line.text))
    score = 3 * _share_words(line, stems) * min(1.0, longer_words / 4) + min(0.5, longer_words / 16)
    score += 0.5 * (line.copies > 1)
    score += 0.5 * any(later.kind == "stamp" for later in lines[index + 1 : index + 7])
    score += 0.7 * (index + 1 < len(lines) and _is_byline(lines[index + 1]))
    score -= 0.5 * ("|" in line.text)
    score -= 0.6 * line.text.endswith((".", "。", ":", "…"))
    return score - 0.01 * min(end - index, 60)


def _is_byline(line: Line) -> bool:
    """Whether a line starts as a byline does and goes on with a name."""
    return line.kind in ("short", "stamp") and line.words <= 12 and bool(read_byline(line.text))


def clean_title(lines: Sequence[Line], index: int) -> str:
    """The headline without the outlet's name behind a bar, or behind a dash where the page has it without as well."""
    text = lines[index].text
    match = _OUTLET.match(text)
    if match is None:
        return text
    if match["title"]:
        return match["title"]
    bare = flatten(match["dashed"])
    return match["dashed"] if any(line.key == bare for line in lines) else text


def is_same_headline(line: Line, title: str) -> bool:
    """Whether a line repeats the headline, with or without the outlet's name."""
    key = flatten(title)
    return line.key == key or (line.key.startswith(key) and _OUTLET.match(line.text) is not None)
