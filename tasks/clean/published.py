"""When an article was published and last changed: the first plausible date in order of trust."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from tasks.clean.blocks import Block
from tasks.clean.dates import parse_date, read_stamps
from tasks.clean.head import Head
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
_URL_DAY = re.compile(r"[/_-]((?:19|20)\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?![\d])")
_PUBLISH_LABEL = re.compile(
    r"publi|pubdate|date-?created|issued|post-?date|entry-?date|article-?date|dateline|created"
)
_MODIFY_LABEL = re.compile(r"modif|updat|changed|aktualis|revis")
_DATE_LINE = 80


def find_published(
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


def find_modified(
    head: Head, zone: str | None, language: str | None, now: datetime | None
) -> ParsedDate | None:
    """The first plausible date of the last change."""
    values = [head.linked.modified, *head.every(*_MODIFIED_META), *head.marked.get("dateModified", ())]
    for value in values:
        parsed = parse_date(value, zone, language, now) if value else None
        if parsed is not None and is_plausible(parsed, now):
            return parsed
    return None
