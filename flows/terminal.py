"""What people see while something runs and when it ended: bars on a terminal, plain lines elsewhere, JSON on request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console

    from tasks.progress import Step
    from tasks.tally import Tally

_PLAIN_LINE_SECONDS = 10.0


def console(stderr: bool = True) -> Console:
    """A terminal; messages go to standard error, so that results can be piped."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Write *value* as JSON to standard output."""
    sys.stdout.write(json.dumps(value, indent=1, default=str, ensure_ascii=False) + "\n")


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], whole: Collection[str] = ()
) -> None:
    """Write a table to standard output; numbers are aligned to the right and grouped by thousands.

    Columns named in *whole* are never broken, so that what they hold can be copied.
    """
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for place, name in enumerate(columns):
        is_number = any(isinstance(row[place], int | float) for row in rows)
        justify: Literal["left", "right"] = "right" if is_number else "left"
        table.add_column(name, justify=justify, overflow="fold", no_wrap=name in whole)
    for row in rows:
        table.add_row(*(escape(_cell(value)) for value in row))
    console(stderr=False).print(table)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.3f}" if isinstance(value, float) else str(value)


@contextmanager
def showing_progress(label: str, units: int | None, quiet: bool = False) -> Iterator[Callable[[Step], None]]:
    """A listener for progress steps: pages, rate, units done and time left, as a bar or as a line every ten seconds.

    *units* is null when a step of stage ``plan`` will say how many there are.
    """
    from tasks.tally import Tally

    tally = Tally(units, time.monotonic)
    if quiet:
        yield tally.take
    elif sys.stderr.isatty():
        with _bar(label, tally) as listener:
            yield listener
    else:
        yield _lines(label, tally)


@contextmanager
def _bar(label: str, tally: Tally) -> Iterator[Callable[[Step], None]]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("units"),
        TextColumn("{task.fields[pages]:,} pages, {task.fields[rate]:.0f}/s{task.fields[more]}"), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console(), transient=True) as progress:
        bar = progress.add_task(label, total=tally.units, pages=0, rate=0.0, more="")

        def listen(step: Step) -> None:
            """Count a step and move the bar."""
            tally.take(step)
            more = f", {tally.fetched / 1e6:,.0f} MB fetched" if tally.fetched else ""
            progress.update(
                bar, total=tally.units, completed=tally.done, pages=tally.pages, rate=tally.rate, more=more
            )

        yield listen


def _lines(label: str, tally: Tally) -> Callable[[Step], None]:
    guard, last = Lock(), tally.started

    def listen(step: Step) -> None:
        """Count a step; a line at most every so many seconds."""
        nonlocal last
        tally.take(step)
        with guard:
            now = tally.clock()
            if now - last >= _PLAIN_LINE_SECONDS:
                last = now
                sys.stderr.write(tally.line(label) + "\n")

    return listen


def units_in_words(count: int) -> str:
    """``1 unit``, ``2 units``."""
    return f"{count} unit" if count == 1 else f"{count} units"


def describe_run(plain: Mapping[str, Any]) -> list[str]:
    """Lines that say what a run of unit work did; *plain* is ``RunSummary.plain()``."""
    lines = [units_in_words(plain["units"])]
    for stage, rows in plain["rows"].items():
        lines.append(
            f"  {stage:8} read {rows['rows_in']:,} = kept {rows['rows_out']:,} + rejected {rows['rejected']:,}"
        )
    if plain["reasons"]:
        lines.append(
            "  rejected: " + ", ".join(f"{reason} {count:,}" for reason, count in plain["reasons"].items())
        )
    if marts := plain["marts"]:
        lines.append(describe_marts(marts))
    lines += [f"  note     {note}" for note in plain.get("notes", ())]
    lines += [
        f"  held     {unit}: {error} (failed too often; 'columninch retry' takes it up again)"
        for unit, error in plain.get("held", {}).items()
    ]
    lines += [f"  FAILED   {unit}: {error}" for unit, error in plain["failed"].items()]
    return lines


def describe_marts(marts: Mapping[str, Any]) -> str:
    """A line that says what refreshing did; *marts* is ``MartsSummary`` as a dictionary."""
    months = f"{len(marts['rebuilt'])} months rebuilt, {marts['current']} already current"
    return f"  marts    {marts['articles']:,} articles in {marts['groups']:,} groups; {months}"
