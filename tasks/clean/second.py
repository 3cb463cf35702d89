"""When the fast answer is doubtful: ask trafilatura, and keep the answer that the page's own words support."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from tasks.clean.blocks import Block
from tasks.clean.body import Region
from tasks.clean.head import Head
from tasks.clean.words import letters_of, size_of

_WORD = re.compile(
    "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[^\\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]+"
)
_MAX_ELEMENTS = 15_000
_MANY_LINES = 60
_MANY_TEASERS = 6
_MAY_HIDE_TEXT = frozenset(
    {"side", "aside", "tags", "byline", "caption", "media", "form", "hidden", "paywall", "advert", "share"}
)
_LITTLE, _NOTHING = 250, 40
_BESIDE = frozenset({"related", "comment", "overlay", "foot", "nav", "side"})
_FLAGGED = "text in flagged parts"
_NEAR_HEADLINE = 8
_MAX_TEXT = 1_500_000


@dataclass(frozen=True, slots=True)
class Opinion:
    """One extractor's answer: text, who gave it and in which mode, and why the first answer was doubted."""

    text: str
    extractor: str
    mode: str
    fallback_reason: str


def doubts(text: str, region: Region, head: Head, lists_too: bool = False) -> str:
    """Why the fast answer may be wrong, or an empty string.  Lists of articles are beyond doubt unless *lists_too*.

    Signs: hardly any text although the page has some; much running text outside the region or in parts that their class
    marks as something else; most of the region cut; a JSON-LD body that the answer covers poorly.
    """
    size = size_of(text)
    witness = head.linked.body
    if witness and size_of(witness) > 300 and coverage(text, witness) < 0.6:
        return "differs from json-ld body"
    total = sum(len(block.text) for block in region.blocks)
    visible = sum(len(block.text) * (1 - block.linked) for block in region.blocks)
    listing = visible < 0.5 * total and len(region.blocks) > _MANY_LINES
    if (
        not lists_too
        and size < 400
        and (listing or (region.teasers >= _MANY_TEASERS and not head.linked.headline))
    ):
        return ""
    if size < 400 and visible > 2 * size and (visible > 800 or size < _NOTHING):
        return "little text"
    if region.page_mass > 0 and region.mass < 0.5 * region.page_mass and size < 3000:
        return "text elsewhere"
    inside = [block for block in region.blocks[region.first : region.last + 1] if not block.role]
    plain = sum(block.size * (1 - block.linked) for block in inside)
    if plain > 600 and size < 0.5 * plain:
        return "much was cut"
    flagged = sum(block.mass for block in region.blocks if block.role in _MAY_HIDE_TEXT)
    return _FLAGGED if size < 1500 and flagged > 1.5 * max(size, 400) else ""


def choose(
    first: Opinion, reason: str, root: etree._Element, head: Head, url: str, title: str, region: Region
) -> Opinion:
    """The better of the fast answer and trafilatura's, with *reason* noted when the fast one was not used.

    With a JSON-LD body, the answer that agrees with it more; else the longer one, if it holds most of the shorter.
    A short fast answer need not be held by the other one, unless it was found right below the headline.  What the page
    itself calls a sidebar, comments or the like is no part of the other one.
    """
    if sum(1 for _ in root.iter()) > _MAX_ELEMENTS:
        return first
    other = _trafilatura(root, url, title)
    if reason != _FLAGGED:
        other = _without_beside(other, region.blocks)
    if not other:
        return first
    witness = head.linked.body
    if witness and size_of(witness) > 300:
        better = _agreement(other, witness) > _agreement(first.text, witness) + 0.02
    else:
        size = size_of(first.text)
        enough = size_of(other) > (max(1.3 * size, _LITTLE) if size >= _NOTHING else _NOTHING)
        anchored = region.blocks[region.start].kind == "h" and region.first - region.start <= _NEAR_HEADLINE
        free = size < (_NOTHING if anchored else _LITTLE)
        better = enough and (free or coverage(other, first.text) > 0.7)
    return Opinion(other, "trafilatura", "balanced", reason) if better else first


def _without_beside(text: str, blocks: Sequence[Block]) -> str:
    """*text* without the lines that the page itself calls a sidebar, comments or the like."""
    beside = {letters_of(block.text) for block in blocks if block.flags and block.role in _BESIDE}
    return "\n".join(line for line in text.split("\n") if letters_of(line) not in beside)


def _trafilatura(root: etree._Element, url: str, title: str) -> str:
    """Trafilatura's text without the headline; empty when it finds none.  It gets a page of its own, not our tree."""
    page = etree.tostring(root, encoding="unicode", method="html")
    import trafilatura  # here, since whoever only hands pages to workers needs none of it (18 MB, 0.1 s)

    found = trafilatura.bare_extraction(
        page,
        url=url or None,
        with_metadata=False,
        include_comments=False,
        deduplicate=False,
        include_tables=True,
    )
    text = getattr(found, "text", None) or ""
    if len(text) > _MAX_TEXT:
        text = text[:_MAX_TEXT]
    key = letters_of(title)
    lines = [line.strip().removeprefix("- ").strip() for line in text.split("\n")]
    return "\n".join(line for line in lines if line and letters_of(line) != key)


def coverage(text: str, of: str) -> float:
    """Share of the word pairs of *of* that *text* has too (0–1)."""
    wanted = _pairs(of)
    return len(wanted & _pairs(text)) / len(wanted) if wanted else 0.0


def _agreement(text: str, witness: str) -> float:
    """F1 of shared word pairs."""
    left, right = _pairs(text), _pairs(witness)
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _pairs(text: str) -> set[tuple[str, str]]:
    """Pairs of neighbouring words; a sign of a script without spaces is a word."""
    return set(pairwise(_WORD.findall(text.casefold())))
