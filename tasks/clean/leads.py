"""The standfirst: running text between the headline and the article."""

from __future__ import annotations

from tasks.clean.blocks import Block
from tasks.clean.body import Region
from tasks.clean.cues import LEAD_CLASS
from tasks.clean.furnishing import CLOSED, is_furniture
from tasks.clean.markup import label_of
from tasks.clean.words import letters_of

_LEAD_SIZE = 45
_LEAD_REACH = 25
_LEAD_NEAR = 10
_LEAD_BELOW = 4
_MAX_LEADS = 4
_NO_LEAD = frozenset({"comment", "nav", "caption", "advert", "signup", "overlay", "share", "foot"})
_NO_LEAD_UNTOLD = frozenset({"related", "side", "aside", "media"})


def find_leads(region: Region, title_key: str, description_key: str) -> list[str]:
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
        named = bool(LEAD_CLASS.search(label_of(block.parent) + " " + _parent_label(block)))
        below = 0 < number - region.start <= _LEAD_BELOW and named and block.role == "related"
        if block.role in _NO_LEAD_UNTOLD and not told and not below:
            continue
        plain = not block.role and block.kind != "li" and region.first - number <= _LEAD_NEAR
        fit = bool(CLOSED.search(block.text)) or (named and size > 80)
        if told or (fit and (named or plain) and number > region.start and not is_furniture(block)):
            leads.append(block.text)
    return leads[-_MAX_LEADS:]


def _parent_label(block: Block) -> str:
    parent = block.parent.getparent()
    return "" if parent is None else label_of(parent)
