"""The duplicate index on disk: opened as it was last committed, changed all or nothing.

    state.json          what is valid: counts, runs, settings; replaced whole, the only commit mark
    articles.bin        ARTICLE rows, appended; rows beyond the committed count do not exist
    assigned.bin        ASSIGNED rows, changed in place only by changes that state.json already names
    *.shingles …        shelves: entries, fences, and ordinals and times of their articles
    *.keys …            runs from an article's id or digest to its ordinal, and their fences
    *.common, *.removed, *.merged, *.changes, *.notice      one file each of the last commit that changed it

A crash at any moment leaves the old state or the new one: files are written and synchronised under new names before
``state.json`` names them, and the next commit sweeps away what it does not name.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.files import KEY_FILES, SHELF_FILES, open_run, open_shelf, store_keys, store_shelves
from tasks.dedupe.index import Changes, Common, Index
from tasks.dedupe.runs import map_file, write_bytes
from tasks.dedupe.tables import ARTICLE, ASSIGNED, Rows
from tasks.dedupe.words import I64, U32
from tasks.errors import ConfigError

FORMAT: Final = 2
"""Version of everything in the folder; another one must be rebuilt."""

REPLACED: Final = ".replaced"
"""What is appended to the name of an index while a rebuild takes its place."""

_COMMON: Final = np.dtype([("key", "<u4"), ("since", "<u4")])
_CHANGE: Final = np.dtype([("ordinal", "<u4"), ("row", ASSIGNED)])
_MERGED: Final = np.dtype([("group", "<i8"), ("into", "<i8")])
_STATE: Final = "state.json"
_SMALL: Final = ("common", "removed", "merged", "changes", "notice")


def open_index(directory: Path, options: DedupeOptions) -> Index:
    """The index in *directory* as last committed; an empty one where there is none.  Writes nothing.

    Raises ConfigError when it was built by another version or with other settings.
    """
    state = read_state(directory)
    if state is None:
        return Index(options=options, directory=directory)
    if state["format"] != FORMAT or state["options"] != asdict(options):
        raise ConfigError(
            f"{directory}: the duplicate index was built by another version or with other settings "
            f"({state['options']}); rebuild it, or restore the settings"
        )
    return _open(directory, state)


def open_anyway(directory: Path) -> Index | None:
    """The index in *directory* whatever its settings; None where there is none of this format, or it is damaged."""
    try:
        state = read_state(directory)
        return _open(directory, state) if state and state["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _open(directory: Path, state: Mapping[str, Any]) -> Index:
    """The index that a state describes."""
    count = int(state["articles"])
    common = _read(directory, state["common"], _COMMON)
    merged = _read(directory, state["merged"], _MERGED)
    changes = _read(directory, state["changes"], _CHANGE)
    return Index(
        options=DedupeOptions(**state["options"]),
        directory=directory,
        generation=int(state["generation"]),
        stored=map_file(directory / "articles.bin", ARTICLE)[:count],
        assigned_stored=map_file(directory / "assigned.bin", ASSIGNED)[:count],
        changes=Changes(changes["ordinal"].copy(), changes["row"].copy()),
        shelves={name: open_shelf(directory, name) for name in state["shelves"]},
        keys={name: open_run(directory / f"{name}.keys") for name in state["keys"]},
        common=Common(common["key"].copy(), common["since"].copy()),
        removed=_read(directory, state["removed"], np.dtype("<u4")),
        merged=dict(zip(merged["group"].tolist(), merged["into"].tolist(), strict=True)),
    )


def recover(directory: Path) -> None:
    """Take back the index that a rebuild had put aside when it died before it put the new one in its place."""
    aside = directory.with_name(directory.name + REPLACED)
    if aside.exists() and not directory.exists():
        aside.rename(directory)


def replace_index(fresh: Path, directory: Path) -> None:
    """Put a complete new index in the place of another, which is deleted."""
    aside = directory.with_name(directory.name + REPLACED)
    shutil.rmtree(aside, ignore_errors=True)
    if directory.exists():
        directory.rename(aside)
    fresh.rename(directory)
    shutil.rmtree(aside, ignore_errors=True)


def read_state(directory: Path) -> dict[str, Any] | None:
    """What ``state.json`` says; None where there is no index."""
    try:
        found: dict[str, Any] = json.loads((directory / _STATE).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return found


def commit(index: Index, changes: Changes, notice: U32, gone: Mapping[int, int]) -> None:
    """Make the index durable with *changes* to its assignments.

    *notice* lists the ordinals whose readers must be told, *gone* the group ids that have no member of their own any more (and
    the article that was canonical); both add to what was not acknowledged yet.
    """
    directory = index.directory
    if directory is None:
        return
    directory.mkdir(parents=True, exist_ok=True)
    state = read_state(directory) or _no_state(index.options)
    generation = int(state["generation"]) + 1
    _apply(directory, index.changes, int(state["articles"]))
    _append(directory / "articles.bin", index.added, int(state["articles"]))
    told = _read(directory, state["notice"], np.dtype("<u4"))
    state |= {
        "generation": generation,
        "articles": index.size,
        "shelves": store_shelves(directory, index.shelves, generation),
        "keys": store_keys(directory, index.keys, generation),
        "common": _write(
            directory, generation, "common", _pairs(_COMMON, index.common.keys, index.common.since)
        ),
        "removed": _write(directory, generation, "removed", index.removed),
        "merged": _write(
            directory, generation, "merged", _pairs(_MERGED, list(index.merged), list(index.merged.values()))
        ),
        "changes": _write(directory, generation, "changes", _pairs(_CHANGE, changes.ordinals, changes.rows)),
        "notice": _write(directory, generation, "notice", np.union1d(told, notice).astype(np.uint32)),
        "gone": state["gone"] | {str(group): article for group, article in gone.items()},
    }
    _switch(directory, state)
    _apply(directory, changes, index.size)
    _switch(directory, state | {"changes": None})


def acknowledge(directory: Path) -> None:
    """Forget what changed up to now: its readers have been told."""
    state = read_state(directory)
    if state is not None and (state["notice"] or state["gone"]):
        _switch(directory, state | {"notice": None, "gone": {}})


def unread(directory: Path) -> tuple[I64, dict[int, int]]:
    """What changed since it was last acknowledged: ordinals, and group ids without members with their last canonical article."""
    state = read_state(directory) or {"notice": None, "gone": {}}
    notice = _read(directory, state["notice"], np.dtype("<u4")).astype(np.int64)
    return notice, {int(group): int(article) for group, article in state["gone"].items()}


def _no_state(options: DedupeOptions) -> dict[str, Any]:
    """The state of an index that was never committed."""
    files: dict[str, Any] = dict.fromkeys(_SMALL)
    return {"format": FORMAT, "options": asdict(options), "generation": 0, "articles": 0, "gone": {}, **files}


def _read(directory: Path, name: str | None, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """A small file's rows in memory; none without a name."""
    return np.fromfile(directory / name, dtype) if name else np.zeros(0, dtype)


