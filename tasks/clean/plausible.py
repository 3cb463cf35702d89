"""Which encoding makes bytes look like writing: shares of common letters, cases and scripts that go together."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

SAMPLE = 60_000
_TAGS = re.compile(rb"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
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


def most_plausible(payload: bytes, hints: list[str], damage: float) -> str:
    """The encoding whose text looks most like writing; a hint wins unless another is clearly better."""
    if damage < 0.05:
        return "utf-8"
    sample = _TAGS.sub(b" ", payload[: 4 * SAMPLE])
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
