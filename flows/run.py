"""From a command to a flow: check settings, start Prefect with a word about it, show progress, say what was done."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.server import start_server
from flows.setting import has_server, prepare_prefect
from flows.terminal import console, describe_marts, describe_run, print_json, print_table, showing_progress
from tasks.config import load_settings, load_sources
from tasks.errors import ConfigError, TransientError, UnitError
from tasks.job import PRELOAD
from tasks.memory import keep_memory_small
from tasks.progress import listening
from tasks.remote import lake_argument
from tasks.store import open_lake
from tasks.units import Kind
from tasks.workers import start_fork_server

KINDS: tuple[Kind, ...] = ("warc", "html", "text", "jsonl", "parquet")


def plan_only(lake: str, paths: Sequence[str], kind: str | None, source: str | None, as_json: bool) -> None:
    """Say which units a backfill would work on, and how large they are; writes nothing."""
    from tasks.backfill.known import plan_backfill
    from tasks.store import peek_lake

    rows = [
        (
            one.unit.unit_id,
            one.unit.kind,
            len(one.unit.inputs),
            sum(file.size for file in one.unit.inputs),
            one.is_known,
        )
        for one in plan_backfill(peek_lake(lake), paths, checked_kind(kind), source)
    ]
    if as_json:
        print_json(
            [dict(zip(("unit", "kind", "files", "bytes", "is_known"), row, strict=True)) for row in rows]
        )
        return
    print_table("what would be done", ("unit", "kind", "files", "bytes", "already in the lake"), rows)
    new = sum(not row[4] for row in rows)
    console().print(f"{new} new units of {len(rows)}, {sum(row[3] for row in rows) / 1e6:,.1f} MB")


def run_backfill(
    paths: list[str],
    lake: str,
    kind: str | None,
    source: str | None,
    languages: list[str],
    refresh: bool,
    settings: str | None,
    sources: str | None,
    *,
    as_json: bool = False,
    quiet: bool = False,
) -> dict[str, Any]:
    """Run the backfill flow; returns its summary.  Raises UnitError when units failed, after all others are done."""
    from tasks.backfill.known import plan_backfill

    checked = checked_kind(kind)
    check_files(settings, sources)
    units = plan_backfill(open_lake(lake, create=True), paths, checked, source)
    if not all(one.is_known for one in units):
        start_fork_server(PRELOAD)  # takes seconds, as Prefect does: both at once
    with prefect_ready(quiet or as_json):
        from flows.backfill import backfill

        with showing_progress("backfill", len(units), quiet or as_json) as listener, listening(listener):
            summary = backfill(
                paths=[str(Path(path).absolute()) if Path(path).exists() else path for path in paths],
                lake=lake_argument(lake), kind=checked, source=source, languages=languages, refresh=refresh,
                settings_file=settings, sources_file=sources,
            )  # fmt: skip
    return conclude(summary.plain(), as_json)


def run_crawl(
    sources: str | None,
    only: Sequence[str],
    lake: str,
    settings: str | None,
    refresh: bool,
    *,
    due_only: bool = False,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run the crawl flow over the sources named, all by default."""
    if sources is None:
        raise ConfigError(
            "data/sources.toml: no such file here; name one with --sources (the README shows how to write it)"
        )
    listed = load_sources(Path(sources))
    load_settings(Path(settings) if settings else None)
    if unknown := sorted(set(only) - listed.keys()):
        raise ConfigError(
            f"--source {unknown[0]}: not in {sources}; it lists {', '.join(listed) or 'no source'}"
        )
    names = [name for name in listed if not only or name in only]
    if dry_run:
        rows = [
            (name, feed)
            for name in names
            for feed in (*listed[name].feeds, *listed[name].sitemaps, *listed[name].front_pages)
        ]
        if as_json:
            print_json([{"source": name, "feed": feed} for name, feed in rows])
        else:
            print_table("what would be crawled", ("source", "feed"), rows)
        return
    with prefect_ready(quiet or as_json):
        from flows.crawl import crawl

        with showing_progress("crawl", len(names), quiet or as_json) as listener, listening(listener):
            summary = crawl(
                sources_file=sources,
                sources=names,
                lake=lake_argument(lake),
                refresh=refresh,
                settings_file=settings,
                due_only=due_only,
            )
    conclude(summary.plain(), as_json)


def run_refresh(
    lake: str, first: str | None, last: str | None, settings: str | None, *, as_json: bool, quiet: bool
) -> None:
    """Run the refresh flow over the months named, all by default."""
    from tasks.marts.build import check_months

    months = (first or "0001-01", last or "9999-12") if first or last else None
    check_months(months)
    open_lake(lake)
    with prefect_ready(quiet or as_json):
        from flows.refresh import refresh

        summary = refresh(lake=lake_argument(lake), months=months, settings_file=settings)
    if as_json:
        print_json(asdict(summary))
        return
    console().print(describe_marts(asdict(summary)))


