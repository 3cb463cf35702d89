"""Backfill from elsewhere as a command: what would be fetched, or the run itself with its progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from flows.run import check_files, conclude, prefect_ready
from flows.terminal import console, print_json, print_table, showing_progress
from tasks.backfill.archives import ArchivePlan, hosts_of, plan_ccnews, plan_warnings
from tasks.backfill.cdx_plan import plan_cdx
from tasks.backfill.days import Order, parse_span, span_between
from tasks.backfill.shards import Shard
from tasks.config import load_settings, load_sources
from tasks.errors import ConfigError
from tasks.progress import listening
from tasks.quarantine import failures
from tasks.remote import lake_argument
from tasks.store import Lake, open_lake, peek_lake

_SHOWN = 40
"""Days of a dry run that are listed one by one; longer spans are added up by month."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What every backfill is told: the lake, files of settings and sources, languages, and how to talk."""

    lake: str
    settings: str | None = None
    sources: str | None = None
    languages: tuple[str, ...] = ()
    refresh: bool = True
    as_json: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class CdxOptions:
    """Which lists of captures, of which days, from where, as which outlet's."""

    lists: tuple[str, ...]
    first: str | None = None
    end: str | None = None
    order: str = "newest"
    source: str | None = None
    base: str | None = None


def checked_order(order: str) -> Order:
    """The order as given; raises ConfigError when there is no such order."""
    for known in get_args(Order):
        if order == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError(f"--order {order}: there is no such order; choose newest or oldest")


