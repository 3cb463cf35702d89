"""``columninch backfill``: archives, pages and texts at hand, and archives from elsewhere, into the lake."""

from __future__ import annotations

from typing import Annotated

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


def register(app: typer.Typer) -> None:
    """Add the command to *app*."""
    app.command()(backfill)


def backfill(
    paths: Annotated[
        list[str] | None,
        typer.Argument(help="Files, folders or globs: WARC, HTML, text, JSON lines, Parquet."),
    ] = None,
    ccnews: Annotated[
        str | None,
        typer.Option(
            help="Common Crawl's news crawl of these days (UTC): 2019-03, 2019-03-31, or 2019-03..2019-05, both ends included.",
            metavar="DAYS",
            rich_help_panel=_ELSEWHERE,
        ),
    ] = None,
    ccnews_base: Annotated[
        str | None,
        typer.Option(
            help="Where crawl-data/CC-NEWS/ lies: https://… or s3://bucket; default: as set, else data.commoncrawl.org.",
            metavar="URL",
            rich_help_panel=_ELSEWHERE,
        ),
    ] = None,
    order: Annotated[
        str, typer.Option(help="newest or oldest: which days come first.", rich_help_panel=_ELSEWHERE)
    ] = "newest",
    kind: Annotated[
        str | None,
        typer.Option(help="warc, html, text, jsonl or parquet; default: by file name.", metavar="KIND"),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Outlet that all of it comes from; default: by host.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Keep only this language (ISO 639-1); repeatable.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")] = False,
    refresh_marts: Annotated[
        bool, typer.Option("--refresh/--no-refresh", help="Rebuild the marts afterwards.")
    ] = True,
    lake: LakeOption = DEFAULT_LAKE,
    settings: SettingsOption = None,
    sources: SourcesOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Take archives, pages or texts into the lake: only what is not there yet."""
    from flows.run import plan_only, run_backfill
    from flows.run_archives import RunOptions, plan_ccnews_only, run_ccnews

    if (ccnews is None) == (not paths):
        raise ConfigError("name files or folders, or days with --ccnews: one of the two")
    options = RunOptions(
        lake, settings, chosen_sources(sources), tuple(language or ()), refresh_marts, as_json, quiet
    )
    if ccnews is not None:
        if source or kind:
            raise ConfigError("--source and --kind say what local files are; CC-NEWS holds many outlets")
        (plan_ccnews_only if dry_run else run_ccnews)(ccnews, order, ccnews_base, options)
    elif dry_run:
        plan_only(lake, paths or [], kind, source, as_json)
    else:
        run_backfill(
            paths or [], lake, kind, source, list(options.languages), refresh_marts, settings, options.sources,
            as_json=as_json, quiet=quiet,
        )  # fmt: skip
