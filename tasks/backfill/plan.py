"""From paths to units: which files there are, of which kind, and which of them are new.

A unit's identity comes from what its files hold, so that renaming or moving one changes nothing.
"""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import get_args

from tasks.errors import ConfigError
from tasks.units import Input, Kind, Unit

SHARD = 5000
"""Files of one unit made of a folder, at most."""
_SUFFIXES: dict[str, Kind] = {
    ".warc": "warc",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".txt": "text",
    ".text": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_PACKED = (".gz", ".zst")
_MAGIC: tuple[tuple[bytes, Kind], ...] = ((b"WARC/", "warc"), (b"PAR1", "parquet"))
_KINDS: tuple[Kind, ...] = ("warc", "html", "text", "jsonl", "parquet")
_REMEDY = f"name the kind with --kind {'|'.join(_KINDS)}"
_READ = 1 << 20


def _kind_by_name(path: str | Path) -> Kind | None:
    """The kind that the file's name says, ``.gz`` and ``.zst`` left aside; None when it says nothing."""
    name = Path(path).name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return _SUFFIXES.get(Path(name).suffix)


def detect_kind(path: str | Path) -> Kind:
    """What the file at *path* is: by its name, else by its first bytes.  ConfigError when neither says."""
    if kind := _kind_by_name(path):
        return kind
    try:
        with open(path, "rb") as file:
            head = file.read(8)
    except OSError as error:
        raise ConfigError(
            f"cannot read {path} ({error.strerror}); check the path and its permissions"
        ) from error
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    raise ConfigError(f"cannot tell what {path} is; {_REMEDY}")


def find_files(paths: Sequence[str], kind: Kind | None = None) -> dict[Kind, list[Path]]:
    """The files under *paths* by kind, each list sorted and without repeats.

    A path is a file, a folder (searched with its subfolders; files of other kinds, or of none, are passed over) or a glob.
    Hidden files and folders are left out unless named.  With *kind*, files named one by one are taken as that whatever
    their name.  ConfigError when a path is not there, nothing is found, or a file named one by one is of no known kind.
    """
    if not paths:
        raise ConfigError("no path given; name a file, a folder or a glob to read")
    if kind is not None and kind not in get_args(Kind):
        raise ConfigError(f"unknown kind {kind!r}; {_REMEDY}")
    found: dict[Kind, dict[str, Path]] = {}
    for path in paths:
        is_empty = True
        for file, of in _expand(path, kind):
            found.setdefault(of, {}).setdefault(os.path.realpath(file), file)
            is_empty = False
        if is_empty:
            wanted = f"of kind {kind}" if kind else "of a known kind (WARC, HTML, text, JSON lines, Parquet)"
            raise ConfigError(f"no file {wanted} in {path}; check the path, or {_REMEDY}")
    return {of: sorted(files.values()) for of, files in sorted(found.items())}


def _expand(path: str, kind: Kind | None) -> Iterator[tuple[Path, Kind]]:
    """(file, kind) for each file that *path* stands for."""
    named = Path(path).expanduser()
    if named.is_dir():
        yield from _walk(named, kind)
    elif named.is_file():
        yield named, kind or detect_kind(named)
    elif glob.has_magic(path):
        # Path.glob() takes no absolute pattern.
        for match in map(Path, sorted(glob.glob(str(named), recursive=True))):  # noqa: PTH207
            if match.is_dir():
                yield from _walk(match, kind)
            else:
                yield match, kind or detect_kind(match)
    else:
        raise ConfigError(f"{path} does not exist; check the path")


def _walk(folder: Path, kind: Kind | None) -> Iterator[tuple[Path, Kind]]:
    """(file, kind) for the files below *folder* whose name says a kind (the given one, if any)."""
    for root, folders, names in os.walk(folder, onerror=_refuse_folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            of = _kind_by_name(name)
            path = Path(root, name)
            if of is not None and not name.startswith(".") and kind in (None, of) and path.is_file():
                yield path, of


def _refuse_folder(error: OSError) -> None:
    """A folder that cannot be listed is not an empty one."""
    raise ConfigError(f"cannot read {error.filename} ({error.strerror}); check its permissions") from error


def digest(path: str | Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal, read in pieces.  ConfigError when it cannot be read."""
    state = hashlib.sha256(usedforsecurity=False)
    try:
        with open(path, "rb", buffering=0) as file:
            while data := file.read(_READ):
                state.update(data)
    except OSError as error:
        raise ConfigError(
            f"cannot read {path} ({error.strerror}); check the path and its permissions"
        ) from error
    return state.hexdigest()


def unit_id(kind: Kind, digests: Iterable[str], source: str | None, only: Collection[str] = ()) -> str:
    """``kind-`` and 16 hexadecimal digits, from what the files hold (in any order), the outlet they were named for, and the hosts that are taken out of them."""
    state = hashlib.sha256((source or "").encode())
    for value in sorted(digests):
        state.update(b"\0" + value.encode())
    for host in sorted(only):
        state.update(b"\1" + host.encode())
    return f"{kind}-{state.hexdigest()[:16]}"


def plan_units(
    files: Sequence[tuple[Path, int, str]],
    kind: Kind,
    source: str | None = None,
    known: Collection[str] = (),
    shard: int = SHARD,
) -> list[Unit]:
    """Units for *files* (path, size in bytes, SHA-256) whose digest is not in *known*, sorted by name.

    An archive or table is a unit of its own; single pages and texts are grouped, at most *shard* to a unit.  The same
    content twice is read once.  Adding files makes new units and leaves the old ones as they are.
    """
    unique: dict[str, Input] = {}
    for path, size, sha256 in sorted(files, key=lambda f: str(f[0])):
        if sha256 not in known:
            unique.setdefault(sha256, Input(str(path), size, sha256))
    fresh, step = list(unique.values()), shard if kind in ("html", "text") else 1
    groups = [tuple(fresh[at : at + step]) for at in range(0, len(fresh), step)]
    return [
        Unit(unit_id(kind, (i.sha256 for i in inputs), source), kind, inputs, source) for inputs in groups
    ]
