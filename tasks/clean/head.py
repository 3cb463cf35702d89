"""What a page declares about itself outside its running text: meta tags, links, JSON-LD, headings, marked-up dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from tasks.clean.jsonld import LinkedArticle, read_json_ld
from tasks.clean.jsonld_values import unescape
from tasks.clean.words import letters_of

_TITLE_KEYS = (
    "og:title",
    "twitter:title",
    "dc.title",
    "dcterms.title",
    "sailthru.title",
    "parsely-title",
    "title",
    "headline",
)
_MAX_JSON_LD = 2_000_000
_LONGEST = 5000
_MIN_HEADING = 8
_ITEMPROPS = etree.XPath(
    "//*[@itemprop][contains(@itemprop, 'date') or contains(@itemprop, 'author') or contains(@itemprop, 'creator')"
    " or contains(@itemprop, 'headline') or contains(@itemprop, 'keywords') or contains(@itemprop, 'articleSection')]"
)


@dataclass(frozen=True, slots=True)
class Head:
    """Declarations of one page, as written.

    ``meta`` maps lower-case names and properties of meta tags to their values in order; ``marked`` does so for itemprop
    values; ``times`` are (datetime attribute or text, label) of time elements; ``headings`` the texts of all h1.
    """

    meta: Mapping[str, Sequence[str]]
    marked: Mapping[str, Sequence[str]]
    times: Sequence[tuple[str, str]]
    headings: Sequence[str]
    page_title: str
    canonical: str
    amp_of: bool
    language: str
    linked: LinkedArticle
    titles: Sequence[str] = field(default=())

    def first(self, *names: str) -> str:
        """The first value that is not empty of the first of these meta names that has one, or an empty string."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return value
        return ""

    def every(self, *names: str) -> list[str]:
        """All values of these meta names that are not empty, in order, without repetition."""
        return list(dict.fromkeys(value for name in names for value in self.meta.get(name, ()) if value))


def read_head(root: etree._Element, url: str = "") -> Head:
    """The declarations of the page with document element *root*, fetched from *url*."""
    meta: dict[str, list[str]] = {}
    times: list[tuple[str, str]] = []
    headings: list[str] = []
    scripts: list[str] = []
    page_title = canonical = ""
    for element in root.iter("meta", "link", "script", "title", "h1", "time"):
        tag = element.tag
        if tag == "meta":
            _read_meta(element, meta)
        elif tag == "script":
            if "ld+json" in (element.get("type") or "").lower() and element.text:
                scripts.append(element.text)
        elif tag == "link":
            if "canonical" in (element.get("rel") or "").lower().split():
                canonical = canonical or (element.get("href") or "").strip()
        elif tag == "title":
            page_title = page_title or one_line(element)
        elif tag == "h1":
            headings.append(one_line(element))
        elif len(times) < 40:
            label = f"{element.get('class') or ''} {element.get('itemprop') or ''} {_parent_label(element)}"
            times.append((element.get("datetime") or one_line(element), label.lower()))
    marked = _read_marked(root)
    declared = [value for key in _TITLE_KEYS for value in meta.get(key, ())]
    shown = _confirmed(headings, (*declared, page_title))
    titles = [title for title in (*declared, *shown, page_title) if title]
    linked = read_json_ld(_affordable(scripts), url, titles)
    return Head(
        meta=meta,
        marked=marked,
        times=times,
        headings=[heading for heading in headings if heading],
        page_title=page_title,
        canonical=canonical,
        amp_of="amp" in root.attrib or "⚡" in root.attrib,
        language=_language(root, meta, linked),
        linked=linked,
        titles=[*titles, linked.headline] if linked.headline else titles,
    )


def _confirmed(headings: Sequence[str], titles: Sequence[str]) -> list[str]:
    """The headings that a title repeats, letter by letter; the first heading when there is none."""
    keys = [letters_of(title) for title in titles]
    found = [
        heading
        for heading in headings
        if len(heading) > _MIN_HEADING and any(letters_of(heading) in key for key in keys)
    ]
    return found or [heading for heading in headings if heading][:1]


def one_line(element: etree._Element) -> str:
    """All text of an element on one line, at most 5,000 characters."""
    return " ".join("".join(element.itertext())[:_LONGEST].split())


def _read_meta(element: etree._Element, meta: dict[str, list[str]]) -> None:
    """File one meta tag under its property, name, itemprop and http-equiv."""
    content = element.get("content")
    if not content:
        return
    value = " ".join(unescape(content[:_LONGEST]).split())
    for attribute in ("property", "name", "itemprop", "http-equiv"):
        name = element.get(attribute)
        if name:
            meta.setdefault(name.strip().lower(), []).append(value)


def _read_marked(root: etree._Element) -> dict[str, list[str]]:
    """Values of the itemprop attributes that say something about an article; meta tags are filed elsewhere."""
    marked: dict[str, list[str]] = {}
    for element in _ITEMPROPS(root)[:200]:
        if element.tag == "meta":
            continue
        value = element.get("content") or element.get("datetime") or one_line(element)
        for name in (element.get("itemprop") or "").split():
            if value and len(value) < 400:
                marked.setdefault(name, []).append(value)
    return marked


def _parent_label(element: etree._Element) -> str:
    parent = element.getparent()
    return "" if parent is None else f"{parent.get('class') or ''} {parent.tag}"


def _affordable(scripts: Sequence[str]) -> list[str]:
    """The JSON-LD blocks, smallest ones only when all together are over 2 MB."""
    if sum(map(len, scripts)) <= _MAX_JSON_LD:
        return list(scripts)
    kept, size = set[int](), 0
    for number in sorted(range(len(scripts)), key=lambda number: len(scripts[number])):
        size += len(scripts[number])
        if size > _MAX_JSON_LD:
            break
        kept.add(number)
    return [script for number, script in enumerate(scripts) if number in kept]


def _language(root: etree._Element, meta: Mapping[str, Sequence[str]], linked: LinkedArticle) -> str:
    """ISO 639-1 code that the page declares, or an empty string."""
    declared = [
        root.get("lang"),
        root.get("{http://www.w3.org/XML/1998/namespace}lang"),
        root.get("xml:lang"),
        linked.language,
    ]
    declared += [
        value
        for key in ("og:locale", "content-language", "language", "dc.language")
        for value in meta.get(key, ())[:1]
    ]
    for value in declared:
        code = (value or "").strip().replace("_", "-").split("-")[0].lower()
        if len(code) == 2 and code.isalpha():
            return code
    return ""
