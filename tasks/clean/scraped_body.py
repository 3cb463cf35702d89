"""Which lines of a scraped page are the article: one dense run of sentences, and what to leave out inside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_shape import ends_sentence, word_stems
from tasks.clean.scraped_words import hints_at_pitch

_FULL_PARAGRAPH, _SENTENCE_UNIT = 300, 60
_WEIGHTS = {
    "short": -1.0, "bullet": -0.3, "stamp": -3.0, "ago": -2.0, "credit": -0.7, "label": -1.0, "pitch": -0.3, "teaser": -1.0,
    "noise": -0.3,
}  # fmt: skip
_LABELS = {"comments": -30.0, "related": -2.0}
_TEMPLATE, _TEMPLATE_WEIGHT, _LOOK = 3, -0.1, 12
_REPEATED, _ALONE = 0.25, 0.5
_BOX_LINES, _BOX_COST, _FEWEST_AFTER_BOX = 4, -2.5, 2
_RUNS, _LIGHTEST, _LOW, _HEADLINE, _ITSELF = 4, 0.3, 0.3, 1.5, 0.3
_READ, _ABOVE, _SHORTEST_HEADLINE, _LONGEST_HEADLINE = 60, 30, 15, 260
_LONGEST_HEADING, _LONGEST_CALL = 90, 300
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
    run = _choose_run(lines, _soften_gaps(lines, [_weigh(lines, i) for i in range(len(lines))]))
    if run is None:
        return None
    first, last = run[0], _extend(lines, run[1])
    kept = [i for i in range(first, last + 1) if _belongs(lines, i, first, last)]
    if not kept:
        return None
    lead: int | None = None
    head = _head_length(lines, kept)
    if head:
        lead, kept = kept[0], kept[head:]
    return Body(kept[0], kept[-1], tuple(kept), lead)


def _weigh(lines: Sequence[Line], index: int) -> float:
    """How much a line speaks for being inside the article; in paragraphs of 60 letters.

    A sentence alone between short lines is more likely a teaser under its headline.
    """
    line = lines[index]
    if line.kind == "sentence":
        weight = min(line.size, _FULL_PARAGRAPH) / _SENTENCE_UNIT
        if line.copies >= _TEMPLATE:
            return _TEMPLATE_WEIGHT
        if line.copies > 1:
            weight *= _REPEATED
        return weight * (_ALONE if _is_alone(lines, index) else 1)
    if line.copies >= _TEMPLATE and line.kind in ("short", "label", "noise") and line.label != "comments":
        return _TEMPLATE_WEIGHT
    if line.kind == "label":
        return _LABELS.get(line.label or "", _WEIGHTS["label"])
    if line.kind == "short" and ends_sentence(line.text):
        return -0.1 if line.copies == 1 else -1.0
    return _WEIGHTS[line.kind]


def _soften_gaps(lines: Sequence[Line], weights: list[float]) -> list[float]:
    """The weights with a limit to what a few lines between two paragraphs cost: a box set into the text is small.

    Lines with times, or headings of comments and tags, keep their weight: those end an article.
    """
    softened = list(weights)
    start = 0
    for index in range(len(lines) + 1):
        if index < len(lines) and lines[index].kind != "sentence":
            continue
        gap = lines[start:index]
        cost = sum(weights[start:index])
        if 0 < len(gap) <= _BOX_LINES and cost < _BOX_COST and not any(_closes_text(line) for line in gap):
            softened[start:index] = [weight * _BOX_COST / cost for weight in weights[start:index]]
        start = index + 1
    return softened


def _closes_text(line: Line) -> bool:
    """Whether a line stands around articles and never inside one."""
    return line.kind in ("stamp", "ago") or line.label in ("comments", "tags")


def _is_alone(lines: Sequence[Line], index: int) -> bool:
    """Whether the lines before and after a sentence are both short lines or dates, lines of the template aside."""
    before = next(
        (line for line in reversed(lines[max(0, index - _LOOK) : index]) if line.copies < _TEMPLATE), None
    )
    after = next((line for line in lines[index + 1 : index + 1 + _LOOK] if line.copies < _TEMPLATE), None)
    apart = ("short", "stamp", "ago", "noise")
    return before is not None and after is not None and before.kind in apart and after.kind in apart


def _extend(lines: Sequence[Line], last: int) -> int:
    """Where the article ends when what follows *last* is a small box and then paragraphs again.

    A short last paragraph or two weigh less than the box before them; teasers never come as two sentences in a row.
    """
    while True:
        after = next((i for i in range(last + 1, len(lines)) if lines[i].kind == "sentence"), None)
        if (
            after is None
            or after - last - 1 > _BOX_LINES
            or any(_closes_text(line) for line in lines[last + 1 : after])
        ):
            return last
        end = after
        while end < len(lines) and _continues(lines[end]):
            end += 1
        if end - after < _FEWEST_AFTER_BOX:
            return last
        last = end - 1


def _continues(line: Line) -> bool:
    """Whether a line can be a paragraph below a box: a sentence that is neither repeated nor a call."""
    return line.kind == "sentence" and line.copies == 1 and not hints_at_pitch(line.key)


def _choose_run(lines: Sequence[Line], weights: list[float]) -> tuple[int, int] | None:
    """The run that is the article: the heaviest, unless a lighter one has the headline above it or stands higher up.

    Comments, a panel about cookies and a list of the outlet's other sites can be longer than a short report.
    """
    best, best_value = None, 0.0
    rest = list(weights)
    heaviest = 0.0
    for _ in range(_RUNS):
        run, weight = _heaviest_run(rest)
        heaviest = max(heaviest, weight)
        if run is None or weight < _LIGHTEST * heaviest:
            break
        value = weight * (1 - _LOW * run[0] / len(lines))
        if stands_under_headline(lines, run):
            value *= _HEADLINE
        if _talks_of_itself(lines[run[0] : run[1] + 1]):
            value *= _ITSELF
        if value > best_value:
            best, best_value = run, value
        rest[run[0] : run[1] + 1] = [-1.0] * (run[1] + 1 - run[0])
    return best


def _talks_of_itself(run: Sequence[Line]) -> bool:
    """Whether a good part of a run's sentences speak of cookies, consent, subscriptions and the like."""
    sentences = [line for line in run if line.kind in ("sentence", "pitch")][:_READ]
    return 5 * sum(hints_at_pitch(line.key) for line in sentences) >= 2 * len(sentences)


