"""Words of a text with offsets, and the folded and stemmed keys that names are looked up by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0dff\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u200c\u200d"
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
"""One word: letters and digits, with the combining marks of Arabic, Hebrew and the Indic scripts (``\\w`` lacks them)."""

CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""A character of a script that writes no spaces between words: names are looked up from every character."""

_UNDECOMPOSED = str.maketrans("øłđħıæœßþðəŋŧ", "oldhiaostdant")
_GREEK = str.maketrans("άέήίόύώϊϋΐΰς", "αεηιουωιυιυσ")
_ARABIC = str.maketrans("أإآٱىةؤئیک", "ااااىهويىك")


@cache
def fold_table() -> dict[int, int]:
    """Return the table of one-to-one replacements: capitals and diacritics of Latin and Greek, ё, variants of Arabic letters.

    One-to-one, so that offsets into the folded text are offsets into the text.  й stays: it is a letter, not и with a mark.
    """
    table = _GREEK | _ARABIC | _UNDECOMPOSED | {ord("ё"): ord("е"), ord("Ё"): ord("е"), ord("’"): ord("'")}
    for code in [*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x370, 0x530), *range(0x1E00, 0x1F00)]:
        plain = ord(chr(code).lower()[0])
        if plain < 0x370 or plain >= 0x1E00:
            plain = ord(normalize("NFKD", chr(plain))[0])
        if plain != code and code not in table:
            table[code] = table.get(plain, plain)
    return table


def fold(text: str) -> str:
    """Return *text* in lower case without diacritics, exactly as long as it was."""
    return text.lower() if text.isascii() else text.translate(fold_table())


_ENDINGS = {
    "ru": "ами ями ого его ому ему ыми ими ией иях иям иями ий ый ая яя ое ее ые ие ой ей ую юю ом ем ам ям ах ях ов ев ых их ым им ия ию ии ью а я ы и у ю е о й ь",
    "uk": "ами ями ого ього ому ьому ими єю ією ією ій ий ої ую ою ею ом ем ам ям ах ях ів їв их ім їм им ові еві ія ію ії ью а я и і у ю е о й ь є ї",
    "pl": "iego owie ami ach ego emu ymi imi ieg iej owi iem em om ów ie ia ią ię ii ej ym im ych ich ą ę a e i o u y",
    "cs": "ého ému ými ami ách ích ích ovi em ou ům ím ým ích iích ie ií ii é á í ý a e ě i o u y",
    "hr": "ima ama om em og eg oj ih im ije iji iju ijom a e i o u",
    "hu": "ban ben nak nek val vel ból ből ról ről tól től hoz hez höz nál nél ra re ba be on en ön ot et öt ért on ok ek t n",
    "fi": "ssa ssä sta stä lla llä lta ltä lle ksi n tta ttä na nä",
    "et": "ga ta st le lt ks sse d t s l",
    "lt": "iui ams ose oje ais ių ui us as is os ai io ia ių o ą a e ė ę į u ų y",
    "lv": "iem ām ās ajā ijā as us is am im um ai ei os a e i u s ā ē ī ū",
    "tr": "nın nin nun nün nda nde ndan nden lar ler dan den tan ten nın ın in un ün da de ta te ya ye yı yi yu yü ı i u ü a e",
    "de": "s es",
    "nl": "s",
    "sv": "s",
    "da": "s",
    "no": "s",
    "el": "ου ων ους ης ας ες οι ος ον ο α η",
    "ro": "ului lui iei ei ul ii a i",
}
_SAME_ENDINGS = {
    "be": "ru",
    "bg": "ru",
    "sr": "ru",
    "mk": "ru",
    "sk": "cs",
    "sl": "hr",
    "bs": "hr",
    "nb": "no",
    "nn": "no",
}
_LATIN_AND_CYRILLIC = {"sr"}
_MIN_STEM = 4


@cache
def endings_of(language: str) -> tuple[str, ...]:
    """Return the folded case endings of *language*, longest first; empty for a language that hardly inflects names."""
    listed = _ENDINGS.get(_SAME_ENDINGS.get(language, language), "").split()
    if language in _LATIN_AND_CYRILLIC:
        listed = [*listed, *_ENDINGS["hr"].split()]
    return tuple(sorted({fold(ending) for ending in listed}, key=lambda ending: (-len(ending), ending)))


@cache
def _ending_lengths(language: str) -> tuple[tuple[int, frozenset[str]], ...]:
    """Return the endings of *language* by length, longest first."""
    listed = endings_of(language)
    sizes = sorted({len(ending) for ending in listed}, reverse=True)
    return tuple((size, frozenset(ending for ending in listed if len(ending) == size)) for size in sizes)


ENDING = "-"
"""What stands in a stem for the case ending that was cut off."""


def stem(word: str, language: str) -> str:
    """Return the folded *word* with its case ending replaced by ``-``, keeping at least four letters.

    The mark keeps a name with an ending (Германия) from matching a word that never had one (Герман).
    """
    for size, endings in _ending_lengths(language):
        if len(word) - size >= _MIN_STEM and word[-size:] in endings:
            return (_second_cut(word[:-size]) if language in _CYRILLIC else word[:-size]) + ENDING
    return word


_CYRILLIC = frozenset(("ru", "uk", "be", "bg", "mk"))
_TWO_ENDINGS = ("ов", "ев", "єв", "ів")


def _second_cut(cut: str) -> str:
    """Return a stem without what its other cases have lost already: Лавров and Лаврова, Сергей and Сергея are one."""
    if len(cut) - 2 >= _MIN_STEM and cut.endswith(_TWO_ENDINGS):
        return cut[:-2]
    return cut[:-1] if len(cut) - 1 >= _MIN_STEM and cut[-1] in "аеиіоуя" else cut


@dataclass(frozen=True, slots=True)
class Words:
    """A text cut into words: *text*, *starts*, *ends*, folded forms, stems, and whether each begins with a capital."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    folded: tuple[str, ...]
    stems: tuple[str, ...] | None
    capitals: tuple[bool, ...]

    def __len__(self) -> int:
        """Return the number of words."""
        return len(self.starts)

    def gap(self, left: int) -> str:
        """Return what stands between word *left* and the next one."""
        return (
            self.text[self.ends[left] : self.starts[left + 1]]
            if left + 1 < len(self.starts)
            else self.text[self.ends[left] :]
        )

    def is_capital(self, index: int) -> bool:
        """Say whether word *index* begins with a capital, or with a letter of a script without capitals."""
        return self.capitals[index]


def split_words(text: str, language: str) -> Words:
    """Return the words of *text*; stems are filled for languages with case endings."""
    spans = [match.span() for match in WORD.finditer(text)]
    low = fold(text)
    folded = tuple([low[start:end] for start, end in spans])
    stems = tuple([stem(word, language) for word in folded]) if endings_of(language) else None
    capitals = tuple([not text[start].islower() and text[start].isalpha() for start, _ in spans])
    return Words(text, tuple([s for s, _ in spans]), tuple([e for _, e in spans]), folded, stems, capitals)