def plan_enrich(lake: str, since_version: int | None, settings: str | None, as_json: bool) -> None:
    """Say which units would be enriched again, and why; writes nothing but a gazetteer that is out of date."""
    from tasks.enrich.stale import articles_of, find_stale
    from tasks.job import Job

    job = Job(open_lake(lake), load_settings(Path(settings) if settings else None))
    stale = find_stale(job, since_version)
    if as_json:
        print_json([one.plain() for one in stale])
        return
    rows = [(one.unit_id, one.articles, one.version or None, one.why) for one in stale]
    print_table("what would be enriched again", ("unit", "articles", "version", "why"), rows)
    console().print(f"{len(stale)} units, {articles_of(stale):,} articles")


def run_enrich(
    lake: str, since_version: int | None, settings: str | None, refresh: bool, *, as_json: bool, quiet: bool
) -> dict[str, Any]:
    """Run the enrich flow; returns its summary.  Raises UnitError when units failed, after all others are done."""
    from tasks.enrich.stale import find_stale
    from tasks.job import Job

    job = Job(open_lake(lake), load_settings(Path(settings) if settings else None))
    units = len(find_stale(job, since_version))
    with prefect_ready(quiet or as_json):
        from flows.enrich import enrich

        with showing_progress("enrich", units, quiet or as_json) as listener, listening(listener):
            summary = enrich(
                lake=lake_argument(lake),
                since_version=since_version,
                refresh=refresh,
                settings_file=settings,
            )
    return conclude(summary.plain(), as_json)


def checked_kind(kind: str | None) -> Kind | None:
    """The kind as given; raises ConfigError when there is no such kind."""
    for known in KINDS:
        if kind == known:
            return known
    if kind is not None:
        raise ConfigError(f"--kind {kind}: there is no such kind; choose one of {', '.join(KINDS)}")
    return None


def check_files(settings: str | None, sources: str | None) -> None:
    """Raise ConfigError when a file of settings or sources cannot be used."""
    load_settings(Path(settings) if settings else None)
    if sources:
        load_sources(Path(sources))


@contextmanager
def prefect_ready(quiet: bool) -> Iterator[None]:
    """Prefect prepared and, without a running server, its own one announced.

    Raises TransientError when the server went away before it was told how the run ended.
    """
    keep_memory_small()
    prepare_prefect(quiet=True)
    if not quiet:
        wait = (
            ""
            if has_server()
            else " (its own server takes 10 to 20 s; set PREFECT_API_URL to use a running one)"
        )
        console().print(f"starting Prefect{wait} …")
    start_server()
    import httpx

    try:
        yield
    except httpx.TransportError as error:
        raise TransientError(
            f"Prefect's server at {os.environ['PREFECT_API_URL']} does not answer any more ({error}); what was committed stays: "
            "run the same command again"
        ) from error


def conclude(plain: dict[str, Any], as_json: bool) -> dict[str, Any]:
    """Say what a run did; returns it.  Raises UnitError when units failed."""
    if as_json:
        print_json(plain)
    else:
        for line in describe_run(plain):
            console().print(line, markup=False)
    if plain["failed"]:
        units = "; ".join(f"{unit}: {error}" for unit, error in list(plain["failed"].items())[:5])
        raise UnitError(
            f"{len(plain['failed'])} of {plain['units']} units failed ({units}); run the same command, or 'columninch retry', to try them again"
        )
    return plain


def run_demo(lake: str, *, as_json: bool, quiet: bool) -> None:
    """The main job on the sample: backfill, what rose, the report beside the lake."""
    from flows.showing import show_rises
    from tasks.receipts import write_atomically
    from tasks.reference import data_file
    from tasks.report.page import build_report

    sample = data_file("sample")
    paths = [str(sample / "warc"), str(sample / "scraped")]
    run_backfill(
        paths, lake, None, None, [], True, None, str(sample / "sources.toml"), as_json=as_json, quiet=quiet
    )
    root = open_lake(lake).root
    page = Path(lake) / "report.html"
    write_atomically(page.absolute(), build_report(root, "The sample").encode())
    show_rises(root, as_json=as_json)
    if not as_json:
        lines = (
            f"\nthe report        open {page} in a browser",
            f"live, with search columninch serve --lake {lake}",
            f"one question      columninch query actor_trend --lake {lake} --actor=Hungary",
        )
        for line in lines:
            console().print(line, markup=False)
