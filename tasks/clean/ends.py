"""Where an article begins and ends among its lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from lxml import etree

from tasks.clean.blocks import Block
from tasks.clean.boxes import find_home
from tasks.clean.cues import BYLINE, CREDIT, ENDNOTE, LABEL, MORE, SIGNUP
from tasks.clean.furnishing import is_sentence

_LEAST_RUN = 4
_POINT, _LEAST_POINTS = 20, 3


def cut_ends(blocks: list[Block]) -> list[Block]:
    """Drop what stands before the first and after the last sentence.

    Headings and long paragraphs right before the first stay, and so do lists and runs of short lines after the last that
    are children of the same element as the paragraphs.
    """
    first, last = 0, len(blocks)
    while last > first and (not is_sentence(blocks[last - 1]) or ENDNOTE.match(blocks[last - 1].text)):
        last -= 1
    while first < last and not is_sentence(blocks[first]) and not _opens(blocks, first):
        first += 1
    first = min(first, _list_at(blocks[:first]))
    home = find_home(blocks, [block.mass for block in blocks])
    if home is None and last:
        home = blocks[last - 1].parent.getparent()
    stop = last
    while stop < len(blocks) and home is not None and _belongs(blocks[stop], home):
        stop += 1
    while stop > last and blocks[stop - 1].kind == "h":
        stop -= 1
    lists = sum(1 for block in blocks[last:stop] if block.kind == "li")
    return blocks[first:stop] if stop - last >= _LEAST_RUN or lists >= 2 else blocks[first:last]


def _list_at(blocks: Sequence[Block]) -> int:
    """Where a list of several lines begins, with the heading right above it; how many *blocks* there are when there is none."""
    points = [
        n
        for n, block in enumerate(blocks)
        if block.kind == "li" and block.linked < 0.1 and block.size >= _POINT
    ]
    if len(points) < _LEAST_POINTS:
        return len(blocks)
    return points[0] - (points[0] > 0 and blocks[points[0] - 1].kind == "h")


def _belongs(block: Block, home: etree._Element) -> bool:
    """Whether a line after the last sentence is part of the text's own element and looks like none of the furniture."""
    above = islice(block.parent.iterancestors(), 3 if block.kind == "li" else 1)
    if block.linked > 0.3 or home not in (block.parent, *above):
        return False
    return not any(
        cue.match(block.text) for cue in (MORE, SIGNUP, CREDIT, BYLINE, ENDNOTE)
    ) and not LABEL.fullmatch(block.text)


def _opens(blocks: Sequence[Block], number: int) -> bool:
    """Whether a line that is no sentence may open the text: a long paragraph, or a heading right before a sentence."""
    block = blocks[number]
    size = block.size
    if MORE.match(block.text) or BYLINE.match(block.text) or block.kind in ("div", "cell", "li"):
        return False
    if block.kind == "p" and size >= 60 and block.linked < 0.3:
        return True
    if sum(map(str.isdigit, block.text)) > (2 if block.kind == "h" else 0) or size < 20 or block.linked > 0.1:
        return False
    return number + 1 < len(blocks) and is_sentence(blocks[number + 1])
