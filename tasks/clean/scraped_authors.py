"""Who wrote a scraped page: names in its bylines."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_words import DENSE, flatten, read_byline

_DENSE = re.compile(f"[{DENSE}]")
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


def find_authors(region: Sequence[Line], outlets: Collection[str]) -> list[str]:
    """Names in the bylines of *region*, in order, each once; agencies and desks left out.

    A byline starts with a word for it, has one on the line before (``By``), or names the outlet after the name
    (``Name - Outlet``); *outlets* are the folded lines that may be the outlet's name.
    """
    names: list[str] = []
    awaits_name = False
    for line in region:
        text = line.text
        for stamp in reversed(line.stamps):
            text = f"{text[: stamp.start]} | {text[stamp.end :]}"
        rest = text if awaits_name else read_byline(text)
        awaits_name = rest == ""
        if rest is None:
            rest = _before_outlet(text, outlets)
        if rest and line.kind in ("short", "stamp", "credit") and line.size <= _LONGEST_BYLINE:
            parts = (part.strip(" .|–—-") for part in _AND.split(_BYLINE_END.split(rest)[0]))
            names += [name for name in dict.fromkeys(parts) if _is_person(name) and name not in names]
    return names


def _before_outlet(text: str, outlets: Collection[str]) -> str | None:
    """What stands before the outlet's name and a bar or dash, null when the line has no such end."""
    pieces = _BYLINE_END.split(text.strip())
    return pieces[0] if len(pieces) == 2 and flatten(pieces[1]) in outlets else None


def _is_person(name: str) -> bool:
    """Whether a piece of a byline has the shape of a person's name."""
    if not _NAME.fullmatch(name) or _ROLES.search(name) or len(name.split()) > 5:
        return False
    if _DENSE.search(name):
        return len(name) <= 8
    words = name.split()
    return len(words) >= 2 and all(w[0].isupper() or not w[0].isascii() or len(w) <= 3 for w in words)
