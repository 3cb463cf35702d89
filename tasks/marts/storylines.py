"""Which reports are about one event: each joins the storyline of the reports before it that it is most like, or begins one.

Reports are taken in the order of their publication, so that the answer depends on what there is and not on when it came
in.  A report has two sides, each a vector of length 1: what happened (its rarest words by tf-idf, those of the headline
twice, and its topics) and to whom and where (names, actors, places).  It is compared with the reports of the ``DAYS``
before it (single-pass clustering of topic detection and tracking: Allan, Papka and Lavrenko, "On-line new event detection
and tracking", 1998); how like a storyline it is, is its nearness to the middle of the ``NEAREST`` most similar reports.

They are found by an inverted index whose lists are cut to ``LONGEST``, always the same reports of a window (as in bottom-k
sampling: Cohen and Kaplan, 2007), so that the work for one report does not grow with the window.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DAYS = 7
"""Days that a storyline may rest before a report like it begins another."""
NEAREST = 8
"""Reports of a storyline that one is compared with: more would hold its first days against a story that moves on."""
ROUNDS = 2
"""Times that a day's reports are looked at: the second time each knows those that came after it that day."""
LEAST = 0.45
"""How like its storyline a report must be, 0–1, in a window of CROWD reports or more."""
EASIER, CROWD = 0.35, 150
"""How much less is enough in a window of one report; it falls with the logarithm of the reports, as chance likeness grows."""
COHESION = 0.45
"""How like each other the reports of a storyline are taken to be: with several of them its centre is nearer than each."""
PARTS = {"word": (0, 0.8), "topic": (0, 0.2), "name": (1, 0.5), "actor": (1, 0.25), "place": (1, 0.25)}
"""The side of each part (0: what happened, 1: to whom and where) and its share of it."""
SIDES = (0.3, 0.15, 0.55)
"""Weights of what, of who, and of both together (the geometric mean of the two)."""
LONGEST = 128
"""Reports of a window that are looked up by one feature; of more, always the same sample is taken."""
COMPARED = 64
"""Reports that are compared feature by feature when a list was too long."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Reports in order of publication, and their features: parallel arrays sorted by report.

    ``storyline`` is the id of a report's storyline where it is known, else −1; only the others are decided.
    """

    article_id: Ints
    day: Ints
    storyline: Ints
    report: Ints
    feature: Ints
    side: Ints
    weight: Floats


def follow_events(reports: Reports) -> tuple[Ints, Floats]:
    """For each report the id of its storyline (the article_id of its first report) and how like that it is, 0–1.

    A report that begins a storyline gets its own id and 0.
    """
    home, alike = reports.storyline.copy(), np.zeros(len(reports.day))
    for day in np.unique(reports.day[home < 0]):
        first, start, end = (int(n) for n in np.searchsorted(reports.day, (day - DAYS, day, day + 1)))
        places = [place for place in range(start, end) if home[place] < 0]
        near = _find_near(reports, first, end, places)
        least = least_likeness(end - first)
        for _ in range(ROUNDS):
            for place in places:
                home[place], alike[place] = _choose_storyline(home, place, *near[place], least)
        _name_new(reports, home, alike, first, end)
    return home, alike


def _name_new(reports: Reports, home: Ints, alike: Floats, first: int, end: int) -> None:
    """Give storylines that began this day the id of their first report."""
    new = np.flatnonzero(home[first:end] < 0) + first
    order = new[np.argsort(home[new], kind="stable")]
    _, starts = np.unique(home[order], return_index=True)
    sizes = np.diff(np.append(starts, len(order)))
    home[order] = np.repeat(reports.article_id[order[starts]], sizes)
    alike[order[starts]] = 0.0


def least_likeness(reports: int) -> float:
    """How like its storyline a report must be in a window of so many: the more there are, the more are alike by chance."""
    return LEAST - EASIER * max(0.0, 1 - math.log(max(1, reports)) / math.log(CROWD))


def _find_near(
    reports: Reports, first: int, end: int, places: Sequence[int]
) -> dict[int, tuple[Ints, Floats]]:
    """For each of the places the reports from *first* to before *end* that are at all like it, the most alike first."""
    window = _Window.of(reports, first, end)
    near = {}
    for place in places:
        found, scores = window.compare(place - first)
        close = scores >= (LEAST - EASIER) / 2
        found, scores = found[close], scores[close]
        best = np.lexsort((found, -scores))
        near[place] = found[best] + first, scores[best]
    return near


def _choose_storyline(home: Ints, place: int, near: Ints, scores: Floats, least: float) -> tuple[int, float]:
    """The storyline that a report is most like, and how much; a label of its own (under −1) and 0 when none is like enough."""
    by_storyline: dict[int, list[float]] = defaultdict(list)
    for label, score in zip(home[near].tolist(), scores.tolist(), strict=True):
        if label != -1 and len(by_storyline[label]) < NEAREST:
            by_storyline[label].append(score)
    means = ((label, _near_centre(found)) for label, found in by_storyline.items() if found)
    label, score = max(means, key=lambda m: (m[1], m[0]), default=(-1, 0.0))
    return (label, min(1.0, score)) if score >= least else (-2 - place, 0.0)


