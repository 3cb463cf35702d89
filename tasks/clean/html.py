"""One web page to one article: parse once, find the region, choose the lines, read the metadata; no side effects.

Cheap work first: an extractor over blocks answers for most pages.  Only when its answer shows signs of failure is
trafilatura asked for a second opinion (:mod:`tasks.clean.second`), and the better of the two is kept with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from tasks.clean.blocks import Block
from tasks.clean.body import Region, find_region
from tasks.clean.frame import find_frame
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
_LEAST_FRAMED = 400
LEARNED = "learned"
"""Mode of a page that was read in its site's frame alone."""


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


@dataclass(frozen=True, slots=True)
class Reader:
    """How the pages of one source are read: address, the source's own zone and language, time of the capture.

    ``thorough`` allows the second opinion, ``lists_too`` on lists of articles as well; ``frame`` names the element in
    which the source keeps its articles.
    """

    url: str = ""
    zone: str | None = None
    language: str | None = None
    captured_at: datetime | None = None
    thorough: bool = True
    frame: str = ""
    lists_too: bool = False


def read_page(
    text: str,
    url: str = "",
    zone: str | None = None,
    language: str | None = None,
    captured_at: datetime | None = None,
    thorough: bool = True,
    frame: str = "",
    lists_too: bool = False,
) -> Page | None:
    """The article that the HTML *text* shows, with metadata; null when there is no page in it.

    *zone* and *language* are the source's defaults, for times without a zone and dates in words; *thorough* allows the
    second opinion, *lists_too* on pages that look like lists of articles as well (they are none, but hold text).  *frame*, where the source's other pages taught one, is read alone when it gives an article beyond doubt.
    """
    root = parse_html(text)
    if root is None:
        return None
    reader = Reader(url, zone, language, captured_at, thorough, frame, lists_too)
    head = read_head(root, url)
    framed = find_frame(root, frame) if frame else None
    page = read_framed(root, framed, head, reader) if framed is not None else None
    return page or read_whole(root, head, reader)[0]


def read_whole(root: etree._Element, head: Head, reader: Reader) -> tuple[Page, Region]:
    """The article of a page, sought in all of it, and its region."""
    body = root.find("body")
    region = find_region(root if body is None else body, head.titles, bool(head.linked.headline))
    metadata, lines = _read_region(region, head, reader)
    answer = Opinion("\n".join(lines.body), "blocks", "", "")
    if reader.thorough:
        reason = doubts(answer.text, region, head, reader.lists_too)
        if reason:
            answer = choose(answer, reason, root, head, reader.url, metadata.title, region)
    return _page(head, metadata, lines, answer, region), region


def read_framed(root: etree._Element, frame: etree._Element, head: Head, reader: Reader) -> Page | None:
    """The article in *frame* alone; null when that shows no headline, little text, or signs that the answer may be wrong."""
    region = find_region(frame, head.titles, bool(head.linked.headline))
    if not region.mass or region.blocks[region.start].kind != "h":
        return None
    metadata, lines = _read_region(region, head, reader)
    answer = Opinion("\n".join(lines.body), "blocks", LEARNED, "")
    if size_of(answer.text) < _LEAST_FRAMED or doubts(answer.text, region, head):
        return None
    return _page(head, metadata, lines, answer, region)


def _read_region(region: Region, head: Head, reader: Reader) -> tuple[Metadata, Lines]:
    """Metadata and lines of a region: what stands around its start says who wrote it and when."""
    blocks: Sequence[Block] = region.blocks
    start, first = region.start, region.first
    around = [*blocks[start : first + _BELOW], *blocks[max(0, start - _ABOVE) : start]]
    inside = blocks[first : region.last + 1]
    metadata = read_metadata(
        head, around, reader.url, reader.zone, reader.language, reader.captured_at, inside
    )
    return metadata, select_lines(region, metadata.title, metadata.description)


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
