"""What is refused or trimmed before a parser sees it: empty and binary bodies, compressed bytes, sizes and nesting depths."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from tasks.reasons import Reason

_MAGIC = (
    b"%PDF", b"\x89PNG", b"PK\x03\x04", b"GIF8", b"\xff\xd8\xff", b"OggS", b"ID3", b"Rar!", b"7z\xbc\xaf", b"\x1aE\xdf\xa3", b"wOFF", b"wOF2",
    b"BZh", b"\xfd7zXZ", b"MZ\x90", b"\x7fELF", b"\xd0\xcf\x11\xe0", b"\x00\x00\x01\x00", b"\x00\x00\x00\x18ftyp", b"\x00\x00\x00\x1cftyp", b"\x00\x00\x00 ftyp",
    b"fLaC", b"\x28\xb5\x2f\xfd", b"{\\rtf", b"II*\x00", b"MM\x00*", b"FWS", b"CWS",
)  # fmt: skip
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 27, 0})
_INLINE_TAG = re.compile(
    r"</?(?:b|i|u|s|em|font|span|strong|big|small|tt|strike|center|blockquote|ul|ol|dl|table|tbody|tr|section|article|main|a)\b[^>]*>",
    re.IGNORECASE,
)
_BLOCK_OPEN = re.compile(r"<(?:div|li|dd|dt|td|th)\b[^>]*>", re.IGNORECASE)
_BLOCK_CLOSE = re.compile(r"</(?:div|li|dd|dt|td|th|p)\s*>", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style|svg|noscript|template)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_LONG_TAG = 60_000
_MONSTER = re.compile(rf"<([A-Za-z][A-Za-z0-9:\-]{{0,30}})\s[^<>]{{{_LONG_TAG},}}>")
_MAX_TAGS = 420_000
_TAG = re.compile(r"<[A-Za-z/]")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A body that may be parsed, or the reason why not; ``detail`` is for a person."""

    payload: bytes = b""
    reason: Reason | None = None
    detail: str = ""


def admit(payload: bytes, max_bytes: int) -> Admitted:
    """*payload* ready for decoding: unpacked when it is gzip bytes, cut at *max_bytes*; or refused with a reason."""
    if payload.startswith(b"\x1f\x8b"):
        payload = _unpack(payload, max_bytes)
        if not payload:
            return Admitted(reason=Reason.UNDECODABLE, detail="gzip bytes that cannot be unpacked")
    if not payload.strip(b" \t\r\n\f\0\xef\xbb\xbf"):
        return Admitted(reason=Reason.EMPTY, detail=f"{len(payload)} bytes")
    for magic in _MAGIC:
        if payload.startswith(magic):
            return Admitted(
                reason=Reason.NOT_HTML, detail=f"starts like a file of another kind: {magic[:4]!r}"
            )
    sample = payload[:8192]
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    if controls > 0.03 * len(sample) and sample.count(0) < 0.2 * len(sample):
        return Admitted(
            reason=Reason.UNDECODABLE, detail=f"{controls} control bytes in the first {len(sample)}"
        )
    return Admitted(payload[:max_bytes])


def _unpack(payload: bytes, max_bytes: int) -> bytes:
    """Up to *max_bytes* of what gzip bytes hold; empty when they are damaged from the start."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(payload, max_bytes)
    except zlib.error:
        return b""


def parse_html(text: str) -> etree._Element | None:
    """The document element of *text*, or null when nothing could be parsed.

    Pages nested deeper than libxml2 allows (256 levels), or with a single text over 10 MB, are flattened and parsed
    again, so that their text is not lost.
    """
    text = _trim_tags(text)
    data = text.encode("utf-8", "ignore")
    root, limited = _parse(data, huge=False)
    if limited:
        root, _ = _parse(flatten(text).encode("utf-8", "ignore"), huge=True)
    return root


def _trim_tags(text: str) -> str:
    """*text* with the attributes of monstrous tags dropped (libxml2 compares each with each), cut after 420,000 tags."""
    if _has_long_tag(text):
        text = _MONSTER.sub(r"<\1>", text)
    if text.count("<") > _MAX_TAGS:
        last = next(islice(_TAG.finditer(text), _MAX_TAGS, None), None)
        text = text[: last.start()] if last else text
    return text


def _has_long_tag(text: str) -> bool:
    """Whether more than 60,000 characters stand between two ``>``, or before the first or after the last one."""
    place, size = 0, len(text)
    while place + _LONG_TAG < size:
        found = text.rfind(">", place, place + _LONG_TAG + 1)
        if found < 0:
            return True
        place = found + 1
    return False


def _parse(data: bytes, huge: bool) -> tuple[etree._Element | None, bool]:
    """Document element and whether the parser stopped at one of its limits."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    limited = (
        any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
        if len(parser.error_log)
        else False
    )
    return root, limited


def flatten(text: str) -> str:
    """*text* as paragraphs without nesting: scripts and formatting cut, every block a paragraph."""
    text = _SCRIPT.sub(" ", text)
    text = _INLINE_TAG.sub("", text)
    text = _BLOCK_OPEN.sub("<p>", text)
    return _BLOCK_CLOSE.sub("</p>", text)
