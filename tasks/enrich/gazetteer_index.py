"""Look-up of names in one language: by folded words, by stems for languages with case endings, by character for Chinese and Japanese."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks.enrich.actors_tokens import CJK, ENDING, WORD, Words, endings_of, fold, stem
from tasks.enrich.gazetteer import Gazetteer, load_gazetteer, per_gazetteer

_LATIN_LISTED = (
    "en de fr es it pt nl sv da no fi et lv lt pl cs sk hu ro hr sl tr vi id ms sw ca sq bs az und"
)
LATIN = frozenset(_LATIN_LISTED.split())
"""Languages whose Latin letters make names of persons readable as they stand; ``und`` counts, names are names."""

_SUPPORTED_LISTED = (
    "en de fr es it pt nl sv da no fi et lv lt pl cs sk hu ro bg hr sr sl mk uk ru be el tr ar fa he hi "
    "bn ur ta te th vi id ms ja zh ko sw ca sq bs ka hy az kk"
)
SUPPORTED = frozenset(_SUPPORTED_LISTED.split())
"""Languages with names of states of their own."""

BY_CHARACTER = frozenset(("zh", "ja", "th", "ko"))
"""Languages whose names are found from every character (Korean: from the first character of a word), endings following."""

_PREFIXES = {"ar": "و ب ل ف ك وب ول", "he": "ו ב ל מ ה ש כ וב של"}

_PUNCTUATION = str.maketrans({chr(code): " " for code in range(128) if not chr(code).isalnum()})


class Name(NamedTuple):
    """What a key may mean: kind of name, actor ids, the letters it must be written in (abbreviations) or null, need of a capital.

    *comma* says that a comma may stand inside: *Ferdinand Quill, Jr.* is a name, *in the South, Korea* holds none.
    """

    kind: str
    ids: tuple[str, ...]
    exact: str | None
    capital: bool
    comma: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Names by key, and for each first word the numbers of words that a name may have, longest first."""

    names: Mapping[str, tuple[Name, ...]]
    lengths: Mapping[str, tuple[int, ...]]


class Hit(NamedTuple):
    """Words *first* to *last* are a name that may mean one of *names*; characters *start* to *end*."""

    first: int
    last: int
    start: int
    end: int
    names: tuple[Name, ...]

    @property
    def kind(self) -> str:
        """The kind of name that it most likely is."""
        return self.names[0].kind


def key_of(surface: str) -> str:
    """Return the folded words of a name, one space between them, as they are looked up."""
    if surface.isascii():
        return " ".join(surface.lower().translate(_PUNCTUATION).split())
    return " ".join(WORD.findall(fold(surface)))


def _is_abbreviation(surface: str) -> bool:
    """Say whether a name is written in capitals alone, so that its letters must match exactly."""
    return (
        len(surface) <= 7 and surface.upper() == surface and surface.lower() != surface and " " not in surface
    )


def _table(rows: Iterable[tuple[str, str, str]], language: str | None) -> Table:
    """Return the table of (kind, actor id, surface) rows; with *language*, keys are stems."""
    gathered: dict[str, list[Name]] = {}
    last = None
    for kind, actor_id, surface in rows:
        exact = surface if kind != "x" and _is_abbreviation(surface) else None
        key = key_of(surface)
        if not key:
            continue
        capital = kind not in "ax" or (kind == "a" and surface[0].isupper())
        name = Name(kind, (actor_id,), exact, capital, kind not in "nas" or "," in surface)
        last = name = (
            last if name == last else name
        )  # spellings of one actor mean the same: one value for all
        for variant in (key,) if language is None else _stem_keys(key, language):
            gathered.setdefault(variant, []).append(name)
    lengths: dict[str, list[int]] = {}
    for key in gathered:
        first, _, rest = key.partition(" ")
        lengths.setdefault(first, []).append(rest.count(" ") + 2 if rest else 1)
    return _compact(gathered, lengths)


def _compact(gathered: Mapping[str, Sequence[Name]], lengths: Mapping[str, Iterable[int]]) -> Table:
    """Return the table of names and lengths, each once, lengths from the longest; equal values share their memory."""
    names: dict[str, tuple[Name, ...]] = {}
    last: tuple[Name, ...] = ()
    for key, found in gathered.items():
        held = tuple(found if len(found) == 1 else dict.fromkeys(found))
        names[key] = last = last if held == last else held
    falling: dict[tuple[int, ...], tuple[int, ...]] = {}
    ordered = {word: tuple(sorted(set(found), reverse=True)) for word, found in lengths.items()}
    return Table(names, {word: falling.setdefault(found, found) for word, found in ordered.items()})


def _stem_keys(key: str, language: str) -> list[str]:
    """Return the keys a name is found by when its words may carry case endings."""
    keys = [""]
    for word in key.split(" "):
        stemmed = stem(word, language)
        options = (
            [stemmed] if stemmed.endswith(ENDING) else [word, word + ENDING] if len(word) >= 3 else [word]
        )
        keys = [f"{k} {option}".strip() for k in keys for option in options]
        if len(keys) > 16:
            return []
    return keys


def _rows(gazetteer: Gazetteer, language: str, kinds: str) -> Iterable[tuple[str, str, str]]:
    """Yield (kind, actor id, surface) of one language's names of the wanted kinds."""
    for kind in kinds:
        for line in gazetteer.names.get((language, kind), ()):
            actor_id, surfaces = line.split("\t")
            for surface in surfaces.split("|"):
                yield kind, actor_id, surface


