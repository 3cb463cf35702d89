"""Floors under the cleaning of real pages: text, headline, date and author against gold, beside trafilatura.

Needs the evaluation pages beside the project; skipped where they are absent.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import time
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tasks.clean.encoding import decode
from tasks.clean.guard import admit
from tasks.clean.html import read_page

ROOT = Path(__file__).parents[2]
FOLDER = ROOT.parent / "shared" / "eval" / "extraction"
FLOORS = json.loads((ROOT / "tests/quality/floors.json").read_text(encoding="utf-8"))["floors"]
FLOORS = {
    name: value for name, value in FLOORS.items() if name.startswith(("fundus_", "scrapinghub_", "speed_"))
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.exists(), reason="../shared is absent"),
]


def load_measure() -> ModuleType:
    """The scorer of the evaluation set."""
    spec = importlib.util.spec_from_file_location("extraction_measure", FOLDER / "measure.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extract(html: bytes, url: str | None) -> dict[str, Any]:
    """The article of one page as the scorer wants it."""
    admitted = admit(html, 20_000_000)
    found = read_page(decode(admitted.payload).text, url or "")
    if found is None:
        return {}
    meta = found.metadata
    date = meta.published.local if meta.published else None
    return {"text": found.text, "title": meta.title, "date": date, "authors": list(meta.authors)}


@pytest.fixture(scope="module")
def scores() -> dict[str, float]:
    """Every measured figure by name: set and metric."""
    measure = load_measure()
    rows = [json.loads(line) for line in (FOLDER / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    pages = [gzip.decompress((FOLDER / row["html"]).read_bytes()) for row in rows]
    found = [extract(page, row["url"]) for row, page in zip(rows, pages, strict=True)]
    by_set: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row, score in zip(rows, measure.score_rows(rows, found), strict=True):
        by_set[row["source"]].append(score)
    return {
        f"{name}_{metric}": float(value)
        for name, per in by_set.items()
        for metric, value in measure.summary(per).items()
        if value is not None
    } | {"speed_ratio": speed_ratio(rows, pages)}


def speed_ratio(rows: list[dict[str, Any]], pages: list[bytes]) -> float:
    """Pages per CPU second with metadata, as a multiple of trafilatura's on every fourth page in the same process."""
    trafilatura = pytest.importorskip("trafilatura")
    sample = list(zip(rows, pages, strict=True))[::4]
    start = time.process_time()
    for row, page in sample:
        extract(page, row["url"])
    ours = time.process_time() - start
    start = time.process_time()
    for row, page in sample:
        trafilatura.bare_extraction(page, url=row["url"], with_metadata=True, include_comments=False)
    return (time.process_time() - start) / ours


@pytest.mark.parametrize("name", sorted(name for name in FLOORS if not name.endswith("_at_most")))
def test_no_figure_falls_under_its_floor(name: str, scores: dict[str, float]) -> None:
    assert scores[name] >= FLOORS[name], f"{name}: {scores[name]:.4f} is under its floor {FLOORS[name]}"


@pytest.mark.parametrize("name", sorted(name for name in FLOORS if name.endswith("_at_most")))
def test_no_figure_rises_over_its_limit(name: str, scores: dict[str, float]) -> None:
    value = scores[name.removesuffix("_at_most")]
    assert value <= FLOORS[name], f"{name}: {value:.4f} is over its limit {FLOORS[name]}"
