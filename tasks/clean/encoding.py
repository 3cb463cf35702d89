"""Bytes to text: the bytes decide, what the server or the page declares is a hint."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_SAMPLE = 60_000
_META = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,30})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,30})""",
    re.IGNORECASE,
)
_TAGS = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
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
_MULTIBYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_SINGLE = (
    "cp1252",
    "cp1251",
    "koi8_r",
    "koi8_u",
    "cp1250",
    "iso8859_2",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp874",
    "iso8859_5",
    "cp866",
)
_BY_LANGUAGE = {
    "tr": "cp1254", "az": "cp1254", "lv": "cp1257", "lt": "cp1257", "et": "cp1257", "uk": "koi8_u", "he": "cp1255", "ar": "cp1256",
    "el": "cp1253", "cs": "cp1250", "sk": "cp1250", "pl": "cp1250", "hu": "cp1250", "hr": "cp1250", "sl": "cp1250", "ro": "cp1250",
}  # fmt: skip
_LANG = re.compile(rb"""<html[^>]{0,300}?\blang\s*=\s*["']?([A-Za-z]{2})""", re.IGNORECASE)
_HIGH = re.compile(rb"[\x80-\xff]+(?:[\x40-\x7e][\x80-\xff]+)*")
_COMMON = frozenset(
    "оеаинтсрвлкмдпуяыьгзбчйхжшюцщіїєґёўћђјљњџ"
    "ОПВСНМКТДАРБИГЗЕ"
    "éèêëàâäáãåçñóòôöõúùûüíìîïøæœßÉÈÀÄÖÜÅØÑÓÁÍ"
    "ąćęłńóśźżĄĆĘŁŚŹŻčďěňřšťůýžČŘŠŽőűŐŰăâîșțşţĂÎȘȚğıİŞĞāēģīķļņūžėįųđ"
    "αεηικλμνοπρστυωςάέήίόύώγδθφχβξζ"
    "אבגדהוזחטיכלמנסעפצקרשתםןףךץابةتثجحخدذرزسشصضطظعغفقكلمنهويىأإآئءؤ"
    "“”‘’–—…«»„€°·©®²³½ ¿¡§№"
    "的一是不了在人有我他这中大来上个国和地到说们为子要出也得你时年会自可对就那用下生以而过去天着事家然经所成长部同里后前学日进方业工行发作现等新"
    "這個來們時會對說為國學發經過進後長現業"
    "のにはをたがでてとしれさいるすなまっりくこもうあらきんよ、。「」日人年大国会出本中一事者自分"
    "이다는의에을가고하지를한은로기사도서있인대자해들정시그"
    "กานรอเงมยลวดทสตะปบคหแจพชขใไโผ่้ัิีืุู็"
)  # fmt: skip


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
    name = _most_plausible(payload, hints, damage)
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
    high = sum(byte > 127 for byte in payload[:_SAMPLE]) or sum(byte > 127 for byte in payload)
    bad = payload[:_SAMPLE].decode("utf-8", "replace").count("\ufffd")
    if not bad:
        bad, high = payload.decode("utf-8", "replace").count("\ufffd"), sum(byte > 127 for byte in payload)
    return bad / max(1, high)


def _most_plausible(payload: bytes, hints: list[str], damage: float) -> str:
    """The encoding whose text looks most like writing; a hint wins unless another is clearly better."""
    if damage < 0.05:
        return "utf-8"
    sample = _TAGS.sub(b" ", payload[: 4 * _SAMPLE])
    if not any(byte > 127 for byte in sample):
        sample = payload
    sample = _dense(sample)
    asian = _multibyte(sample, hints)
    if asian:
        return asian
    near = _BY_LANGUAGE.get(_language(payload), "")
    names = list(dict.fromkeys((*(name for name in hints if name not in _MULTIBYTE), *_SINGLE)))
    bonus = {near: 0.1} | dict.fromkeys(hints, 0.08)
    scores = {name: _plausibility(sample, name) + bonus.get(name, 0.0) for name in names}
    best = max(scores, key=lambda name: scores[name])
    if damage < 0.3 and scores[best] < 0.9:
        return "utf-8"
    return best


def _multibyte(sample: bytes, hints: list[str]) -> str:
    """The East Asian encoding of *sample*, or an empty string.

    Words of other scripts have an odd number of bytes half of the time and break the pairs; where they do not, the
    signs they make up are rare ones, while in real text about a third of the signs are among the most common.
    """
    runs = _HIGH.findall(sample)
    if not runs or sum(map(len, runs)) < 2.5 * len(runs):
        return ""
    best, best_score = "", 0.2
    for name in _MULTIBYTE:
        text = sample.decode(name, "replace")
        signs = [char for char in text if char > "\u1100"]
        if not signs or text.count("\ufffd") > 0.005 * len(signs) + 1:
            continue
        score = sum(char in _COMMON for char in signs) / len(signs) + (0.05 if name in hints else 0.0)
        if score > best_score:
            best, best_score = name, score
    return best


def _language(payload: bytes) -> str:
    """The language that the html element declares, as two letters, or an empty string."""
    found = _LANG.search(payload[:4096])
    return found.group(1).decode("ascii").lower() if found else ""


def _dense(sample: bytes) -> bytes:
    """The words of *sample* that hold bytes beyond ASCII, at most 20,000 bytes of them."""
    words = [word for word in sample.split() if not word.isascii()]
    return b" ".join(words)[:20_000]


def _plausibility(sample: bytes, name: str) -> float:
    """How much text in this encoding looks like writing: share of common letters among those beyond ASCII, minus damage."""
    try:
        text = sample.decode(name, "replace")
    except (LookupError, ValueError):
        return -9.0
    beyond = [char for char in text if char > "\x7f"]
    if not beyond:
        return -1.0
    counts = Counter(beyond)
    total = len(beyond)
    common = sum(count for char, count in counts.items() if char in _COMMON)
    bad = sum(
        count
        for char, count in counts.items()
        if char == "\ufffd" or "\x80" <= char < "\xa0" or "\ue000" <= char < "\uf900"
    )
    return common / total - 4 * bad / total - _odd_case(text) - _odd_mix(text) - _odd_runs(beyond, text)


def _odd_case(text: str) -> float:
    """Share of letters that are capitals after a small letter: what KOI8-R read as cp1251, or the reverse, looks like."""
    odd = sum(1 for left, right in pairwise(text) if left.islower() and right.isupper() and right > "\x7f")
    return 2.0 * odd / max(1, len(text))


def _odd_mix(text: str) -> float:
    """Share of words that mix ASCII letters with letters of another alphabet, which no language does."""
    words = text.split()
    odd = 0
    for word in words:
        latin = any("a" <= char.lower() <= "z" for char in word)
        if latin and any(
            "\u0370" <= char <= "\u06ff" or "\u0e00" <= char <= "\u0e7f" or "\u3040" <= char <= "\ud7af"
            for char in word
        ):
            odd += 1
    return 0.8 * odd / max(1, len(words))


def _odd_runs(beyond: list[str], text: str) -> float:
    """Share of accented Latin letters that stand beside another one: high only when another script was misread."""
    pairs = sum(
        1 for left, right in pairwise(text) if "\xc0" <= left < "\u0250" and "\xc0" <= right < "\u0250"
    )
    return max(0.0, pairs / len(beyond) - 0.15)
