"""Tags of a scraped page: the short list under its text whose words the text uses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tasks.clean.scraped_body import Body
from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_words import flatten, phrases

_PIECES = re.compile(r"\s*[/,;|•·、，；]\s*|\s+(?=#)|\u3000+")
_HASHTAG = re.compile(r"#\w+")
_LABELLED = re.compile(r"^([^:：]{2,30})[:：]\s*(.+)$")
_REACH, _MOST, _LONGEST, _TAG_WORDS = 12, 15, 45, 5


def find_tags(lines: Sequence[Line], body: Body, title: str) -> list[str]:
    """Keywords under the text, in order.

    A line or a column that a heading calls tags is taken as it is; a list without a heading only when most of its pieces
    are words of the headline or the text, which tells ``west / Putin`` from a trail of sections.
    """
    used = " ".join([flatten(title), *(lines[i].key for i in body.kept)])
    tail = list(lines[body.last + 1 : body.last + 1 + _REACH])
    for index, line in enumerate(tail):
        if line.label == "comments":
            break
        if line.label == "tags":
            return _column(tail[index + 1 :])
        labelled = _LABELLED.match(line.text)
        if labelled and flatten(labelled[1]) in phrases("tags"):
            return _split(labelled[2])
        pieces = _split(line.text)
        if (
            line.kind in ("short", "bullet")
            and pieces
            and (_all_hashtags(line.text) or _is_list_of(pieces, used))
        ):
            return pieces
    return _bare_column(tail, used)


def _bare_column(tail: Sequence[Line], used: str) -> list[str]:
    """Short lines right under the text without a heading, if there are several and the text uses all of them."""
    column = [line for line in tail if not line.text.startswith(("(", "["))]
    tags: list[str] = []
    for line in column:
        if line.kind != "short" or line.words > _TAG_WORDS or line.key not in used:
            break
        tags.append(line.text)
    return tags if len(tags) > 1 else []


def _split(text: str) -> list[str]:
    """The pieces of a list on one line, signs of hashtags removed."""
    pieces = [p.strip(" #•·-").replace("_", " ") for p in _PIECES.split(text)]
    return [p for p in pieces if p and len(p) <= _LONGEST][:_MOST]


def _all_hashtags(text: str) -> bool:
    """Whether a line is nothing but hashtags."""
    return bool(_HASHTAG.search(text)) and not _HASHTAG.sub("", text).strip(" ,;/|•·")


def _is_list_of(pieces: Sequence[str], used: str) -> bool:
    """Whether two or more pieces are a list of words that the text uses."""
    return len(pieces) >= 2 and sum(flatten(p) in used for p in pieces) * 2 > len(pieces)


def _column(tail: Sequence[Line]) -> list[str]:
    """The short lines under a heading, one tag each or a list on one line, up to the next heading or longer line."""
    tags: list[str] = []
    for line in tail:
        if line.kind not in ("short", "bullet") or line.words > _TAG_WORDS or line.size > _LONGEST * 3:
            break
        tags += _split(line.text)
    return tags[:_MOST]
