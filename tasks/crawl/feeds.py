"""Feeds of every kind to the URLs they list: RSS 0.9x, 1.0 and 2.0, Atom and JSON Feed, well-formed or not.

lxml reads what is well-formed, a scanner what is not; feedparser, thirty times slower, only what both find nothing in.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import feedparser

from tasks.crawl.feed_scan import scan_feed
from tasks.crawl.feed_xml import Raw, read_xml

MOST_ENTRIES = 5_000
"""Entries of one feed that are read; publishers list ten to a few hundred."""
_TEXT = 2_000
_SLOW = 200_000
_MOST_VALUES = 300_000
"""Values of a JSON feed: more would take twenty times their bytes in memory."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry: absolute http(s) URL, headline, and dates as they are written."""

    url: str
    title: str | None = None
    published: str | None = None
    updated: str | None = None


def read_feed(body: bytes, url: str) -> list[FeedEntry]:
    """The entries of the feed *body*, which was found at *url*; in its order, each URL once.

    Raises nothing: what is no feed has no entries.  Entities are not resolved, and nothing is fetched.
    """
    for reader in (_read_json, read_xml, scan_feed, _read_anyhow):
        if entries := _resolve(reader(body), url):
            return entries
    return []


def _resolve(found: Iterable[Raw], url: str) -> list[FeedEntry]:
    """Entries with absolute URLs of the web, the first of each URL."""
    entries: dict[str, FeedEntry] = {}
    for base, link, title, published, updated in found:
        absolute = resolve_link(link, base, url)
        if absolute and absolute not in entries:
            entries[absolute] = FeedEntry(absolute, _short(title), _short(published), _short(updated))
            if len(entries) >= MOST_ENTRIES:
                break
    return list(entries.values())


def resolve_link(link: str, base: str, url: str) -> str | None:
    """*link* made absolute by *base* (itself relative to *url*); None when it is no address of the web.

    One that begins with an entity which nobody resolved is none either.
    """
    if link.lstrip().startswith("&"):
        return None
    try:
        absolute = urljoin(urljoin(url, base), "".join(link.split()) if "\n" in link else link.strip())
        parts = urlsplit(absolute)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port
        absolute.encode()
    except ValueError:
        return None
    return absolute if is_web and len(absolute) <= 4096 else None


def _short(text: str | None) -> str | None:
    return " ".join(text.split())[:_TEXT] or None if text else None


def _read_json(body: bytes) -> Iterator[Raw]:
    """JSON Feed 1.0 and 1.1."""
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return
    if sum(body.count(mark) for mark in (b"{", b"[", b'":', b'","')) > _MOST_VALUES:
        return
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return
    listed = feed.get("items") if isinstance(feed, dict) else None
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, dict):
            continue
        text = {name: value for name, value in entry.items() if isinstance(value, str)}
        ident = text.get("id", "")
        link = text.get("url") or text.get("external_url") or (ident if "://" in ident else "")
        if link:
            yield "", link, text.get("title"), text.get("date_published"), text.get("date_modified")


def _read_anyhow(body: bytes) -> Iterator[Raw]:
    """What feedparser makes of it.  It parses without a network: the body is given, not its address.

    It takes minutes for some hostile megabytes; real feeds that only it can read are short.
    """
    if len(body) > _SLOW or not any(
        mark in body.lower() for mark in (b"<item", b"<entry", b":item", b":entry")
    ):
        return
    try:
        parsed = feedparser.parse(io.BytesIO(body), resolve_relative_uris=False, sanitize_html=False)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError):
        return
    for entry in parsed.get("entries", ()):
        if isinstance(link := entry.get("link") or entry.get("id"), str):
            yield "", link, entry.get("title"), entry.get("published"), entry.get("updated")
