"""Headline, authors, dates, section and tags of an article, each from the most trustworthy place that has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.clean.blocks import Block
from tasks.clean.bylines import find_authors
from tasks.clean.head import Head
from tasks.clean.published import find_modified, find_published
from tasks.clean.titles import pick_title
from tasks.clean.words import letters_of
from tasks.dates import ParsedDate

_TAG_META = ("article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "keywords")
_SECTION_META = (
    "article:section",
    "og:article:section",
    "parsely-section",
    "cxenseparse:section",
    "section",
    "category",
    "dc.subject",
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known of an article beside its text; empty or null where nobody wrote it down.

    ``published_from`` is json-ld, meta, text or url: where the publication date was read.
    """

    title: str = ""
    title_from: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    published: ParsedDate | None = None
    published_from: str = ""
    modified: ParsedDate | None = None


def read_metadata(
    head: Head,
    blocks: Sequence[Block],
    url: str,
    zone: str | None,
    language: str | None,
    captured_at: datetime | None,
    text: Sequence[Block] = (),
) -> Metadata:
    """The metadata of a page.

    *blocks* are those around the headline, where bylines and dates stand, *text* those of the article; *zone* is the
    source's time zone for times without one; a date over two days after *captured_at*, or before 1990, is refused.
    """
    title, title_from = pick_title(head, url)
    tongue = head.language or language or None
    published, published_from = find_published(head, blocks, url, zone, tongue, captured_at)
    return Metadata(
        title=title,
        title_from=title_from,
        description=head.first("og:description", "description", "twitter:description")
        or head.linked.description,
        authors=tuple(find_authors(head, blocks, url, text)),
        section=head.linked.section or head.first(*_SECTION_META),
        tags=tuple(_tags(head)),
        language=head.language,
        published=published,
        published_from=published_from,
        modified=find_modified(head, zone, tongue, captured_at),
    )


def _tags(head: Head) -> list[str]:
    """Keywords, at most 30, without repetition."""
    values = list(head.linked.keywords)
    if not values:
        for name in _TAG_META:
            values = [part.strip() for value in head.every(name) for part in value.split(",") if part.strip()]
            if values:
                break
    unique = {letters_of(value): value for value in reversed(values) if len(value) < 80}
    return list(reversed(unique.values()))[:30]
