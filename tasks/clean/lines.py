"""Which blocks of the article's region are its text: furniture between, before and after the paragraphs is cut.

The rules look at what holds across sites and languages (share of links, length, closing punctuation, repetition, place
in the text) and use phrases (:mod:`tasks.clean.cues`) only for lines that are short or linked anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.clean.blocks import Block
from tasks.clean.body import Region
from tasks.clean.boxes import cut_boxes, other_articles_at
from tasks.clean.cues import MORE
from tasks.clean.ends import cut_ends
from tasks.clean.furnishing import is_furniture
from tasks.clean.leads import find_leads
from tasks.clean.words import letters_of

_SHORTEST_REPEAT = 20
_TABLE = 20_000
_MAY_QUOTE = frozenset({"quote", "div"})


@dataclass(frozen=True, slots=True)
class Lines:
    """The text of an article as lines, and its standfirst (empty when the page shows none)."""

    body: tuple[str, ...]
    lead: str


def select_lines(region: Region, title: str, description: str) -> Lines:
    """The lines of the article in *region*, standfirst first, headline left out; none of a vast table without running text."""
    blocks = region.blocks
    if not region.mass and len(blocks) > _TABLE:
        return Lines((), "")
    title_key = letters_of(title)
    leads = find_leads(region, title_key, letters_of(description))
    kept = [block for block in blocks[region.first : region.last + 1] if not block.role]
    longest = 2 * len(title) + 20
    kept = [block for block in kept if len(block.text) > longest or letters_of(block.text) != title_key]
    kept = cut_boxes(kept)
    kept = kept[: other_articles_at(kept)]
    kept = _cut_announcements(kept)
    kept = [block for block in kept if not is_furniture(block)]
    kept = cut_ends(kept)
    kept = _cut_empty_headings(kept)
    texts = _without_repeats(kept)
    opening = {letters_of(text[:120])[:60] for text in texts[:6]} if leads else set()
    leads = [lead for lead in leads if letters_of(lead[:120])[:60] not in opening]
    return Lines((*leads, *texts), leads[0] if leads else "")


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
