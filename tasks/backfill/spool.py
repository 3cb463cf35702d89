"""Archives from elsewhere on this disk, for as long as they are read: downloaded, gone on with, and dropped again.

A file is known by its contents, as local ones are, so what was downloaded once and committed is never asked for again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from filelock import FileLock

from tasks.backfill.patience import Patience
from tasks.backfill.remote import Found, Reader, Remote
from tasks.errors import TransientError, UnitError
from tasks.progress import pause

READ = 1 << 20
SPARE = 64 << 20
"""Bytes that stay free on the disk."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that was downloaded: where it is, its size in bytes, its SHA-256 (hexadecimal)."""

    path: Path
    size: int
    sha256: str


def spool_folder(root: Path) -> Path:
    """Where the lake at *root* keeps archives while they are read."""
    return root / "spool"


def spool_path(root: Path, sha256: str) -> Path:
    """Where the archive with these contents is, once downloaded."""
    return spool_folder(root) / sha256


def drop(root: Path, sha256: str) -> None:
    """Free the disk from an archive that is not needed any more."""
    spool_path(root, sha256).unlink(missing_ok=True)


def download(
    reader: Reader, remote: Remote, root: Path, patience: Patience, tell: Callable[[int], None]
) -> Spooled:
    """The file *remote*, whole, in the spool of the lake at *root*; what an earlier, killed run got of it is kept.

    *tell* hears of the bytes that come.  UnitError when it cannot be had, changes meanwhile, or finds no room.
    """
    folder = spool_folder(root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = patience.persist(lambda: reader.find(remote.url))
        key = hashlib.sha256(f"{remote.name}\0{found.size}\0{found.etag}".encode()).hexdigest()[:32]
        part = folder / f"{key}.part"
        with FileLock(f"{part}.lock"), open(part, "a+b") as file:
            partial = _Partial(file, tell)
            _check_room(folder, remote, (found.size or 0) - partial.size)
            _fill(reader, remote.url, found, partial, patience)
            file.flush()
            os.fsync(file.fileno())
            done = spool_path(root, partial.sha256)
            os.replace(part, done)
        Path(f"{part}.lock").unlink(missing_ok=True)
    except OSError as error:
        raise UnitError(
            f"{remote.name}: cannot be kept in {folder} ({error.strerror or error}); check the disk and run it again"
        ) from error
    return Spooled(done, partial.size, partial.sha256)


class _Partial:
    """A file as far as it came, with the digest of that."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], None]) -> None:
        """Take up what *file*, opened for appending, holds already."""
        self._file, self._tell = file, tell
        self._state = hashlib.sha256(usedforsecurity=False)
        self.size = 0
        file.seek(0)
        while data := file.read(READ):
            self._count(data)

    @property
    def sha256(self) -> str:
        """SHA-256 of all there is, hexadecimal."""
        return self._state.hexdigest()

    def _count(self, data: bytes) -> None:
        self._state.update(data)
        self.size += len(data)
        self._tell(len(data))

    def add(self, data: bytes) -> None:
        """Append *data*."""
        self._file.write(data)
        self._count(data)

    def restart(self) -> None:
        """Forget everything."""
        self._file.truncate(0)
        self._tell(-self.size)
        self._state = hashlib.sha256(usedforsecurity=False)
        self.size = 0


def _fill(reader: Reader, url: str, found: Found, partial: _Partial, patience: Patience) -> None:
    """Read from where *partial* ends until it is whole, trying again as long as bytes come."""
    failures = 0
    while found.size is None or partial.size < found.size:
        before = partial.size
        try:
            _read_on(reader, url, found, partial)
            if found.size is None:
                return
            if partial.size < found.size:
                raise TransientError(f"{url}: {partial.size} of {found.size} bytes came")
        except TransientError as error:
            failures = 1 if partial.size > before else failures + 1
            patience.wait(failures, error)


def _read_on(reader: Reader, url: str, found: Found, partial: _Partial) -> None:
    """One request for what is missing.  UnitError when the file is not the one it was, or longer than was said."""
    with reader.stream(url, partial.size) as part:
        if part.found.etag != found.etag or (
            found.size is not None and part.found.size not in (found.size, None)
        ):
            raise UnitError(f"{url}: was changed while it was read; run it again")
        if part.start != partial.size:
            partial.restart()
        for piece in part.body:
            partial.add(piece)
            if found.size is not None and partial.size > found.size:
                raise UnitError(f"{url}: more than the {found.size} bytes that the server says it has")
            pause(0)


def _check_room(folder: Path, remote: Remote, wanted: int) -> None:
    """UnitError when *wanted* bytes do not fit on the disk."""
    free = shutil.disk_usage(folder).free
    if wanted + SPARE > free:
        raise UnitError(
            f"{remote.name}: needs {wanted / 1e6:,.0f} MB in {folder}, which has {free / 1e6:,.0f} MB free; make room"
        )
