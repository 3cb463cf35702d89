"""Which classes of a page to believe, and which of its texts only announce other articles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lxml import etree

from tasks.clean.blocks import Block

_SHORTEST_HEADLINE = 15
_LONGEST_TEASER = 350
_TEASER_STEPS = 6
_LEAST_TEASERS = 3
_SHARE_TO_PARDON = 0.4
_SHARE_OF_COMMON_LABEL = 0.75
_PAYWALLED = 500
_DOUBTFUL_ON_P = frozenset(
    {"signup", "paywall", "advert", "related", "side", "nav", "media", "form", "foot", "share"}
)
_FEW_LINES, _LONG_HEADING = 90, 60
_NEVER_BODY = frozenset({"comment", "overlay"})


def judge_flags(blocks: Sequence[Block], named: Sequence[Block] = ()) -> None:
    """Set every block's role: its outermost flag that is to be believed.

    A flagged element that holds more than 40 % of the page's running text cannot be what its class says (a wrapper
    called ``has-sidebar``), nor can a class that pieces of the body share; readers' comments are believed unless hardly
    any other text is there.  Of *named*, the headings that repeat the headline, one at least stands in the article: where
    all of them are in flagged parts, those that hold one of them and running text are what is meant.
    """
    masses: dict[etree._Element, float] = {}
    labels: dict[str, float] = {}
    plain = comments = 0.0
    for block in blocks:
        mass = block.mass
        if not mass:
            continue
        if any(role in _NEVER_BODY for _, role in block.flags):
            comments += mass
        else:
            plain += mass
        for element, _ in block.flags:
            masses[element] = masses.get(element, 0.0) + mass
        for label in {element.get("class") or "" for element, _ in block.flags}:
            labels[label] = labels.get(label, 0.0) + mass
    sparse = plain < 0.1 * comments and _lines_below(blocks, named) < _FEW_LINES
    total = plain + comments if sparse else plain
    pardoned = {element for element, mass in masses.items() if mass > _SHARE_TO_PARDON * total}
    pardoned |= {
        e
        for block in blocks
        for e, role in block.flags
        if role == "paywall" and masses.get(e, 0.0) > _PAYWALLED
    }
    if named and all(block.flags for block in named):
        pardoned |= _holders(blocks, named, masses)
    common = {label for label, mass in labels.items() if label and mass > _SHARE_OF_COMMON_LABEL * total}
    for block in blocks:
        block.role = _believed(block, pardoned, common, sparse)


def _lines_below(blocks: Sequence[Block], named: Sequence[Block]) -> float:
    """Size of the lines that follow the first heading of *named* outside flagged parts, links and headings left out."""
    size, begun = 0.0, False
    if not named:
        return size
    for block in blocks:
        begun = begun or block is named[0]
        if begun and not block.flags and block.linked < 0.5:
            size += block.size if block.kind != "h" or block.size > _LONG_HEADING else 0.0
    return size


def _holders(
    blocks: Sequence[Block], named: Sequence[Block], masses: dict[etree._Element, float]
) -> set[etree._Element]:
    """Flagged elements with running text that hold a heading of *named*, and what holds most of the text in them."""
    found = {e for block in named for e, role in block.flags if masses.get(e) and role not in _NEVER_BODY}
    for block in blocks:
        for (outer, _), (inner, role) in pairwise(block.flags):
            if outer in found and role not in _NEVER_BODY and masses.get(inner, 0.0) > 0.5 * masses[outer]:
                found.add(inner)
    return found


def _believed(block: Block, pardoned: set[etree._Element], common: set[str], sparse: bool) -> str:
    """The role of the outermost flag of *block* that is neither pardoned nor common, or an empty string.

    The class of a paragraph itself says little when the paragraph is running text (``paywall``, ``ad-after``).
    """
    for element, role in block.flags:
        if role in _NEVER_BODY and not sparse:
            return role
        if element is block.parent and element.tag == "p" and role in _DOUBTFUL_ON_P and block.mass:
            continue
        if element not in pardoned and element.get("class") not in common:
            return role
    return ""


def _goes_on(blocks: Sequence[Block], number: int) -> bool:
    """Whether the next block is running text in the same element: what follows a linked heading is more than a teaser."""
    if number + 1 >= len(blocks):
        return False
    one, other = blocks[number], blocks[number + 1]
    return bool(other.mass) and other.kind == one.kind and other.parent.getparent() is one.parent.getparent()


def set_teasers_apart(blocks: Sequence[Block], masses: list[float], is_article: bool) -> int:
    """Flag short texts right below linked headings: they announce other articles.  Returns how many there are.

    None of them counts as running text; those in a row of three or more are cut from it.
    """
    teasers: list[int] = []
    for number, block in enumerate(blocks):
        if block.kind != "h" or block.linked <= 0.9 or block.size <= _SHORTEST_HEADLINE:
            continue
        for after in range(number + 1, min(number + 5, len(blocks))):
            if blocks[after].kind == "h":
                break
            if masses[after]:
                if blocks[after].size < _LONGEST_TEASER and not _goes_on(blocks, after):
                    teasers.append(after)
                break
    told = sum(masses[number] for number in teasers)
    if is_article and told > 0.9 * sum(masses):
        return 0
    for place, number in enumerate(teasers):
        masses[number] = 0.0
        near = [
            other for other in teasers[max(0, place - 2) : place + 3] if abs(other - number) <= _TEASER_STEPS
        ]
        if len(near) >= _LEAST_TEASERS:
            blocks[number].role = "related"
    return len(teasers)
