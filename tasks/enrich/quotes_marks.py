"""Where words stand between quotation marks: all marks of the supported languages, dialogue dashes, across paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple


class Marked(NamedTuple):
    """A marked passage: *start*–*end* with its marks, *inner_start*–*inner_end* without; *mark* is the opening one."""

    start: int
    end: int
    inner_start: int
    inner_end: int
    mark: str


_CLOSERS = {
    "“": "”“\"", "„": "“”\"", "«": "»", "»": "«»", "「": "」", "『": "』", "”": "”", '"': '"”', "‘": "’", "‚": "‘’", "‹": "›", "›": "‹", "'": "'’",
    "＂": "＂", "〝": "〟",
}  # fmt: skip
_SINGLE = frozenset("‘‚'")
_ANY = re.compile("[“„«»「『”\"‘‚‹›'＂〝]")
_DASH = re.compile(r"^[ \t]*[—–―-]{1,2}[ \u00a0]?(?=[^\s—–-])")
_INNER_DASH = re.compile(r"[ \u00a0][—–―-]{1,2}[ \u00a0]?(?=\S)|[—–]")
_CLOSER_OF = {mark: re.compile("[" + re.escape(closers) + "]") for mark, closers in _CLOSERS.items()}
_MAX = 2500
_MAX_TRIES = 40
_LOOK_AHEAD = 400


def _opens(line: str, at: int) -> bool:
    """Say whether the mark at *at* can open a quote: nothing or a break before it, a letter or another mark after it."""
    before = line[at - 1] if at else " "
    after = line[at + 1] if at + 1 < len(line) else " "
    if line[at] in "»›":
        return (before.isspace() or before in "([—–-") and not after.isspace()
    if line[at] in "“„«「『〝‹‚":
        return True
    return (
        (before.isspace() or before in "([{—–-:/«“„‘；：，。、" or not before.isalnum())
        and not after.isspace()
        and before not in ".,!?…"
    )


def _closes(line: str, at: int, mark: str) -> bool:
    """Say whether the mark at *at* can close a quote opened by *mark*."""
    before = line[at - 1] if at else " "
    after = line[at + 1] if at + 1 < len(line) else " "
    if mark in _SINGLE:
        return (
            not after.isalnum()
            and not before.isspace()
            and (before in ".,!?…;" or not after.isspace() or not _later_close(line, at, mark))
        )
    if line[at] == "“" and mark == "“":
        return after.isspace() or not after.isalnum()
    return not (line[at] == '"' and before.isspace() and after.isalnum())


def _later_close(line: str, at: int, mark: str) -> bool:
    """Say whether a single mark after punctuation comes later and before another opening: then this one is an apostrophe."""
    rest = line[at + 1 : at + 1 + _LOOK_AHEAD]
    strong = re.search(r"[.,!?…;][’'](?!\w)", rest)
    opening = re.search(r"(?<!\w)[‘'](?=\w)", rest)
    return strong is not None and (opening is None or strong.start() < opening.start())


def _find_close(line: str, at: int, mark: str) -> int:
    """Return where the passage opened at *at* closes in its line, or −1; a fixed number of marks is tried."""
    marks = _CLOSER_OF[mark].finditer(line, at + 2, min(len(line), at + _MAX))
    places = (match.start() for match in islice(marks, _MAX_TRIES))
    return next((place for place in places if _closes(line, place, mark)), -1)


def _line_passages(line: str, offset: int) -> tuple[list[Marked], tuple[int, str] | None]:
    """Return the closed passages of one line and (place, mark) of one left open."""
    found: list[Marked] = []
    position = 0
    while match := _ANY.search(line, position):
        at, mark = match.start(), match.group()
        if not _opens(line, at):
            position = at + 1
            continue
        close = _find_close(line, at, mark)
        if close < 0:
            if mark in _SINGLE or mark == "”":
                position = at + 1
                continue
            return found, (at, mark)
        found.append(Marked(offset + at, offset + close + 1, offset + at + 1, offset + close, mark))
        position = close + 1
    return found, None


def _dash_passages(line: str, offset: int) -> list[Marked]:
    """Return the spoken parts of a line of dialogue that begins with a dash: speech, dash, who spoke, dash, speech."""
    opening = _DASH.match(line)
    if opening is None:
        return []
    pieces, start = [], opening.end()
    for match in _INNER_DASH.finditer(line, start):
        pieces.append((start, match.start()))
        start = match.end()
    pieces.append((start, len(line)))
    spoken = [piece for number, piece in enumerate(pieces) if number % 2 == 0 and piece[1] > piece[0]]
    if len(pieces) == 1 and not re.search(r"[.!?…»”]\s*$", line):
        return []
    return [Marked(offset + s, offset + e, offset + s, offset + e, "—") for s, e in spoken]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (offset, line) of each line that is not empty."""
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            yield offset, line
        offset += len(line) + 1


def find_marked(text: str, dashes: bool) -> list[Marked]:
    """Return marked passages in order; one left open goes on in the next line when that begins with the same mark.

    With *dashes*, lines that begin with a dash are dialogue (Romance and Slavic languages).
    """
    found: list[Marked] = []
    open_from: tuple[int, str] | None = None
    last_line = (0, "")
    for offset, line in _lines(text):
        skip = 0
        if open_from is not None:
            stripped = line.lstrip()
            lead = len(line) - len(stripped)
            if stripped[:1] == open_from[1] or (open_from[1] == "«" and stripped[:1] == "»"):
                rest = line[lead + 1 :]
                close = next(
                    (
                        i
                        for i, c in enumerate(rest)
                        if c in _CLOSERS[open_from[1]] and _closes(rest, i, open_from[1])
                    ),
                    -1,
                )
                if close < 0:
                    last_line = (offset, line)
                    continue
                skip = lead + close + 2
                found.append(
                    Marked(open_from[0], offset + skip, open_from[0] + 1, offset + skip - 1, open_from[1])
                )
            open_from = None
        passages, left = _line_passages(line[skip:], offset + skip)
        if dashes and not passages and skip == 0:
            passages, left = _dash_passages(line, offset), None
        found += passages
        if left is not None:
            open_from = (offset + skip + left[0], left[1])
            last_line = (offset, line)
    if open_from is not None and last_line[1]:
        end = last_line[0] + len(last_line[1])
        if end - open_from[0] < _MAX and text[:end].rstrip()[-1:] in ".!?…":
            found.append(Marked(open_from[0], end, open_from[0] + 1, end, open_from[1]))
    return found
