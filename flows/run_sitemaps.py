"""Backfill by sitemaps as a command: what the sitemaps list, or the run itself with its progress."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flows.run import check_files, conclude, prefect_ready
from flows.run_archives import RunOptions
from flows.terminal import console, print_json, print_table, showing_progress
from tasks.backfill.days import Days, span_between
from tasks.config import Source, load_settings, load_sources
from tasks.errors import ConfigError
from tasks.progress import listening
from tasks.remote import lake_argument
from tasks.store import open_lake

if TYPE_CHECKING:
    from tasks.crawl.dated import Dated


def run_sitemaps(
    name: str, first: str | None, end: str | None, options: RunOptions, *, dry_run: bool
) -> None:
    """Run the backfill of one outlet by its sitemaps, or say what it would fetch.  Raises UnitError when units failed."""
    days = span_between(first, end)
    check_files(options.settings, options.sources)
    if options.sources is None:
        raise ConfigError("data/sources.toml: no such file here; name one with --sources")
    outlet = chosen_outlet(load_sources(Path(options.sources)), name, options.sources)
    if dry_run:
        _show(_listed(outlet, days, options), name, options.as_json)
        return
    open_lake(options.lake, create=True)
    silent = options.quiet or options.as_json
    with prefect_ready(silent):
        from flows.sitemaps import backfill_sitemaps

        with showing_progress("backfill", None, silent) as listener, listening(listener):
            summary = backfill_sitemaps(
                source=name, first=first, end=end, sources_file=options.sources, lake=lake_argument(options.lake),
                languages=list(options.languages), refresh=options.refresh, settings_file=options.settings,
            )  # fmt: skip
    conclude(summary.plain(), options.as_json)


def chosen_outlet(listed: dict[str, Source], name: str, sources_file: str) -> Source:
    """The outlet named, which must list sitemaps.  Raises ConfigError when it does not, or is not there."""
    if name not in listed:
        raise ConfigError(
            f"--sitemaps {name}: not in {sources_file}; it lists {', '.join(listed) or 'no source'}"
        )
    if not listed[name].sitemaps:
        raise ConfigError(f'{sources_file}: {name} lists no sitemaps; add sitemaps = ["https://…"] to it')
    return listed[name]


def _listed(outlet: Source, days: Days, options: RunOptions) -> Dated:
    """What the sitemaps list: they are read, nothing else is asked for, and the lake is left alone."""
    from tasks.crawl.apart import crawl_in_background
    from tasks.crawl.dated import check_read

    settings = load_settings(Path(options.settings) if options.settings else None)
    with TemporaryDirectory() as nowhere, crawl_in_background(Path(nowhere), settings.crawl) as background:
        found = background.list_dated(outlet, days.first, days.end, "plan", enter=False)
    check_read(found, outlet.name)
    return found


def _show(found: Dated, name: str, as_json: bool) -> None:
    """Pages by day, and what was left out."""
    days = {day: len(keys) for day, keys in sorted(found.pages.items())}
    if as_json:
        left_out = {"without a date": found.undated, **found.others}
        print_json(
            {
                "source": name,
                "days": days,
                "pages": sum(days.values()),
                "left_out": left_out,
                "sitemaps": found.status,
            }
        )
        return
    print_table("what would be done", ("day", "pages"), list(days.items()))
    console().print(
        f"{sum(days.values()):,} pages of {len(days)} days in {len(found.status)} sitemaps", markup=False
    )
    for note in found.notes():
        console().print(note, markup=False)
