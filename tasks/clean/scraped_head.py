"""Headline, section, standfirst, bylines and dates of a scraped page: what stands above its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tasks.clean.dates import choose_dates
from tasks.clean.scraped_body import Body
from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_shape import word_stems
from tasks.clean.scraped_words import DENSE, flatten, read_byline
from tasks.dates import ParsedDate

_DENSE = re.compile(f"[{DENSE}]")
_OUTLET = re.compile(
    r"^(?P<title>.{20,}?)\s+[|»·]\s+[^|]{2,60}$|^(?P<dashed>.{20,})\s+[-–—]\s+[^-–—|]{2,40}$"
)
_CRUMB = re.compile(r"\s+[>›»/]\s+|\s*[>›»]\s*")
_SHORTEST_TITLE, _LONGEST_TITLE = 12, 260
_ABOVE, _BELOW = 5, 9
_FEW_SHARED = 0.25
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:\s+[^\W\d_][\w.'’-]*){0,4}")
_LONGEST_BYLINE = 120
_BYLINE_END = re.compile(r"\s[|•·–—-]\s|\s{2,}")
_AND = re.compile(
    r"\s*(?:,|;|/|&|、|，|\+)\s*|\s+(?:and|und|et|y|e|en|och|og|ja|i|a|и|та|і|ve|dan|și|și|και|és|و|và)\s+"
)
_ROLES = re.compile(
    r"\b(?:staff|desk|team|correspondent|reporter|editor|agenc|agentur|redaktion|redacci|redac|r[ée]daction|redazione|news|online|"
    r"bureau|редакц|редакт|корреспондент|contributor|writer|digital|media|press|times|post|daily|wire)",
    re.IGNORECASE,
)


def find_title(lines: Sequence[Line], body: Body | None) -> int | None:
    """Index of the headline: the line above the text that shares its words, stands near its date or is doubled; null if none.

    Of lines that do about equally well the first is taken: a standfirst follows its headline.
    """
    end = body.first if body else len(lines)
    if body and body.lead is not None:
        end = min(end, body.lead)
    stems = word_stems(" ".join(lines[i].text for i in body.kept)) if body else frozenset()
    candidates = [i for i in range(min(end, len(lines))) if _may_be_title(lines[i])]
    if not candidates:
        return None
    scores = {i: _score_title(lines, i, stems, end) for i in candidates}
    best_at = max(candidates, key=lambda i: (scores[i], -i))
    best = scores[best_at]
    if best < 1.0 and stems:
        return None
    # A standfirst shares more words with the text than its headline does; the headline is right above it.
    near = {
        i for i in candidates if best_at - 2 <= i < best_at and _share_words(lines[i], stems) >= _FEW_SHARED
    }
    chosen = next(i for i in candidates if scores[i] >= best - (1.4 if i in near else 0.45))
    return _bare_copy(lines, chosen, candidates)


def _share_words(line: Line, stems: frozenset[str]) -> float:
    """Share of a line's longer words that are among *stems*, 0 to 1."""
    own = word_stems(line.text)
    return len(own & stems) / len(own) if own else 0.0


def _bare_copy(lines: Sequence[Line], chosen: int, candidates: Sequence[int]) -> int:
    """The candidate below *chosen* that is its headline without the outlet's name, else *chosen*."""
    key = lines[chosen].key
    for index in candidates:
        other = lines[index].key
        if (
            index > chosen
            and other != key
            and 2 * len(other) > len(key)
            and (key.startswith(other) or key.endswith(other))
        ):
            return index
    return chosen


def has_headline(lines: Sequence[Line], title: int | None, body: Body | None) -> bool:
    """Whether at least half of the longer words of the headline are in the text as well."""
    if title is None or body is None:
        return False
    own, stems = word_stems(lines[title].text), word_stems(" ".join(lines[i].text for i in body.kept))
    return len(own) >= 2 and 2 * len(own & stems) >= len(own)


