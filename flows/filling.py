"""``columninch backfill``: archives, pages and texts at hand, and archives from elsewhere, into the lake."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.options import (
    DEFAULT_LAKE,
    JsonOption,
    LakeOption,
    QuietOption,
    SettingsOption,
    SourcesOption,
    chosen_sources,
)
from tasks.errors import ConfigError

_ELSEWHERE = "From elsewhere"

Paths = Annotated[
    list[str] | None, typer.Argument(help="Files, folders or globs: WARC, HTML, text, JSON lines, Parquet.")
]


def _elsewhere(text: str, *names: str, metavar: str | None = None) -> Any:
    """An option about archives that lie elsewhere."""
    return typer.Option(*names, help=text, metavar=metavar, rich_help_panel=_ELSEWHERE)


Ccnews = Annotated[
    str | None,
    _elsewhere(
        "Common Crawl's news crawl of these days (UTC): 2019-03, 2019-03-31, or 2019-03..2019-05, both ends included.",
        metavar="DAYS",
    ),
]
CcnewsBase = Annotated[
    str | None,
    _elsewhere(
        "Where crawl-data/CC-NEWS/ lies: https://… or s3://bucket; default: as set, else data.commoncrawl.org.",
        metavar="URL",
    ),
]
Cdx = Annotated[
    list[str] | None,
    _elsewhere(
        "Pages that a list of captures names (CDXJ or CDX of Common Crawl or the Wayback Machine): a file or an address; repeatable.",
        metavar="FILE|URL",
    ),
]
CdxBase = Annotated[
    str | None,
    _elsewhere(
        "Where the archives that the list names lie, or where its captures are replayed; default: as set.",
        metavar="URL",
    ),
]
Sitemaps = Annotated[
    str | None,
    _elsewhere(
        "Pages that the sitemaps of this outlet of data/sources.toml date to the days from --from to --to.",
        metavar="SOURCE",
    ),
]
First = Annotated[str | None, _elsewhere("First day (UTC).", "--from", metavar="DAY")]
End = Annotated[
    str | None, _elsewhere("Day after the last (UTC): itself not included.", "--to", metavar="DAY")
]
OrderOption = Annotated[str, _elsewhere("newest or oldest: which days come first.", "--order")]
KindOption = Annotated[
    str | None,
    typer.Option("--kind", help="warc, html, text, jsonl or parquet; default: by file name.", metavar="KIND"),
]
Outlet = Annotated[
    str | None,
    typer.Option(
        "--source",
        help="Outlet that all of it comes from; default: by host. With --ccnews: the outlet whose pages are taken.",
    ),
]
Languages = Annotated[
    list[str] | None, typer.Option("--language", help="Keep only this language (ISO 639-1); repeatable.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")]
Refresh = Annotated[bool, typer.Option("--refresh/--no-refresh", help="Rebuild the marts afterwards.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command()(backfill)
    app.command()(retry)


def backfill(
    paths: Paths = None,
    ccnews: Ccnews = None,
    ccnews_base: CcnewsBase = None,
    cdx: Cdx = None,
    cdx_base: CdxBase = None,
    sitemaps: Sitemaps = None,
    first: First = None,
    end: End = None,
    order: OrderOption = "newest",
    kind: KindOption = None,
    source: Outlet = None,
    language: Languages = None,
    dry_run: DryRun = False,
    refresh_marts: Refresh = True,
    lake: LakeOption = DEFAULT_LAKE,
    settings: SettingsOption = None,
    sources: SourcesOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take archives, pages or texts into the lake: only what is not there yet."""
    from flows.run import plan_only, run_backfill
    from flows.run_archives import (
        CdxOptions,
        RunOptions,
        plan_ccnews_only,
        plan_cdx_only,
        run_ccnews,
        run_cdx,
    )
    from flows.run_sitemaps import run_sitemaps

    if sum((bool(paths), ccnews is not None, bool(cdx), sitemaps is not None)) != 1:
        raise ConfigError("name files or folders, or use --ccnews, --cdx or --sitemaps: one of the four")
    if (first or end) and not (cdx or sitemaps):
        raise ConfigError(
            "--from and --to are for --cdx and --sitemaps; --ccnews takes its days itself, as 2019-03..2019-05"
        )
    if kind and not paths:
        raise ConfigError("--kind says what local files are")
    options = RunOptions(
        lake, settings, chosen_sources(sources), tuple(language or ()), refresh_marts, as_json, quiet
    )
    if ccnews is not None:
        outlets = [source] if source else []
        (plan_ccnews_only if dry_run else run_ccnews)(ccnews, order, ccnews_base, outlets, options)
    elif cdx:
        wanted = CdxOptions(tuple(cdx), first, end, order, source, cdx_base)
        (plan_cdx_only if dry_run else run_cdx)(wanted, options)
    elif sitemaps is not None:
        if source:
            raise ConfigError("--sitemaps names the outlet already; leave --source out")
        run_sitemaps(sitemaps, first, end, options, dry_run=dry_run)
    elif dry_run:
        plan_only(lake, paths or [], kind, source, as_json)
    else:
        run_backfill(
            paths or [], lake, kind, source, list(options.languages), refresh_marts, settings, options.sources,
            as_json=as_json, quiet=quiet,
        )  # fmt: skip


def retry(
    refresh_marts: Refresh = True,
    lake: LakeOption = DEFAULT_LAKE,
    settings: SettingsOption = None,
    sources: SourcesOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take up the units that failed, those held back after several failures included."""
    from flows.run_archives import RunOptions, run_retry

    run_retry(RunOptions(lake, settings, chosen_sources(sources), (), refresh_marts, as_json, quiet))