def _pairs(dtype: np.dtype[Any], first: Any, second: Any) -> npt.NDArray[Any]:
    """Rows of two fields."""
    rows = np.zeros(len(first), dtype)
    one, other = dtype.names or ("", "")
    rows[one], rows[other] = first, second
    return rows


def _write(directory: Path, generation: int, kind: str, rows: npt.NDArray[Any]) -> str | None:
    """Write rows to a file of this generation and return its name; None, and no file, for no rows."""
    if not len(rows):
        return None
    name = f"{generation}.{kind}"
    write_bytes(directory / name, [rows])
    return name


def _append(path: Path, rows: Rows, count: int) -> None:
    """Put rows after the first *count*; what a crash left behind those is overwritten."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(count * rows.dtype.itemsize)
        file.seek(0, os.SEEK_END)
        file.write(rows.tobytes())
        file.flush()
        os.fsync(file.fileno())


def _apply(directory: Path, changes: Changes, count: int) -> None:
    """Write changed rows into ``assigned.bin``, which then holds *count*; doing it twice does no harm."""
    if not len(changes.ordinals):
        return
    path = directory / "assigned.bin"
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(count * ASSIGNED.itemsize)
    mapped = np.memmap(path, ASSIGNED, mode="r+", shape=(count,))
    mapped[changes.ordinals] = changes.rows
    mapped.flush()


def list_files(state: Mapping[str, Any]) -> set[str]:
    """Names of the files of runs, and of small files, that a state needs."""
    small = {state[kind] for kind in _SMALL if state[kind]}
    shelves = {f"{name}.{kind}" for name in state["shelves"] for kind in SHELF_FILES}
    return small | shelves | {f"{name}.{kind}" for name in state["keys"] for kind in KEY_FILES}


def _switch(directory: Path, state: dict[str, Any]) -> None:
    """Make *state* the valid one, then sweep away files that it does not name."""
    temporary = directory / f"{_STATE}.part"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, directory / _STATE)
    _synchronise(directory)
    named = list_files(state)
    for path in directory.iterdir():
        if path.name not in named and path.suffix[1:] in (*_SMALL, *SHELF_FILES, *KEY_FILES, "part"):
            path.unlink()


def _synchronise(directory: Path) -> None:
    """Make renames in the folder durable."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
