"""Which blocks of the article's region are its text: furniture between, before and after the paragraphs is cut.

The rules look at what holds across sites and languages (share of links, length, closing punctuation, repetition, place
in the text) and use phrases (:mod:`tasks.clean.cues`) only for lines that are short or linked anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from tasks.clean.blocks import Block
from tasks.clean.body import Region
from tasks.clean.cues import BYLINE, CREDIT, ENDNOTE, LABEL, LEAD_CLASS, MORE, SIGNUP
from tasks.clean.markup import label_of
from tasks.clean.words import letters_of

_CLOSED = re.compile("[.!?…。！？؟।။։:;][\"'”’»“)\\]」』）]*$")
_LEAD_SIZE = 45
_LEAD_REACH = 25
_LEAD_NEAR = 10
_MAX_LEADS = 4
_NO_LEAD = frozenset({"comment", "nav", "caption", "advert", "signup", "overlay", "share", "foot"})
_NO_LEAD_UNTOLD = frozenset({"related", "side", "aside", "media"})
_BOX_SHARE = 0.25
_LEAST_RUN = 4
_LONGEST_LABEL = 60
_SHORTEST_REPEAT = 20
_MAY_QUOTE = frozenset({"quote", "h", "div"})
_LONGEST_CALL = 350
_NOT_A_BOX = frozenset({"ul", "ol", "dl", "table", "blockquote", "header"})


@dataclass(frozen=True, slots=True)
class Lines:
    """The text of an article as lines, and its standfirst (empty when the page shows none)."""

    body: tuple[str, ...]
    lead: str


def select_lines(region: Region, title: str, description: str) -> Lines:
    """The lines of the article in *region*, standfirst first, headline left out."""
    blocks = region.blocks
    title_key = letters_of(title)
    leads = _find_leads(region, title_key, letters_of(description))
    kept = [block for block in blocks[region.first : region.last + 1] if not block.role]
    longest = 2 * len(title) + 20
    kept = [block for block in kept if len(block.text) > longest or letters_of(block.text) != title_key]
    kept = _cut_boxes(kept)
    kept = kept[: _other_articles_at(kept)]
    kept = _cut_announcements(kept)
    kept = [block for block in kept if not _is_furniture(block)]
    kept = _cut_ends(kept)
    kept = _cut_empty_headings(kept)
    texts = _without_repeats(kept)
    opening = {letters_of(text[:120])[:60] for text in texts[:6]} if leads else set()
    leads = [lead for lead in leads if letters_of(lead[:120])[:60] not in opening]
    return Lines((*leads, *texts), leads[0] if leads else "")


def _find_leads(region: Region, title_key: str, description_key: str) -> list[str]:
    """The standfirst between headline and region: running text, or a line that the description repeats."""
    blocks = region.blocks
    leads: list[str] = []
    for number in range(max(0, region.start, region.first - _LEAD_REACH), min(region.first + 4, len(blocks))):
        block = blocks[number]
        if number >= region.first and not block.role:
            continue
        size = block.size
        if size < _LEAD_SIZE or block.linked > 0.5 or block.role in _NO_LEAD:
            continue
        key = letters_of(block.text)
        if key == title_key:
            continue
        told = (
            len(key) > 25
            and bool(description_key)
            and (key[:50] == description_key[:50] or key in description_key)
        )
        if block.role in _NO_LEAD_UNTOLD and not told:
            continue
        named = bool(LEAD_CLASS.search(label_of(block.parent) + " " + _parent_label(block)))
        plain = not block.role and block.kind != "li" and region.first - number <= _LEAD_NEAR
        fit = bool(_CLOSED.search(block.text)) or (named and size > 80)
        if told or (fit and (named or plain) and number > region.start and not _is_furniture(block)):
            leads.append(block.text)
    return leads[-_MAX_LEADS:]


def _parent_label(block: Block) -> str:
    parent = block.parent.getparent()
    return "" if parent is None else label_of(parent)


def _is_furniture(block: Block) -> bool:
    """Whether a line is furniture wherever it stands."""
    text, size = block.text, block.size
    if block.linked >= 0.8 and not (block.kind == "p" and size > 160 and _CLOSED.search(text)):
        return True
    if size < 40 and LABEL.fullmatch(text):
        return True
    if size < 300 and block.linked >= 0.3 and (MORE.match(text) or SIGNUP.match(text)):
        return True
    if size < 160 and MORE.match(text) and not _CLOSED.search(text):
        return True
    if size < 160 and CREDIT.match(text):
        return True
    return block.linked >= 0.55 and size < 140 and not _CLOSED.search(text)


def _cut_announcements(blocks: Sequence[Block]) -> list[Block]:
    """Drop lists that are mostly links, with the heading that announces them."""
    drop: set[int] = set()
    number = 0
    while number < len(blocks):
        stop = number
        while stop < len(blocks) and blocks[stop].kind == "li":
            stop += 1
        if stop > number:
            linked = sum(block.linked * len(block.text) for block in blocks[number:stop])
            total = sum(len(block.text) for block in blocks[number:stop])
            if linked > 0.5 * total:
                drop.update(range(number, stop))
                before = number - 1
                if (
                    before >= 0
                    and blocks[before].size < 90
                    and (blocks[before].kind == "h" or blocks[before].text.endswith(":"))
                ):
                    drop.add(before)
            number = stop
        else:
            number += 1
    return [block for number, block in enumerate(blocks) if number not in drop]


def _cut_boxes(blocks: Sequence[Block]) -> list[Block]:
    """Drop boxes: small subtrees with a heading of their own inside a text whose paragraphs are siblings.

    The home of the text is the element that most of its paragraphs are children of; where they are spread over many
    containers nothing is dropped.
    """
    masses = [block.mass for block in blocks]
    total = sum(masses)
    home = _home(blocks, masses)
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


def _home(blocks: Sequence[Block], masses: Sequence[float]) -> etree._Element | None:
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


def _is_sentence(block: Block) -> bool:
    """Whether a line reads like part of the article: long, or closed by punctuation and not a label."""
    size = block.size
    if block.linked > 0.6 and not (size > 160 and _CLOSED.search(block.text)):
        return False
    if size < _LONGEST_CALL and SIGNUP.match(block.text):
        return False
    return size >= 100 or (size >= 25 and bool(_CLOSED.search(block.text)) and block.kind != "h")


def _cut_ends(blocks: list[Block]) -> list[Block]:
    """Drop what stands before the first and after the last sentence.

    Headings and long paragraphs right before the first stay, and so do lists and runs of short lines after the last that
    are children of the same element as the paragraphs.
    """
    first, last = 0, len(blocks)
    while last > first and (not _is_sentence(blocks[last - 1]) or ENDNOTE.match(blocks[last - 1].text)):
        last -= 1
    while first < last and not _is_sentence(blocks[first]) and not _opens(blocks, first):
        first += 1
    home = _home(blocks, [block.mass for block in blocks])
    stop = last
    while stop < len(blocks) and home is not None and _belongs(blocks[stop], home):
        stop += 1
    while stop > last and blocks[stop - 1].kind == "h":
        stop -= 1
    lists = sum(1 for block in blocks[last:stop] if block.kind == "li")
    return blocks[first:stop] if stop - last >= _LEAST_RUN or lists >= 2 else blocks[first:last]


def _other_articles_at(blocks: Sequence[Block]) -> int:
    """Where a short line announces other articles and no paragraph of the text's own element follows; else the end."""
    home = _home(blocks, [block.mass for block in blocks])
    if home is None:
        return len(blocks)
    own = 0
    for number, block in enumerate(blocks):
        if block.mass and home in (block.parent, block.parent.getparent()):
            own = number
    for number in range(own + 1, len(blocks)):
        block = blocks[number]
        if block.size < _LONGEST_LABEL and MORE.match(block.text) and not _CLOSED.search(block.text):
            return number
    return len(blocks)


