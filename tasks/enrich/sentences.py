"""Where sentences begin and end: line breaks, marks of the end in many scripts, abbreviations and quotes minded."""

from __future__ import annotations

import re

_ABBREVIATIONS = frozenset(
    (
        # titles, months, firms, Latin: English
        "mr mrs ms dr prof gen col lt maj capt sgt sen rep gov rev hon st jr sr messrs pres adm brig cmdr vs etc inc ltd co corp bros no nos "
        "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun a.m p.m e.g i.e approx dept est fig vol u.s u.k u.n "
        "d.c ph.d b.a m.a m.p u.s.a e.u "
        # German
        "bzw ca dipl ing evtl ggf inkl mio mrd nr s str tel usw vgl z.b d.h u.a z.t o.ä hl jh abs art bd hrsg ev "
        # French, Spanish, Italian, Portuguese
        "mme mlle mm me cf env av bd pp art p.ex sra srta sres dra ud uds ee uu pág avda núm tel aprox lic ing sig dott prof on sen avv sigg "
        "ecc pag tel exmo exma v.exa "
        # Dutch, Nordic, Polish, Czech, Hungarian, Turkish
        "dhr mevr mw drs ir jl blz enz bijv o.a d.w.z bl.a t.ex dvs f.eks osv ca kl kr nr mln mld tys proc ul al godz r św ks prof inż mgr tzw "
        "np itd itp tzn tj č čp např atd tzv mudr judr ing kb pl stb dr id ifj sz vö bkz örn vb yy yrd doç "
        # Russian, Ukrainian
        "г гг в вв ул д стр руб коп тыс млн млрд им т.е т.д т.п т.к т.н др проф акад обл р н.э см рис табл св р-н"
    ).split()
)
_BREAK = re.compile(r"\n+|[.!?…]+[\"”“’'»)\]]*(?=\s)|[。！？｡]+[」』”’\"）]*|[।॥؟۔።]+[\"”’»)]*")
_WORD_BEFORE = re.compile(r"[^\s(\[\"“„«'‘]*$")
_DIGIT_DATES = re.compile(r"^\d{1,2}$")
_LETTER_STOP = re.compile(r"\s?[^\W\d_]\.")
_GOES_ON = re.compile(r"\s*[a-zà-öø-ÿа-яёіїєґ,;:–—]")
_ORDINAL_LANGUAGES_MONTH = re.compile(
    r"\s*(?:jan|feb|fév|mär|mar|apr|abr|avr|maj|mai|may|jun|jul|aug|ago|aoû|sep|set|okt|oct|nov|dez|dec|dic|déc|led|úno|bře|dub|kvě|"
    r"čer|srp|zář|říj|lis|pro|jahr|század|asr|stol)",
    re.IGNORECASE,
)


def _is_abbreviation(text: str, start: int, mark: str, at: int, end: int) -> bool:
    """Say whether the mark at *at* ends a word, or a quote within a sentence, rather than the sentence."""
    if mark != ".":
        return len(mark) > 1 and mark[0] in ".!?…" and _GOES_ON.match(text[end : end + 12]) is not None
    found = _WORD_BEFORE.search(text, max(start, at - 24), at)
    word = found.group() if found else ""
    low = word.lower()
    after = text[end : end + 12]
    if low in _ABBREVIATIONS or (len(word) == 1 and (word.isupper() or _LETTER_STOP.match(after))):
        return True
    if "." in word and len(word) <= 6 and word[-1].isupper():
        return _GOES_ON.match(after) is not None or bool(after.strip()[:1].isupper() and word.isupper())
    if _DIGIT_DATES.match(word) and (_GOES_ON.match(after) or _ORDINAL_LANGUAGES_MONTH.match(after)):
        return True
    return _GOES_ON.match(after) is not None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span without white space at its ends, or null when nothing is left."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    right = len(piece.rstrip())
    return (start + left, start + right) if right > left else None


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each sentence, in order, without the white space between them.

    A line break always ends a sentence.  Works for scripts that end sentences with . ! ? … 。！？ । ؟ ۔ ።; full stops of
    abbreviations, initials, ordinals and before lower case do not end one, and closing marks stay with their sentence.
    """
    spans, start = [], 0
    for match in _BREAK.finditer(text):
        at, end = match.span()
        mark = match.group()
        if at < start:
            continue
        if mark[0] != "\n" and _is_abbreviation(text, start, mark, at, end):
            continue
        span = _trimmed(text, start, end)
        if span:
            spans.append(span)
        start = end
    last = _trimmed(text, start, len(text))
    if last:
        spans.append(last)
    return spans
