"""What a site teaches: from a sample of one source's pages, the frame its articles stand in and the lines it repeats.

The sample is drawn by the digests of the pages, so that neither order nor workers nor load decide what is learned.  A
frame is believed only when reading nothing else gave the same article on pages that had no part in choosing it.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tasks.clean.article import Cleaned, article_id
from tasks.clean.frame import find_frame, frames_around
from tasks.clean.furniture import find_core, learn_furniture
from tasks.clean.guard import parse_html
from tasks.clean.head import read_head
from tasks.clean.html import Reader, read_framed, read_whole
from tasks.clean.pagetype import count_words
from tasks.clean.words import size_of
from tasks.units import Refusal

VERSION = "1"
FEWEST_PAGES = 60
"""Pages of one source in a unit below which nothing is learned: the sample would be most of them."""
_CHOOSE_FROM, _CHECKED_SHARE, _FEWEST_CHECKS = 20, 0.02, 16
_FEWEST_SEEN = 5
_LEAST_AGREEMENT = 0.95
_WORTH_IT = 0.9
_MOST_CUT = 0.3
_LEAD = 60


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one page teaches: for each frame around its article, whether reading it alone gives the same, and its share of all blocks."""

    frames: tuple[tuple[str, bool, float], ...]


@dataclass(frozen=True, slots=True)
class Study:
    """A page of the sample: what became of it, and its lesson where its article was read beyond doubt."""

    result: Cleaned | Refusal
    lesson: Lesson | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What was learned of one source in one unit.

    ``frame`` is the name of the element that is read alone (see :mod:`tasks.clean.frame`), empty when none is; ``lines``
    are normalised lines that its articles repeat at head or tail; ``pages`` counts its pages, ``studied`` those of the
    sample, ``checked`` those of them that showed the frame and had no part in choosing it, ``agreed`` those of
    ``checked`` on which the frame gave what the whole page gives.  ``why`` says why there is no frame.
    """

    source: str
    frame: str
    lines: tuple[str, ...]
    pages: int
    studied: int
    checked: int
    agreed: int
    why: str


def draw_sample(digests: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The payload digests to study, smallest first, for every source that has enough pages; *digests* are by source."""
    drawn = {}
    for source, found in sorted(digests.items()):
        pages = sorted(set(found))
        if len(pages) >= FEWEST_PAGES:
            checks = max(_FEWEST_CHECKS, math.ceil(_CHECKED_SHARE * len(pages)))
            drawn[source] = tuple(pages[: _CHOOSE_FROM + checks])
    return drawn


def take_lesson(text: str, reader: Reader) -> Lesson | None:
    """The lesson of the page with HTML *text*; null when there is none to take."""
    root = parse_html(text)
    body = root.find("body") if root is not None else None
    if root is None or body is None:
        return None
    head = read_head(root, reader.url)
    whole, region = read_whole(root, head, reader)
    if not region.mass or whole.extractor != "blocks":
        return None
    frames = []
    for name, element in frames_around(region, body):
        if find_frame(root, name) is not element:
            continue
        page = read_framed(root, element, head, reader)
        if page is None:
            continue
        same = (page.text, page.lead, page.metadata) == (whole.text, whole.lead, whole.metadata)
        frames.append((name, same, page.visible_size / max(1.0, whole.visible_size)))
    return Lesson(tuple(frames))


def learn_site(source: str, pages: int, studies: Sequence[Study]) -> Site:
    """What *studies*, in the order of the sample, say about a source with that many *pages*."""
    lessons = [study.lesson for study in studies if study.lesson is not None]
    chosen, rest = lessons[:_CHOOSE_FROM], lessons[_CHOOSE_FROM:]
    frame = _choose_frame(chosen)
    answers = [same for lesson in rest for name, same, _ in lesson.frames if name == frame]
    checked, agreed = len(answers), sum(answers)
    why = ""
    if len(chosen) < _CHOOSE_FROM:
        why = f"only {len(lessons)} of {len(studies)} pages were articles beyond doubt"
    elif not frame:
        why = "no element holds the article on most pages and leaves much of the page out"
    elif checked < _FEWEST_SEEN:
        why = f"only {checked} other pages show {frame}"
    elif agreed < _LEAST_AGREEMENT * checked:
        why = f"{frame} gave the same article on {agreed} of {checked} other pages"
    lines = _recurring_lines([study.result for study in studies if isinstance(study.result, Cleaned)])
    return Site(source, "" if why else frame, lines, pages, len(studies), checked, agreed, why)


def _choose_frame(lessons: Sequence[Lesson]) -> str:
    """The frame that leaves most out among those that half the pages show and that (nearly) always gave the same."""
    seen: Counter[str] = Counter()
    same: Counter[str] = Counter()
    share: dict[str, float] = defaultdict(float)
    for lesson in lessons:
        for name, agrees, size in lesson.frames:
            seen[name] += 1
            same[name] += agrees
            share[name] += size
    fit = [
        (share[name] / count, name)
        for name, count in seen.items()
        if count >= 0.5 * len(lessons) and same[name] >= _LEAST_AGREEMENT * count
    ]
    least, name = min(fit, default=(1.0, ""))
    return name if least < _WORTH_IT else ""


def _recurring_lines(articles: Sequence[Cleaned]) -> tuple[str, ...]:
    """Lines at head or tail that articles under different headlines share: versions of one article count once."""
    texts = {article.title or article.text[:80]: article.text for article in articles}
    return tuple(sorted(learn_furniture(texts.values())))


def settle(article: Cleaned, site: Site, min_words: int) -> Cleaned:
    """*article* without the lines that its site repeats at head and tail.

    It stays as it is where they are none of it, more than 30 % of it, or would leave fewer than *min_words*.
    """
    lines = article.text.split("\n")
    first, last = find_core(lines, frozenset(site.lines)) if site.lines else (0, len(lines))
    text = "\n".join(lines[first:last])
    words = count_words(text)
    if text == article.text or len(text) < (1 - _MOST_CUT) * len(article.text) or words < min_words:
        return article
    lead = article.lead
    if lead in (*lines[:first], *lines[last:]):
        lead = next((line for line in lines[first:last] if size_of(line) > _LEAD), None)
    key = article_id(article.canonical_url, text)
    return replace(article, text=text, word_count=words, lead=lead, article_id=key)
