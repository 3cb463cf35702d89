"""Repeated paragraphs at the head and tail of one source's texts: calls to subscribe, navigation, disclaimers.

They are set apart before a text is sketched, never cut from it: what comes back is which part of the text to compare.
A paragraph counts as repeated furniture only when *different* paragraphs stand next to it, so that the opening of an article
that one source published five times is not mistaken for furniture.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

HEAD: Final = 3
"""Paragraphs looked at from the top."""
TAIL: Final = 4
"""Paragraphs looked at from the end."""
REPEATS: Final = 3
"""Different neighbours that a paragraph needs within one source to count as furniture."""
LONGEST: Final = 600
"""Characters of the longest paragraph that can be furniture."""
MOST_FIGURES: Final = 2
"""Numbers in one paragraph of furniture; more of them are news in a fixed form (weather, scores)."""
GLIMPSE: Final = 40
"""Characters that tell whether it is worth reading a text's outer paragraphs."""

_FIGURES: Final = re.compile(r"\d+")


class Span(NamedTuple):
    """Part of a text: first character and the one after the last."""

    start: int
    end: int


def body_spans(sources: Sequence[str], texts: Sequence[str]) -> list[Span]:
    """The part of each text that remains when its source's repeated head and tail paragraphs are set apart.

    At least half of a text is left, and nothing is ever set apart in its middle.
    """
    spans = [Span(0, len(t)) for t in texts]
    by_source: dict[str, list[int]] = defaultdict(list)
    for at, source in enumerate(sources):
        by_source[source].append(at)
    for members in by_source.values():
        if len(members) < REPEATS:
            continue
        heads = _furniture([texts[at] for at in members], _first, _head, HEAD)
        tails = _furniture([texts[at] for at in members], _last, _tail, TAIL)
        for at, head, tail in zip(members, heads, tails, strict=True):
            start, end = head or 0, len(texts[at]) if tail is None else tail
            if 2 * (end - start) >= len(texts[at]):
                spans[at] = Span(start, end)
    return spans


class Edge(NamedTuple):
    """A paragraph at one end of a text: its comparable form, and where the text would begin (or end) without it."""

    form: str
    cut: int


def _head(text: str, most: int) -> list[Edge]:
    """The first *most* paragraphs and the one after them, outermost first."""
    found: list[Edge] = []
    at = 0
    while len(found) <= most and at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if line := text[at:end].strip():
            found.append(Edge(_form(line), end + 1))
        at = end + 1
    return found


def _tail(text: str, most: int) -> list[Edge]:
    """The last *most* paragraphs and the one before them, outermost first."""
    found: list[Edge] = []
    end = len(text)
    while len(found) <= most and end > 0:
        at = text.rfind("\n", 0, end) + 1
        if line := text[at:end].strip():
            found.append(Edge(_form(line), at))
        end = at - 1
    return found


def _first(text: str) -> str:
    """The first few characters of a text that are in its first paragraph."""
    return text[:GLIMPSE].lstrip().partition("\n")[0]


def _last(text: str) -> str:
    """The last few characters of a text that are in its last paragraph."""
    return text[-GLIMPSE:].rstrip().rpartition("\n")[2]


def _form(line: str) -> str:
    """A paragraph with its numbers masked, as furniture often carries a date; "" when it is too long or full of numbers."""
    if len(line) > LONGEST:
        return ""
    form, figures = _FIGURES.subn("0", line)
    return form if figures <= MOST_FIGURES else ""


def _furniture(
    texts: Sequence[str], glimpse: Callable[[str], str], read: Callable[[str, int], list[Edge]], most: int
) -> list[int | None]:
    """Where each text begins (or ends) without furniture; None when none of its outer paragraphs is any.

    Few texts have an outermost paragraph that repeats, so the others are not read any further.
    """
    outermost = [_FIGURES.sub("0", glimpse(text)) for text in texts]
    repeated = {form for form, count in Counter(outermost).items() if form and count >= REPEATS}
    edges = {at: read(texts[at], most) for at, form in enumerate(outermost) if form in repeated}
    neighbours: dict[str, set[str]] = defaultdict(set)
    seen: Counter[str] = Counter()
    for edge in edges.values():
        for outer, inner in pairwise(edge):
            seen[outer.form] += 1
            if len(neighbours[outer.form]) < REPEATS:
                neighbours[outer.form].add(inner.form)
    known = {form for form, count in seen.items() if form and count >= REPEATS}
    free = {form for form in known if len(neighbours[form]) >= REPEATS}
    return [_cut(edges[at], known, free) if at in edges else None for at in range(len(texts))]


def _cut(edge: Sequence[Edge], repeated: Collection[str], free: Collection[str]) -> int | None:
    """Innermost cut such that all paragraphs outside it repeat and the innermost of them stands beside different ones."""
    cut = None
    for paragraph in edge[:-1]:
        if paragraph.form not in repeated:
            break
        if paragraph.form in free:
            cut = paragraph.cut
    return cut


def cut_bodies(texts: Iterable[str], spans: Iterable[Span]) -> list[str]:
    """Each text's part."""
    return [text[span.start : span.end] for text, span in zip(texts, spans, strict=True)]