def _belongs(block: Block, home: etree._Element) -> bool:
    """Whether a line after the last sentence is part of the text's own element and looks like none of the furniture."""
    above = block.parent.getparent()
    inside = home in (block.parent, above) or (
        block.kind == "li" and above is not None and above.getparent() is home
    )
    if not inside or block.linked > 0.3:
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
    if any(map(str.isdigit, block.text)) or size < 20 or block.linked > 0.1:
        return False
    return number + 1 < len(blocks) and _is_sentence(blocks[number + 1])


def _cut_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """Drop headings that no text follows before the next heading of a page section."""
    kept: list[Block] = []
    for number, block in enumerate(blocks):
        if block.kind == "h" and MORE.match(block.text) and block.size < 80:
            continue
        if block.kind == "h" and number + 1 == len(blocks):
            continue
        kept.append(block)
    return kept


def _without_repeats(blocks: Sequence[Block]) -> list[str]:
    """Texts of the blocks, a line that came before left out, and a pull quote whose words a paragraph holds."""
    seen: set[str] = set()
    texts: list[str] = []
    for number, block in enumerate(blocks):
        key = block.text.casefold()
        if len(key) > _SHORTEST_REPEAT and key in seen:
            continue
        seen.add(key)
        if block.kind in _MAY_QUOTE and 30 < len(key) < 500 and _is_quoted(blocks, number):
            continue
        texts.append(block.text)
    return texts


def _is_quoted(blocks: Sequence[Block], number: int) -> bool:
    """Whether one of the eight lines before or after holds the words of this one and more."""
    key = letters_of(blocks[number].text)
    near = (*blocks[max(0, number - 8) : number], *blocks[number + 1 : number + 9])
    return any(len(other.text) > len(key) and key in letters_of(other.text) != key for other in near)
