"""Which lines of a scraped page are the article: one dense run of sentences, and what to leave out inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_shape import ends_sentence

_FULL_PARAGRAPH, _SENTENCE_UNIT = 300, 60
_WEIGHTS = {
    "short": -1.0, "bullet": -0.3, "stamp": -2.0, "ago": -2.0, "credit": -0.7, "label": -1.5, "pitch": -1.5, "teaser": -1.0,
    "noise": -0.3,
}  # fmt: skip
_LABELS = {"comments": -30.0, "related": -4.0}
_LONGEST_HEADING = 90
_HEAD_SENTENCES, _HEAD_LINES = 3, 14


@dataclass(frozen=True, slots=True)
class Body:
    """Where the article is: indexes into the lines of the first and last line of the run, of its kept lines, of its lead.

    *lead* is null where no standfirst is set apart from the text by a date, a byline or the like.
    """

    first: int
    last: int
    kept: tuple[int, ...]
    lead: int | None


def find_body(lines: Sequence[Line]) -> Body | None:
    """The article among *lines*; null when no line is a sentence.

    The run is the one with the largest sum of weights: sentences count by their length, everything else against, so
    that a box between two paragraphs is bridged and a list of teasers after the last is not.
    """
    run = _heaviest_run([_weigh(line) for line in lines])
    if run is None:
        return None
    first, last = run
    kept = [i for i in range(first, last + 1) if _belongs(lines, i, first, last)]
    lead: int | None = None
    head = _head_length(lines, kept)
    if head:
        lead, kept = kept[0], kept[head:]
    return Body(kept[0], kept[-1], tuple(kept), lead)


def _weigh(line: Line) -> float:
    """How much a line speaks for being inside the article; in paragraphs of 60 letters."""
    if line.kind == "sentence":
        weight = min(line.size, _FULL_PARAGRAPH) / _SENTENCE_UNIT
        return weight / 2 if line.copies > 1 else weight
    if line.kind == "label":
        return _LABELS.get(line.label or "", _WEIGHTS["label"])
    if line.kind == "short" and ends_sentence(line.text):
        return -0.1 if line.copies == 1 else -1.0
    return _WEIGHTS[line.kind]


def _heaviest_run(weights: Sequence[float]) -> tuple[int, int] | None:
    """First and last index of the contiguous run with the largest positive sum; null when no weight is positive."""
    best, best_run = 0.0, None
    total, start = 0.0, 0
    for index, weight in enumerate(weights):
        if total <= 0:
            total, start = 0.0, index
        total += weight
        if total > best:
            best, best_run = total, (start, index)
    return best_run


def _belongs(lines: Sequence[Line], index: int, first: int, last: int) -> bool:
    """Whether a line inside the run is part of the article: a sentence, a list entry, or a heading between two paragraphs."""
    line = lines[index]
    if line.kind == "sentence":
        return True
    if line.kind == "bullet":
        return lines[index - 1].kind in ("sentence", "bullet") if index > first else False
    if line.kind != "short":
        return False
    if ends_sentence(line.text):
        return line.copies == 1 or lines[index - 1].kind == "sentence"
    before, after = lines[index - 1] if index > first else None, lines[index + 1] if index < last else None
    between = (
        before is not None
        and after is not None
        and before.kind in ("sentence", "bullet")
        and after.kind in ("sentence", "bullet")
    )
    return between and line.copies == 1 and line.size <= _LONGEST_HEADING


def _head_length(lines: Sequence[Line], kept: Sequence[int]) -> int:
    """How many kept lines at the top are set apart from the text by a date line or a byline: standfirst and captions."""
    for position in range(1, min(_HEAD_SENTENCES, len(kept) - 1) + 1):
        between = lines[kept[position - 1] + 1 : kept[position]]
        if kept[position] - kept[0] > _HEAD_LINES:
            break
        if any(line.kind in ("stamp", "ago") for line in between):
            rest = sum(lines[i].size for i in kept[position:])
            if rest > 2 * sum(lines[i].size for i in kept[:position]):
                return position
    return 0
