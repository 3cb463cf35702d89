"""What crawling has done so far, outlet by outlet: from the receipts of its runs, and what the frontier says is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tasks.crawl.frontier import FILE, open_frontier
from tasks.crawl.states import load_lists
from tasks.receipts import Receipt
from tasks.store import Lake


@dataclass(frozen=True, slots=True)
class ListBook:
    """One feed, sitemap or front page: what was said of it when it was last asked, when that was and when it is due (UTC)."""

    url: str
    status: str
    checked_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Book:
    """One outlet, all its runs: ``asked == fetched + sum(rejected.values())``.

    ``listed`` counts addresses seen for the first time, ``waiting`` those still to be fetched, ``recovered`` pages that
    killed runs had fetched, ``trapped`` those left out
    because they would have no end.
    """

    source: str
    runs: int
    listed: int
    asked: int
    fetched: int
    waiting: int
    recovered: int
    rejected: Mapping[str, int]
    trapped: Mapping[str, int]
    lists: Sequence[ListBook] = ()


def crawl_books(lake: Lake) -> list[Book]:
    """The books of every outlet that was ever crawled into the lake, by name."""
    runs: dict[str, list[Receipt]] = {}
    for receipt in lake.receipts("crawl"):
        runs.setdefault(str(receipt.meta.get("source")), []).append(receipt)
    waiting, lists = _frontier(lake, sorted(runs))
    return [
        _book(source, runs[source], waiting.get(source, 0), lists.get(source, ())) for source in sorted(runs)
    ]


def _book(source: str, receipts: Sequence[Receipt], waiting: int, lists: Sequence[ListBook]) -> Book:
    rejected, trapped = Counter[str](), Counter[str]()
    for receipt in receipts:
        rejected.update(receipt.counts)
        trapped.update(receipt.meta.get("trapped", {}))
    listed = sum(sum(receipt.meta.get("listed", {}).values()) for receipt in receipts)
    asked, fetched = sum(one.rows_in for one in receipts), sum(one.rows_out for one in receipts)
    recovered = sum(one.meta.get("recovered", 0) for one in receipts)
    return Book(
        source, len(receipts), listed, asked, fetched, waiting, recovered, dict(rejected), dict(trapped), tuple(lists)
    )  # fmt: skip


def _frontier(lake: Lake, sources: Sequence[str]) -> tuple[dict[str, int], dict[str, list[ListBook]]]:
    """Addresses that wait, and lists, by outlet; nothing where there is no frontier."""
    if not (lake.root / FILE).is_file():
        return {}, {}
    with open_frontier(lake.root) as frontier:
        waiting = {source: frontier.counts(source).get("due", 0) for source in sources}
        lists = {
            source: [
                ListBook(url, state.status, _at(state.checked_at), _at(state.due_at))
                for url, state in load_lists(frontier, source).items()
            ]
            for source in sources
        }
    return waiting, lists


def _at(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0) if seconds else None
