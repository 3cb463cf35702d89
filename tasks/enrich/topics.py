"""What a text is about: IPTC Media Topics with calibrated scores, or none rather than a guess.

A code's score is a logistic regression over the mean static vector of headline and first words, fitted on our own
example sentences and the IPTC definitions (``data/reference/build_topics.py``).  The vectors were learnt from English:
for other languages only the outlet's own section and tags decide.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from tasks.enrich.embedding import mean_vectors
from tasks.enrich.language import detect_languages
from tasks.reference import data_file

Topics = list[tuple[str, float]]
"""(IPTC code such as ``medtop:15000000``, score 0–1), best first."""

THRESHOLD = 0.5
"""Least score at which a topic is given: at it, held-out example sentences had precision .91 and recall .73."""

LANGUAGES = frozenset({"en"})
"""Languages whose text the model reads."""

_WORDS_READ = 200
_LEAST_WORDS = 5
_SECTION_LOGIT, _TAG_LOGIT = 2.0, 1.0
_SECTION_ALONE, _TAG_ALONE, _BOTH = 0.8, 0.65, 0.9
"""Scores where only the outlet's own labels speak: its section, one of its tags, or both for the same topic."""


@cache
def load_weights() -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """Return the codes and their coefficients, float32 of shape (257, codes); the last row is the bias."""
    with np.load(data_file("reference", "topics.npz"), allow_pickle=False) as stored:
        return tuple(str(code) for code in stored["codes"]), stored["weights"].astype(np.float32)


@cache
def topic_names() -> Mapping[str, tuple[str, str]]:
    """Return code → (English name, code of its level-1 parent, empty at level 1)."""
    with data_file("reference", "topics_names.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["code"]: (row["name"], row["parent"]) for row in rows}


@cache
def _section_words() -> Mapping[str, str]:
    """Return name of a newspaper section, in lower case → level-1 code."""
    with data_file("reference", "topics_sections.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["word"].casefold(): row["code"] for row in rows}


def rank_topics(titles: Sequence[str], texts: Sequence[str]) -> list[Topics]:
    """Return the score of every known code for each English article, best first, with no threshold.

    For comparing and for calibrating; articles should carry what :func:`score_topics` gives.
    """
    codes, _ = load_weights()
    chances = _chances(_logits(titles, texts))
    orders = np.argsort(-chances, axis=1, kind="stable")
    return [[(codes[i], float(row[i])) for i in order] for row, order in zip(chances, orders, strict=True)]


def score_topics(
    titles: Sequence[str],
    texts: Sequence[str],
    sections: Sequence[str | None] | None = None,
    tags: Sequence[Sequence[str] | None] | None = None,
    languages: Sequence[str] | None = None,
    threshold: float = THRESHOLD,
) -> list[Topics]:
    """Return the topics of each article that reach *threshold*, best first; an empty list is an abstention.

    A level-2 topic is given only beside its level-1 parent.  *languages* are ISO codes, detected when not given;
    in a language that the model does not know, only *sections* and *tags* are used.
    """
    count = len(titles)
    sections = sections or [None] * count
    tags = tags or [None] * count
    languages = languages or [
        code for code, _ in detect_languages([f"{a}\n{b}" for a, b in zip(titles, texts, strict=True)])
    ]
    known = [i for i in range(count) if languages[i] in LANGUAGES and _says_enough(titles[i], texts[i])]
    logits = _logits([titles[i] for i in known], [texts[i] for i in known])
    by_row = dict(zip(known, logits, strict=True))
    return [
        _decide(by_row[i], _evidence(sections[i], tags[i] or ()), threshold)
        if i in by_row
        else _labelled(sections[i], tags[i] or (), threshold)
        for i in range(count)
    ]


def _says_enough(title: str, text: str) -> bool:
    """True when there are at least five words: fewer give a score to chance."""
    return sum(map(str.isalpha, f"{title} {text[:200]}".split())) >= _LEAST_WORDS


def _labelled(section: str | None, tags: Iterable[str], threshold: float) -> Topics:
    """Return the topics that the outlet itself names, where its text cannot be read."""
    by_section, by_tags = _evidence(section, ()).keys(), _evidence(None, tags).keys()
    scores = {
        code: _BOTH if code in by_section & by_tags else _SECTION_ALONE if code in by_section else _TAG_ALONE
        for code in by_section | by_tags
    }
    return sorted(((code, score) for code, score in scores.items() if score >= threshold), key=_best_first)


def _decide(logits: npt.NDArray[np.float32], evidence: Mapping[str, float], threshold: float) -> Topics:
    """Return the topics of one article, from its text and from what the outlet calls it."""
    codes, _ = load_weights()
    shifted = logits + np.array([evidence.get(code, 0.0) for code in codes], dtype=np.float32)
    scores = {code: float(chance) for code, chance in zip(codes, _chances(shifted), strict=True)}
    names = topic_names()
    kept = {
        code: score
        for code, score in scores.items()
        if score >= threshold and scores.get(names[code][1] or code, 0.0) >= threshold
    }
    return sorted(kept.items(), key=_best_first)


def _best_first(pair: tuple[str, float]) -> tuple[float, str]:
    """Sort key: falling score, then code."""
    return -pair[1], pair[0]


def _evidence(section: str | None, tags: Iterable[str]) -> dict[str, float]:
    """Return code → logit that the outlet's own section and tags add."""
    words = _section_words()
    evidence: dict[str, float] = {}
    for labels, logit in ((tags, _TAG_LOGIT), ((section or "").replace("|", "/").split("/"), _SECTION_LOGIT)):
        for label in labels:
            code = words.get(" ".join(label.casefold().replace("-", " ").replace("_", " ").split()))
            if code:
                evidence[code] = max(evidence.get(code, 0.0), logit)
    return evidence


def _logits(titles: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return logits, one row per article and one column per code."""
    _, weights = load_weights()
    heads = [
        f"{title.strip()}. {' '.join(text[: _WORDS_READ * 8].split()[:_WORDS_READ])}"
        for title, text in zip(titles, texts, strict=True)
    ]
    vectors = mean_vectors(heads)
    logits: npt.NDArray[np.float32] = vectors @ weights[:-1] + weights[-1]
    return logits


def _chances(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return logistic probabilities."""
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)
