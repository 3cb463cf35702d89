"""Boxes inside an article, and where other articles begin: told by the element that the paragraphs share."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from tasks.clean.blocks import Block
from tasks.clean.cues import MORE
from tasks.clean.furnishing import CLOSED

_BOX_SHARE = 0.25
_LONGEST_LABEL = 60
_NOT_A_BOX = frozenset({"ul", "ol", "dl", "table", "blockquote", "header"})


def cut_boxes(blocks: Sequence[Block]) -> list[Block]:
    """Drop boxes: small subtrees with a heading of their own inside a text whose paragraphs are siblings.

    The home of the text is the element that most of its paragraphs are children of; where they are spread over many
    containers nothing is dropped.
    """
    masses = [block.mass for block in blocks]
    total = sum(masses)
    home = find_home(blocks, masses)
    if home is None:
        return list(blocks)
    groups: dict[etree._Element, list[int]] = {}
    begun = False
    for number, block in enumerate(blocks):
        child = _child_of(home, block.parent)
        begun = begun or (child is block.parent and masses[number] > 0)
        if child is not None and begun and child.tag not in _NOT_A_BOX:
            groups.setdefault(child, []).append(number)
    drop: set[int] = set()
    for child, numbers in groups.items():
        inside = [blocks[number] for number in numbers]
        if any(block.parent is not child for block in inside) and _is_box(inside, total):
            drop.update(numbers)
    return [block for number, block in enumerate(blocks) if number not in drop]


def other_articles_at(blocks: Sequence[Block]) -> int:
    """Where a short line announces other articles and no paragraph of the text's own element follows; else the end."""
    home = find_home(blocks, [block.mass for block in blocks])
    if home is None:
        return len(blocks)
    own = 0
    for number, block in enumerate(blocks):
        if block.mass and home in (block.parent, block.parent.getparent()):
            own = number
    for number in range(own + 1, len(blocks)):
        block = blocks[number]
        if block.size < _LONGEST_LABEL and MORE.match(block.text) and not CLOSED.search(block.text):
            return number
    return len(blocks)


def find_home(blocks: Sequence[Block], masses: Sequence[float]) -> etree._Element | None:
    """The element whose children, or whose own lines, hold at least 60 % of the running text; the deepest of several."""
    homes: dict[etree._Element, float] = {}
    for block, mass in zip(blocks, masses, strict=True):
        if mass:
            for element in (block.parent, block.parent.getparent()):
                if element is not None:
                    homes[element] = homes.get(element, 0.0) + mass
    best = max(homes, key=lambda element: homes[element], default=None)
    return best if best is not None and homes[best] >= 0.6 * sum(masses) else None


def _is_box(inside: Sequence[Block], total: float) -> bool:
    """Whether the blocks under one child of the text's home are a box: a short heading of its own, little of the text."""
    titled = any(block.kind == "h" or (block.bold > 0.9 and block.size < 90) for block in inside[:3])
    main = any(block.parent.tag == "h1" for block in inside)
    return (
        titled and not main and len(inside) > 1 and sum(block.mass for block in inside) < _BOX_SHARE * total
    )


def _child_of(home: etree._Element, element: etree._Element | None) -> etree._Element | None:
    """The child of *home* that *element* is or lies in, or null."""
    while element is not None:
        above = element.getparent()
        if above is home:
            return element
        element = above
    return None
