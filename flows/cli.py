"""The command line: what people type.  Answers ``--help`` without loading Prefect, pyarrow or DuckDB."""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import metadata
from typing import Annotated

import typer

from flows import ask, duplicates, filling, networks, operate, outlets, redo, serving, watching
from flows.options import (
    DEFAULT_LAKE,
    JsonOption,
    LakeOption,
    QuietOption,
    SettingsOption,
    SourcesOption,
    chosen_sources,
)
from tasks.errors import CorpusError

app = typer.Typer(
    name="columninch",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_AGAIN = "then run the same command again: it goes on where it was"
_DISK = {
    errno.ENOSPC: f"free some space, {_AGAIN}",
    errno.EDQUOT: f"free some space, {_AGAIN}",
    errno.EROFS: f"make it writable, {_AGAIN}",
    errno.EACCES: f"make it writable, {_AGAIN}",
}
"""What to do when the disk is full or may not be written to: nothing is lost, so no traceback helps."""


_COLLECT_AFTER = (20_000, 20, 50)
"""Python's collector less often: what Prefect loads lasts as long as the command, and walking it took 5 % of a small backfill."""


def main() -> None:
    """Run a command; end with the exit code of the error tree: 1 failed units, 2 bad settings, 3 broken contract."""
    gc.set_threshold(*_COLLECT_AFTER)
    code = _run()
    if "prefect.events.worker" in sys.modules:
        from flows.leaving import leave

        leave(code)
    sys.exit(code)


def _run() -> int:
    """The exit code of the command, after a line about what went wrong."""
    try:
        app()
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        return end.code or 0
    except CorpusError as error:
        sys.stderr.write(f"columninch: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("columninch: stopped; the same command goes on where it was\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        if error.errno not in _DISK:
            raise
        path = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"columninch: {path}{error.strerror}; {_DISK[error.errno]}\n")
        return 1
    return 0


def _tell_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        typer.echo(f"columninch {metadata.version('columninch')}")
        raise typer.Exit


@app.callback()
def start(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    """Measure news coverage: crawl or backfill, clean, find duplicates, enrich, and ask for trends."""


@app.command()
def crawl(
    only: Annotated[list[str] | None, typer.Option("--source", help="Only this outlet; repeatable.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which feeds would be read, request nothing.")
    ] = False,
    due: Annotated[
        bool, typer.Option("--due", help="Ask only those feeds and sitemaps whose time has come.")
    ] = False,
    refresh_marts: Annotated[
        bool, typer.Option("--refresh/--no-refresh", help="Rebuild the marts afterwards.")
    ] = True,
    lake: LakeOption = DEFAULT_LAKE,
    settings: SettingsOption = None,
    sources: SourcesOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fetch what the feeds of data/sources.toml list, obeying robots.txt, and take it into the lake."""
    from flows.run import run_crawl

    run_crawl(
        chosen_sources(sources),
        only or [],
        lake,
        settings,
        refresh_marts,
        due_only=due,
        dry_run=dry_run,
        as_json=as_json,
        quiet=quiet,
    )


@app.command()
def refresh(
    first: Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.")] = None,
    lake: LakeOption = DEFAULT_LAKE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Find copies among new articles and rebuild the marts of the months that changed."""
    from flows.run import run_refresh

    run_refresh(lake, first, last, settings, as_json=as_json, quiet=quiet)


@app.command()
def demo(
    lake: Annotated[str, typer.Option("--lake", help="Folder of the demo's lake.")] = "demo-lake",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run the main job on the sample that ships with columninch, show what rose, write the report."""
    from flows.run import run_demo

    run_demo(lake, as_json=as_json, quiet=quiet)


filling.register(app)
ask.register(app)
duplicates.register(app)
networks.register(app)
redo.register(app)
serving.register(app)
operate.register(app)
outlets.register(app)
watching.register(app)

if __name__ == "__main__":
    main()
