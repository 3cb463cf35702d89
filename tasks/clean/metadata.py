"""Headline, authors, dates, section and tags of an article, each from the most trustworthy place that has it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tasks.clean.authors import clean_authors, is_full_name, starts_like_byline
from tasks.clean.blocks import Block
from tasks.clean.dates import parse_date, read_stamps
from tasks.clean.head import Head
from tasks.clean.markup import label_of
from tasks.clean.titles import pick_title, site_names
from tasks.clean.words import letters_of
from tasks.dates import ParsedDate, is_plausible

_PUBLISHED_META = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "published_time", "datepublished",
    "publish-date", "publish_date", "published_date", "publication_date", "pubdate", "parsely-pub-date", "sailthru.date", "dcterms.created",
    "dc.date.issued", "dcterms.issued", "dc.date.created", "dc.date", "dcterms.date", "article_date_original", "article.published",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "rnews:datepublished", "citation_publication_date", "date.release", "release_date",
    "og:pubdate", "created", "article.created", "date", "last-modified-date", "bt:pubdate", "datecreated", "creation_date", "prism.publicationdate",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "article:modified", "og:updated_time", "og:article:modified_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "article.updated", "moddate", "revised",
)  # fmt: skip
_AUTHOR_META = (
    "author", "article:author", "article:author_name", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl", "cxenseparse:author",
    "og:article:author", "citation_author", "creator", "article.author", "byline", "authors", "rnews:author",
)  # fmt: skip
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
_URL_DAY = re.compile(r"[/_-]((?:19|20)\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?![\d])")
_PUBLISH_LABEL = re.compile(
    r"publi|pubdate|date-?created|issued|post-?date|entry-?date|article-?date|dateline|created"
)
_MODIFY_LABEL = re.compile(r"modif|updat|changed|aktualis|revis")
_AUTHOR_LABEL = re.compile(r"author|autor|auteur|by-?line|writer|reporter|contributor|byname")
_DATE_LINE = 80
_BYLINE_LENGTH = 120
_PARAGRAPH = 100
_CITIES = frozenset(
    {
        "new york", "los angeles", "san francisco", "hong kong", "new delhi", "tel aviv", "buenos aires", "cape town", "abu dhabi", "kuala lumpur",
        "mexico city", "addis ababa", "phnom penh", "santo domingo", "sao paulo", "são paulo", "rio de janeiro", "las vegas", "san diego", "frankfurt am main",
    }
)  # fmt: skip
_LINK = re.compile(r"^(?:https?:)?//|^www\.|^/")


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
    published, published_from = _published(head, blocks, url, zone, tongue, captured_at)
    return Metadata(
        title=title,
        title_from=title_from,
        description=head.first("og:description", "description", "twitter:description")
        or head.linked.description,
        authors=tuple(_authors(head, blocks, url, text)),
        section=head.linked.section or head.first(*_SECTION_META),
        tags=tuple(_tags(head)),
        language=head.language,
        published=published,
        published_from=published_from,
        modified=_modified(head, zone, tongue, captured_at),
    )


def _published(
    head: Head,
    blocks: Sequence[Block],
    url: str,
    zone: str | None,
    language: str | None,
    now: datetime | None,
) -> tuple[ParsedDate | None, str]:
    """The first plausible publication date in order of trust, and where it stood."""
    fallback: tuple[ParsedDate | None, str] = (None, "")
    for value, origin in _date_candidates(head, url):
        parsed = parse_date(value, zone, language, now)
        if parsed is None or not is_plausible(parsed, now):
            continue
        if parsed.precision in ("month", "year"):
            fallback = fallback if fallback[0] else (parsed, origin)
            continue
        if origin == "url":
            written = _date_in_text(blocks, zone, language, now)
            if written and abs((written.on - parsed.on).days) <= 1:
                return written, "text"
        return parsed, origin
    written = _date_in_text(blocks, zone, language, now)
    return (written, "text") if written else fallback


def _date_candidates(head: Head, url: str) -> Iterator[tuple[str, str]]:
    """Values that may hold the publication date, best first, with their origin."""
    if head.linked.published:
        yield head.linked.published, "json-ld"
    for value in head.every(*_PUBLISHED_META):
        yield value, "meta"
    for name in ("datePublished", "dateCreated"):
        for value in head.marked.get(name, ()):
            yield value, "meta"
    for value, label in head.times:
        if _PUBLISH_LABEL.search(label) and not _MODIFY_LABEL.search(label):
            yield value, "meta"
    for value, label in head.times[:3]:
        if not _MODIFY_LABEL.search(label):
            yield value, "meta"
    found = _URL_DAY.search(url)
    if found:
        yield "-".join(found.groups()), "url"


def _date_in_text(
    blocks: Sequence[Block], zone: str | None, language: str | None, now: datetime | None
) -> ParsedDate | None:
    """The first date that a short line near the headline gives as the publication, else the first change.

    Lines that are little more than a date go before longer ones, captions do not count.
    """
    changed: ParsedDate | None = None
    lines = [block.text for block in blocks if block.role != "caption" and any(map(str.isdigit, block.text))]
    for longest in (_DATE_LINE, 2 * _DATE_LINE):
        for line in lines:
            if longest // 2 < len(line) <= longest or (longest == _DATE_LINE and len(line) <= longest):
                for stamp in read_stamps(line, zone, language, now):
                    if not stamp.is_modified:
                        return stamp.parsed
                    changed = changed or stamp.parsed
    return changed


def _modified(head: Head, zone: str | None, language: str | None, now: datetime | None) -> ParsedDate | None:
    """The first plausible date of the last change."""
    values = [head.linked.modified, *head.every(*_MODIFIED_META), *head.marked.get("dateModified", ())]
    for value in values:
        parsed = parse_date(value, zone, language, now) if value else None
        if parsed is not None and is_plausible(parsed, now):
            return parsed
    return None


def _authors(head: Head, blocks: Sequence[Block], url: str, text: Sequence[Block]) -> list[str]:
    """Names from the first place that has any which is not the site itself; else the site, if it signs its articles."""
    names = site_names(head, url)
    linked = clean_authors(head.linked.authors)
    places = (
        linked,
        clean_authors(value for value in head.every(*_AUTHOR_META) if not _LINK.match(value)),
        clean_authors(head.marked.get("author", ())[:6]),
        clean_authors(_bylines(blocks)),
        _signature(text),
    )
    for place in places:
        people = [name for name in place if letters_of(name) not in names]
        if people:
            return place if place is linked else _without_desks(people, names)
    return linked


def _without_desks(people: list[str], names: Collection[str]) -> list[str]:
    """*people* without desks that bear the site's name, when a person with a full name is among them."""
    desks = [
        name for name in people if any(len(site) > 2 and letters_of(name).startswith(site) for site in names)
    ]
    rest = [name for name in people if name not in desks]
    return rest if any(map(is_full_name, rest)) else people


