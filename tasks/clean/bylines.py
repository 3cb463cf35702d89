"""Who wrote an article: people go before the outlet, declarations before lines of the page."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from tasks.clean.authors import clean_authors, is_full_name, starts_like_byline
from tasks.clean.blocks import Block
from tasks.clean.head import Head
from tasks.clean.markup import label_of
from tasks.clean.titles import site_names
from tasks.clean.words import letters_of

_AUTHOR_META = (
    "author", "article:author", "article:author_name", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author", "byl", "cxenseparse:author",
    "og:article:author", "citation_author", "creator", "article.author", "byline", "authors", "rnews:author",
)  # fmt: skip
_AUTHOR_LABEL = re.compile(r"author|autor|auteur|by-?line|writer|reporter|contributor|byname")
_BYLINE_LENGTH = 120
_PARAGRAPH = 100
_CITIES = frozenset(
    {
        "new york", "los angeles", "san francisco", "hong kong", "new delhi", "tel aviv", "buenos aires", "cape town", "abu dhabi", "kuala lumpur",
        "mexico city", "addis ababa", "phnom penh", "santo domingo", "sao paulo", "são paulo", "rio de janeiro", "las vegas", "san diego", "frankfurt am main",
    }
)  # fmt: skip
_LINK = re.compile(r"^(?:https?:)?//|^www\.|^/")


def find_authors(head: Head, blocks: Sequence[Block], url: str, text: Sequence[Block]) -> list[str]:
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