@per_gazetteer
def _persons(latin: bool) -> Table:
    """Return leaders, office holders and abbreviations of bodies, the same in every Latin script."""
    return _table(_rows(load_gazetteer(), "*", "pqk" if latin else "k"), None)


@dataclass(frozen=True, slots=True)
class Index:
    """Everything a text in one language is searched for."""

    language: str
    tables: tuple[Table, ...]
    stems: Table | None
    characters: Table | None


@per_gazetteer
def index_of(language: str) -> Index:
    """Return the index of *language* (ISO 639-1); for an unknown language, of the names that need none."""
    gazetteer = load_gazetteer()
    own = language if language in SUPPORTED else "en"
    rows = list(_rows(gazetteer, own, "nacspx"))
    if language in _PREFIXES:
        rows += [(kind, i, form) for kind, i, surface in rows for form in _prefixed(surface, language)]
    latin = language in LATIN or language not in SUPPORTED
    stems = None
    if endings_of(language):
        persons = _rows(gazetteer, "*", "p") if latin else ()
        stems = _table(
            [*(r for r in rows if r[0] != "a" or language in ("hu", "fi", "et", "tr")), *persons], language
        )
    characters = None
    if language in BY_CHARACTER:
        kept = [row for row in rows if len(row[2]) > 1 and not row[2].isascii()]
        characters = _character_table(kept)
    return Index(language, (_table(rows, None), _persons(latin)), stems, characters)


def _prefixed(surface: str, language: str) -> list[str]:
    """Return a name with the conjunctions and prepositions that Arabic and Hebrew write onto it."""
    forms = [prefix + surface for prefix in _PREFIXES[language].split()]
    if language == "ar" and surface.startswith("ال"):
        forms += ["لل" + surface[2:], "ولل" + surface[2:]]
    return forms


def _character_table(rows: list[tuple[str, str, str]]) -> Table:
    """Return names by their characters; lengths count characters."""
    gathered: dict[str, list[Name]] = {}
    lengths: dict[str, list[int]] = {}
    for kind, actor_id, surface in rows:
        gathered.setdefault(surface, []).append(Name(kind, (actor_id,), None, False))
        lengths.setdefault(surface[0], []).append(len(surface))
    return _compact(gathered, lengths)


_JOINT = re.compile(r"[ \u00a0\u2009\u202f]?[-‐‑–.'’´&/,]?[ \u00a0]?|\. ?")


def _joined(words: Words, first: int, last: int) -> bool:
    """Say whether only spaces, hyphens, apostrophes, stops and commas stand between words *first* to *last*."""
    for index in range(first, last):
        gap = words.gap(index)
        if gap != " " and (len(gap) > 2 or not _JOINT.fullmatch(gap)):
            return False
    return True


def _fits(words: Words, name: Name, first: int, last: int) -> bool:
    """Say whether the words as written can be this name: capitals for names, exact letters for abbreviations."""
    if name.exact is not None:
        written = words.text[words.starts[first] : words.ends[last]]
        return written == name.exact or (
            written + "." == name.exact and words.text[words.ends[last] : words.ends[last] + 1] == "."
        )
    if not name.comma and any("," in words.gap(index) for index in range(first, last)):
        return False
    return not name.capital or words.capitals[first]


def scan(words: Words, index: Index) -> list[Hit]:
    """Return the longest names found from each word on, left to right, without overlaps."""
    hits: list[Hit] = []
    position, size = 0, len(words)
    tables = [(table, words.folded) for table in index.tables]
    if index.stems is not None and words.stems is not None:
        tables.append((index.stems, words.stems))
    while position < size:
        best = 0
        found: list[Name] = []
        for table, forms in tables:
            lengths = table.lengths.get(forms[position])
            if lengths is None:
                continue
            for length in lengths:
                if length < best or position + length > size:
                    continue
                key = forms[position] if length == 1 else " ".join(forms[position : position + length])
                names = table.names.get(key)
                if names is None or (length > 1 and not _joined(words, position, position + length - 1)):
                    continue
                fitting = [name for name in names if _fits(words, name, position, position + length - 1)]
                if fitting:
                    found = fitting if length > best else [*found, *fitting]
                    best = length
                    break
        if best:
            last = position + best - 1
            hits.append(
                Hit(position, last, words.starts[position], words.ends[last], tuple(dict.fromkeys(found)))
            )
        position += best or 1
    return _scan_characters(words, index, hits) if index.characters is not None else hits


def _scan_characters(words: Words, index: Index, hits: list[Hit]) -> list[Hit]:
    """Return *hits* and the names found from every character of runs without spaces."""
    table = index.characters
    assert table is not None
    text = words.text
    found: list[Hit] = []
    for number in range(len(words)):
        place, end = words.starts[number], words.ends[number]
        if not CJK.match(text, place) and index.language not in ("th", "ko"):
            continue
        if index.language == "ko":
            end = min(end, place + 1)
        while place < end:
            for length in table.lengths.get(text[place], ()):
                names = table.names.get(text[place : place + length])
                if names and place + length <= words.ends[number]:
                    found.append(Hit(number, number, place, place + length, names))
                    place += length - 1
                    break
            place += 1
    taken = {(hit.start, hit.end) for hit in found}
    return sorted(
        [*found, *(hit for hit in hits if (hit.start, hit.end) not in taken)], key=lambda hit: hit.start
    )
