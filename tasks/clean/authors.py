"""Names of authors from what pages put beside the word "by"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LEAD = re.compile(
    r"^\W*(?:(?:written|posted|reported|published|words|story|text|texte?|reporting|analysis|opinion|interview|kommentar|protokoll|aufgezeichnet|ein gastbeitrag|eine kolumne|redazione)\s+)?"
    r"(?:by|von|vom|par|por|di|da|af|av|od|przez|автор|автори|авторы|text|texte?|texto|testo|autor(?:in|en|es|a)?|author|authors|auteur|autore|penulis|oleh|reporter|yazar|tác giả|文|記者|撰文|作者)\b\s*[:：]?\s+"
    r"|^\W*(?:автор|text|foto|autor(?:in)?|author|by|par|por|von)\s*[:：]\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:[;|·•＆、\n]|\s/\s|\s&\s|\s[-–—]\s)\s*|\s+(?:and|und|y|och|og|ja|ve|dan|và|и|та|und)\s+|\s*,\s*(?:and|und|y|et|e)\s+"
)
_ET = re.compile(r"\s+(?:et|e|i)\s+")
_PARENTHESIS = re.compile(r"\s*[(\[（][^)\]）]{0,60}[)\]）]")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+|\s@\w+")
_ROLE = re.compile(
    r"\b(?:writer|reporter|correspondent|editor|journalist|columnist|contributor|staff|producer|analyst|professor|prof|director|bureau|team lead|"
    r"redakteur\w*|reporterin|korrespondent\w*|journaliste|rédact\w+|envoyé\w*|redactor\w*|periodista|corresponsal|giornalista|jurnalis|universit\w+|institut\w*"
    r"|news service|news agency|freelance|special to|updated|published|min read|read)\b",
    re.IGNORECASE,
)
_AGENCY = re.compile(r"^(?:[A-Z]{2,5}|[a-z]{2,4})$")
_AGENCIES = frozenset(
    {"reuters", "bloomberg", "xinhua", "interfax", "tass", "belga", "anadolu", "kyodo", "yonhap", "efe", "ansa", "lusa", "ritzau", "antara", "bernama"}
)  # fmt: skip
_WITH_AGENCIES = re.compile(
    r"\s+(?:with|and|und|mit|avec|et|con|y)\s+(?:news )?(?:agenc(?:y|ies)|agenturen|agences|agencias|wires?)\b.*$",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    {
        "name",
        "admin",
        "administrator",
        "root",
        "author",
        "unknown",
        "null",
        "none",
        "undefined",
        "webmaster",
        "default",
        "user",
        "anonymous",
        "n/a",
    }
)
_PARTICLES = frozenset(
    {
        "de",
        "da",
        "di",
        "du",
        "do",
        "la",
        "le",
        "el",
        "al",
        "van",
        "von",
        "bin",
        "ben",
        "dos",
        "das",
        "ter",
        "ten",
        "zu",
    }
)
_MAX_AUTHORS = 20
_LONGEST_LIST = 8
_FULL_NAME = 4


def clean_authors(values: Iterable[str]) -> list[str]:
    """Single names from bylines such as ``By Ana Example and Bo Sample, Staff Writer``; at most 20, none twice."""
    names: dict[str, str] = {}
    for value in values:
        for name in _split(value):
            names.setdefault("".join(filter(str.isalpha, name.casefold())), name)
    return list(names.values())[:_MAX_AUTHORS]


def looks_like_name(text: str) -> bool:
    """Whether *text* could be the name of a person, an agency or a desk: one to six words, no sentence, few digits."""
    words = text.split()
    if not 1 <= len(words) <= 7 or len(text) > 60 or len(text) < 2:
        return False
    if (
        sum(map(str.isdigit, text)) > 2
        or text[-1] in "?!:"
        or (len(words) > 2 and any(map(str.isdecimal, words)))
    ):
        return False
    if len(words) == 2 and words[0].islower() and len(words[0]) <= 3 and words[0] not in _PARTICLES:
        return False
    return any(map(str.isalpha, text))


def starts_like_byline(text: str) -> bool:
    """Whether a line begins with "by" or its like in another language."""
    return _LEAD.match(text) is not None


def is_full_name(text: str) -> bool:
    """Whether *text* is two to four words, each with a capital and without digits: most likely a person."""
    words = text.split()
    return 2 <= len(words) <= _FULL_NAME and all(
        word[0].isupper() and not any(map(str.isdigit, word)) and any(map(str.isalpha, word))
        for word in words
    )


def _split(value: str) -> Iterator[str]:
    """The names in one byline."""
    text = _ADDRESS.sub(" ", _PARENTHESIS.sub("", value))
    text = _WITH_AGENCIES.sub("", _LEAD.sub("", " ".join(text.split())))
    if text.endswith(".") and len(text.split()) > _LONGEST_LIST and "," not in text:
        return
    for part in _SPLIT.split(text):
        for name in _at_commas(part):
            bare = _LEAD.sub("", name).strip(" .,:;-–—*\u200b")
            if looks_like_name(bare):
                yield bare


def _at_commas(part: str) -> Iterator[str]:
    """Split at commas; what follows a name and is a post, a place in lower case or a long description is left out."""
    pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
    if len(pieces) == 1:
        yield from _at_et(pieces[0])
        return
    for number, piece in enumerate(pieces):
        if number and (
            _ROLE.search(piece) or len(piece.split()) > 4 or (piece[0].islower() and not _AGENCY.match(piece))
        ):
            if len(piece.split()) > 2:
                return
            continue
        if number and _is_place(piece, pieces[0]):
            continue
        yield from _at_et(piece)


def _is_place(piece: str, name: str) -> bool:
    """Whether a single word behind a full name is a dateline (``Ana Example, Lisbon``) rather than an agency."""
    return (
        len(name.split()) >= 2
        and piece.istitle()
        and len(piece.split()) == 1
        and piece.casefold() not in _AGENCIES
    )


def _at_et(part: str) -> Iterator[str]:
    """Split at a short "and" of Romance or Slavic languages when both sides look like full names."""
    pieces = _ET.split(part)
    if len(pieces) > 1 and all(len(piece.split()) >= 2 for piece in pieces):
        yield from pieces
    else:
        yield part
