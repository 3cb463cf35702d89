"""Options that several commands share, described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LakeOption = Annotated[
    str,
    typer.Option("--lake", envvar="COLUMNINCH_LAKE", help="Folder of the lake.", rich_help_panel="Common"),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON.", rich_help_panel="Common")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.", rich_help_panel="Common")]
SettingsOption = Annotated[
    str | None,
    typer.Option(
        "--settings", help="Settings file; default: corpus.toml here, if any.", rich_help_panel="Common"
    ),
]
SourcesOption = Annotated[
    str | None,
    typer.Option(
        "--sources", help="Outlets with their hosts and time zones; default: data/sources.toml here, if any."
    ),
]

DEFAULT_LAKE = "data/lake"
DEFAULT_SOURCES = Path("data/sources.toml")


def chosen_sources(given: str | None) -> str | None:
    """The file given, else ``data/sources.toml`` in the working folder when there is one, else None."""
    return given or (str(DEFAULT_SOURCES) if DEFAULT_SOURCES.is_file() else None)
