"""Where on a page the article is: the element that holds most of its running text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lxml import etree

from tasks.clean.blocks import Block, read_blocks
from tasks.clean.flags import judge_flags, set_teasers_apart
from tasks.clean.markup import is_body_label
from tasks.clean.words import letters_of

_SHARE_TO_DESCEND = 0.8
_REPEATED_NEAR = 15
_LIST_LINES = 3
_SHORTEST_HEADLINE, _SHORTEST_PART = 8, 12


@dataclass(slots=True)
class _Weight:
    """Running text below an element: mass, first and last block that has any."""

    mass: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Region:
    """The part of a page that holds the article: blocks ``first`` to ``last`` of ``blocks``, both included.

    ``start`` is the block of the headline, or ``first``; ``mass`` is the region's running text in characters,
    ``page_mass`` that of the whole page, flagged parts left out in both; ``teasers`` counts texts below linked headings.
    """

    blocks: Sequence[Block]
    start: int
    first: int
    last: int
    mass: float
    page_mass: float
    teasers: int = 0


def find_region(body: etree._Element, headlines: Sequence[str] = (), is_article: bool = False) -> Region:
    """The article's region of *body*; all of it, with mass 0, when no block reads like running text.

    *headlines* are what metadata calls the headline: text above the matching heading does not count.  *is_article* says
    that the page declares itself one; then linked headings may also be headings of a list in the text.
    """
    blocks = read_blocks(body)
    wanted = {key for key in map(letters_of, headlines) if len(key) > _SHORTEST_HEADLINE}
    named = [block for block in blocks if is_headline(block, wanted)] if wanted else []
    judge_flags(blocks, named)
    masses = [0.0 if block.role else block.mass for block in blocks]
    start = _headline_at(blocks, masses, named)
    masses[:start] = [0.0] * start
    teasers = set_teasers_apart(blocks, masses, is_article)
    weights = _weigh(blocks, masses, body)
    if body not in weights:
        return Region(blocks, start, start, len(blocks) - 1, 0.0, 0.0, teasers)
    outer, inner = _descend(body, weights)
    first, last = _range(blocks, outer, inner, weights)
    if not start:
        start = max(
            (n for n in range(first) if blocks[n].parent.tag == "h1" and not blocks[n].role), default=0
        )
    first = min(max(first, start), last)
    if blocks[start].kind == "h" and _is_list_between(blocks[start + 1 : first]):
        first = start + 1
    mass = sum(masses[first : last + 1])
    return Region(blocks, min(start, first), first, last, mass, sum(masses), teasers)


def _is_list_between(blocks: Sequence[Block]) -> bool:
    """Whether what stands between headline and region is a text with a list of its own: nothing flagged, no links."""
    if any(block.role or block.linked > 0.3 for block in blocks):
        return False
    return sum(block.kind == "li" for block in blocks) >= _LIST_LINES


def is_headline(block: Block, wanted: Collection[str]) -> bool:
    """Whether a heading that is no link repeats one of the titles *wanted*, or most of one (``Headline | Site``)."""
    if block.kind != "h" or block.linked >= 0.5:
        return False
    key = letters_of(block.text)
    return key in wanted or (
        len(key) > _SHORTEST_PART and any(len(key) > 0.5 * len(title) and key in title for title in wanted)
    )


def _headline_at(blocks: Sequence[Block], masses: Sequence[float], named: Sequence[Block]) -> int:
    """Number of the block that shows the headline, 0 when there is none or most of the text stands above it."""
    total = sum(masses)
    above = 0.0
    found = 0
    headings = {id(block) for block in named}
    for number, block in enumerate(blocks):
        if above > 0.5 * total or not headings:
            break
        if id(block) in headings:
            headings.discard(id(block))
            if not found or (not block.role and number - found > _REPEATED_NEAR):
                found = number
        above += masses[number]
    return found


def _weigh(
    blocks: Sequence[Block], masses: Sequence[float], body: etree._Element
) -> dict[etree._Element, _Weight]:
    """Mass and block range of every element that holds running text."""
    weights: dict[etree._Element, _Weight] = {}
    for number, mass in enumerate(masses):
        if not mass:
            continue
        element: etree._Element | None = blocks[number].parent
        while element is not None:
            weight = weights.get(element)
            if weight is None:
                weights[element] = _Weight(mass, number, number)
            else:
                weight.mass += mass
                weight.last = number
            if element is body:
                break
            element = element.getparent()
    return weights


def _descend(
    body: etree._Element, weights: dict[etree._Element, _Weight]
) -> tuple[etree._Element, etree._Element]:
    """The deepest element that still holds most of the running text, and the one in it that calls itself the body."""
    best: dict[etree._Element, etree._Element] = {}
    for element, weight in weights.items():
        parent = element.getparent()
        if parent is not None and (parent not in best or weight.mass > weights[best[parent]].mass):
            best[parent] = element
    outer = body
    while outer in best and weights[best[outer]].mass >= _SHARE_TO_DESCEND * weights[outer].mass:
        below = weights[best[outer]]
        if below.first == below.last and weights[outer].first < weights[outer].last:
            break
        outer = best[outer]
    inner, element = outer, outer
    while element in best:
        element = best[element]
        weight = weights[element]
        if weight.mass < 0.5 * weights[outer].mass or weight.first == weight.last:
            break
        if element.tag == "article" or is_body_label(element):
            inner = element
    return outer, inner


def _range(
    blocks: Sequence[Block],
    outer: etree._Element,
    inner: etree._Element,
    weights: dict[etree._Element, _Weight],
) -> tuple[int, int]:
    """Block range of the inner element and of all like it below the outer one: a body may be cut in pieces."""
    first, last = weights[inner].first, weights[inner].last
    label = inner.get("class")
    ends = [inner]
    if inner is not outer and label and inner.tag != "article":
        for element, weight in weights.items():
            if element.tag == inner.tag and element.get("class") == label and _holds(outer, element):
                first, last = min(first, weight.first), max(last, weight.last)
                ends.append(element)
    while first > 0 and any(_holds(end, blocks[first - 1].parent) for end in ends):
        first -= 1
    while last + 1 < len(blocks) and any(_holds(end, blocks[last + 1].parent) for end in ends):
        last += 1
    return first, last


def _holds(outer: etree._Element, element: etree._Element | None) -> bool:
    """Whether *element* is *outer* or lies inside it."""
    while element is not None:
        if element is outer:
            return True
        element = element.getparent()
    return False
