"""How well storylines find the events of the labelled reports: pairwise precision, recall and F1.

``python -m benchmarks.storylines [--seed N]`` puts the reports through the real marts and prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.synthetic_events import Report, make_reports
from tasks.analyse.lake import connect
from tasks.contracts import GROUPED, GROUPS, TABLES
from tasks.marts.build import refresh_marts
from tasks.store import Lake, Work


def commit_reports(lake: Lake, unit: str, reports: Sequence[Report], first_id: int) -> None:
    """Commit reports as one unit, as cleaning and enrichment would; ids are counted from *first_id*."""
    numbered = list(enumerate(reports, first_id))
    whole = {"source": "A", "word_count": 100, "extractor": "given", "unit_id": unit, "run_id": "r"}
    on = {n: r.published_at.date() for n, r in numbered}
    tables: dict[str, dict[str, list[dict[str, object]]]] = {
        "capture": {"captures": [{"capture_id": n, "captured_at": datetime(2025, 6, 1, tzinfo=UTC), "payload_kind": "html",
                                  "payload_sha256": "x", "unit_id": unit, "source": "A", "truncated": False} for n, _ in numbered]},
        "clean": {
            "cleaned": [{**whole, "article_id": n, "capture_id": n, "url": f"https://a.example/{n}", "title": r.title,
                         "published_at": r.published_at, "published_on": on[n]} for n, r in numbered],
            "texts": [{"article_id": n, "published_on": on[n], "text": r.text} for n, r in numbered],
        },
        "enrich": {
            "enriched": [{"article_id": n, "language": "en", "topics": [{"code": r.topic, "score": 0.8}], "dates_mentioned": [],
                          "enrich_version": "1"} for n, r in numbered],
            "mentions": [{"actor_id": a, "published_on": on[n], "article_id": n, "source": "A", "kind": "person", "count": 1,
                          "salience": 0.5, "in_title": False, "is_quoted": False} for n, r in numbered for a in dict.fromkeys(r.actors)],
            "places": [{"article_id": n, "place_id": p, "name": p, "published_on": on[n]} for n, r in numbered for p in r.places],
            "mention_spans": [], "quotes": [], "actors": [],
        },
    }  # fmt: skip
    for stage, made in tables.items():
        work = Work(
            {name: TABLES[name].table(rows) for name, rows in made.items()}, len(reports), len(reports)
        )
        lake.commit(stage, unit, str(len(reports)), "1", "", lambda _, work=work: work)  # type: ignore[misc]


def found_storylines(root: Path) -> dict[int, int]:
    """The storyline of each report that follows another, by article_id."""
    with connect(root, threads=1) as reader:
        return dict(reader.sql("SELECT s.article_id, s.storyline_id FROM storylines AS s").fetchall())


def pair_scores(found: Sequence[object], truth: Sequence[object]) -> dict[str, float]:
    """Precision, recall and F1 over pairs of reports that are put together."""

    def pairs(labels: Iterable[object]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(labels).values())

    both = pairs(zip(found, truth, strict=True))
    precision, recall = both / max(1, pairs(found)), both / max(1, pairs(truth))
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(1e-9, precision + recall),
    }


def measure(seed: int, root: Path) -> dict[str, float]:
    """The scores of one labelled set, and seconds of CPU for its marts."""
    reports = make_reports(seed)
    lake = Lake(root)
    commit_reports(lake, "unit-a", reports, 1)
    started = time.process_time()
    list(refresh_marts(lake, GROUPED.empty(), GROUPS.empty()))
    cpu = time.process_time() - started
    home = found_storylines(root)
    numbers = range(1, len(reports) + 1)
    truth = [
        f"event {r.event}" if r.event is not None else f"alone {n}"
        for n, r in zip(numbers, reports, strict=True)
    ]
    scores = pair_scores([home.get(n, n) for n in numbers], truth)
    return {
        "reports": len(reports),
        "events": len({r.event for r in reports}) - 1,
        **{k: round(v, 4) for k, v in scores.items()},
        "cpu_s": round(cpu, 2),
    }


def read_texts(path: Path) -> list[dict[str, str]]:
    """The labelled texts as rows of JSON lines: url (which ends in half and event), title, text, date."""
    rows = []
    for n, block in enumerate(path.read_text(encoding="utf-8").split("@ ")[1:]):
        head, title, *lines = block.strip().splitlines()
        half, event, day = head.split()
        label = f"alone{n}" if event == "-" else event
        url = f"https://paper{n % 4}.example/{day}/{n}/{half}/{label}"
        rows.append({"url": url, "title": title.removeprefix("# "), "text": "\n\n".join(lines), "date": day})
    return rows


def texts_scores(root: Path, half: str) -> dict[str, float]:
    """The scores of one half, ``tune`` or ``check``, of the labelled texts in the lake at *root*."""
    home = found_storylines(root)
    with connect(root, threads=1) as reader:
        rows = reader.sql("select article_id, url from articles where is_canonical").fetchall()
    mine = [(n, url.rsplit("/", 1)[1]) for n, url in rows if f"/{half}/" in url]
    return pair_scores([home.get(n, n) for n, _ in mine], [event for _, event in mine])


def sample_scores(root: Path, event: Iterable[str]) -> dict[str, float]:
    """The scores of the sample in the lake at *root*, in which the reports of these titles are one event and no others."""
    home, titles = found_storylines(root), set(event)
    with connect(root, threads=1) as reader:
        rows = reader.sql("select article_id, title from articles where is_canonical").fetchall()
    truth = ["event" if title in titles else str(n) for n, title in rows]
    return pair_scores([home.get(n, n) for n, _ in rows], truth)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(
            json.dumps(
                {str(s): measure(s, Path(folder) / str(s)) for s in range(11, given.seeds + 11)}, indent=1
            )
        )


if __name__ == "__main__":
    main()
