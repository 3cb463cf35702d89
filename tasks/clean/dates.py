"""Cleaning's own rules about dates: which of several is the publication, which the last change, and which lines are dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tasks import dates
from tasks.dates import ParsedDate
from tasks.dates_words import strip_accents

_MODIFIED = re.compile(
    r"updat|modif|edited|last chang|aktuali|geandert|uberarbeitet|mis a jour|mise a jour|\bmaj\b|actualiz|actualis|atualiz|alterad|"
    r"aggiorn|bijgewerkt|aangepast|gewijzigd|uppdater|oppdater|opdater|andrad|endret|paivite|muokattu|guncelle|обнов|измен|оновл|змінен|"
    r"актуализ|ажурир|azurir|promijenj|frissit|frissul|modosit|ενημερ|τροποπ|diperbarui|diubah|cap nhat|更新|修改|갱신|수정|업데이트|"
    r"تحديث|تعديل|अपडेट|अद्यतन|uuendat|atnaujin|atjaun|posodoblj|zmenen|zmodyf|แก้ไข|อัปเดต|עודכן|עדכון|به روز"
)
_ORDER_DOUBT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Stamp:
    """One date of a line: where it stands (characters), whether the words before it say that it is a change, the date."""

    start: int
    end: int
    is_modified: bool
    parsed: ParsedDate


def parse_date(
    value: str, zone: str | None = None, language: str | None = None, reference: datetime | None = None
) -> ParsedDate | None:
    """The date in *value*; null when there is none that can be trusted.  See :func:`tasks.dates.parse_date`."""
    return dates.parse_date(value, zone, language, reference)


def read_stamps(
    line: str, zone: str | None = None, language: str | None = None, reference: datetime | None = None
) -> list[Stamp]:
    """Full dates of one line with what the words before each say; implausible ones (before 1990, future) left out.

    A line such as ``Aktualisiert: 06.03.2024 | Erstellt: 05.03.2024`` gives a change and a publication.
    """
    stamps: list[Stamp] = []
    floor = 0
    for start, end, parsed in dates.find_stamps(line, zone, language, reference):
        if dates.is_plausible(parsed, reference):
            stamps.append(Stamp(start, end, says_modified(line[floor:start]), parsed))
        floor = end
    return stamps


def says_modified(label: str) -> bool:
    """Whether the words before a date say that the page was changed then, in any of some 30 languages."""
    return _MODIFIED.search(strip_accents(label.lower())) is not None


def choose_dates(
    published: Iterable[ParsedDate | None], modified: Iterable[ParsedDate | None]
) -> tuple[ParsedDate | None, ParsedDate | None]:
    """Publication and last change out of what a page says, best source first.

    The first publication decides the day; a later one of the same day that also knows the time is preferred to it.
    A change before the publication is no change and left out.
    """
    candidates = [p for p in published if p is not None]
    first = candidates[0] if candidates else None
    if first is not None and first.at is None:
        first = next((p for p in candidates if p.at is not None and p.local[:10] == first.local), first)
    changes = [m for m in modified if m is not None and (first is None or not _is_before(m, first))]
    return first, max(changes, key=lambda m: (m.on, m.local), default=None)


def _is_before(left: ParsedDate, right: ParsedDate) -> bool:
    """Whether *left* is surely earlier than *right*, at the coarser precision of the two."""
    if left.at is not None and right.at is not None:
        return left.at < right.at - _ORDER_DOUBT
    return left.on < right.on
