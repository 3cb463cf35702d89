"""What an outlet offers, found from one address: feeds, sitemaps, name, hosts, language, country and time zone.

Candidates are what the page links to, what robots.txt names and where publishers usually put them; only what was fetched and
lists something of the outlet is reported.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from tasks.config import Source
from tasks.crawl.entries import is_own
from tasks.crawl.feed_scan import decode_feed
from tasks.crawl.feeds import read_feed, resolve_link
from tasks.crawl.front import read_front_page
from tasks.crawl.sitemaps import read_sitemap
from tasks.crawl.zones import find_zone
from tasks.urls import bare_host

USUAL_FEEDS = (
    "/feed",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/feed.json",
    "/feeds/all.rss",
    "/news/rss.xml",
)
USUAL_SITEMAPS = (
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_news.xml",
    "/sitemap.xml",
    "/sitemap_index.xml",
)
MOST_LINKED, MOST_KEPT = 12, 8
"""Feeds that a page links to which are looked at, and feeds or sitemaps that are kept."""
_LINK = re.compile(r"<(?:link|a)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"([a-z:-]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_FEED_TYPE = re.compile(r"application/(?:rss\+xml|atom\+xml|rdf\+xml|feed\+json)", re.IGNORECASE)
_FEED_ADDRESS = re.compile(
    r"(?:/rss|/feeds?|/atom|\.rss|\.atom|rss\.xml|feed\.xml|atom\.xml|feed\.json)/?$", re.IGNORECASE
)
_NOT_NEWS = re.compile(r"comment|/tag/|/author/|podcast", re.IGNORECASE)
_HTML = re.compile(r"<html\s([^<>]{0,1000})>", re.IGNORECASE)
_META = re.compile(r"<meta\s([^<>]{1,2000})>", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_FEED_LANGUAGE = re.compile(
    rb"<(?:dc:)?language>\s*([A-Za-z]{2,3}(?:[-_][A-Za-z]{2})?)\s*<|xml:lang=[\"']([A-Za-z]{2,3}(?:[-_][A-Za-z]{2})?)[\"']"
)
_OFFSET = re.compile(r"(?:T\d\d:\d\d(?::\d\d)?(?:\.\d+)?|\d\d:\d\d(?::\d\d)? )([+-]\d\d):?(\d\d)\b")
_CHARACTERS = 400_000

Fetch = Callable[[str], Awaitable["Got | None"]]
"""Fetches an address, politely; None when it cannot or may not be had."""


@dataclass(frozen=True, slots=True)
class Got:
    """What came from an address: where it was in the end, and the decoded body."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True)
