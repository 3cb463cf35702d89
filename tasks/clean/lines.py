"""Which blocks of the article's region are its text: furniture between, before and after the paragraphs is cut.

The rules look at what holds across sites and languages (share of links, length, closing punctuation, repetition, place
in the text) and use phrases (:mod:`tasks.clean.cues`) only for lines that are short or linked anyway.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tasks.clean.blocks import Block
from tasks.clean.body import Region, letters_of, size_of
from tasks.clean.cues import CREDIT, LABEL, LEAD_CLASS, MORE, SIGNUP
from tasks.clean.markup import label_of

_CLOSED = re.compile("[.!?…。！？؟।။։:;][\"'”’»“)\\]」』）]*$")
_LEAD_SIZE = 45
_LEAD_REACH = 25


@dataclass(frozen=True, slots=True)
class Lines:
    """The text of an article as lines, and its standfirst (empty when the page shows none)."""

    body: tuple[str, ...]
    lead: str


def select_lines(region: Region, title: str, description: str) -> Lines:
    """The lines of the article in *region*, standfirst first, headline left out."""
    blocks = region.blocks
    title_key = letters_of(title)
    lead = _find_lead(region, title_key, letters_of(description))
    kept = [block for block in blocks[region.first : region.last + 1] if not block.role]
    kept = [block for block in kept if letters_of(block.text) != title_key]
    kept = _cut_announcements(kept)
    kept = [block for block in kept if not _is_furniture(block)]
    kept = _cut_ends(kept)
    kept = _cut_empty_headings(kept)
    texts = _without_repeats(kept)
    if lead and all(letters_of(lead)[:60] != letters_of(text)[:60] for text in texts[:6]):
        texts.insert(0, lead)
    return Lines(tuple(texts), lead)


def _find_lead(region: Region, title_key: str, description_key: str) -> str:
    """The standfirst between headline and region: a line that the description repeats, or whose class says so."""
    blocks = region.blocks
    for number in range(max(0, region.start, region.first - _LEAD_REACH), region.first + 3):
        if number >= len(blocks):
            break
        block = blocks[number]
        size = size_of(block.text)
        key = letters_of(block.text)
        if (
            size < _LEAD_SIZE
            or block.linked > 0.5
            or key == title_key
            or block.role in ("comment", "nav", "caption")
        ):
            continue
        if (
            len(key) > 25
            and description_key
            and (key[:50] == description_key[:50] or description_key[:80] in key or key in description_key)
        ):
            return block.text
        if number < region.first and number > region.start and not CREDIT.match(block.text):
            label = label_of(block.parent) + " " + _parent_label(block)
            if (
                LEAD_CLASS.search(label)
                and (_CLOSED.search(block.text) or size > 80)
                and block.role in ("", "byline", "related")
            ):
                return block.text
    return ""


def _parent_label(block: Block) -> str:
    parent = block.parent.getparent()
    return "" if parent is None else label_of(parent)


def _is_furniture(block: Block) -> bool:
    """Whether a line is furniture wherever it stands."""
    text, size = block.text, size_of(block.text)
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
                    and size_of(blocks[before].text) < 90
                    and (blocks[before].kind == "h" or blocks[before].text.endswith(":"))
                ):
                    drop.add(before)
            number = stop
        else:
            number += 1
    return [block for number, block in enumerate(blocks) if number not in drop]


def _is_sentence(block: Block) -> bool:
    """Whether a line reads like part of the article: long, or closed by punctuation and not a label."""
    size = size_of(block.text)
    if block.linked > 0.6:
        return False
    if SIGNUP.match(block.text) and size < 220:
        return False
    return size >= 100 or (size >= 25 and bool(_CLOSED.search(block.text)) and block.kind != "h")


def _cut_ends(blocks: list[Block]) -> list[Block]:
    """Drop what stands before the first and after the last sentence; headings right before the first one stay."""
    first, last = 0, len(blocks)
    while last > first and not _is_sentence(blocks[last - 1]):
        last -= 1
    while first < last and not _is_sentence(blocks[first]) and not _opens(blocks, first):
        first += 1
    return blocks[first:last]


def _opens(blocks: Sequence[Block], number: int) -> bool:
    """Whether a short line may open the text: a line of the paragraph kind followed by a sentence, with no date."""
    block = blocks[number]
    if any(map(str.isdigit, block.text)) or MORE.match(block.text) or block.kind in ("div", "cell"):
        return False
    return size_of(block.text) >= 20 and number + 1 < len(blocks) and _is_sentence(blocks[number + 1])


def _cut_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """Drop headings that no text follows before the next heading of a page section."""
    kept: list[Block] = []
    for number, block in enumerate(blocks):
        if block.kind == "h" and MORE.match(block.text) and size_of(block.text) < 80:
            continue
        if block.kind == "h" and number + 1 == len(blocks):
            continue
        kept.append(block)
    return kept


def _without_repeats(blocks: Sequence[Block]) -> list[str]:
    """Texts of the blocks, a line that came before left out, and a pull quote whose words a paragraph holds."""
    keys = [letters_of(block.text) for block in blocks]
    seen: set[str] = set()
    texts: list[str] = []
    for number, (block, key) in enumerate(zip(blocks, keys, strict=True)):
        if len(key) > 15 and key in seen:
            continue
        seen.add(key)
        if block.kind in ("quote", "h", "div") and 25 < len(key) < 400:
            near = keys[max(0, number - 8) : number] + keys[number + 1 : number + 9]
            if any(len(other) > len(key) and key in other for other in near):
                continue
        texts.append(block.text)
    return texts
