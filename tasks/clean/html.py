"""One web page to one article: parse once, find the region, choose the lines, read the metadata; no side effects.

Cheap work first: an extractor over blocks answers for most pages.  Only when its answer shows signs of failure is
trafilatura asked for a second opinion (:mod:`tasks.clean.second`), and the better of the two is kept with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.clean.blocks import Block
from tasks.clean.body import Region, find_region
from tasks.clean.guard import parse_html
from tasks.clean.head import Head, read_head
from tasks.clean.lines import Lines, select_lines
from tasks.clean.metadata import Metadata, read_metadata
from tasks.clean.second import Opinion, choose, doubts
from tasks.clean.words import size_of

_ABOVE = 10
_BELOW = 8
_VISIBLE = 6000
_HEADLINE = 18
_NEAR = 2
_FAR = 99


@dataclass(frozen=True, slots=True)
class Page:
    """What was read from one page: declarations, metadata, the article's lines and what is needed to judge its type.

    ``text`` has one paragraph per line; ``visible`` is the start of all that a reader sees but links; ``linked_share`` is the share of all visible text that is linked, ``sentences``
    the number of paragraphs of the text, ``teasers`` how many paragraphs of the page stand right below a
    link, ``announced`` how many texts below linked headings were left out of it.
    """

    head: Head
    metadata: Metadata
    text: str
    lead: str
    extractor: str
    mode: str
    fallback_reason: str
    visible_size: float
    linked_share: float
    sentences: int
    links: int
    linked_headings: int
    teasers: int
    announced: int
    visible: str


def read_page(
    text: str,
    url: str = "",
    zone: str | None = None,
    language: str | None = None,
    captured_at: datetime | None = None,
    thorough: bool = True,
) -> Page | None:
    """The article that the HTML *text* shows, with metadata; null when there is no page in it.

    *zone* and *language* are the source's defaults, for times without a zone and dates in words; *thorough* allows the
    second opinion.
    """
    root = parse_html(text)
    if root is None:
        return None
    head = read_head(root, url)
    body = root.find("body")
    if body is None:
        body = root
    region = find_region(body, head.titles, bool(head.linked.headline))
    blocks: Sequence[Block] = region.blocks
    start, first = region.start, region.first
    around = [*blocks[start : first + _BELOW], *blocks[max(0, start - _ABOVE) : start]]
    inside = blocks[first : region.last + 1]
    metadata = read_metadata(head, around, url, zone, language, captured_at, inside)
    lines = select_lines(region, metadata.title, metadata.description)
    answer = Opinion("\n".join(lines.body), "blocks", "", "")
    if thorough:
        reason = doubts(answer.text, region, head)
        if reason:
            answer = choose(answer, reason, root, head, url, metadata.title, region)
    return _page(head, metadata, lines, answer, region)


def _page(head: Head, metadata: Metadata, lines: Lines, answer: Opinion, region: Region) -> Page:
    """Put the parts together and count what the page's type is judged by."""
    total = sum(len(block.text) for block in region.blocks)
    linked = sum(block.linked * len(block.text) for block in region.blocks)
    paragraphs = answer.text.split("\n") if answer.text else []
    return Page(
        head=head,
        metadata=metadata,
        text=answer.text,
        lead=lines.lead or next((line for line in paragraphs if size_of(line) > 60), ""),
        extractor=answer.extractor,
        mode=answer.mode,
        fallback_reason=answer.fallback_reason,
        visible_size=total,
        linked_share=linked / total if total else 0.0,
        sentences=sum(1 for line in paragraphs if size_of(line) >= 80),
        links=sum(1 for block in region.blocks if block.linked > 0.8),
        linked_headings=sum(
            1 for block in region.blocks if block.kind == "h" and block.linked > 0.8 and not block.role
        ),
        teasers=_count_teasers(region.blocks),
        announced=region.teasers,
        visible="\n".join(block.text for block in region.blocks if block.linked < 0.5)[:_VISIBLE]
        if total < 20 * _VISIBLE
        else "",
    )


def _count_teasers(blocks: Sequence[Block]) -> int:
    """How many paragraphs outside flagged parts have a linked line as one of the two lines before them."""
    count = 0
    since_link = _FAR
    for block in blocks:
        if block.linked > 0.8 and len(block.text) >= _HEADLINE:
            since_link = 0
        elif not block.role:
            since_link += 1
            if block.mass:
                count += since_link <= _NEAR
                since_link = _FAR
    return count
