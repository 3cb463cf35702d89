"""Commands about enrichment alone: enrich again, and bring the gazetteer up to date."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.options import DEFAULT_LAKE, JsonOption, LakeOption, QuietOption, SettingsOption

gazetteer_app = typer.Typer(help="Who the actors are: take in newer facts.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    app.command()(enrich)
    app.add_typer(gazetteer_app, name="gazetteer")


def enrich(
    since_version: Annotated[
        int | None,
        typer.Option(
            "--since-version", min=1, help="Only rows made by an enrichment before this version.", metavar="N"
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, do nothing.")] = False,
    refresh_marts: Annotated[
        bool, typer.Option("--refresh/--no-refresh", help="Rebuild the marts afterwards.")
    ] = True,
    lake: LakeOption = DEFAULT_LAKE,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Enrich articles again, without cleaning: those made by an older version, other settings or another gazetteer."""
    from flows.run import plan_enrich, run_enrich

    if dry_run:
        plan_enrich(lake, since_version, settings, as_json)
        return
    run_enrich(lake, since_version, settings, refresh_marts, as_json=as_json, quiet=quiet)


@gazetteer_app.command()
def refresh(
    wikidata: Annotated[
        Path,
        typer.Option(
            help="CSV saved by query.wikidata.org: countryid, positionLabel, officeholder, officeholderLabel, start, end.",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, do nothing.")] = False,
    lake: LakeOption = DEFAULT_LAKE,
    as_json: JsonOption = False,
) -> None:
    """Take office holders from a Wikidata query into the lake's gazetteer; nothing is downloaded."""
    from flows.terminal import console, print_json
    from tasks.enrich.gazetteer_lake import add_query, preview
    from tasks.store import open_lake

    root = open_lake(lake).root
    result = preview(root, wikidata) if dry_run else add_query(root, wikidata)
    counts = {
        "added": result.added,
        "identified": result.identified,
        "offices": result.offices,
        "dry_run": dry_run,
    }
    if as_json:
        print_json(counts)
        return
    verb = "would be" if dry_run else "were"
    console().print(
        f"{result.added:,} persons {verb} added, {result.identified:,} given a Wikidata id, {result.offices:,} offices added or "
        "dated anew"
    )
    if not dry_run:
        console().print(
            f"articles taken in from now on go by it; for those in the lake: columninch enrich --lake {lake}"
        )
