"""Why a scraped page is no article, told from its lines."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.clean.scraped_body import Body
from tasks.clean.scraped_lines import Line
from tasks.clean.scraped_words import count_phrases
from tasks.reasons import Reason

_SHORTEST_ARTICLE = 160
_SHORT_PAGE = 600
_SHORT_RUN = 110
_LISTED = 8


def refuse_page(lines: Sequence[Line], body: Body | None, has_headline: bool) -> Reason | None:
    """The reason not to keep a page, null for an article.

    A page with little text is named by what it says (not found, consent); a page of many headlines with hardly more
    running text than any of its teasers is an index.  *has_headline*: a line above the text shares its words.
    """
    if not lines:
        return Reason.EMPTY
    size = sum(lines[i].size for i in body.kept) if body else 0
    if size < _SHORT_PAGE:
        said = " ".join(line.key for line in lines)
        if len(said) < 6000 and count_phrases("error", said) and size < _SHORT_PAGE:
            return Reason.ERROR_PAGE
        if _asks_consent(lines):
            return Reason.CONSENT_WALL
    if body is None:
        return Reason.INDEX_PAGE if len(lines) >= 3 * _LISTED else Reason.NO_TEXT
    if _is_index(lines, body, size, has_headline):
        return Reason.INDEX_PAGE
    return Reason.TOO_SHORT if size < _SHORTEST_ARTICLE else None


def _asks_consent(lines: Sequence[Line]) -> bool:
    """Whether most of what a page says in full sentences is about cookies, consent and partners."""
    said = [line for line in lines if line.kind in ("sentence", "pitch")]
    asking = sum(line.size for line in said if count_phrases("consent", line.key))
    total = sum(line.size for line in said)
    return (
        total > 0 and asking >= total / 2 and sum(count_phrases("consent", line.key) for line in lines) >= 3
    )


def _is_index(lines: Sequence[Line], body: Body, size: int, has_headline: bool) -> bool:
    """Whether the run is teasers: headlines, times and single sentences by turns, rather than paragraphs."""
    run = lines[body.first : body.last + 1]
    headlines = sum(line.kind == "short" and line.size >= 20 for line in run)
    times = sum(line.kind in ("ago", "stamp") for line in run)
    sentences = sum(line.kind == "sentence" for line in run)
    if headlines + times >= max(4, sentences) and size < _SHORT_RUN * max(1, sentences):
        return True
    if size >= _SHORT_PAGE or (has_headline and size >= _SHORTEST_ARTICLE):
        return False
    outside = [*lines[: body.first], *lines[body.last + 1 :]]
    listed = sum(line.kind in ("short", "teaser", "sentence") and line.size >= 15 for line in outside)
    dated = sum(line.kind in ("ago", "stamp") for line in outside)
    return listed >= 3 * _LISTED or (listed >= _LISTED and dated >= _LISTED / 2 and size < _SHORT_PAGE / 3)
