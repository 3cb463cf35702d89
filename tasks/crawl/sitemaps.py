"""Sitemaps and their indexes, news sitemaps among them, to the pages and further sitemaps they list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

from lxml import etree

from tasks.crawl.decode import decode_within
from tasks.crawl.feed_scan import decode_feed
from tasks.crawl.feed_xml import local_name, parse_xml
from tasks.crawl.feeds import resolve_link

MOST_LISTED = 50_000
"""Addresses of one sitemap that are read, as many as the protocol allows."""
_LONGEST = 8_000
"""Characters of one entry that are looked at."""
_ENTRY = re.compile(r"<(?:[a-z][\w.-]{0,20}:)?(url|sitemap)(?=[\s>])[^<>]{0,1000}>", re.IGNORECASE)
_END = re.compile(r"</?(?:[a-z][\w.-]{0,20}:)?(?:url|sitemap|urlset|sitemapindex)\s{0,20}>", re.IGNORECASE)
_LOC = re.compile(
    r"<(?:[a-z][\w.-]{0,20}:)?loc\s{0,20}>\s{0,200}(?:<!\[CDATA\[)?\s{0,200}([^<>\s\]]{1,4096})",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"<(?:[a-z][\w.-]{0,20}:)?(?:lastmod|publication_date)\s{0,20}>\s{0,200}([^<>]{4,40})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One address in a sitemap and when it last changed or was published (UTC); null when the sitemap does not say."""

    url: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: pages, or sitemaps when it is an index."""

    pages: tuple[Listed, ...] = ()
    sitemaps: tuple[Listed, ...] = ()


def read_sitemap(body: bytes, url: str, limit: int) -> Sitemap:
    """The sitemap *body* that was found at *url*, unpacked to at most *limit* bytes when it is a gzip file.

    Raises nothing: what is no sitemap lists nothing.
    """
    if body.startswith(b"\x1f\x8b"):
        body = decode_within([body], ["gzip"], limit)
    root = parse_xml(body)
    if root is None:
        return _scan(decode_feed(body), url)
    pages: list[Listed] = []
    sitemaps: list[Listed] = []
    for element in root:
        name = local_name(element)
        if name in ("url", "sitemap") and (found := _read(element, url)) is not None:
            (pages if name == "url" else sitemaps).append(found)
        if len(pages) + len(sitemaps) >= MOST_LISTED:
            break
    return Sitemap(tuple(pages), tuple(sitemaps))


def _scan(text: str, url: str) -> Sitemap:
    """What something like a sitemap lists, by its marks alone: for what is not well-formed, and for what is too large for a tree."""
    pages: list[Listed] = []
    sitemaps: list[Listed] = []
    for found in _ENTRY.finditer(text):
        begin, stop = found.end(), found.end() + _LONGEST
        end = _END.search(text, begin, stop)
        stop = end.start() if end else stop
        located = _LOC.search(text, begin, stop)
        link = resolve_link(unescape(located[1]), "", url) if located else None
        if link is not None:
            dates = [
                date for one in _DATES.finditer(text, begin, stop) if (date := read_date(one[1])) is not None
            ]
            (pages if found[1].lower() == "url" else sitemaps).append(Listed(link, max(dates, default=None)))
        if len(pages) + len(sitemaps) >= MOST_LISTED:
            break
    return Sitemap(tuple(pages), tuple(sitemaps))


def _read(element: etree._Element, url: str) -> Listed | None:
    """One entry: its address, and the later of its dates.  Addresses of pictures stand deeper and are not looked at."""
    link, dates = None, []
    for child in element:
        name = local_name(child)
        if name == "loc" and link is None:
            link = resolve_link(child.text or "", "", url)
        elif name == "lastmod":
            dates.append(read_date(child.text or ""))
        elif name == "news":
            dates += [read_date(one.text or "") for one in child if local_name(one) == "publication_date"]
    known = [date for date in dates if date is not None]
    return Listed(link, max(known, default=None)) if link else None


def read_date(text: str) -> datetime | None:
    """A date of W3C's form, in UTC; a day is its last moment, so that it is not too old too early.  Null for anything else."""
    text = text.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= 10:
        at = at.replace(hour=23, minute=59, second=59)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:
        return None