class List:
    """A feed or sitemap that was found: its address, ``feed``, ``sitemap`` or ``front page``, and entries of the outlet in it."""

    url: str
    kind: str
    entries: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an outlet; null where nothing says so.  ``hints`` says where language and zone come from."""

    name: str
    hosts: tuple[str, ...]
    lists: tuple[List, ...]
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    hints: tuple[str, ...] = ()

    def source(self) -> Source:
        """The outlet as it stands in ``sources.toml``."""
        by_kind = {
            kind: tuple(one.url for one in self.lists if one.kind == kind)
            for kind in ("feed", "sitemap", "front page")
        }
        return Source(
            name=self.name, hosts=self.hosts, feeds=by_kind["feed"], sitemaps=by_kind["sitemap"],
            front_pages=by_kind["front page"], timezone=self.timezone, language=self.language, country=self.country,
        )  # fmt: skip


@dataclass(slots=True)
class Clues:
    """What pages and feeds say in passing: language tags, and offsets from UTC of the dates they write (hours)."""

    languages: list[str] = field(default_factory=list)
    offsets: list[tuple[str, str]] = field(default_factory=list)


async def discover(url: str, fetch: Fetch, named_sitemaps: Sequence[str] = ()) -> Found | None:
    """What the outlet at *url* offers; None when nothing can be had there.  *named_sitemaps* are those of its robots.txt.

    *url* may be a page or a feed.
    """
    first = await fetch(url)
    if first is None:
        return None
    clues, page, lists = Clues(), first, list[List]()
    if entries := read_feed(first.body, first.url):
        lists.append(List(first.url, "feed", len(entries)))
        clue_feed(clues, first.body)
        home = entries[0].url
        page = await fetch(urljoin(home, "/")) or first
    text = decode_feed(page.body)[:_CHARACTERS]
    hosts = (bare_host(urlsplit(page.url).hostname or ""),)
    clue_page(clues, text)
    feeds = [*_linked_feeds(text, page.url), *(urljoin(page.url, path) for path in USUAL_FEEDS)]
    lists += await _confirm(feeds, fetch, hosts, clues, [one.url for one in lists])
    sitemaps = [*named_sitemaps, *(urljoin(page.url, path) for path in USUAL_SITEMAPS)]
    lists += await _confirm_sitemaps(sitemaps, fetch, hosts)
    if not lists and (articles := read_front_page(page.body, page.url)):
        lists.append(List(page.url, "front page", len(articles)))
    language, country = _language(clues), _country(clues, hosts[0])
    zone, hint = find_zone(country, clues.offsets)
    return Found(
        _name(text, hosts[0]), hosts, tuple(lists), language, country, zone, tuple(filter(None, (hint,)))
    )


def _linked_feeds(text: str, url: str) -> list[str]:
    """Feeds that a page announces, then addresses it links to that look like feeds."""
    announced: dict[str, None] = {}
    linked: dict[str, None] = {}
    for match in _LINK.finditer(text):
        attributes = _attributes(match[1])
        link = resolve_link(attributes.get("href", ""), "", url) if attributes.get("href") else None
        if link is None or _NOT_NEWS.search(link):
            continue
        if "alternate" in attributes.get("rel", "").lower() and _FEED_TYPE.match(attributes.get("type", "")):
            announced[link] = None
        elif _FEED_ADDRESS.search(urlsplit(link).path):
            linked[link] = None
    return [*announced, *linked][:MOST_LINKED]


async def _confirm(
    feeds: Iterable[str], fetch: Fetch, hosts: Sequence[str], clues: Clues, known: Sequence[str]
) -> list[List]:
    """Those *feeds* that list pages of the outlet.  One that lists what another lists already is left out."""
    kept: list[List] = []
    asked, pages = set(known), set[str]()
    for url in feeds:
        if url in asked or len(kept) >= MOST_KEPT:
            continue
        asked.add(url)
        got = await fetch(url)
        if got is None or (got.url != url and got.url in asked):
            continue
        asked.add(got.url)
        own = {entry.url for entry in read_feed(got.body, got.url) if is_own(hosts, entry.url)}
        if own - pages:
            pages |= own
            clue_feed(clues, got.body)
            kept.append(List(got.url, "feed", len(own)))
    return kept


async def _confirm_sitemaps(sitemaps: Iterable[str], fetch: Fetch, hosts: Sequence[str]) -> list[List]:
    """Those *sitemaps* that list something.  Once one was found, the usual places are not tried any further."""
    kept: list[List] = []
    for number, url in enumerate(dict.fromkeys(sitemaps)):
        if len(kept) >= (MOST_KEPT if number < MOST_KEPT else 1):
            break
        got = await fetch(url)
        if got is None or any(one.url == got.url for one in kept):
            continue
        found = read_sitemap(got.body, got.url, len(got.body) * 50)
        own = sum(is_own(hosts, page.url) for page in (*found.pages, *found.sitemaps))
        if own:
            kept.append(List(got.url, "sitemap", own))
    return kept


def clue_feed(clues: Clues, body: bytes) -> None:
    """Take in the language a feed declares and the offsets of its dates."""
    for match in list(_FEED_LANGUAGE.finditer(body[:20_000]))[:1]:
        clues.languages.append((match[1] or match[2]).decode())
    text = body[:200_000].decode("utf-8", "replace")
    clues.offsets += [(hours, minutes) for hours, minutes in _OFFSET.findall(text)][:50]


def clue_page(clues: Clues, text: str) -> None:
    """Take in the language a page declares, and the offsets of its dates."""
    if found := _HTML.search(text):
        clues.languages += filter(None, [_attributes(found[1]).get("lang")])
    for match in _META.finditer(text):
        attributes = _attributes(match[1])
        name = (
            attributes.get("property") or attributes.get("name") or attributes.get("http-equiv") or ""
        ).lower()
        if name in ("og:locale", "content-language", "language", "dc.language"):
            clues.languages.append(attributes.get("content", ""))
    clues.offsets += [(hours, minutes) for hours, minutes in _OFFSET.findall(text)][:50]


def _language(clues: Clues) -> str | None:
    """The language most often declared, the first among equals."""
    tags = [re.split("[-_]", tag.strip().lower())[0] for tag in clues.languages]
    known = [tag for tag in tags if re.fullmatch("[a-z]{2,3}", tag)]
    return max(known, key=known.count) if known else None


def _country(clues: Clues, host: str) -> str | None:
    """The country of the host's ending, else the first that a language tag names (``en-IE``)."""
    ending = host.rpartition(".")[2].upper()
    if (
        len(ending) == 2
        and ending.isalpha()
        and ending not in ("EU", "IO", "CO", "TV", "ME", "AI", "FM", "LY", "TO", "CC", "WS")
    ):
        return "GB" if ending == "UK" else ending
    regions = (re.split("[-_]", tag.strip())[-1] for tag in clues.languages if re.search("[-_]", tag))
    return next((region.upper() for region in regions if re.fullmatch("[A-Za-z]{2}", region)), None)


def _name(text: str, host: str) -> str:
    """What the outlet calls itself, else its host."""
    for match in _META.finditer(text):
        attributes = _attributes(match[1])
        if (attributes.get("property") or attributes.get("name") or "").lower() in (
            "og:site_name",
            "application-name",
        ):
            name = _clean(attributes.get("content", ""))
            if name:
                return name
    title = _TITLE.search(text)
    parts = re.split(r"\s+[|–—:·-]\s+", _clean(title[1])) if title else []
    short = [part for part in parts if 0 < len(part) <= 40]
    return min(short, key=len) if short else host


def _clean(text: str) -> str:
    """A name as a source may bear it: one line, without what a path cannot hold."""
    return " ".join(re.sub(r"[/\\\x00-\x1f]", " ", unescape(text)).split())[:80]


def _attributes(text: str) -> dict[str, str]:
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(text)}
