"""What people see while something runs and when it ended: bars on a terminal, plain lines elsewhere, JSON on request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from tasks.progress import Step

_PLAIN_LINE_SECONDS = 10.0
_SHOWN = "clean"
"""The stage whose rows are counted for the rate: it takes most of the time."""


def console(stderr: bool = True) -> Console:
    """A terminal; messages go to standard error, so that results can be piped."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Write *value* as JSON to standard output."""
    sys.stdout.write(json.dumps(value, indent=1, default=str, ensure_ascii=False) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table to standard output; numbers are aligned to the right and grouped by thousands."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for place, name in enumerate(columns):
        is_number = any(isinstance(row[place], int | float) for row in rows)
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
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
def showing_progress(label: str, units: int, quiet: bool = False) -> Iterator[Callable[[Step], None]]:
    """A listener for progress steps: pages, rate, units done and time left, as a bar or as a line every ten seconds."""
    if quiet:
        yield lambda step: None
    elif sys.stderr.isatty():
        with _bar(label, units) as listener:
            yield listener
    else:
        yield _lines(label, units)


@contextmanager
def _bar(label: str, units: int) -> Iterator[Callable[[Step], None]]:
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
        TextColumn("{task.fields[pages]:,} pages, {task.fields[rate]:.0f}/s"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    guard, started = Lock(), time.monotonic()
    with Progress(*columns, console=console(), transient=True) as progress:
        bar = progress.add_task(label, total=units, pages=0, rate=0.0)
        pages = 0

        def listen(step: Step) -> None:
            nonlocal pages
            with guard:
                pages += step.rows if step.stage == _SHOWN and not step.is_done else 0
                rate = pages / max(0.001, time.monotonic() - started)
                progress.update(
                    bar, advance=int(step.is_done and step.stage == "enrich"), pages=pages, rate=rate
                )

        yield listen


def _lines(label: str, units: int) -> Callable[[Step], None]:
    guard, started = Lock(), time.monotonic()
    pages, done, last = 0, 0, started

    def listen(step: Step) -> None:
        nonlocal pages, done, last
        with guard:
            pages += step.rows if step.stage == _SHOWN and not step.is_done else 0
            done += int(step.is_done and step.stage == "enrich")
            now = time.monotonic()
            if now - last >= _PLAIN_LINE_SECONDS:
                last = now
                left = (units - done) * (now - started) / done if done else None
                about = f", about {left:.0f} s left" if left is not None else ""
                sys.stderr.write(
                    f"{label}: {done}/{units} units, {pages:,} pages, {pages / (now - started):.0f}/s{about}\n"
                )

    return listen


def describe_run(plain: Mapping[str, Any]) -> list[str]:
    """Lines that say what a run of unit work did; *plain* is ``RunSummary.plain()``."""
    lines = [f"{plain['units']} units"]
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
    lines += [f"  FAILED   {unit}: {error}" for unit, error in plain["failed"].items()]
    return lines


def describe_marts(marts: Mapping[str, Any]) -> str:
    """A line that says what refreshing did; *marts* is ``MartsSummary`` as a dictionary."""
    months = f"{len(marts['rebuilt'])} months rebuilt, {marts['current']} already current"
    return f"  marts    {marts['articles']:,} articles in {marts['groups']:,} groups; {months}"
