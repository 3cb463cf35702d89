"""``columninch status``: what is in the lake, how far a running backfill is, and which days are missing."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.options import DEFAULT_LAKE, JsonOption, LakeOption
from tasks.errors import ConfigError

if TYPE_CHECKING:
    from tasks.backfill.gaps import DayCoverage
    from tasks.runs import RunState
    from tasks.store import Lake

_MOST_GAPS = 200


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command()(status)


def status(
    watch: Annotated[
        bool, typer.Option("--watch", help="Follow what runs now: rate, time left, failures; ends with it.")
    ] = False,
    gaps: Annotated[
        bool, typer.Option("--gaps", help="Days that brought less than they should, per archive and outlet.")
    ] = False,
    every: Annotated[float, typer.Option(help="Seconds between two looks of --watch.", min=0.1)] = 2.0,
    prometheus: Annotated[
        Path | None,
        typer.Option(
            help="Write gauges for node exporter's textfile collector here (NAME.prom).", metavar="FILE"
        ),
    ] = None,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Say what is in the lake: units, rows read = kept + rejected, rejects by reason, months, damage, failures."""
    from tasks.store import open_lake

    opened = open_lake(lake)
    if prometheus is not None:
        write_gauges(lake, opened, prometheus)
    elif watch:
        follow(opened, every, as_json)
    elif gaps:
        _show_gaps(opened, as_json)
    else:
        _show_status(lake, opened, as_json)


def write_gauges(name: str, lake: Lake, path: Path) -> None:
    """Replace *path* whole with the gauges of *lake*.  Raises ConfigError when it cannot be written."""
    from tasks.metrics import prometheus_text
    from tasks.receipts import write_atomically
    from tasks.status import lake_status

    written = [one.stat().st_mtime for one in (lake.root / "units" / "receipts").glob("*/*.json")]
    text = prometheus_text(name, lake_status(lake), max(written, default=None))
    try:
        write_atomically(path.absolute(), text.encode())
    except OSError as error:
        raise ConfigError(f"--prometheus {path}: cannot be written: {error}") from error


def _show_status(name: str, lake: Lake, as_json: bool) -> None:
    from flows.status_page import print_books, print_status
    from flows.terminal import print_json, print_table
    from tasks.crawl.books import crawl_books
    from tasks.quarantine import failures
    from tasks.runs import run_states
    from tasks.status import lake_status

    found, failed, books = lake_status(lake), failures(lake), crawl_books(lake)
    if as_json:
        totals = {"read": found.read, "kept": found.kept, "rejected": found.rejected}
        failed_plain = [asdict(one) | {"is_held": one.is_held} for one in failed]
        runs = [asdict(state) for state in run_states(lake.root)]
        crawled = [asdict(one) for one in books]
        print_json(
            {"lake": name, **totals, **asdict(found), "failed": failed_plain, "runs": runs, "crawl": crawled}
        )
        return
    print_status(name, found)
    print_books(books)
    if failed:
        rows = [
            (one.name, "held back" if one.is_held else "next run", one.runs, one.at, one.error)
            for one in failed
        ]
        print_table(
            "failed ('columninch retry' takes them up again)", ("unit", "tried again by", "runs", "last", "reason"),
            [(unit, "retry only" if tried == "held back" else tried, *rest) for unit, tried, *rest in rows],
        )  # fmt: skip
    for state in run_states(lake.root)[:1]:
        sys.stdout.write(describe_state(state) + "\n")


def follow(lake: Lake, every: float, as_json: bool) -> None:
    """Write a line whenever something moved, until no run is alive; JSON lines on request."""
    import json

    from tasks.runs import run_states

    told: set[tuple[object, ...]] = set()
    while True:
        states = run_states(lake.root)
        alive = [state for state in states if state.is_alive]
        for state in alive or states[:1]:
            key = (state.pid, state.updated_at, state.ended)
            if key not in told:
                told.add(key)
                line = json.dumps(asdict(state)) if as_json else describe_state(state)
                sys.stdout.write(line + "\n")
                sys.stdout.flush()
        if not alive:
            if not states and not as_json:
                sys.stdout.write("nothing runs in this lake, and nothing ran\n")
            return
        time.sleep(every)


def describe_state(state: RunState) -> str:
    """Lines about one run: how far, how fast, how long still, what failed."""
    units = f"{state.done}/{'?' if state.units is None else state.units} units"
    parts = [f"{state.label}: {units}", f"{state.pages:,} pages", f"{state.rate:.1f}/s"]
    parts += [f"{state.known} known before"] if state.known else []
    parts += [f"{state.fetched / 1e6:,.1f} MB fetched"] if state.fetched else []
    parts += [f"{state.failed} failed"] if state.failed else []
    if state.is_alive:
        parts += [f"about {state.left:.0f} s left"] if state.left is not None else []
    elif state.ended:
        parts += [f"ended {datetime.fromtimestamp(state.updated_at, UTC):%Y-%m-%d %H:%M} UTC"]
    else:
        parts += ["was killed; the same command goes on where it was"]
    return "\n".join(
        [", ".join(parts), *(f"  FAILED   {unit}: {error}" for unit, error in state.failures.items())]
    )


def _show_gaps(lake: Lake, as_json: bool) -> None:
    from flows.terminal import print_json, print_table
    from tasks.backfill.gaps import archive_coverage, outlet_coverage

    days = [*archive_coverage(lake), *outlet_coverage(lake)]
    if as_json:
        print_json([_plain(one) for one in days])
        return
    bad = [one for one in days if one.problem != "ok"]
    rows = [(one.source, one.day, one.counts, one.expected, one.got, one.damaged, one.problem) for one in bad]
    if not rows:
        sys.stdout.write(f"no gap in {len(days)} days of {len({one.source for one in days})} sources\n")
        return
    columns = ("source", "day", "counts", "expected", "got", "damaged", "what")
    print_table("days with gaps or damage", columns, rows[:_MOST_GAPS])
    if len(rows) > _MOST_GAPS:
        sys.stdout.write(f"and {len(rows) - _MOST_GAPS} days more; --json lists all\n")
    sys.stdout.write(_sum_up(bad) + "\n")


def _plain(one: DayCoverage) -> dict[str, object]:
    return asdict(one) | {"problem": one.problem}


def _sum_up(days: Iterable[DayCoverage]) -> str:
    """How many days have each problem."""
    counted: dict[str, int] = {}
    for one in days:
        counted[one.problem] = counted.get(one.problem, 0) + 1
    return ", ".join(f"{count} days {problem}" for problem, count in sorted(counted.items()))
