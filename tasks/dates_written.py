"""Days written in words or numbers inside text, in the orders and languages that news pages use.

Every form is found from its numbers: a number's neighbours are looked up in the month tables, so that no list of
templates is needed per language and text without numbers costs next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tasks.dates_words import base_language, month_of

Order = Literal["dmy", "mdy", "ymd"]
Doubt = Literal["none", "settled", "open"]
Shape = Literal["day", "yearless", "month", "year"]

_Form = Callable[["_Scan", int], "Written | None"]

_TOKEN = re.compile(r"\d+|[^\W\d_][^\s\d.,;:!?()\[\]{}<>|/\\\"“”«»„–—\-_+*=&%$€£#@~^`…、。，；：·•']*")
_SEPARATOR = re.compile(r"\s?[./\-–]\s?")
_LOOSE = re.compile(r"[\s.,/\-’'º°ª]{0,4}")
_CONNECTORS = frozenset({"كانون", "الثاني", "الأول", "تشرين", "tháng", "năm", "gada", "ngày"})
_LONGEST_CONNECTOR = 3
_MONTH_FIRST = frozenset({"en-us", "en-ph", "es-pr", "es-us", "fil", "tl", "en-pr", "en-as", "en-gu"})
_US_ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Phoenix",
    "US/",
)
_YEAR_FIRST = frozenset({"ja", "ko", "zh", "hu", "lt", "mn", "eu", "sv"})
_CAPITALISING = frozenset({None, "de", "el", "en", "fil", "id", "ms", "sw", "tr"})
_YEAR_WORDS = frozenset({"年", "년", "m", "гада", "gada", "жылы", "ko", "ж", "г", "թ"})
_THAI_YEARS, _THAI_EPOCH = range(2440, 2700), 543
_YEARS = range(1800, 2101)


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written: *year* is null when not said, *day* when only the month is, *month* when only the year is.

    *doubt* is of a numeric date that could as well be read with month and day the other way round: ``settled`` when the
    language decided, ``open`` when nothing did.
    """

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None
    doubt: Doubt = "none"

    @property
    def shape(self) -> Shape:
        """Which parts are known."""
        if self.year is None:
            return "yearless"
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"


@dataclass(frozen=True, slots=True)
class _Token:
    """A number (*value*) or a word (*value* is -1) at *start* to *end*."""

    text: str
    start: int
    end: int
    value: int


@dataclass(frozen=True, slots=True)
class _Scan:
    """What every form below looks at: the text, its tokens, the language and the order of numeric dates."""

    text: str
    tokens: Sequence[_Token]
    language: str | None
    order: Order | None

    def gap(self, left: int) -> str:
        """What stands between token *left* and the next one."""
        return self.text[self.tokens[left].end : self.tokens[left + 1].start]

    def at(self, index: int) -> _Token | None:
        """Token number *index*, null outside the text."""
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def month(self, index: int) -> int | None:
        """Month that token *index* names, null when it names none."""
        token = self.at(index)
        return month_of(token.text, self.language) if token and token.value < 0 else None


def numeric_order(language: str | None, zone: str | None) -> Order | None:
    """Order of day, month and year in ``03/04/2024`` for a language tag and an IANA zone; null without either.

    Month first only where the tag says United States, Philippines or a place that follows them, or where plain
    English, or no language, comes with a zone of the United States.
    """
    tag = (language or "").replace("_", "-").lower()
    if tag in _MONTH_FIRST or (tag in ("", "en") and zone and zone.startswith(_US_ZONES)):
        return "mdy"
    if base_language(language) in _YEAR_FIRST:
        return "ymd"
    return "dmy" if language or zone else None


def find_written(text: str, language: str | None, zone: str | None = None) -> list[Written]:
    """Every date written in *text*, left to right, none overlapping: full days, days without a year, months, years."""
    tokens = [
        _Token(m[0], m.start(), m.end(), int(m[0]) if m[0][0].isdecimal() and len(m[0]) < 9 else -1)
        for m in _TOKEN.finditer(text)
    ]
    scan = _Scan(text, tokens, base_language(language), numeric_order(language, zone))
    found: list[Written] = []
    after = 0
    for index, token in enumerate(tokens):
        if token.value < 0 or token.start < after:
            continue
        written = _date_at(scan, index)
        if written is not None and written.start >= after:
            found.append(written)
            after = written.end
    return found


def _date_at(scan: _Scan, index: int) -> Written | None:
    """The date whose first number is token *index*."""
    token = scan.tokens[index]
    digits = len(token.text)
    if digits == 4:
        forms: tuple[_Form, ...] = (_year_first, _month_before_year, _year_alone)
    elif digits <= 2:
        forms = (_numeric, _day_month_word, _month_word_day, _cjk_month_day)
    else:
        return None
    for form in forms:
        written = form(scan, index)
        if written is not None and _is_real(written):
            return written
    return None


