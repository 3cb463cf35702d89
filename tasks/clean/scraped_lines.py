"""The lines of a scraped text with what their shape says of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.clean.dates import Stamp, read_stamps
from tasks.clean.furniture import find_core
from tasks.clean.scraped_shape import ends_sentence, join_wrapped, measure_size, split_lines
from tasks.clean.scraped_words import flatten, is_credit, is_pitch, label_of, leads_elsewhere

Kind = Literal["sentence", "short", "bullet", "stamp", "ago", "credit", "label", "pitch", "teaser", "noise"]
"""What a line looks like: running text, a few words, a list entry, a date line, ``3h | Panorama``, a photo credit, a heading
or button that we know, a call to subscribe, a link to another article, signs without words."""

_BULLET = re.compile(r"^\s*(?:[•●▪◦‣·*–—-]|\d{1,2}[.)])\s+\S")
_AGO = re.compile(
    r"^\W*\d{1,3}\s?(?:s|m|h|d|w|min|mins|std|hrs?|hr|j|g|t|р|ч|мин|сек|дн|г|д|시간|분|일|小时|分钟|天|時間|分|日|სთ)?\.?\s?"
    r"(?:ago|前|전|назад|тому|temu|önce|lalu|trước)?\s?(?:[|·•/-].{0,40})?$|"
    r"^\W*(?:vor|il y a|hace|há|fa|for|för)\s\d{1,3}\s\w+\W*$|^\W*\d{1,3}\s\w{1,9}\s(?:ago|назад|тому|temu|önce|lalu|trước|fa|atrás|geleden|sedan|siden|sitten)\b.{0,30}$|"
    r"^\W*\d{1,2}[:.]\d{2}\W*$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+")
_NO_STOPS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SHORTEST_SENTENCE, _LONG_WITHOUT_STOP = 25, 160
_LONGEST_KEY = 2000
_STAMP_SLACK, _LONGEST_AGO, _LONGEST_FURNITURE = 26, 40, 450
_INNER_STOP = re.compile(r"[.!?…][\"'”’»]?\s+[\"'“„«¿¡]?[^\W\da-z_]|[。！？।۔]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank, or one paragraph where the page was wrapped at a fixed width.

    ``number`` counts from 1 with blank lines, ``last`` is the number of its last line; ``key`` is the folded text; ``size`` its letters, where a letter of a dense
    script counts for two or three; ``copies`` how often the page has the same line.  Blank lines leave no trace but in the
    numbers: who turns a page into text sets them between all lines or none.
    """

    number: int
    text: str
    key: str
    kind: Kind
    size: int
    words: int
    copies: int
    label: str | None = None
    stamps: tuple[Stamp, ...] = ()
    last: int = 0

    @property
    def numbers(self) -> range:
        """Numbers of the page's lines that it was read from."""
        return range(self.number, max(self.number, self.last) + 1)


def read_lines(
    text: str, zone: str | None = None, language: str | None = None, known: Collection[str] = frozenset()
) -> list[Line]:
    """The lines of *text* that are not blank, each with its kind.  *known*: lines that this source repeats at its ends
    (:func:`tasks.clean.furniture.learn_furniture`); sentences in such runs are no sentences of the article.
    """
    raw = [line.strip() for line in split_lines(text)]
    first, last = find_core(raw, known) if known else (0, len(raw))
    pieces = join_wrapped(raw)
    keys = [flatten(piece[:_LONGEST_KEY]) for _, _, piece in pieces]
    copies = Counter(keys)
    return [
        _describe((start, end), piece, (key, copies[key]), not first < start <= last, (zone, language))
        for (start, end, piece), key in zip(pieces, keys, strict=True)
    ]


def _describe(
    numbers: tuple[int, int],
    text: str,
    key_and_copies: tuple[str, int],
    is_outside: bool,
    hints: tuple[str | None, str | None],
) -> Line:
    """One line with its kind."""
    key, copies = key_and_copies
    size = measure_size(text)
    label = label_of(key) if size <= 60 else None
    stamps = tuple(read_stamps(text, *hints)) if len(text) <= 160 and any(c.isdigit() for c in text) else ()
    kind = _kind_of(text, key, size, label, stamps)
    if is_outside and kind == "sentence":
        kind = "pitch"
    return Line(numbers[0], text, key, kind, size, len(text.split()), copies, label, stamps, numbers[1])


def _kind_of(text: str, key: str, size: int, label: str | None, stamps: Sequence[Stamp]) -> Kind:
    """The kind of a line, surest signs first."""
    if label is not None:
        return "label"
    if stamps and size - sum(measure_size(text[s.start : s.end]) for s in stamps) <= _STAMP_SLACK * len(
        stamps
    ):
        return "stamp"
    if size <= _LONGEST_AGO and len(text) <= 3 * _LONGEST_AGO and _AGO.match(text):
        return "ago"
    if size == 0 or _ADDRESS.fullmatch(text):
        return "noise"
    said = _kind_by_words(text, key, size)
    if said is None:
        said = "sentence" if is_sentence(text, size) else "bullet" if _BULLET.match(text) else "short"
    return said


def _kind_by_words(text: str, key: str, size: int) -> Kind | None:
    """What the words of a line say it is; null when they say nothing or the line is too long to be furniture."""
    if size > _LONGEST_FURNITURE or len(text) > _LONGEST_KEY:
        return None
    if leads_elsewhere(key):
        return "teaser"
    if is_credit(text, key):
        return "credit"
    return "pitch" if is_pitch(key, size) else None


def is_sentence(text: str, size: int) -> bool:
    """Whether a line is running text: it ends as a sentence and is long enough, holds several, or is very long."""
    if size >= _SHORTEST_SENTENCE and ends_sentence(text) and not text.endswith(("|", ">")):
        return True
    if size >= 45 and _NO_STOPS.search(text):
        return True
    if size >= _LONG_WITHOUT_STOP and text.count("|") + text.count("/") + text.count("•") < 4:
        return _in_lower_case(text)
    return size >= 70 and len(_INNER_STOP.findall(text)) >= 1


def _in_lower_case(text: str) -> bool:
    """Whether most words do not start with a capital, which tells running text from a menu; true without capitals."""
    words = text.split()
    return 2 * sum(word[0].isupper() for word in words) < len(words)
