"""Article or not: told by structure first (links, sentences, declared types), by words only where structure agrees."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from tasks.clean import pagewords as words
from tasks.clean.html import Page
from tasks.clean.words import size_of
from tasks.reasons import Reason

_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_CLOCK = re.compile(r"^\W{0,3}(?:(?:um |at )?[0-2]?\d[:.h][0-5]\d\b|\+\+\+)")
_INDEX_TYPES = frozenset(
    {"CollectionPage", "SearchResultsPage", "ProfilePage", "ContactPage", "AboutPage", "FAQPage"}
)
_ENTRIES = 12
_DATED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "pubdate",
    "publish-date",
    "parsely-pub-date",
)
_CUT_SHORT = ("...", "…", "[…]", "[...]")
_SLUG = re.compile(r"(?:[^-_]+[-_]){2,}[^-_]+|\d{4,}|\.\w{3,5}$|[0-9a-f]{8}|%")


def count_words(text: str) -> int:
    """Words of *text*; a script written without spaces counts one per character."""
    if text.isascii():
        return len(text.split())
    wide = len(_WIDE.findall(text))
    return len(_WIDE.sub(" ", text).split()) + wide if wide else len(text.split())


def judge_page(page: Page, url: str, min_words: int) -> tuple[Reason, str] | None:
    """Why the page is not an article, with a detail for a person; null when it is one."""
    size = size_of(page.text)
    return (
        _judge_error(page, size)
        or _judge_walls(page, size)
        or _judge_search(page, url)
        or _judge_legal(page, url)
        or _judge_index(page, url, size)
        or _judge_media(page, size)
        or _judge_length(page, min_words)
    )


def _titles(page: Page) -> list[str]:
    """What the page calls itself, shortest form first."""
    return [
        text
        for text in dict.fromkeys((page.metadata.title, *page.head.headings[:2], page.head.page_title))
        if text
    ]


def _judge_error(page: Page, size: float) -> tuple[Reason, str] | None:
    """A page that says "not found": by its title or heading, with little text."""
    if size > 900 or page.sentences > 4:
        return None
    for title in _titles(page):
        if len(title) < 90 and words.ERROR_TITLE.search(title):
            return Reason.ERROR_PAGE, f"title: {title[:80]}"
    if size < 500 and words.ERROR_TEXT.search(page.text[:600]):
        return Reason.ERROR_PAGE, "text says that there is nothing here"
    return None


def _judge_walls(page: Page, size: float) -> tuple[Reason, str] | None:
    """A consent dialogue or a call to subscribe in the place of the text."""
    cues = (
        {match.group().casefold() for match in words.CONSENT.finditer(page.visible)} if size < 1500 else set()
    )
    if size < 1500 and len(cues) >= 4 and page.sentences <= 6 and not page.metadata.published:
        return Reason.CONSENT_WALL, f"{len(cues)} words of consent in {int(size)} characters"
    if size < 800:
        title = next((title for title in _titles(page) if words.CONSENT_TITLE.search(title)), "")
        if title:
            return Reason.CONSENT_WALL, f"title: {title[:80]}"
        if page.head.linked.is_free is False and size < 350:
            return Reason.PAYWALL_STUB, "declared as not free, only a teaser shown"
        if size < 500 and words.PAYWALL.search(page.visible):
            return Reason.PAYWALL_STUB, f"asks to subscribe after {int(size)} characters"
    return None


def _judge_search(page: Page, url: str) -> tuple[Reason, str] | None:
    """Results of a search, by declared type, address or title; never a page with running text."""
    if "SearchResultsPage" in page.head.linked.types and page.sentences < 8:
        return Reason.SEARCH_PAGE, "declared as search results"
    parts = urlsplit(url)
    keys = {key.lower() for key, value in parse_qsl(parts.query) if value}
    asked = bool(keys & {"s", "q", "query", "search", "keyword", "keywords", "searchterm", "suche"}) or bool(
        re.search(
            r"/(?:search|suche|recherche|buscar|busca|cerca|zoeken|sok|szukaj|poisk|arama|results?)(?:/|$|\.)",
            parts.path.lower(),
        )
    )
    titled = any(words.SEARCH_TITLE.match(title) for title in _titles(page))
    if (asked or titled) and page.links >= 5 and page.sentences < 8:
        return Reason.SEARCH_PAGE, "address of a search" if asked else "title of a search"
    return None


def _judge_legal(page: Page, url: str) -> tuple[Reason, str] | None:
    """Terms, privacy, imprint: the title is nothing else, and nothing declares the page an article with a date."""
    if page.head.linked.published or page.head.first("article:published_time"):
        return None
    path = urlsplit(url).path.lower()
    for title in _titles(page):
        if len(title) < 80 and words.LEGAL_TITLE.search(title):
            return Reason.LEGAL_PAGE, f"title: {title[:80]}"
    if words.LEGAL_PATH.search(path) and not page.metadata.published:
        return Reason.LEGAL_PAGE, f"path: {path[:80]}"
    return None


def _judge_index(page: Page, url: str, size: float) -> tuple[Reason, str] | None:
    """A front page, section or tag page: told by signs that add up, since each of them alone is found on articles too."""
    dated = bool(page.head.linked.published or page.head.first(*_DATED))
    crowded = page.links >= 12 and page.linked_share > 0.3
    mostly_links = page.linked_share > 0.7 and page.visible_size > 1500
    if size < 400 and (crowded or mostly_links) and not dated:
        return Reason.INDEX_PAGE, f"{page.links} links, {page.sentences} paragraphs"
    lines = page.text.split("\n")
    teasers = sum(1 for line in lines if line.endswith(_CUT_SHORT))
    if teasers >= 4 and teasers >= 0.4 * len(lines):
        return Reason.INDEX_PAGE, f"{teasers} teasers"
    inside = page.teasers >= 6 and page.teasers >= 0.6 * page.sentences
    listing = inside or (page.announced >= 6 and page.announced >= 2 * page.sentences)
    written = size > 1500 and page.sentences >= 6 and not listing
    headed = (
        size >= 300
        and not listing
        and bool(page.metadata.title)
        and page.metadata.title in page.head.headings
    )
    signs = _index_signs(page, url) - headed + 2 * listing - 3 * dated - 2 * written
    if signs >= 3:
        return (
            Reason.INDEX_PAGE,
            f"{signs} signs of an index: {page.links} links, {page.linked_share:.0%} of the text linked",
        )
    return None


def _index_signs(page: Page, url: str) -> int:
    """How many things about the page and its address speak for a list of articles; strong ones count twice or more."""
    parts = urlsplit(url)
    path = parts.path.lower()
    front = bool(parts.netloc) and path.strip("/") == "" and not parts.query
    slug = path.rstrip("/").rsplit("/", 1)[-1]
    section = bool(path.strip("/")) and not parts.query and not _SLUG.search(slug)
    declared = bool(page.head.linked.types & _INDEX_TYPES)
    website = page.head.first("og:type").lower() in ("website", "blog", "object", "profile")
    listed = page.linked_share > 0.5 and page.links >= 30
    signs = 4 * front + 2 * declared + 2 * bool(words.INDEX_PATH.search(path)) + section + website + listed
    unsigned = page.metadata.published is None and not page.metadata.authors
    return signs + (page.linked_headings >= 8) + (page.sentences < 5) + (unsigned and page.links >= 30)


def _judge_media(page: Page, size: float) -> tuple[Reason, str] | None:
    """Galleries and videos without text; live tickers with many timed entries."""
    lines = page.text.split("\n")
    entries = sum(1 for line in lines if _CLOCK.match(line))
    if entries >= _ENTRIES and entries >= 0.4 * len(lines):
        return Reason.LIVE_TICKER, f"{entries} timed entries"
    kinds = page.head.linked.types
    declared = page.head.first("og:type")
    if size < 350 and (
        kinds & {"ImageGallery", "VideoObject", "MediaGallery"} or declared.startswith(("video", "music"))
    ):
        return Reason.GALLERY, "declared as pictures or video, without running text"
    return None


def _judge_length(page: Page, min_words: int) -> tuple[Reason, str] | None:
    count = count_words(page.text)
    if not count:
        return Reason.NO_TEXT, f"{int(page.visible_size)} visible characters, none of an article"
    if count < min_words:
        return Reason.TOO_SHORT, f"{count} words"
    return None