def _is_real(written: Written) -> bool:
    """Whether the calendar has that day."""
    try:
        date(written.year or 2000, written.month or 1, written.day or 1)
    except ValueError:
        return False
    return True


def _year_of(token: _Token | None) -> int | None:
    """The year that a number of four digits is, Buddhist years turned into common ones."""
    if token is None or len(token.text) != 4 or token.value < 0:
        return None
    if token.value in _THAI_YEARS:
        return token.value - _THAI_EPOCH
    return token.value if token.value in _YEARS else None


def _short_year(token: _Token | None) -> int | None:
    """The year of two or four digits; 70–99 are of the last century."""
    if token is not None and token.value >= 0 and len(token.text) == 2:
        return token.value + (1900 if token.value >= 70 else 2000)
    return _year_of(token)


def _numeric(scan: _Scan, index: int) -> Written | None:
    """``05.03.2024``, ``5/3/24``, ``24. 3. 05``: three numbers with the same separator."""
    if index + 2 >= len(scan.tokens):
        return None
    first, second, third = scan.tokens[index : index + 3]
    left, right = scan.gap(index), scan.gap(index + 1)
    if (
        second.value < 0
        or len(second.text) > 2
        or left.strip() != right.strip()
        or not _SEPARATOR.fullmatch(left)
    ):
        return None
    if not _SEPARATOR.fullmatch(right) or _touches_number(scan.text, first.start, third.end):
        return None
    if scan.order == "ymd" and len(first.text) == len(third.text) == 2:
        return Written(first.start, third.end, _short_year(first), second.value, third.value)
    year = _short_year(third)
    if year is None:
        return None
    return _by_order(first, second, year, third.end, "dmy" if "." in left else scan.order, "." in left)


def _by_order(
    first: _Token, second: _Token, year: int, end: int, order: Order | None, dotted: bool
) -> Written:
    """Two numbers as day and month: what the calendar allows, else what the language does."""
    day, month = first.value, second.value
    if month > 12 or (order == "mdy" and day <= 12):
        day, month = month, day
    doubt: Doubt = "none"
    if not dotted and day != month and day <= 12 and month <= 12:
        doubt = "settled" if order else "open"
    return Written(first.start, end, year, month, day, doubt)


def _touches_number(text: str, start: int, end: int) -> bool:
    """Whether more digits follow or precede across a dot or dash, as in an address 10.2.20.24 or a phone number."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return bool(re.search(r"\d[.\-/]$", before) or re.match(r"[.\-/]\d", after))


def _day_month_word(scan: _Scan, index: int) -> Written | None:
    """``2 February 2022``, ``12. März``, ``3 de mayo de 2024``, ``5 tháng 3 năm 2024``."""
    day = scan.tokens[index]
    at, month = _next_month(scan, index)
    if month is None or at is None or not 1 <= day.value <= 31:
        return None
    end = scan.tokens[at].end
    if scan.month(at + 1) == month and scan.gap(at) in ("/", " / "):
        at += 1
        end = scan.tokens[at].end
    year, year_end = _next_year(scan, at)
    if year is None and not _names_month_alone(scan, at):
        return None
    return Written(day.start, end if year is None else year_end, year, month, day.value)


def _next_month(scan: _Scan, index: int) -> tuple[int | None, int | None]:
    """The month word after token *index*, past ordinals and short prepositions: its token and number."""
    for at in range(index + 1, min(index + 4, len(scan.tokens))):
        if not _LOOSE.fullmatch(scan.gap(at - 1)) or "\n" in scan.gap(at - 1):
            return None, None
        token = scan.tokens[at]
        if token.value > 0:
            said = scan.tokens[at - 1].text.lower() in ("tháng", "thang")
            return (at, token.value) if said and token.value <= 12 else (None, None)
        if (month := scan.month(at)) is not None:
            return at, month
        if not _is_connector(token.text):
            return None, None
    return None, None


def _is_connector(word: str) -> bool:
    """Whether *word* may stand between the parts of one date."""
    return len(word) <= _LONGEST_CONNECTOR or word.lower() in _CONNECTORS


def _next_year(scan: _Scan, at: int) -> tuple[int | None, int]:
    """The year after token *at* and where it ends; past short words (``de``, ``del``, ``năm``)."""
    for step in (1, 2, 3):
        token = scan.at(at + step)
        if token is None or not _LOOSE.fullmatch(scan.gap(at + step - 1)) or "\n" in scan.gap(at + step - 1):
            break
        if token.value >= 0:
            if len(token.text) == 2 and scan.gap(at + step - 1).strip() in ("-", "’", "'"):
                return _short_year(token), token.end
            year = _year_of(token)
            if year is not None:
                return year, token.end
            break
        if not _is_connector(token.text):
            break
    return None, 0


def _names_month_alone(scan: _Scan, at: int) -> bool:
    """Whether the word at token *at* is a month in the text's own language, sure enough without a year beside it."""
    word = scan.tokens[at].text
    if scan.tokens[at].value >= 0:
        return True
    if scan.language in _CAPITALISING and word[0].islower():
        return False  # "those over 18 may vote"
    return month_of(word, scan.language, anywhere=scan.language is None and len(word) > 3) is not None