def _may_be_title(line: Line) -> bool:
    """Whether a line has the shape of a headline at all."""
    return (
        line.kind in ("short", "sentence", "bullet")
        and line.size >= _SHORTEST_TITLE
        and len(line.text) <= _LONGEST_TITLE
    )


def _score_title(lines: Sequence[Line], index: int, stems: frozenset[str], end: int) -> float:
    """How much a line looks like the headline of the text whose word stems are *stems*; about 0 to 5."""
    line = lines[index]
    longer_words = len(word_stems(line.text))
    score = 3 * _share_words(line, stems) * min(1.0, longer_words / 4) + min(0.5, longer_words / 16)
    score += 0.5 * (line.copies > 1)
    score += 0.5 * any(later.kind == "stamp" for later in lines[index + 1 : index + 7])
    score -= 0.6 * line.text.endswith((".", "。", ":", "…"))
    return score - 0.01 * min(end - index, 60)


def clean_title(lines: Sequence[Line], index: int) -> str:
    """The headline without the outlet's name behind a bar, or behind a dash where the page has it without as well."""
    text = lines[index].text
    match = _OUTLET.match(text)
    if match is None:
        return text
    if match["title"]:
        return match["title"]
    bare = flatten(match["dashed"])
    return match["dashed"] if any(line.key == bare for line in lines) else text


def is_same_headline(line: Line, title: str) -> bool:
    """Whether a line repeats the headline, with or without the outlet's name."""
    key = flatten(title)
    return line.key == key or (line.key.startswith(key) and _OUTLET.match(line.text) is not None)


def find_section(lines: Sequence[Line], title: int, body: Body, authors: Sequence[str]) -> str | None:
    """The section: the last step of a breadcrumb trail, or a word or two right under or right above the headline,
    *authors* aside.
    """
    key = lines[title].key
    for line in lines[: body.first]:
        if len(line.text) > _LONGEST_TITLE:
            continue
        crumbs = [c for c in _CRUMB.split(line.text) if c]
        if line.kind in ("short", "label") and len(crumbs) > 1 and all(len(c) <= 40 for c in crumbs[:-1]):
            named = [c for c in crumbs if len(c.split()) <= 4 and not key.startswith(flatten(c)[:20])]
            if (
                named
                and _CRUMB.search(line.text)
                and (">" in line.text or "›" in line.text or "»" in line.text)
            ):
                return named[-1]
    above = (
        [title - 1]
        if title and not (title > 1 and all(_is_name(lines, i) for i in (title - 2, title - 3) if i >= 0))
        else []
    )
    for index in (title + 1, *above):
        if (
            0 <= index < body.first
            and _is_name(lines, index)
            and lines[index].text not in authors
            and read_byline(lines[index].text) is None
        ):
            return lines[index].text
    return None


def _is_name(lines: Sequence[Line], index: int) -> bool:
    """Whether a line could be the name of a section: a word or three, no sign, no known heading."""
    line = lines[index]
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


def find_authors(lines: Iterable[Line]) -> list[str]:
    """Names in bylines, in order, each once; agencies and desks left out.  The name may be on the line after ``By``."""
    names: list[str] = []
    awaits_name = False
    for line in lines:
        text = line.text
        for stamp in reversed(line.stamps):
            text = f"{text[: stamp.start]} | {text[stamp.end :]}"
        rest = text if awaits_name else read_byline(text)
        awaits_name = rest == ""
        if rest and line.kind in ("short", "stamp", "credit") and line.size <= _LONGEST_BYLINE:
            parts = (part.strip(" .|–—-") for part in _AND.split(_BYLINE_END.split(rest)[0]))
            names += [name for name in dict.fromkeys(parts) if _is_person(name) and name not in names]
    return names


def _is_person(name: str) -> bool:
    """Whether a piece of a byline has the shape of a person's name."""
    if not _NAME.fullmatch(name) or _ROLES.search(name) or len(name.split()) > 5:
        return False
    if _DENSE.search(name):
        return len(name) <= 8
    words = name.split()
    return len(words) >= 2 and all(w[0].isupper() or not w[0].isascii() or len(w) <= 3 for w in words)
