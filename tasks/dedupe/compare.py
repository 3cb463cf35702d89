"""The exact check of two texts: how much they share, and whether the later one is a copy of the earlier.

Candidates are found by a few sampled shingles; here all of them are compared.  Every threshold is a rule about news:
copies follow their original within days, a follow-up opens with what is new, and a form filled with other figures (weather,
scores, share prices) is another report however much of its wording is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from tasks.dedupe.shingles import Profile
from tasks.dedupe.words import I64

Kind = Literal["exact", "near", "part", "update"]
"""How a copy relates to the article it copies."""

DAY: Final = 86_400_000_000
"""Microseconds of a day."""


@dataclass(frozen=True, slots=True)
class DedupeOptions:
    """Settings of duplicate search; an index remembers those it was built with.

    ``window_days``: how far apart copies may be published (None: any time).  ``min_words``: shorter texts are nobody's copy.
    ``soon_days``/``late_days``: until when ``soon`` and ``late`` are the containment that a copy must reach; afterwards ``ever``.
    ``same_page``: containment that is enough at the same canonical URL.
    ``common_articles``, ``common_weeks``, ``common_ratio``: see ``tasks.dedupe.common``.
    """

    window_days: int | None = 90
    min_words: int = 10
    min_shared: int = 6
    soon_days: float = 7.0
    late_days: float = 60.0
    soon: float = 0.3
    late: float = 0.6
    ever: float = 0.9
    same_page: float = 0.3
    common_articles: int = 64
    common_weeks: int = 12
    common_ratio: float = 4.0

    @property
    def window(self) -> int:
        """The window in microseconds; more than any two dates differ when there is none."""
        return 1 << 61 if self.window_days is None else self.window_days * DAY


class Facts(NamedTuple):
    """What is known of an article besides its text: published (µs), hashes of source, canonical URL and lead (0: none), digest."""

    at: int
    source: int
    url: int
    lead: int
    digest: int
    words: int


class Overlap(NamedTuple):
    """What two texts share: shingles, their Jaccard similarity, and the share of the shorter text found in the longer."""

    shared: int
    similarity: float
    containment: float


class Match(NamedTuple):
    """A decision that one article is a copy of another, with its numbers (exactly as they are stored, in single precision)."""

    kind: Kind
    similarity: float
    containment: float


FORM_FIGURES: Final = 4
"""Numbers that a text needs before they can tell a form."""
FORM_DENSITY: Final = 0.06
"""Numbers per word from which a text may be a filled-in form."""
FORM_LENGTH: Final = 0.1
"""Two fillings of one form are about as long as each other; an update has something new to say besides its figures."""
FORM_SHARED: Final = (0.4, 0.2)
"""Share of equal numbers under which two texts (of like, of unlike length) are one form filled in twice."""
FORM_BELOW: Final = (0.92, 0.6)
"""Containment from which other figures no longer make another report, for texts of like and of unlike length."""
SCATTERED_BELOW: Final = 0.4
PASSAGE: Final = 10
PASSAGES_SHARE: Final = 0.5
"""Under 40 % containment, half of what is shared must lie in passages of ten shingles or more; phrases all over prove nothing."""
HEAD_BELOW: Final = 0.8
"""Containment from which other openings no longer make another report."""
HEAD_WORDS: Final = 40
HEAD_SHARE: Final = 0.3
"""Two texts whose first 40 words and first 30 % both hold next to nothing shared open with different news."""
OLD_NEWS: Final = 5 * DAY
"""Time after which it is enough that the later text opens with different news: late copies add no long opening of their own."""
HEAD_MASS: Final = 0.05
"""Share of what is shared that may still lie in those openings."""
PART_RATIO: Final = 0.7
PART_CONTAINMENT: Final = 0.8
"""A copy is a part when 80 % of the shorter text is in the longer and it has at most 70 % of its length."""


def overlap(one: Profile, other: Profile) -> Overlap:
    """Exact Jaccard similarity and containment of two texts' shingles; all 0 when either has none."""
    if not len(one.shingles) or not len(other.shingles):
        return Overlap(0, 0.0, 0.0)
    both = np.concatenate([one.shingles, other.shingles])
    both.sort()
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    fewer = min(len(one.shingles), len(other.shingles))
    return Overlap(shared, shared / (len(both) - shared), shared / fewer)


