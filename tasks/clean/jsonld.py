"""What a page says about its article in JSON-LD (schema.org), read leniently and cheaply.

Many outlets write slightly broken JSON, several blocks, graphs with references and more than one article; what comes
out of here is one flat record of the article that the page is about, or nothing.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tasks.clean.jsonld_values import (
    Node,
    first_of,
    flag_of,
    keywords_of,
    names_of,
    prose_of,
    strings_of,
    text_of,
)
from tasks.clean.words import letters_of

_MAX_BLOCK = 1_000_000
_MAX_NODES = 5_000
_ARTICLE = re.compile(
    r"(?:^|[^A-Za-z])(?:[A-Za-z]*Article|BlogPosting|LiveBlogPosting|SocialMediaPosting|Report|Review|AnalysisNewsArticle"
    r"|ReportageNewsArticle|CreativeWork|NewsItem|MediaObject|DiscussionForumPosting)(?:$|[^A-Za-z])"
)
_COMMA = re.compile(r",(\s*[}\]])")
_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/|;)\s*$"
)
_ELSEWHERE = frozenset(
    {"itemListElement", "isPartOf", "citation", "relatedLink", "isBasedOn", "hasPart", "comment", "image"}
)


@dataclass(frozen=True, slots=True)
class LinkedArticle:
    """The article as JSON-LD describes it; empty strings and tuples where it says nothing.

    ``published`` and ``modified`` are as written; ``types`` are all types of all nodes on the page, so that a page that
    calls itself a search result can be told apart even when it also lists articles.
    """

    headline: str = ""
    alternative: str = ""
    description: str = ""
    body: str = ""
    published: str = ""
    modified: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    language: str = ""
    is_free: bool | None = None
    kind: str = ""
    types: frozenset[str] = frozenset()


def read_json_ld(blocks: Iterable[str], url: str = "", headlines: Sequence[str] = ()) -> LinkedArticle:
    """The article that the JSON-LD *blocks* of a page describe.

    Of several articles the one is taken whose address is *url* or whose headline is among *headlines* (compared by
    letters and digits), then the first.  Blocks over 1 MB and nodes after the first 5,000 are not read.
    """
    nodes = list(_nodes(blocks))
    types = frozenset(name for node in nodes for name in _types(node))
    found = [node for node in nodes if _is_article(node)]
    if not found:
        return LinkedArticle(types=types)
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    node = max(found, key=lambda node: _fit(node, url, headlines))
    return LinkedArticle(
        headline=text_of(node.get("headline") or node.get("name")),
        alternative=text_of(node.get("alternativeHeadline")),
        description=text_of(node.get("description") or node.get("abstract")),
        body=prose_of(node.get("articleBody")),
        published=text_of(node.get("datePublished") or node.get("dateCreated")),
        modified=text_of(node.get("dateModified")),
        authors=tuple(names_of(node.get("author") or node.get("creator"), by_id)),
        publisher=next(iter(names_of(node.get("publisher"), by_id)), ""),
        section=next(iter(strings_of(node.get("articleSection"))), ""),
        keywords=tuple(keywords_of(node.get("keywords"))),
        language=text_of(first_of(node.get("inLanguage"))),
        is_free=flag_of(node.get("isAccessibleForFree")),
        kind=next(iter(_types(node)), ""),
        types=types,
    )


def parse_lenient(block: str) -> Any:
    """The value of a JSON text that may have comments around it, stray commas, raw line breaks or HTML escapes; null if hopeless."""
    text = block.strip().lstrip("\ufeff")
    for attempt in _repairs(text):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _repairs(text: str) -> Iterator[str]:
    """The text as it is, then with what commonly breaks it taken away; each made only when asked for."""
    yield text
    yield _COMMA.sub(r"\1", _WRAPPER.sub("", text))
    yield html.unescape(text)


def _nodes(blocks: Iterable[str]) -> Iterator[Node]:
    """Every object in the blocks, outermost first, without those inside fields that describe other pages."""
    count = 0
    for block in blocks:
        if not block or len(block) > _MAX_BLOCK:
            continue
        todo = [parse_lenient(block)]
        while todo and count < _MAX_NODES:
            value = todo.pop()
            if isinstance(value, list):
                todo.extend(reversed(value))
            elif isinstance(value, dict):
                count += 1
                yield value
                todo.extend(
                    v
                    for k, v in reversed(value.items())
                    if isinstance(v, dict | list) and k not in _ELSEWHERE
                )


def _types(node: Node) -> list[str]:
    return [name.rsplit("/", 1)[-1] for name in strings_of(node.get("@type"))]


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.search(name) for name in _types(node)) and (
        "headline" in node or "articleBody" in node or "datePublished" in node
    )


def _fit(node: Node, url: str, headlines: Sequence[str]) -> tuple[int, int, int]:
    """How well a node fits the page: same address, same headline, an article by name rather than by a wider type."""
    entity = node.get("mainEntityOfPage")
    addresses = {
        text_of(node.get("url")),
        text_of(node.get("@id")),
        text_of(entity.get("@id") if isinstance(entity, dict) else entity),
    }
    path = _bare_address(url)
    here = bool(path) and any(path == _bare_address(address) for address in addresses if address)
    title = letters_of(text_of(node.get("headline")))
    same = bool(title) and any(title == letters_of(headline) for headline in headlines)
    named = any("Article" in name or "Posting" in name for name in _types(node))
    return (
        int(named),
        int(here) + int(same),
        int(bool(node.get("datePublished"))) + int(bool(node.get("author"))),
    )


def _bare_address(url: str) -> str:
    return url.partition("://")[2].partition("#")[0].rstrip("/")
