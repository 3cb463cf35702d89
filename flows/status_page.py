"""``columninch status`` as people read it: totals that add up, units, reasons, months, damage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from flows.terminal import console, print_table, units_in_words
from tasks.reasons import REASONS, Reason
from tasks.status import LakeStatus, UnitStatus

if TYPE_CHECKING:
    from tasks.crawl.books import Book


def print_status(lake: str, found: LakeStatus) -> None:
    """Write the status of the lake named *lake* to standard output."""
    from rich.markup import escape

    out = console(stderr=False)
    out.print(f"[bold]{escape(lake)}[/]: {units_in_words(len(found.units))}, {found.bytes / 1e6:,.1f} MB")
    out.print(f"read {found.read:,} = kept {found.kept:,} + rejected {found.rejected:,}")
    if found.units:
        columns = ("unit", "from", "stages", "read", "kept", "rejected")
        print_table("units", columns, [_unit_row(unit) for unit in found.units])
    if found.reasons:
        rows = [(reason, count, REASONS[Reason(reason)]) for reason, count in found.reasons.items()]
        print_table("rejected", ("reason", "rows", "meaning"), rows)
    if found.months:
        print_table("articles in the marts", ("month", "articles"), list(found.months.items()))
    damaged = [path for unit in found.units for path in unit.damaged]
    if damaged:
        out.print(
            f"[bold red]{len(damaged)} files are missing or damaged[/]; the backfill that made them makes them again:"
        )
        for path in damaged[:20]:
            out.print(f"  {path}", markup=False)


def print_books(books: Sequence[Book]) -> None:
    """Write what crawling has done, outlet by outlet, to standard output; nothing where nothing was crawled."""
    if not books:
        return
    columns = ("source", "runs", "listed", "asked", "fetched", "recovered", "waiting", "not fetched")
    rows = [
        (
            one.source,
            one.runs,
            one.listed,
            one.asked,
            one.fetched,
            one.recovered,
            one.waiting,
            _counts({**one.rejected, **one.trapped}),
        )
        for one in books
    ]
    print_table("crawl", columns, rows)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} {count:,}" for reason, count in sorted(counts.items()))


def _unit_row(unit: UnitStatus) -> tuple[object, ...]:
    first = Path(unit.inputs[0]).name if unit.inputs else ""
    more = f" +{len(unit.inputs) - 1:,}" if len(unit.inputs) > 1 else ""
    return (
        unit.unit_id,
        first + more,
        " ".join(unit.stages),
        unit.read,
        unit.kept,
        sum(unit.rejected.values()),
    )
