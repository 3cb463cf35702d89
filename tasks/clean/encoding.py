"""Bytes to text: the bytes decide, what the server or the page declares is a hint."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from tasks.clean.plausible import SAMPLE, most_plausible

_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,30})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,30})""",
    re.IGNORECASE,
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDER = {
    "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932",
    "big5": "big5hkscs", "windows-874": "cp874", "win-1251": "cp1251", "x-euc-jp": "euc_jp", "utf8": "utf-8", "unicode": "utf-8", "utf-8-sig": "utf-8",
}  # fmt: skip
"""Labels as browsers read them: the wider encoding of the same family (WHATWG Encoding Standard)."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a page, the encoding it was read in, and the share of characters that could not be read (0–1)."""

    text: str
    encoding: str
    damaged: float


def decode(payload: bytes, declared: str | None = None) -> Decoded:
    """The text of *payload*.

    Byte order mark and UTF-8 that is valid come first; then the encodings that HTTP (*declared*) and the page name, when
    they decode to plausible letters; then the most plausible of the usual ones.  Null bytes are dropped.
    """
    for mark, name in _BOMS:
        if payload.startswith(mark):
            return _decoded(payload[len(mark) :], name)
    wide = _wide_encoding(payload)
    if wide:
        return _decoded(payload, wide)
    if b"\0" in payload:
        payload = payload.replace(b"\0", b"")
    if payload.isascii():
        return _decoded(payload, "iso2022_jp" if b"\x1b$" in payload else "ascii")
    try:
        return Decoded(payload.decode("utf-8"), "utf-8", 0.0)
    except UnicodeDecodeError as error:
        damage = _utf8_damage(payload, error.start)
    hints = [name for name in (_known(declared), _known(_declared_inside(payload))) if name]
    name = most_plausible(payload, hints, damage)
    return _decoded(payload, name)


def _decoded(payload: bytes, name: str) -> Decoded:
    text = payload.decode(name, "replace").replace("\0", "")
    return Decoded(text, name, text.count("\ufffd") / max(1, len(text)))


def _wide_encoding(payload: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, told by where the null bytes of its ASCII characters stand; else empty."""
    sample = payload[:4000]
    size = len(sample)
    if size < 40 or sample.count(0) < size // 5:
        return ""
    if sample.count(0) > 0.7 * size:
        return "utf-32-be" if sample[0] == 0 else "utf-32-le"
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if min(even, odd) > 0.1 * max(even, odd):
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _known(label: str | None) -> str:
    """Python's name of a declared encoding, widened as browsers do, or an empty string."""
    if not label:
        return ""
    key = label.strip().strip("\"'").lower()
    try:
        return codecs.lookup(_WIDER.get(key, key)).name
    except (LookupError, ValueError):
        return ""


def _declared_inside(payload: bytes) -> str:
    """The encoding that the page's first 4,096 bytes declare, or an empty string."""
    found = _META.search(payload[:4096])
    if not found:
        return ""
    return (found.group(1) or found.group(2)).decode("ascii", "ignore")


def _utf8_damage(payload: bytes, first: int) -> float:
    """Share of the non-ASCII bytes that are not UTF-8, about 1 for another encoding; *first* is where the first stands."""
    if first >= len(payload) - 4:
        return 1e-9
    high = sum(byte > 127 for byte in payload[:SAMPLE]) or sum(byte > 127 for byte in payload)
    bad = payload[:SAMPLE].decode("utf-8", "replace").count("\ufffd")
    if not bad:
        bad, high = payload.decode("utf-8", "replace").count("\ufffd"), sum(byte > 127 for byte in payload)
    return bad / max(1, high)
