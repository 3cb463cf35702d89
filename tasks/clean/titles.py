"""The headline of an article without the name of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from tasks.clean.head import Head
from tasks.clean.words import letters_of

_SEPARATOR = re.compile(
    r"\s*_+\s*|\s*--+\s*|\s+[|·•»«~:]+\s+|\s*[|｜]\s*|\s+[-–—―]+\s+|\s*：\s*|\s+::\s+|\s+\.::\.\s+"
)
_MIN_LETTERS = 4
_BAR = frozenset("|｜_")
_LONGEST = 600


def pick_title(head: Head, url: str) -> tuple[str, str]:
    """The headline and where it came from: json-ld, meta, markup or title tag; both empty when there is none.

    JSON-LD goes first, then og:title and its like, then the h1 that the page title confirms, then the page title.
    """
    names = site_names(head, url)
    confirmed = [letters_of(text) for text in (*head.headings, head.linked.headline) if text]
    candidates: list[tuple[str, str]] = [(head.linked.headline, "json-ld")]
    candidates += [(value, "meta") for value in head.every("og:title", "twitter:title")]
    candidates += [(value, "markup") for value in head.marked.get("headline", ())]
    candidates += [(heading, "markup") for heading in _likely_headings(head)]
    candidates += [(value, "meta") for value in head.every("dc.title", "title", "headline")]
    candidates.append((head.page_title, "title"))
    for value, origin in candidates:
        title = strip_site(value, names, confirmed)
        if len(letters_of(title)) >= _MIN_LETTERS and letters_of(title) not in names:
            return title, origin
    return "", ""


def site_names(head: Head, url: str) -> frozenset[str]:
    """Names of the site as letters: what it calls itself, its publisher, its host with and without the ending."""
    names = {
        head.linked.publisher,
        *head.every("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher"),
    }
    names |= {name.lstrip("@") for name in head.every("twitter:site")}
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if host:
        names |= {host, host.rsplit(".", 1)[0], *(label for label in host.split(".")[:-1] if len(label) > 2)}
    return frozenset(key for key in map(letters_of, names) if len(key) > 1)


def strip_site(title: str, names: frozenset[str], confirmed: Iterable[str] = ()) -> str:
    """*title* without trailing or leading parts that name the site or its section.

    A part is cut when it names the site, or when what is left is, letter by letter, a headline that the page shows
    (*confirmed*).  Behind a bar, one or two words are a section or a site too.
    """
    title = " ".join(title[:_LONGEST].split())
    cuts = list(_SEPARATOR.finditer(title))
    if not cuts:
        return title
    shown = {key for key in confirmed if len(key) > 8}
    for cut in cuts:
        if letters_of(title[: cut.start()]) in shown:
            return title[: cut.start()]
    if letters_of(title) in shown and not _names_site(title[cuts[-1].end() :], names):
        return title
    while cuts:
        cut = cuts[-1]
        rest, part = title[: cut.start()], title[cut.end() :]
        bar = not _BAR.isdisjoint(cut.group())
        if len(letters_of(rest)) < 8 or not (_names_site(part, names) or (bar and len(part.split()) <= 2)):
            break
        title = rest
        cuts.pop()
    if cuts and _names_site(title[: cuts[0].start()], names) and len(letters_of(title[cuts[0].end() :])) >= 8:
        title = title[cuts[0].end() :]
    return title.strip()


def _names_site(part: str, names: frozenset[str]) -> bool:
    """Whether *part* is a name of the site, or holds one and little else."""
    key = letters_of(part)
    if not key:
        return True
    if key in names:
        return True
    return any(
        len(name) > 3 and (name in key or (key in name and len(key) > 3)) and len(part.split()) <= 5
        for name in names
    )


def _likely_headings(head: Head) -> list[str]:
    """The h1 texts, those first that the page title contains."""
    page = letters_of(head.page_title)
    return sorted(head.headings, key=lambda text: not (len(text) > 8 and letters_of(text) in page))
