"""Whether an index can be gone on with: built with these settings, and no file of it lost."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.state import FORMAT, list_files, read_state
from tasks.dedupe.tables import ARTICLE, ASSIGNED


def is_usable(directory: Path, options: DedupeOptions) -> bool:
    """Whether the index in *directory* was built by this version with these *options* and all its files are there."""
    try:
        state = read_state(directory)
    except ValueError:
        return False
    if state is None or state["format"] != FORMAT or state["options"] != asdict(options):
        return False
    rows = {"articles.bin": ARTICLE.itemsize, "assigned.bin": ASSIGNED.itemsize}
    if state["changes"]:
        del rows[
            "assigned.bin"
        ]  # the last commit is still to be written there: what it changed is in a file of its own
    whole = all(_size(directory / name) >= int(state["articles"]) * size for name, size in rows.items())
    return whole and all((directory / name).exists() for name in list_files(state))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