def plan_ccnews_only(
    days: str, order: str, base: str | None, outlets: Sequence[str], options: RunOptions
) -> None:
    """Say which files a backfill of CC-NEWS would go through, how large they are and of which days; writes nothing."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    lake = peek_lake(options.lake)
    hosts = _hosts(outlets, options)
    plan = plan_ccnews(lake, settings, parse_span(days, "--ccnews"), checked_order(order), base, hosts)
    if options.as_json:
        print_json(plain_plan(plan))
        return
    show_plan(plan)


def plain_plan(plan: ArchivePlan) -> dict[str, object]:
    """The plan as dictionaries and lists: units with their bytes, days with their files, what is missing."""
    units = [
        {"unit": one.remote.name, "url": one.remote.url, "kind": "warc", "bytes": one.remote.size, "day": one.remote.day, "is_known": one.is_known}
        for one in plan.files
    ]  # fmt: skip
    return {
        "first": plan.days.first,
        "end": plan.days.end,
        "units": units,
        "days": {day.isoformat(): files for day, files in plan.expected.items()},
        "unlisted_months": list(plan.unlisted),
        "odd_lines": plan.odd,
    }


def show_plan(plan: ArchivePlan) -> None:
    """The plan as people read it: a line for each day, or month when there are many, and the sums."""
    by_day = len(plan.expected) <= _SHOWN
    rows: dict[str, list[int]] = {}
    for day, count in plan.expected.items():
        rows.setdefault(day.isoformat() if by_day else f"{day:%Y-%m}", [0, 0, 0])[0] += count
    for one in plan.files:
        if one.remote.day is not None:
            row = rows[one.remote.day.isoformat() if by_day else f"{one.remote.day:%Y-%m}"]
            row[1] += int(not one.is_known)
            row[2] += 0 if one.is_known else one.remote.size or 0
    columns = ("day" if by_day else "month", "files", "new", "bytes to fetch")
    print_table("what would be done", columns, [(name, *row) for name, row in rows.items()])
    new = [one for one in plan.files if not one.is_known]
    size = sum(one.remote.size or 0 for one in new)
    out = console()
    out.print(
        f"{len(new)} new units of {len(plan.files)}, {size / 1e6:,.1f} MB to fetch, {len(plan.expected)} days"
    )
    out.print(f"files begun on {plan.days} (UTC)", markup=False)
    for line in plan_warnings(plan):
        out.print(line, markup=False)


def _hosts(outlets: Sequence[str], options: RunOptions) -> tuple[str, ...]:
    """The hosts of the outlets named."""
    return hosts_of(load_sources(Path(options.sources)) if options.sources else {}, outlets)


def run_ccnews(days: str, order: str, base: str | None, outlets: Sequence[str], options: RunOptions) -> None:
    """Run the backfill of CC-NEWS.  Raises UnitError when units failed, after all others are done."""
    checked = checked_order(order)
    parse_span(days, "--ccnews")
    _hosts(outlets, options)
    check_files(options.settings, options.sources)
    open_lake(options.lake, create=True)
    silent = options.quiet or options.as_json
    with prefect_ready(silent):
        from flows.archives import backfill_ccnews

        with showing_progress("backfill", None, silent) as listener, listening(listener):
            summary = backfill_ccnews(
                days=days, order=checked, base=base, outlets=list(outlets), lake=lake_argument(options.lake),
                languages=list(options.languages), refresh=options.refresh,
                settings_file=options.settings, sources_file=options.sources,
            )  # fmt: skip
    conclude(summary.plain(), options.as_json)


def plan_cdx_only(wanted: CdxOptions, options: RunOptions) -> None:
    """Say which pages a backfill from lists would fetch, shard by shard; writes nothing."""
    settings = load_settings(Path(options.settings) if options.settings else None)
    with TemporaryDirectory() as nowhere:
        known = peek_lake(options.lake).root
        lake = Lake(known if known.is_dir() else Path(nowhere))
        days, order = span_between(wanted.first, wanted.end), checked_order(wanted.order)
        plan = plan_cdx(lake, settings, wanted.lists, days, order, wanted.source, wanted.base)
    rows = [
        (
            one.shard.name,
            one.shard.collection,
            one.shard.day,
            len(one.shard.records),
            _bytes_of(one.shard),
            one.is_known,
        )
        for one in plan.shards
    ]
    columns = ("unit", "from", "day", "pages", "bytes", "is_known")
    if options.as_json:
        print_json(
            {"units": [dict(zip(columns, row, strict=True)) for row in rows], "passed": dict(plan.passed)}
        )
        return
    print_table("what would be done", (*columns[:-1], "already in the lake"), rows)
    new = [row for row in rows if not row[5]]
    days_wanted = len({row[2] for row in rows})
    size = sum(row[4] or 0 for row in new)
    console().print(
        f"{len(new)} new units of {len(rows)}, {sum(row[3] for row in new):,} pages, {size / 1e6:,.1f} MB, {days_wanted} days"
    )
    for note in plan.notes:
        console().print(note, markup=False)


def _bytes_of(shard: Shard) -> int | None:
    """Bytes that a shard will fetch; null where the list does not say."""
    sizes = [one.length for one in shard.records]
    return None if None in sizes else sum(size or 0 for size in sizes)


def run_cdx(wanted: CdxOptions, options: RunOptions) -> None:
    """Run the backfill from lists.  Raises UnitError when units failed, after all others are done."""
    checked = checked_order(wanted.order)
    span_between(wanted.first, wanted.end)
    check_files(options.settings, options.sources)
    open_lake(options.lake, create=True)
    lists = [one if "://" in one else str(Path(one).absolute()) for one in wanted.lists]
    silent = options.quiet or options.as_json
    with prefect_ready(silent):
        from flows.archives import backfill_cdx

        with showing_progress("backfill", None, silent) as listener, listening(listener):
            summary = backfill_cdx(
                lists=lists, first=wanted.first, end=wanted.end, order=checked, source=wanted.source, base=wanted.base,
                lake=lake_argument(options.lake), languages=list(options.languages), refresh=options.refresh,
                settings_file=options.settings, sources_file=options.sources,
            )  # fmt: skip
    conclude(summary.plain(), options.as_json)


def run_retry(options: RunOptions) -> None:
    """Take up every unit that failed.  Raises UnitError when some fail again."""
    load_settings(Path(options.settings) if options.settings else None)
    found = failures(open_lake(options.lake))
    if not found:
        if options.as_json:
            print_json({"units": 0, "failed": {}})
        else:
            console().print("no unit has failed")
        return
    silent = options.quiet or options.as_json
    with prefect_ready(silent):
        from flows.backfill import retry

        with showing_progress("retry", len(found), silent) as listener, listening(listener):
            summary = retry(
                lake=lake_argument(options.lake), refresh=options.refresh,
                settings_file=options.settings, sources_file=options.sources,
            )  # fmt: skip
    conclude(summary.plain(), options.as_json)