def stands_under_headline(lines: Sequence[Line], run: tuple[int, int]) -> bool:
    """Whether a line not far above the run has words that two or more sentences of the run use."""
    inside = [word_stems(line.text) for line in lines[run[0] : run[1] + 1] if line.kind == "sentence"][:_READ]
    for line in lines[max(0, run[0] - _ABOVE) : run[0]]:
        if (
            line.kind in ("short", "sentence")
            and line.size >= _SHORTEST_HEADLINE
            and len(line.text) <= _LONGEST_HEADLINE
        ):
            own = word_stems(line.text)
            met = [own & stems for stems in inside if own & stems]
            if len(own) >= 3 and len(met) >= 2 and 2 * len(frozenset().union(*met)) >= len(own):
                return True
    return False


def _heaviest_run(weights: Sequence[float]) -> tuple[tuple[int, int] | None, float]:
    """First and last index of the contiguous run with the largest positive sum, and that sum; null and 0 without one."""
    best, best_run = 0.0, None
    total, start = 0.0, 0
    for index, weight in enumerate(weights):
        if total <= 0:
            total, start = 0.0, index
        total += weight
        if total > best:
            best, best_run = total, (start, index)
    return best_run, best


def _belongs(lines: Sequence[Line], index: int, first: int, last: int) -> bool:
    """Whether a line inside the run is part of the article: a sentence, a list entry, or a heading between two paragraphs."""
    line = lines[index]
    if line.kind == "sentence":
        return not _is_set_in(lines, index, first, last)
    if line.kind == "bullet":
        return lines[index - 1].kind in ("sentence", "bullet") if index > first else False
    if line.kind != "short":
        return False
    if ends_sentence(line.text):
        return line.copies == 1 or lines[index - 1].kind == "sentence"
    return line.copies == 1 and line.size <= _LONGEST_HEADING and _is_between(lines, index, first, last)


def _is_set_in(lines: Sequence[Line], index: int, first: int, last: int) -> bool:
    """Whether a sentence inside the run is none of the article's: a template's, a second copy, or a call set apart."""
    line = lines[index]
    if line.copies >= _TEMPLATE:
        return True
    if line.copies > 1 and any(other.key == line.key for other in lines[first:index]):
        return True
    joins = [lines[i].kind == "sentence" for i in (index - 1, index + 1) if first <= i <= last]
    return not any(joins) and line.size <= _LONGEST_CALL and hints_at_pitch(line.key)


def _is_between(lines: Sequence[Line], index: int, first: int, last: int) -> bool:
    """Whether a paragraph follows at once and the line before is a paragraph or something small set into the text."""
    if not first < index < last or lines[index + 1].kind not in ("sentence", "bullet"):
        return False
    before = lines[index - 1]
    return before.kind in ("sentence", "bullet", "pitch", "teaser", "credit") or before.label == "action"


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
