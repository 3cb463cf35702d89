"""Is it a web page?  The declared type and the first bytes decide, after the patterns of the WHATWG MIME sniffing standard.

libmagic is not asked: on archived pages its content sniffing drops about half of them.
"""

from __future__ import annotations

import re

LOOK = 2048
"""Bytes looked at."""
_SIGNATURES = (
    b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"\x1f\x8b\x08", b"PK\x03\x04", b"RIFF", b"OggS", b"ID3", b"wOFF", b"wOF2",
    b"\x00\x00\x01\x00", b"\x28\xb5\x2f\xfd", b"BZh", b"7z\xbc\xaf", b"Rar!", b"\x7fELF", b"\xfd7zXZ", b"\xd0\xcf\x11\xe0",
    b"II*\x00", b"MM\x00*", b"fLaC", b"\x1a\x45\xdf\xa3", b"%!PS", b"{\\rtf",
)  # fmt: skip
_BINARY = bytes(b for b in range(32) if b not in b"\t\n\f\r\x1b")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/xhtml", "application/html"})
_UNSURE_TYPES = frozenset(
    {"", "text/plain", "application/octet-stream", "application/xml", "text/xml", "unknown/unknown", "*/*"}
)
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?>(?><!--.*?-->)\s*)*"
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|style|link|iframe|h1|div|font|table|a|b|br|p|main|article)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_FEED = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?>(?><!--.*?-->)\s*)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex|svg|opml)[\s>]",
    re.DOTALL,
)


def _start(body: bytes) -> bytes:
    """The first bytes without a byte order mark, UTF-16 as UTF-8, so that the same patterns fit."""
    head = body[:LOOK]
    if head.startswith(b"\xef\xbb\xbf"):
        return head[3:]
    if head[:2] in (b"\xff\xfe", b"<\0"):
        return head.decode("utf-16-le", "ignore").removeprefix("\ufeff").encode("utf-8", "ignore")
    if head[:2] in (b"\xfe\xff", b"\0<"):
        return head.decode("utf-16-be", "ignore").removeprefix("\ufeff").encode("utf-8", "ignore")
    return head


def is_binary(body: bytes) -> bool:
    """Whether the first bytes are those of a picture, archive, … or, for one byte in ten, none that text has."""
    head = _start(body)
    if head.startswith(_SIGNATURES) or head[4:8] == b"ftyp":
        return True
    return len(head) - len(head.translate(None, _BINARY)) > len(head) // 10


def looks_like_html(body: bytes) -> bool:
    """Whether the first bytes are markup of a web page, whatever the declared type."""
    return bool(_PAGE.match(_start(body)))


def is_html(mime: str | None, body: bytes) -> bool:
    """Whether a body of the declared type *mime* (lower case, no parameters; None: not declared) is a web page."""
    kind = mime or ""
    if kind in _HTML_TYPES:
        return not is_binary(body) and not _FEED.match(_start(body))
    return kind in _UNSURE_TYPES and looks_like_html(body)
