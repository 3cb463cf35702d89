"""Feeds that are no XML, read by looking for their marks: no tree, no repair, time in proportion to length.

A parser that mends what is ill-formed loses links: after one unknown entity libxml2 drops every ``&amp;``, and HTML that
was not escaped swallows the entries after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tasks.crawl.feed_xml import PUBLISHED, UPDATED, Raw, choose_link, declared_encoding

MOST_LOOKED_AT = 20_000
"""Entries that are looked at, whether they link somewhere or not."""
_ENTRY = re.compile(r"<(?:[a-z][\w.-]{0,20}:)?(?:item|entry)(?=[\s>])([^<>]{0,4000})>", re.IGNORECASE)
_END = re.compile(r"</(?:[a-z][\w.-]{0,20}:)?(?:item|entry|channel|feed)\s{0,20}>", re.IGNORECASE)
_MARK = re.compile(
    r"<(?:[a-z][\w.-]{0,20}:)?(link|guid|id|title|origlink|pubdate|published|issued|date|created|updated|modified)"
    r"(?=[\s>/])([^<>]{0,4000})>\s*(<!\[CDATA\[)?",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"([a-z:]{1,20})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_REFERENCE = re.compile(r"&(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_MARKS_EACH = 200
_TEXT = 8_000


def scan_feed(body: bytes) -> Iterator[Raw]:
    """The entries of something like a feed; none when nothing in it looks like an entry."""
    text = decode_feed(body)
    outer = _attributes(text[:4000]).get("xml:base", "")
    starts = list(islice(_ENTRY.finditer(text), MOST_LOOKED_AT + 1))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    for start, end in zip(starts[:MOST_LOOKED_AT], ends, strict=False):
        closed = _END.search(text, start.end(), end)
        if (found := _scan_entry(text, start, closed.start() if closed else end, outer)) is not None:
            yield found


def decode_feed(body: bytes) -> str:
    """The body as text: by its byte order mark, as UTF-8, or as declared; never an error."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = declared_encoding(body) or "windows-1252"
    try:
        return body.decode("windows-1252" if encoding.startswith("utf") else encoding, "replace")
    except LookupError:
        return body.decode("windows-1252", "replace")


def _scan_entry(text: str, start: re.Match[str], end: int, outer: str) -> Raw | None:
    """What the entry that begins with *start* and ends at *end* says; None when it links nowhere."""
    texts: dict[str, str] = {}
    links: list[tuple[str, str]] = []
    about = _attributes(start[1])
    for mark in islice(_MARK.finditer(text, start.end(), end), _MARKS_EACH):
        name, attributes = mark[1].lower(), _attributes(mark[2])
        if name == "link":
            relation = attributes.get("rel", "alternate").rpartition("/")[2].lower()
            links.append((relation, attributes.get("href") or _content(text, mark, end, name)))
        elif name != "guid" or attributes.get("ispermalink", "true").lower() != "false":
            texts.setdefault(name, _content(text, mark, end, name))
    link = choose_link(texts, links, about.get("rdf:about") or about.get("about"))
    if not link:
        return None
    published = next((texts[name] for name in PUBLISHED if texts.get(name)), None)
    updated = next((texts[name] for name in UPDATED if texts.get(name)), None)
    return about.get("xml:base") or outer, link, texts.get("title"), published, updated


def _content(text: str, mark: re.Match[str], end: int, name: str) -> str:
    """What stands after an opening mark: up to the end of its character data, its closing mark, or the next mark."""
    if mark[2].endswith("/"):
        return ""
    begin, end = mark.end(), min(end, mark.end() + _TEXT)
    if mark[3]:
        stop = text.find("]]>", begin, end)
        return text[begin : stop if stop >= 0 else end].strip()
    stop = text.find(f"</{name}" if name == "title" else "<", begin, end)
    stop = stop if stop >= 0 else text.find("<", begin, end)
    return _unescape(text[begin : stop if stop >= 0 else end].strip())


def _attributes(text: str) -> dict[str, str]:
    """Attributes by name, lower case; the first of a name counts."""
    found: dict[str, str] = {}
    for match in islice(_ATTRIBUTE.finditer(text[:4000]), 50):
        found.setdefault(match[1].lower(), _unescape(match[2] or match[3] or match[4] or ""))
    return found


def _unescape(text: str) -> str:
    """The five entities of XML and numbers resolved, everything else left: ``&copy=1`` in an address is no sign."""

    def resolve(match: re.Match[str]) -> str:
        """The character that an entity stands for; a space for one that XML forbids."""
        name = match[1].lower()
        if name in _NAMED:
            return _NAMED[name]
        number = int(name[2:], 16) if name.startswith("#x") else int(name[1:])
        return chr(number) if 31 < number < 0xD800 or 0xDFFF < number < 0x110000 else " "

    return _REFERENCE.sub(resolve, text) if "&" in text else text
