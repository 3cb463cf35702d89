"""Which reports are about one event: each joins the storyline of the reports before it that it is most like, or begins one.

Reports are taken in the order of their publication, so that the answer depends on what there is and not on when it came
in.  A report is a vector of four parts, each of length 1 before it is weighted: its rarest words (tf-idf; those of the
headline count twice), its actors, its places and its topics.  It is compared with the reports of the ``DAYS`` before it
(single-pass clustering of topic detection and tracking: Allan, Papka and Lavrenko, "On-line new event detection and
tracking", 1998); how like a storyline it is, is the mean over the ``NEAREST`` most similar of its reports.
"""

from __future__ import annotations

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
LEAST = 0.36
"""How like its storyline a report must be, 0–1."""
PARTS = {"word": 0.35, "name": 0.35, "actor": 0.12, "place": 0.13, "topic": 0.05}
"""Weight of each part of a report."""


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
        for _ in range(ROUNDS):
            for place in places:
                home[place], alike[place] = _choose_storyline(home, place, *near[place])
        for label in sorted(set(home[places].tolist())):
            members = np.flatnonzero(home[first:end] == label) + first
            if label < 0:
                home[members], alike[members[0]] = reports.article_id[members[0]], 0.0
    return home, alike


def _find_near(
    reports: Reports, first: int, end: int, places: Sequence[int]
) -> dict[int, tuple[Ints, Floats]]:
    """For each of the places the reports from *first* to before *end* that are at all like it, the most alike first."""
    window = _Window.of(reports, first, end)
    starts = np.searchsorted(reports.report, np.arange(len(reports.day) + 1))
    near = {}
    for place in places:
        features = slice(starts[place], starts[place + 1])
        scores = window.compare(reports.feature[features], reports.weight[features])
        scores[place - first] = 0.0
        close = np.flatnonzero(scores >= LEAST / 2)
        close = close[np.argsort(-scores[close], kind="stable")]
        near[place] = close + first, scores[close]
    return near


def _choose_storyline(home: Ints, place: int, near: Ints, scores: Floats) -> tuple[int, float]:
    """The storyline that a report is most like, and how much; a label of its own (under −1) and 0 when none is like enough."""
    by_storyline: dict[int, list[float]] = defaultdict(list)
    for label, score in zip(home[near].tolist(), scores.tolist(), strict=True):
        if label != -1 and len(by_storyline[label]) < NEAREST:
            by_storyline[label].append(score)
    means = ((label, sum(found) / len(found)) for label, found in by_storyline.items() if found)
    label, score = max(means, key=lambda m: (m[1], m[0]), default=(-1, 0.0))
    return (label, score) if score >= LEAST else (-2 - place, 0.0)


@dataclass(frozen=True, slots=True)
class _Window:
    """The features of some days turned round: for each feature the reports that have it."""

    size: int
    feature: Ints
    bounds: Ints
    report: Ints
    weight: Floats

    @staticmethod
    def of(reports: Reports, first: int, last: int) -> _Window:
        low, high = np.searchsorted(reports.report, (first, last))
        order = np.argsort(reports.feature[low:high], kind="stable")
        feature, starts = np.unique(reports.feature[low:high][order], return_index=True)
        bounds = np.append(starts, high - low)
        return _Window(
            last - first,
            feature,
            bounds,
            reports.report[low:high][order] - first,
            reports.weight[low:high][order],
        )

    def compare(self, feature: Ints, weight: Floats) -> Floats:
        """Cosine similarity with each report of the window."""
        pieces = [slice(self.bounds[n], self.bounds[n + 1]) for n in np.searchsorted(self.feature, feature)]
        if not pieces:
            return np.zeros(self.size)
        near = np.concatenate([self.report[piece] for piece in pieces])
        shared = np.concatenate([self.weight[piece] * w for piece, w in zip(pieces, weight, strict=True)])
        return np.asarray(np.bincount(near, shared, minlength=self.size), np.float64)


def scale_features(report: Ints, part: Ints, weight: Floats, shares: Sequence[float]) -> Floats:
    """Weights such that each report is of length 1 and each of its parts has its share of it."""
    count, parts = (int(report.max()) + 1, len(shares)) if len(report) else (0, len(shares))
    cell = report * parts + part
    squares = np.bincount(cell, weight**2, minlength=count * parts)
    present = (squares.reshape(count, parts) > 0) @ np.asarray(shares)
    scaled: Floats = weight / np.sqrt(squares[cell]) * np.sqrt(np.asarray(shares)[part] / present[report])
    return scaled
