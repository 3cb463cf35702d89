"""Fit the topic model: ``build_topics.py IPTC_MAPPING.json`` writes topics.npz and topics_names.tsv beside itself.

Training text: topics_examples.tsv (our own sentences) and the names and definitions of the IPTC Media Topics
(CC BY 4.0), which count for a twentieth each.  One logistic regression per code over the mean of static word-piece
vectors; scores are then calibrated on predictions for folds that were held out (Platt 1999).  Needs scipy.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))

from tasks.enrich.embedding import mean_vectors  # noqa: E402

Matrix = npt.NDArray[np.float64]

PENALTY = 1e-3
DEFINITION_WEIGHT = 0.05
FOLDS = 8
MIN_EXAMPLES = 3
COMPUTING = ("comput", "software", "internet", "semiconductor", "artificial intelligence")
TECHNOLOGY = ("medtop:13000000", "medtop:20000756")


def read_iptc(path: Path) -> dict[str, tuple[str, str, list[str]]]:
    """Return code → (name, definition, codes from level 1 down to itself) of topics that are not retired."""
    rows: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    topics = {}
    for code, row in rows.items():
        if row["RetiredDate"] == row["RetiredDate"]:
            continue
        levels = [row[f"Level{level}/NewsCode"] for level in range(1, 7)]
        definition = row["Definition (en-GB)"]
        topics[code] = (
            row["Name (en-GB)"],
            definition if isinstance(definition, str) else "",
            [level for level in levels if isinstance(level, str)],
        )
    return topics


def read_examples() -> list[tuple[list[str], str]]:
    """Return (codes, sentence) of every line of topics_examples.tsv."""
    with (HERE / "topics_examples.tsv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["codes"].split(), row["text"]) for row in rows]


def fit(vectors: Matrix, targets: Matrix, weights: Matrix) -> Matrix:
    """Return (dimensions + 1) × codes coefficients of weighted logistic regressions; the last row is the bias."""
    dimensions = vectors.shape[1]
    share = (weights / weights.sum())[:, None]

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        beta = flat.reshape(dimensions + 1, -1)
        logits = vectors @ beta[:-1] + beta[-1]
        value = float(
            (share * (np.logaddexp(0, logits) - targets * logits)).sum() + PENALTY * (beta[:-1] ** 2).sum()
        )
        slope = (1 / (1 + np.exp(-logits)) - targets) * share
        return value, np.vstack([vectors.T @ slope + 2 * PENALTY * beta[:-1], slope.sum(axis=0)]).ravel()

    start = np.zeros((dimensions + 1) * targets.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
    return np.asarray(found.x).reshape(dimensions + 1, -1)


def platt(logits: Matrix, targets: Matrix) -> tuple[float, float]:
    """Return (slope, offset) that turn logits of one code into probabilities."""

    def loss(pair: Matrix) -> float:
        scaled = pair[0] * logits + pair[1]
        return float((np.logaddexp(0, scaled) - targets * scaled).mean() + 1e-3 * (pair[0] - 1.5) ** 2)

    slope, offset = minimize(loss, np.array([1.5, 0.0]), method="Nelder-Mead").x
    return float(slope), float(offset)


def main(mapping: str) -> None:
    """Fit, calibrate, print precision and recall on held-out folds, write the two files."""
    iptc, examples = read_iptc(Path(mapping)), read_examples()
    used: dict[str, int] = {}
    for given, _ in examples:
        for code in {ancestor for one in given for ancestor in iptc[one][2]}:
            used[code] = used.get(code, 0) + 1
    codes = sorted(code for code, count in used.items() if count >= MIN_EXAMPLES and len(iptc[code][2]) <= 2)
    texts: list[str] = []
    rows: list[list[bool]] = []
    weights: list[float] = []

    def add(text: str, known: set[str], weight: float) -> None:
        texts.append(text)
        rows.append([code in known for code in codes])
        weights.append(weight)

    for given, text in examples:
        ancestors = {ancestor for code in given for ancestor in iptc[code][2]}
        add(text, ancestors, 1.0)
    for name, definition, path in iptc.values():
        text = f"{name}. {definition}"
        known = set(path) | (set(TECHNOLOGY) if any(word in text.lower() for word in COMPUTING) else set())
        add(text, known, DEFINITION_WEIGHT)
    vectors, targets = mean_vectors(texts).astype(float), np.array(rows, dtype=float)
    weight = np.array(weights)
    own = np.arange(len(examples))
    held = np.zeros((len(own), len(codes)))
    for fold in range(FOLDS):
        keep = np.ones(len(texts), dtype=bool)
        keep[own[fold::FOLDS]] = False
        beta = fit(vectors[keep], targets[keep], weight[keep])
        held[fold::FOLDS] = vectors[own[fold::FOLDS]] @ beta[:-1] + beta[-1]
    beta = fit(vectors, targets, weight)
    pooled = platt(held.ravel(), targets[own].ravel())
    for column in range(len(codes)):
        own_pair = platt(held[:, column], targets[own, column])
        share = targets[own, column].sum() / (targets[own, column].sum() + 15)
        slope, offset = (share * own_pair[i] + (1 - share) * pooled[i] for i in (0, 1))
        beta[:, column] *= slope
        beta[-1, column] += offset
        held[:, column] = held[:, column] * slope + offset
    report(codes, held, targets[own])
    np.savez_compressed(HERE / "topics.npz", weights=beta.astype(np.float16), codes=np.array(codes))
    with (HERE / "topics_names.tsv").open("w", encoding="utf-8") as file:
        file.write("code\tparent\tname\n")
        for code in codes:
            parent = iptc[code][2][0]
            file.write(f"{code}\t{parent if parent != code else ''}\t{iptc[code][0]}\n")


def report(codes: list[str], logits: Matrix, targets: Matrix) -> None:
    """Print precision and recall of held-out predictions at several thresholds, level 1 only and all codes."""
    chance = 1 / (1 + np.exp(-logits))
    first = np.array([code.endswith("000000") for code in codes])
    for label, mask in (("level 1", first), ("level 2", ~first)):
        for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
            given = chance[:, mask] >= threshold
            hits = (given * targets[:, mask]).sum()
            print(f"{label} ≥ {threshold}: P {hits / given.sum():.3f} R {hits / targets[:, mask].sum():.3f}")


if __name__ == "__main__":
    main(sys.argv[1])