def decide(
    earlier: Facts, later: Facts, one: Profile, other: Profile, options: DedupeOptions
) -> Match | None:
    """Whether *later* (profile *other*) is a copy of *earlier* (profile *one*), and of which kind; None when it is not."""
    if min(earlier.words, later.words) < options.min_words:
        return None
    if same := decide_same(earlier, later, options):
        return same
    found = overlap(one, other)
    if found.shared < options.min_shared or found.containment < _needed(earlier, later, options):
        return None
    if not _is_same_page(earlier, later) and _is_other_news(one, other, found, later.at - earlier.at):
        return None
    kind = _kind(earlier, later, one, other, found)
    return Match(kind, float(np.float32(found.similarity)), float(np.float32(found.containment)))


def decide_same(earlier: Facts, later: Facts, options: DedupeOptions) -> Match | None:
    """The decision on two articles whose normalised texts are the same, for which no text is needed; else None."""
    if earlier.digest != later.digest or min(earlier.words, later.words) < options.min_words:
        return None
    return Match("exact", 1.0, 1.0)


def _is_other_news(one: Profile, other: Profile, found: Overlap, apart: int) -> bool:
    """The texts share much and are two reports all the same; the *other* came out so many microseconds later."""
    if is_other_form(one, other, found):
        return True
    if found.containment < SCATTERED_BELOW and not shares_passages(one, other):
        return True
    if found.containment >= HEAD_BELOW:
        return False
    return _has_own_head(other, one) and (apart > OLD_NEWS or _has_own_head(one, other))


def _needed(earlier: Facts, later: Facts, options: DedupeOptions) -> float:
    """Containment that makes a copy of two articles so far apart."""
    apart = abs(later.at - earlier.at) / DAY
    if _is_same_page(earlier, later):
        return options.same_page
    if apart <= options.soon_days:
        return options.soon
    return options.late if apart <= options.late_days else options.ever


def _is_same_page(earlier: Facts, later: Facts) -> bool:
    """Both were published at the same canonical URL."""
    return earlier.url != 0 and earlier.url == later.url


def _kind(earlier: Facts, later: Facts, one: Profile, other: Profile, found: Overlap) -> Kind:
    """The kind of a copy: an update comes from the same page, or from the same source with the same lead."""
    if _is_same_page(earlier, later) or (earlier.source == later.source and 0 != earlier.lead == later.lead):
        return "update"
    fewer, more = sorted((len(one.shingles), len(other.shingles)))
    return "part" if found.containment >= PART_CONTAINMENT and fewer <= PART_RATIO * more else "near"


def is_other_form(one: Profile, other: Profile, found: Overlap) -> bool:
    """The texts are full of numbers, and the numbers differ: one form filled in twice."""
    unlike = abs(one.words - other.words) > FORM_LENGTH * max(one.words, other.words)
    if found.containment >= FORM_BELOW[unlike] or min(len(one.figures), len(other.figures)) < FORM_FIGURES:
        return False
    figures, others = set(one.figures.tolist()), set(other.figures.tolist())
    fewer = min(len(figures), len(others))
    if fewer < max(FORM_FIGURES, FORM_DENSITY * min(one.words, other.words)):
        return False
    return len(figures & others) < FORM_SHARED[unlike] * fewer


def shares_passages(one: Profile, other: Profile) -> bool:
    """Most of what the shorter text shares with the longer one lies in passages, not in phrases here and there."""
    text, longer = (one, other) if len(one.sequence) <= len(other.sequence) else (other, one)
    at = _find_shared(text, longer)
    breaks = np.flatnonzero(np.diff(at, prepend=-2, append=1 << 40) > 1)
    lengths = np.diff(breaks)
    return bool(lengths[lengths >= PASSAGE].sum() >= PASSAGES_SHARE * len(at))


def _find_shared(text: Profile, other: Profile) -> I64:
    """Positions of the shingles of *text* that *other* has too."""
    place = np.searchsorted(other.shingles, text.sequence)
    place[place == len(other.shingles)] = 0
    return np.flatnonzero(other.shingles[place] == text.sequence)


def _has_own_head(text: Profile, other: Profile) -> bool:
    """The head of *text* holds hardly any of what it shares with *other*."""
    at = _find_shared(text, other)
    if not len(at):
        return True
    first = int(at[int(HEAD_MASS * len(at))])
    return first >= HEAD_WORDS and first >= HEAD_SHARE * len(text.sequence)