def _near_centre(scores: Sequence[float]) -> float:
    """How near the middle of some reports is, given how like each is: the cosine with their sum when they are COHESION alike."""
    return sum(scores) / math.sqrt(len(scores) * (1 + (len(scores) - 1) * COHESION))


@dataclass(frozen=True, slots=True)
class _Window:
    """The features of some days, by report and turned round: for each feature the reports that have it, at most LONGEST."""

    starts: Ints
    feature: Ints
    side: Ints
    weight: Floats
    lists: Ints
    report: Ints
    pieces: Ints
    cut: npt.NDArray[np.bool_]
    sums: Floats

    @staticmethod
    def of(reports: Reports, first: int, last: int) -> _Window:
        """The window of the reports from *first* to before *last*."""
        low, high = (int(n) for n in np.searchsorted(reports.report, (first, last)))
        report, side = reports.report[low:high] - first, reports.side[low:high]
        names, feature = np.unique(reports.feature[low:high], return_inverse=True)
        drawn = _mix(reports.article_id[first:last])
        order = np.lexsort((drawn[report], feature))
        sizes = np.bincount(feature, minlength=len(names))
        bounds = np.concatenate(([0], np.cumsum(sizes)))
        kept = order[np.arange(high - low) - bounds[feature[order]] < LONGEST]
        pieces = np.concatenate(([0], np.cumsum(np.minimum(sizes, LONGEST))))
        starts = np.searchsorted(report, np.arange(last - first + 1))
        return _Window(starts, feature, side, reports.weight[low:high], kept, report[kept], pieces, sizes > LONGEST,
                       np.zeros((2, last - first)))  # fmt: skip

    def compare(self, place: int) -> tuple[Ints, Floats]:
        """The reports that share a listed feature with one, and how like it they are."""
        own = slice(self.starts[place], self.starts[place + 1])
        features = self.feature[own]
        if not len(features):
            return np.zeros(0, np.int64), np.zeros(0)
        spans = [slice(self.pieces[n], self.pieces[n + 1]) for n in features.tolist()]
        near = np.concatenate([self.report[span] for span in spans])
        sizes = self.pieces[features + 1] - self.pieces[features]
        shared = self.weight[np.concatenate([self.lists[span] for span in spans])] * np.repeat(
            self.weight[own], sizes
        )
        side = np.repeat(self.side[own], sizes)
        np.add.at(self.sums, (side, near), shared)
        scores = join_sides(self.sums[0, near], self.sums[1, near])
        self.sums[:, near] = 0.0
        found, where = np.unique(near, return_index=True)
        scores = scores[where]
        if self.cut[features].any():
            found = found[np.lexsort((found, -scores))[: COMPARED + 1]]
            scores = self._compare_all(own, found)
        others = found != place
        return found[others], scores[others]

    def _compare_all(self, own: slice, found: Ints) -> Floats:
        """How like a report's features those of each of some reports are, feature by feature."""
        sizes = self.starts[found + 1] - self.starts[found]
        theirs = np.arange(sizes.sum()) + np.repeat(self.starts[found] - np.cumsum(sizes) + sizes, sizes)
        features = self.feature[own]
        at = np.minimum(np.searchsorted(features, self.feature[theirs]), len(features) - 1)
        shared = (features[at] == self.feature[theirs]) * self.weight[own][at] * self.weight[theirs]
        cell = np.repeat(np.arange(len(found)), sizes) * 2 + self.side[theirs]
        sums = np.asarray(np.bincount(cell, shared, minlength=2 * len(found)), np.float64).reshape(-1, 2)
        return join_sides(sums[:, 0], sums[:, 1])


def join_sides(what: Floats, who: Floats) -> Floats:
    """How like two reports are, 0–1: an event is the same when both what happened and to whom are."""
    joined: Floats = SIDES[0] * what + SIDES[1] * who + SIDES[2] * np.sqrt(what * who)
    return joined


def _mix(number: Ints) -> Ints:
    """Numbers in an order of their own, the same wherever they stand (the finaliser of splitmix64)."""
    bits = number.astype(np.uint64)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (bits >> np.uint64(2)).astype(np.int64)


def scale_features(
    report: Ints, part: Ints, weight: Floats, sides: Sequence[int], shares: Sequence[float]
) -> Floats:
    """Weights such that each side of each report is of length 1 and each of its parts has its share of it."""
    count, parts = (int(report.max()) + 1, len(shares)) if len(report) else (0, len(shares))
    cell = report * parts + part
    squares = np.bincount(cell, weight**2, minlength=count * parts)
    same = np.equal.outer(sides, sides) * np.asarray(shares)
    present = (squares.reshape(count, parts) > 0) @ same.T
    scaled: Floats = (
        weight / np.sqrt(squares[cell]) * np.sqrt(np.asarray(shares)[part] / present[report, part])
    )
    return scaled
