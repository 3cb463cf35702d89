"""RSS, RDF and Atom that are XML, read with lxml: without entities, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

_XML = "{http://www.w3.org/XML/1998/namespace}"
_ENTRIES = frozenset({"item", "entry"})
MOST_LOOKED_AT = 20_000
"""Entries that are looked at, whether they link somewhere or not."""
MOST_MARKS = 250_000
"""Marks of a body that is made into a tree: a tree of ten million bytes of empty elements takes hundreds of megabytes."""
PUBLISHED = ("pubdate", "published", "issued", "date", "created")
UPDATED = ("updated", "modified")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]{0,1000}(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_PROLOGUE = 1 << 16
"""Bytes in which a document type is looked for and must end."""
_DECLARED = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)

Raw = tuple[str, str, str | None, str | None, str | None]
"""Base, link, title, published and updated, as written."""


def read_xml(body: bytes) -> Iterator[Raw]:
    """The entries of an XML feed; none when it cannot be read as one."""
    root = parse_xml(body)
    if root is None:
        return
    entries = (element for element in root.iter(etree.Element) if local_name(element) in _ENTRIES)
    for entry in islice(entries, MOST_LOOKED_AT):
        if (found := _read_entry(entry)) is not None:
            yield found


def parse_xml(body: bytes) -> etree._Element | None:
    """The root of the tree; None when the body is not well-formed or has too many marks for a tree.

    The document type is cut out: a feed needs none, and entities are where attacks are.  A feed may declare a wrong
    encoding; then its bytes are read as UTF-8 when they are that.
    """
    body = _without_doctype(body.lstrip(b"\xef\xbb\xbf \t\r\n"))
    if body.count(b"<") > MOST_MARKS:
        return None
    declared = declared_encoding(body)
    is_wrong = declared not in (None, "utf-8", "utf8") and _is_utf8(body)
    parser = etree.XMLParser(
        no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False, remove_comments=True,
        remove_pis=True, encoding="utf-8" if is_wrong else None,
    )  # fmt: skip
    try:
        return etree.fromstring(body, parser) if body else None
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None


def declared_encoding(body: bytes) -> str | None:
    """The encoding that an XML declaration names, lower case; None without one."""
    found = _DECLARED.match(body)
    return found[1].decode().lower() if found else None


def _without_doctype(body: bytes) -> bytes:
    """The body without its first document type declaration."""
    at = body[:_PROLOGUE].upper().find(b"<!DOCTYPE")
    found = _DOCTYPE.match(body, at, at + _PROLOGUE) if at >= 0 else None
    return body[:at] + body[found.end() :] if found else body


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8 and more than ASCII."""
    try:
        return not body.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def local_name(element: etree._Element) -> str:
    """The element's local name, lower case; empty for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""


def _read_entry(entry: etree._Element) -> Raw | None:
    """What one entry says; None when it links nowhere."""
    texts: dict[str, str] = {}
    links: list[tuple[str, str]] = []
    for child in entry:
        name = local_name(child)
        if name == "link":
            relation = (child.get("rel") or "alternate").rpartition("/")[2].lower()
            links.append((relation, child.get("href") or _text(child)))
        elif name == "guid":
            is_link = (child.get("isPermaLink") or child.get("ispermalink") or "true").lower() != "false"
            if is_link:
                texts.setdefault("guid", _text(child))
        elif name in ("title", "id", "origlink", *PUBLISHED, *UPDATED):
            texts.setdefault(name, _text(child))
    about = next((str(value) for key, value in entry.attrib.items() if str(key).endswith("about")), None)
    link = choose_link(texts, links, about)
    if not link:
        return None
    published = next((texts[name] for name in PUBLISHED if texts.get(name)), None)
    updated = next((texts[name] for name in UPDATED if texts.get(name)), None)
    return _base(entry), link, texts.get("title"), published, updated


def choose_link(texts: Mapping[str, str], links: Sequence[tuple[str, str]], about: str | None) -> str | None:
    """The page an entry is about: where its link led before a service counted clicks, its link, or its permanent id.

    *links* are (relation, address) pairs, *about* what RSS 1.0 says on the entry itself.
    """
    if texts.get("origlink"):
        return texts["origlink"]
    if found := next((link for relation, link in links if relation == "alternate" and link), None):
        return found
    for name in ("guid", "id"):
        if texts.get(name, "").startswith(("http://", "https://", "/")):
            return texts[name]
    return about


def _text(element: etree._Element) -> str:
    """The text inside an element, its children's included."""
    return "".join(element.itertext()).strip()


def _base(element: etree._Element) -> str:
    """The bases of an element and those around it (``xml:base``), joined from outside in; empty when there is none."""
    bases = [at.get(f"{_XML}base") for at in (element, *element.iterancestors())]
    joined = ""
    for base in reversed([one for one in bases if one]):
        joined = urljoin(joined, base)
    return joined
