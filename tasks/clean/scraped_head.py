"""Section, dates and standfirst of a scraped page: what stands between its headline and its text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.clean.dates import choose_dates
from tasks.clean.scraped_body import Body
from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_title import LONGEST_TITLE, is_same_headline
from tasks.clean.scraped_words import flatten, read_byline
from tasks.dates import ParsedDate

_TRAIL = re.compile(r"[>›»]")
_CRUMB = re.compile(r"\s+[>›»/]\s+|\s*[>›»]\s*")
_ABOVE, _BELOW = 5, 9


def find_section(lines: Sequence[Line], title: int, body: Body, authors: Sequence[str]) -> str | None:
    """The section: the last step of a breadcrumb trail, or a word or two right under or right above the headline.

    *authors* are no sections.  Above the headline it must not be the end of a menu, unless the page names it elsewhere too.
    """
    for line in lines[: body.first]:
        if (step := _last_crumb(line, lines[title].key)) is not None:
            return step
    for index in (title + 1, title - 1):
        if not 0 <= index < body.first or not _is_name(lines[index]) or lines[index].text in authors:
            continue
        in_menu = index < title and index >= 2 and _is_name(lines[index - 1]) and _is_name(lines[index - 2])
        if read_byline(lines[index].text) is None and (
            not in_menu or lines[index].copies > lines[index - 1].copies
        ):
            return lines[index].text
    return None


def _last_crumb(line: Line, headline: str) -> str | None:
    """The last step of a trail such as ``Home > World > Europe`` that is not the folded *headline*; null for other lines."""
    if len(line.text) > LONGEST_TITLE or line.kind not in ("short", "label") or not _TRAIL.search(line.text):
        return None
    crumbs = [crumb for crumb in _CRUMB.split(line.text) if crumb]
    named = [c for c in crumbs if len(c.split()) <= 4 and not headline.startswith(flatten(c)[:20])]
    return named[-1] if named and len(crumbs) > 1 and all(len(c) <= 40 for c in crumbs[:-1]) else None


def _is_name(line: Line) -> bool:
    """Whether a line could be the name of a section: a word or three, no sign, no known heading."""
    return (
        line.kind == "short"
        and line.words <= 3
        and 2 <= line.size <= 30
        and not any(c.isdigit() for c in line.text)
    )


def find_dates_of_page(
    lines: Sequence[Line], title: int | None, body: Body | None
) -> tuple[ParsedDate | None, ParsedDate | None]:
    """Publication and last change: from the lines between headline and text, else above (nearest first), else below."""
    if body is None:
        return _dates_in(lines)
    under, first = (title or 0) + 1, max(body.kept[0], (title or 0) + 1)
    near = max(0, under - _ABOVE)
    regions = (lines[under:first], lines[near:under], lines[:near], lines[body.last + 1 : body.last + _BELOW])
    for region in regions:
        published, modified = _dates_in(region)
        if published or modified:
            return published, modified
    return None, None


def _dates_in(region: Sequence[Line]) -> tuple[ParsedDate | None, ParsedDate | None]:
    """Publication and last change that the lines of one region give; date lines before bylines that hold a date."""
    for kinds in (("stamp",), ("short", "credit", "bullet")):
        stamps = [stamp for line in region if line.kind in kinds for stamp in line.stamps]
        if stamps:
            return choose_dates(
                (s.parsed for s in stamps if not s.is_modified), (s.parsed for s in stamps if s.is_modified)
            )
    return None, None


def find_lead(lines: Sequence[Line], title: int | None, body: Body) -> int | None:
    """The standfirst: set apart above the text, else a long line right under the headline that is no sentence of the text."""
    if body.lead is not None:
        return body.lead
    if title is None:
        return None
    candidates = [
        i
        for i in range(title + 1, body.first)
        if lines[i].kind in ("short", "sentence")
        and lines[i].size >= 40
        and not is_same_headline(lines[i], lines[title].text)
    ]
    if not candidates or (
        lines[candidates[0]].kind == "short" and read_byline(lines[candidates[0]].text) is not None
    ):
        return None
    return candidates[0]