def _month_word_day(scan: _Scan, index: int) -> Written | None:
    """``February 2, 2022``, ``Sept. 5``, ``März 12``."""
    day = scan.tokens[index]
    month = scan.month(index - 1) if index else None
    if (
        month is None
        or not 1 <= day.value <= 31
        or not _LOOSE.fullmatch(scan.gap(index - 1))
        or "\n" in scan.gap(index - 1)
    ):
        return None
    end, at = day.end, index
    following = scan.at(index + 1)
    if following and following.start == day.end and following.text in ("st", "nd", "rd", "th"):
        end, at = following.end, index + 1
    year, year_end = _next_year(scan, at)
    if year is None and (day.text[0] == "0" or not _names_month_alone(scan, index - 1)):
        return None
    return Written(scan.tokens[index - 1].start, end if year is None else year_end, year, month, day.value)


def _cjk_month_day(scan: _Scan, index: int) -> Written | None:
    """``3月5日``, ``3월 5일`` without a year."""
    month_word, day, day_word = scan.at(index + 1), scan.at(index + 2), scan.at(index + 3)
    if month_word is None or day is None or day_word is None or month_word.text not in ("月", "월"):
        return None
    if day_word.text[0] not in "日日일号號" or not 1 <= scan.tokens[index].value <= 12 or day.value < 1:
        return None
    return Written(scan.tokens[index].start, day_word.start + 1, None, scan.tokens[index].value, day.value)


def _year_first(scan: _Scan, index: int) -> Written | None:
    """``2024-03-05``, ``2024年3月5日``, ``2024. március 5.``, ``2024 m. kovo 5 d.``, ``2024. gada 5. marts``, ``2024年3月``."""
    token = scan.tokens[index]
    year, at = _year_of(token), index + 1
    if year is None or scan.at(at) is None:
        return None
    if scan.tokens[at].text in _YEAR_WORDS:
        at += 1
    if scan.at(at) is None or not _LOOSE.fullmatch(scan.gap(at - 1)) or "\n" in scan.gap(at - 1):
        return None
    if scan.tokens[at].value >= 0:
        return _year_month_number(scan, index, at, year)
    month, day = scan.month(at), scan.at(at + 1)
    if (
        month is None
        or day is None
        or not 1 <= day.value <= 31
        or not _LOOSE.fullmatch(scan.gap(at))
        or len(day.text) > 2
    ):
        return None
    return Written(token.start, day.end, year, month, day.value)


def _year_month_number(scan: _Scan, index: int, at: int, year: int) -> Written | None:
    """The rest of a date that starts with its year and goes on with a number at token *at*."""
    start, number, following = scan.tokens[index].start, scan.tokens[at], scan.at(at + 1)
    if following is None or len(number.text) > 2:
        return None
    if following.text in ("月", "월"):
        day, mark = scan.at(at + 2), scan.at(at + 3)
        if day is None or day.value < 1 or mark is None or mark.text[0] not in "日일号號":
            return Written(start, following.end, year, number.value, None)
        return Written(start, mark.start + 1, year, number.value, day.value)
    if following.value >= 0 and at == index + 1:
        left, right = scan.gap(index), scan.gap(at)
        if left.strip() == right.strip() and _SEPARATOR.fullmatch(left) and len(following.text) <= 2:
            return Written(start, following.end, year, number.value, following.value)
        return None
    month = scan.month(at + 1)
    said = at > index + 1 and month is not None and _LOOSE.fullmatch(scan.gap(at))
    return Written(start, following.end, year, month, number.value) if said else None


def _month_before_year(scan: _Scan, index: int) -> Written | None:
    """``March 2024``, ``marzo de 2024``, ``tháng 3 năm 2024``."""
    year = _year_of(scan.tokens[index])
    for step in (1, 2):
        before = scan.at(index - step)
        if year is None or before is None or not re.fullmatch(r"[\s.,]{1,3}", scan.gap(index - step)):
            return None
        month = scan.month(index - step)
        if month is not None:
            day = scan.at(index - step - 1)
            if day is not None and day.value > 31 and scan.gap(index - step - 1).isspace():
                return None  # "32 March 2024" is a mistake, not a month
            return Written(before.start, scan.tokens[index].end, year, month, None)
        if before.value >= 0 or len(before.text) > _LONGEST_CONNECTOR:
            return None
    return None


def _year_alone(scan: _Scan, index: int) -> Written | None:
    """``1997``: a number of four digits that could be a year; whether it is one, the caller decides."""
    token = scan.tokens[index]
    if token.value not in _YEARS or token.text[0] == "0":
        return None
    return Written(token.start, token.end, token.value, None, None)