def _bylines(blocks: Sequence[Block]) -> Iterator[str]:
    """Lines near the headline that begin with "by", whose class says author, or that hold a name before a date."""
    for block in blocks:
        text = block.text
        if len(text) > _BYLINE_LENGTH or block.role == "caption":
            continue
        name, separator, _ = text.partition("|")
        if starts_like_byline(text) or (separator and is_full_name(name)):
            yield name if separator else text
            return
        labelled = block.role == "byline" and _AUTHOR_LABEL.search(label_of(block.parent))
        if labelled and not any(map(str.isdigit, text)):
            yield text
            return


def _signature(text: Sequence[Block]) -> list[str]:
    """Names on a line of their own right before the first or after the last paragraph of the article."""
    lines = [block for block in text if not block.role]
    long = [number for number, block in enumerate(lines) if len(block.text) > _PARAGRAPH]
    if not long:
        return []
    for number in (long[0] - 1, long[-1] + 1):
        if 0 <= number < len(lines) and lines[number].kind != "h" and lines[number].linked < 0.5:
            names = lines[number].text.replace("/", ", ")
            if (
                len(names) < _BYLINE_LENGTH
                and all(map(is_full_name, names.split(", ")))
                and names.casefold() not in _CITIES
            ):
                return clean_authors([names])
    return []


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
