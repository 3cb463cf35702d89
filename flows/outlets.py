"""Commands about outlets and the crawl's memory: sources add, list and check; frontier rebuild.  None loads Prefect."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.options import (
    DEFAULT_LAKE,
    DEFAULT_SOURCES,
    JsonOption,
    LakeOption,
    SettingsOption,
    SourcesOption,
    chosen_sources,
)
from tasks.errors import ConfigError, UnitError

if TYPE_CHECKING:
    from tasks.config import Source

sources_app = typer.Typer(help="Outlets: find, list and check them.", no_args_is_help=True)
frontier_app = typer.Typer(help="What the crawl remembers of addresses.", no_args_is_help=True)
OnlyOption = Annotated[list[str] | None, typer.Option("--source", help="Only this outlet; repeatable.")]


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.add_typer(sources_app, name="sources")
    app.add_typer(frontier_app, name="frontier")


@sources_app.command()
def add(
    url: Annotated[str, typer.Argument(help="Front page or feed of the outlet.")],
    name: Annotated[str | None, typer.Option(help="Its name; default: as it calls itself.")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="IANA zone; default: by its country and dates.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="ISO 639 code; default: as its pages declare.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the block, write nothing.")] = False,
    sources: SourcesOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find an outlet's feeds, sitemaps, language and time zone, and add its block to sources.toml."""
    from flows.terminal import print_json
    from tasks.config import Source, load_settings
    from tasks.crawl.crawler import user_agent
    from tasks.crawl.look import look_at
    from tasks.crawl.sources_file import add_block, check_new, source_block

    path = Path(sources) if sources else DEFAULT_SOURCES
    how = load_settings(Path(settings) if settings else None).crawl
    user_agent(how)
    found = look_at(url, how)
    given = {"name": name, "timezone": timezone, "language": language}
    try:
        source = Source.model_validate(
            {**found.source().model_dump(), **{key: value for key, value in given.items() if value}}
        )
    except ValueError as error:
        raise ConfigError(f"{url}: {error}") from error
    if not found.lists:
        raise UnitError(
            f"{url}: no feed, no sitemap and no link to an article was found; nothing was written"
        )
    notes = found.hints if not timezone else ()
    if dry_run:
        check_new(path, source)
    block = source_block(source, notes) if dry_run else add_block(path, source, notes)
    if as_json:
        plain = source.model_dump(mode="json")
        print_json(
            {
                "file": str(path),
                "written": not dry_run,
                "source": plain,
                "lists": [asdict(one) for one in found.lists],
                "hints": list(found.hints),
            }
        )
        return
    sys.stdout.write(block)
    sys.stderr.write(f"{'would be added' if dry_run else 'added'} to {path}\n")


@sources_app.command("list")
def list_sources(
    sources: SourcesOption = None, lake: LakeOption = DEFAULT_LAKE, as_json: JsonOption = False
) -> None:
    """List the outlets, what they are followed by, and how many of their addresses the crawl knows."""
    from flows.terminal import print_json, print_table

    rows: list[dict[str, Any]] = []
    for source in _chosen(sources, None):
        known = _counts(lake, source.name)
        rows.append(
            {
                "source": source.name, "hosts": list(source.hosts), "feeds": list(source.feeds), "sitemaps": list(source.sitemaps),
                "front_pages": list(source.front_pages), "timezone": source.timezone, "language": source.language, **known,
            }
        )  # fmt: skip
    if as_json:
        print_json(rows)
        return
    columns = ("source", "feeds", "sitemaps", "zone", "language", "fetched", "due", "failed", "refused")
    states = ("fetched", "due", "failed", "refused")
    table = [
        (
            row["source"],
            len(row["feeds"]),
            len(row["sitemaps"]),
            row["timezone"],
            row["language"],
            *(row[state] for state in states),
        )
        for row in rows
    ]
    print_table("sources", columns, table)


@sources_app.command()
def check(
    only: OnlyOption = None,
    sources: SourcesOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for every feed and sitemap, and say how each is; ends with 1 when an outlet has none that works."""
    from flows.terminal import print_json, print_table
    from tasks.config import load_settings
    from tasks.crawl.look import check_sources

    chosen = _chosen(sources, only)
    how = load_settings(Path(settings) if settings else None).crawl
    found = check_sources(chosen, how, datetime.now(UTC))
    well = {one.source for one in found if one.is_ok}
    if as_json:
        print_json([{**asdict(one), "is_ok": one.is_ok} for one in found])
    else:
        rows = [
            (
                one.source,
                one.kind,
                one.url,
                one.verdict,
                one.own,
                one.newest and one.newest.date().isoformat(),
                one.seconds,
                one.detail,
            )
            for one in found
        ]
        print_table(
            "health", ("source", "kind", "address", "state", "entries", "newest", "seconds", "remark"), rows
        )
    if ill := [source.name for source in chosen if source.name not in well]:
        raise UnitError(
            f"{len(ill)} of {len(chosen)} sources have no list that works: {', '.join(ill)}"[:1000]
        )


@frontier_app.command()
def rebuild(
    lake: LakeOption = DEFAULT_LAKE,
    sources: SourcesOption = None,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the frontier anew from the archives under LAKE/raw: what was fetched, what is due, when lists are asked again."""
    from flows.terminal import print_json
    from tasks.config import load_settings, load_sources
    from tasks.crawl.rebuild import rebuild_frontier
    from tasks.store import open_lake

    file = chosen_sources(sources)
    known = load_sources(Path(file)) if file else {}
    how = load_settings(Path(settings) if settings else None).crawl
    archives, pages = rebuild_frontier(open_lake(lake).root, time.time(), known, how)
    if as_json:
        print_json({"archives": archives, "pages": pages})
    else:
        sys.stdout.write(f"{pages:,} pages in {archives:,} archives\n")


def _chosen(sources: str | None, only: list[str] | None) -> list[Source]:
    """The outlets of the file, or those named.  ConfigError when there is no file or no such outlet."""
    from tasks.config import load_sources

    file = chosen_sources(sources)
    if file is None:
        raise ConfigError(
            "data/sources.toml: no such file here; 'columninch sources add URL' makes one, --sources names another"
        )
    listed = load_sources(Path(file))
    if unknown := sorted(set(only or ()) - listed.keys()):
        raise ConfigError(
            f"--source {unknown[0]}: not in {file}; it lists {', '.join(listed) or 'no source'}"
        )
    return [source for name, source in listed.items() if not only or name in only]


def _counts(lake: str, source: str) -> dict[str, int]:
    """Addresses of an outlet by state, zeros where nothing was crawled yet."""
    from tasks.crawl.frontier import FILE, open_frontier

    counts = dict.fromkeys(("fetched", "due", "failed", "refused"), 0)
    if (Path(lake) / FILE).is_file():
        with open_frontier(Path(lake)) as frontier:
            counts |= frontier.counts(source)
    return counts
