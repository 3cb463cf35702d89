"""Front pages to the articles they link to: for outlets without a feed or a sitemap that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import unquote, urlsplit

from tasks.crawl.feed_scan import decode_feed
from tasks.crawl.feeds import resolve_link
from tasks.urls import bare_host, canonical_url

MOST_LINKS = 300
"""Articles of one front page that are taken."""
_MOST_LOOKED_AT = 5_000
_ANCHOR = re.compile(
    r"<a\s([^<>]{0,3000}?)\bhref\s{0,9}=\s{0,9}(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))([^<>]{0,3000})>",
    re.IGNORECASE,
)
_BASE = re.compile(r"<base\s[^<>]{0,500}?href\s*=\s*[\"']?([^\"'\s<>]+)", re.IGNORECASE)
_MARK = re.compile(r"<[^<>]{0,3000}>")
_ASSET = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|json|xml|rss|atom|pdf|zip|gz|mp[34]|m4a|webm|ogg|docx?|xlsx?|ics|vcf|exe|apk)$",
    re.IGNORECASE,
)
_ELSEWHERE = frozenset(
    [
        "tag",
        "tags",
        "topic",
        "topics",
        "thema",
        "themen",
        "tema",
        "temas",
        "sujet",
        "author",
        "authors",
        "autor",
        "autoren",
        "auteur",
        "category",
        "categories",
        "kategorie",
        "categoria",
        "rubrik",
        "section",
        "sections",
        "search",
        "suche",
        "login",
        "signin",
        "register",
        "account",
        "subscribe",
        "abo",
        "newsletter",
        "newsletters",
        "about",
        "impressum",
        "contact",
        "kontakt",
        "privacy",
        "datenschutz",
        "terms",
        "agb",
        "cookies",
        "imprint",
        "legal",
        "help",
        "faq",
        "jobs",
        "shop",
        "store",
        "advertise",
        "mediadaten",
        "rss",
        "feed",
        "feeds",
        "sitemap",
        "video",
        "videos",
        "podcast",
        "podcasts",
        "gallery",
        "galleries",
        "photos",
        "games",
        "puzzles",
        "weather",
        "wetter",
        "horoscope",
        "tv",
        "live",
        "programme",
        "program",
        "radio",
        "epaper",
        "archive",
        "archives",
        "archiv",
        "page",
        "pages",
        "wp-login",
        "wp-admin",
        "cart",
        "checkout",
    ]
)
"""Path segments of what is no article."""
_DATE = re.compile(r"/(?:19|20)\d\d[-/_]?(?:0?[1-9]|1[0-2])(?:[-/_]?\d{1,2})?(?=[-/_.]|$)")
_ID = re.compile(r"(?:^|[-_.,/a-z])\d{5,}(?=[-_.,/]|$)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_SLUG_WORDS, _HEADLINE_WORDS = 4, 5


def read_front_page(body: bytes, url: str) -> list[str]:
    """Addresses of articles that the page *body* at *url* links to: on its own host or below it, in its order, each once."""
    text = decode_feed(body)
    base = _BASE.search(text[:100_000])
    home, found = bare_host(urlsplit(url).hostname or ""), dict[str, str]()
    for href, words in islice(_anchors(text), _MOST_LOOKED_AT):
        link = resolve_link(unescape(href), unescape(base[1]) if base else "", url)
        if link is None:
            continue
        host = bare_host(urlsplit(link).hostname or "")
        if (host == home or host.endswith("." + home)) and is_article_link(link, words):
            found.setdefault(canonical_url(link), link.partition("#")[0])
            if len(found) >= MOST_LINKS:
                break
    return list(found.values())


def _anchors(text: str) -> Iterator[tuple[str, int]]:
    """(address, words between its marks) of every link."""
    for anchor in _ANCHOR.finditer(text):
        end = text.find("</a", anchor.end(), anchor.end() + 4_000)
        inner = text[anchor.end() : end] if end >= 0 else ""
        yield anchor[2] or anchor[3] or anchor[4] or "", len(_WORD.findall(_MARK.sub(" ", inner)))


def is_article_link(link: str, words: int = 0) -> bool:
    """Whether an address is that of an article, as its path and the number of *words* that link to it tell.

    A date, a long number or a slug of four words speaks for one; a known kind of other page or file against it.
    """
    parts = urlsplit(link)
    path = unquote(parts.path)
    segments = [segment.lower() for segment in path.split("/") if segment]
    if (not segments and not parts.query) or _ASSET.search(path):
        return False
    if (segments and segments[-1].partition(".")[0] in _ELSEWHERE) or _ELSEWHERE & set(segments[:1]):
        return False
    slug = segments[-1] if segments else ""
    if len(_WORD.findall(slug)) >= _SLUG_WORDS or (segments and _ID.search("/" + slug)):
        return True
    if _DATE.search(path):
        return not slug.isdigit()
    return words >= _HEADLINE_WORDS and (len(segments) >= 2 or bool(parts.query))
