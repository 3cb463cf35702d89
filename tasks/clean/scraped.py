"""Articles out of pages that someone else turned into text: headline, dates, standfirst, body, tags, and nothing else.

Nothing but the lines is left of such a page, so their shape decides: sentences in a dense run are the article, short lines,
repeated lines, date lines, credits and lists around it are furniture.  Words confirm (:mod:`tasks.clean.scraped_words`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tasks.clean.scraped_authors import find_authors
from tasks.clean.scraped_body import Body, find_body
from tasks.clean.scraped_captions import find_captions
from tasks.clean.scraped_head import find_dates_of_page, find_lead, find_section
from tasks.clean.scraped_lines import Line, read_lines
from tasks.clean.scraped_refuse import refuse_page
from tasks.clean.scraped_tail import find_tags
from tasks.clean.scraped_title import clean_title, find_title, has_headline, is_same_headline
from tasks.dates import ParsedDate
from tasks.reasons import Reason

_LONGEST_PAGE, _OUTLET_LINES = 20_000, 12


@dataclass(frozen=True, slots=True)
class Scraped:
    """What a scraped page says.

    ``published`` and ``modified`` are ISO as written (``2022-02-02T12:00``, local time, or ``2022-02-02``); the ``_at`` fields
    are UTC and null when no time was written; ``published_on`` is the UTC day.  ``text``: lines of the body, joined by line
    feeds (paragraphs where the page was wrapped at a fixed width).  ``lead``: a standfirst set apart from the text, else null.
    ``captions``: what stands under the article's own pictures, without credits.  ``lines``: numbers of the lines kept, from 1.
    ``drop_reason``: why the page is no article; then ``text`` is what was found nevertheless.
    """

    title: str | None = None
    section: str | None = None
    published: str | None = None
    modified: str | None = None
    published_at: datetime | None = None
    modified_at: datetime | None = None
    published_on: date | None = None
    published_precision: str | None = None
    lead: str | None = None
    text: str = ""
    tags: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    lines: tuple[int, ...] = ()
    drop_reason: Reason | None = None


def clean_scraped(
    text: str, zone: str | None = None, language: str | None = None, known: Collection[str] = ()
) -> Scraped:
    """The article in a page of plain text.

    *zone* (IANA) and *language* (ISO 639 or a tag such as ``en-US``) help with its dates; *known* are lines that the source
    repeats, as :func:`tasks.clean.furniture.learn_furniture` returns them.  Never raises.
    """
    lines = read_lines(text, zone, language, frozenset(known))
    if len(lines) > _LONGEST_PAGE:
        lines = lines[:_LONGEST_PAGE]
    body = find_body(lines)
    title_at = find_title(lines, body)
    title = clean_title(lines, title_at) if title_at is not None else None
    published, modified = find_dates_of_page(lines, title_at, body)
    reason = refuse_page(lines, body, has_headline(lines, title_at, body))
    if body is None:
        return _assemble(title, published, modified, drop_reason=reason)
    kept = [i for i in body.kept if title is None or not is_same_headline(lines[i], title)]
    lead_at = find_lead(lines, title_at, body)
    authors = find_authors(
        _byline_region(lines, title_at, body), {line.key for line in lines[:_OUTLET_LINES]}
    )
    return _assemble(
        title,
        published,
        modified,
        section=find_section(lines, title_at, body, authors) if title_at is not None else None,
        lead=lines[lead_at].text if lead_at is not None else None,
        text="\n".join(lines[i].text for i in kept),
        tags=find_tags(lines, body, title or ""),
        authors=authors,
        captions=find_captions(lines, title_at or 0, body.last, body.kept),
        lines=tuple(number for i in kept for number in lines[i].numbers),
        drop_reason=reason,
    )


def _byline_region(lines: Sequence[Line], title_at: int | None, body: Body) -> list[Line]:
    """Lines that may be bylines: from the headline to the text, and the two lines after it."""
    start = (title_at or 0) + 1
    between = [line for i, line in enumerate(lines[start : body.first], start) if i not in body.kept]
    return [*between, *lines[body.last + 1 : body.last + 3]]


def _assemble(
    title: str | None,
    published: ParsedDate | None,
    modified: ParsedDate | None,
    *,
    section: str | None = None,
    lead: str | None = None,
    text: str = "",
    tags: list[str] | None = None,
    authors: list[str] | None = None,
    captions: list[str] | None = None,
    lines: tuple[int, ...] = (),
    drop_reason: Reason | None = None,
) -> Scraped:
    """The parts as one value, dates spread over their fields."""
    return Scraped(
        title=title,
        section=section,
        published=published.local if published else None,
        modified=modified.local if modified else None,
        published_at=published.at if published else None,
        modified_at=modified.at if modified else None,
        published_on=published.on if published else None,
        published_precision=published.precision if published else None,
        lead=lead,
        text=text,
        tags=tags or [],
        authors=authors or [],
        captions=captions or [],
        lines=lines,
        drop_reason=drop_reason,
    )
