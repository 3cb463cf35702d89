"""A lake in object storage: a working copy on this disk, and what keeps the two the same.

Files of a unit go up when its receipt exists, the receipt last; the marts go up under the lock, one PUT per file,
receipts last; the index of duplicate search goes up as one object.  Under the lock the bucket is right: what this copy has
of marts and index without having sent it (a refresh that was killed) is thrown away and made again.  Endpoint, region
and credentials are those of the AWS environment variables and files, as boto3 reads them.
"""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tasks.errors import ConfigError, TransientError

if TYPE_CHECKING:
    from tasks.receipts import Receipt

_INDEX = "index.tar"
_RECEIPTS = "units/receipts/"
_MIRRORED = ("marts/", "units/receipts/marts/")
"""What is made under the lock, so that the bucket's state wins."""
_WHOLE = ("units/", "marts/")
_KEPT_HERE = "units/failed/"
"""What failed on one machine may work on another: never sent."""
_STATE = ".remote.sqlite"


def is_remote(path: Path | str) -> bool:
    """Whether a lake's name means object storage."""
    return str(path).startswith("s3://")


def lake_argument(path: str) -> str:
    """A lake's name as flows take it: absolute, whether folder or bucket."""
    return path.rstrip("/") if is_remote(path) else str(Path(path).absolute())


def cache_folder(url: str) -> Path:
    """Where the working copy of the lake at *url* is: below COLUMNINCH_CACHE, else the user's cache folder."""
    home = (
        os.environ.get("COLUMNINCH_CACHE")
        or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "columninch"
    )
    address = urlsplit(url)
    return Path(home) / address.netloc / address.path.strip("/")


@lru_cache(maxsize=4)
def _client() -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise ConfigError(
            "a lake at s3://… needs the extra packages of columninch[s3]: pip install 'columninch[s3]'"
        ) from error
    return boto3.client("s3", config=Config(retries={"mode": "standard", "max_attempts": 5}))


@dataclass(frozen=True, slots=True)
class Bucket:
    """The objects of one lake.  Raises TransientError when the storage does not answer, ConfigError when it refuses."""

    url: str

    @property
    def name(self) -> str:
        """Name of the bucket."""
        return urlsplit(self.url).netloc

    def key(self, path: str) -> str:
        """Key of a path below the lake."""
        prefix = urlsplit(self.url).path.strip("/")
        return f"{prefix}/{path}" if prefix else path

    def list(self, below: str = "") -> dict[str, str]:
        """ETags of all objects by path below the lake."""
        start = self.key("")
        with _Explained(self.url):
            pages = (
                _client().get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=self.key(below))
            )
            return {
                one["Key"].removeprefix(start): one["ETag"]
                for page in pages
                for one in page.get("Contents", ())
            }

    def put(self, path: str, data: bytes, **conditions: str) -> str:
        """Write one object whole; returns its ETag.  FileExistsError when *conditions* (IfMatch, IfNoneMatch) do not hold."""
        with _Explained(self.url):
            return str(
                _client().put_object(Bucket=self.name, Key=self.key(path), Body=data, **conditions)["ETag"]
            )

    def get(self, path: str) -> tuple[bytes, dict[str, Any]]:
        """The bytes of an object, and what the storage says of it.  FileNotFoundError when there is none."""
        with _Explained(self.url):
            answer = _client().get_object(Bucket=self.name, Key=self.key(path))
            return answer["Body"].read(), answer

    def remove(self, path: str) -> None:
        """Delete one object, if there is one."""
        with _Explained(self.url):
            _client().delete_object(Bucket=self.name, Key=self.key(path))


class _Explained:
    """Errors of boto3 as ours, with the lake they are about."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise FileExistsError(self.url) from error
            if code in ("NoSuchKey", "404"):
                raise FileNotFoundError(self.url) from error
            if code in ("SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout"):
                raise TransientError(f"{self.url}: the storage answers {code}") from error
            raise ConfigError(f"--lake {self.url}: the storage refuses: {error}") from error
        if isinstance(error, BotoCoreError):
            raise ConfigError(
                f"--lake {self.url}: {error}; AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say where and who"
            ) from error


def pull(root: Path, url: str, mirror: bool = True) -> None:
    """Bring the working copy at *root* up to the bucket's state: units, receipts, marts, and with *mirror* the index.

    Files of units that only this copy has stay: they have not been sent yet.  With *mirror* the caller holds the lock
    of this copy.
    """
    bucket = Bucket(url)
    there = bucket.list()
    with closing(_open_state(root)) as state:
        wanted = {path: etag for path, etag in there.items() if path.startswith(_WHOLE)}
        for path in sorted(wanted, key=_order):
            if not mirror and path.startswith(_MIRRORED) and _known(state, path):
                continue
            if not _is_current(root, state, path, wanted[path]):
                _fetch(root, bucket, state, path)
        if not mirror:
            return
        for path in _local(root, _MIRRORED):
            if path not in there:
                (root / path).unlink(missing_ok=True)
                state.execute("delete from files where path = ?", (path,))
        _pull_index(root, bucket, state, there.get(_INDEX))
        state.commit()


def push_unit(root: Path, url: str, receipt: Receipt) -> None:
    """Send the files of a receipt, then the receipt."""
    bucket = Bucket(url)
    with closing(_open_state(root)) as state:
        for path in (
            *(file.path for file in receipt.files),
            f"{_RECEIPTS}{receipt.stage}/{receipt.unit_id}.json",
        ):
            _send(root, bucket, state, path)


def push(root: Path, url: str) -> None:
    """Send what changed in units and marts, receipts last, then the index; remove from the bucket what the marts no longer have.

    The caller holds the lake's lock and has pulled under it.
    """
    bucket = Bucket(url)
    with closing(_open_state(root)) as state:
        local = _local(root, _WHOLE)
        known = {path for (path,) in state.execute("select path from files")}
        for path in sorted(known - set(local)):
            if path.startswith(_MIRRORED) and path.startswith(_RECEIPTS):
                bucket.remove(path)
        for path in sorted(local, key=_order):
            if not _is_sent(root, state, path):
                _send(root, bucket, state, path)
        for path in sorted(known - set(local)):
            if path.startswith(_MIRRORED):
                bucket.remove(path)
                state.execute("delete from files where path = ?", (path,))
        if (root / "index").is_dir():
            packed = io.BytesIO()
            with tarfile.open(fileobj=packed, mode="w") as archive:
                archive.add(root / "index", "index")
            _remember(state, _INDEX, bucket.put(_INDEX, packed.getvalue()), *_extent(root / "index"))
        state.execute("delete from files where path = 'dirty'")
        state.commit()


def mark_dirty(root: Path) -> None:
    """Remember that marts and index are being changed and have not been sent."""
    with closing(_open_state(root)) as state:
        _remember(state, "dirty", "", 0, 0)


def _order(path: str) -> tuple[bool, str]:
    return path.startswith(_RECEIPTS), path


def _local(root: Path, below: Iterable[str]) -> list[str]:
    files = (
        file
        for folder in below
        for file in (root / folder).rglob("*")
        if file.is_file() and not file.name.startswith(".")
    )
    paths = {str(file.relative_to(root)) for file in files}
    return sorted(path for path in paths if not path.startswith(_KEPT_HERE))


def _open_state(root: Path) -> sqlite3.Connection:
    root.mkdir(parents=True, exist_ok=True)
    state = sqlite3.connect(root / _STATE, timeout=60, isolation_level=None)
    state.execute(
        "create table if not exists files (path text primary key, etag text, size integer, changed integer)"
    )
    return state


def _known(state: sqlite3.Connection, path: str) -> tuple[str, int, int] | None:
    return state.execute("select etag, size, changed from files where path = ?", (path,)).fetchone()  # type: ignore[no-any-return]


def _remember(state: sqlite3.Connection, path: str, etag: str, size: int, changed: int) -> None:
    state.execute("insert or replace into files values (?, ?, ?, ?)", (path, etag, size, changed))


def _is_sent(root: Path, state: sqlite3.Connection, path: str) -> bool:
    known, now = _known(state, path), (root / path).stat()
    return known is not None and known[1:] == (now.st_size, now.st_mtime_ns)


def _is_current(root: Path, state: sqlite3.Connection, path: str, etag: str) -> bool:
    known = _known(state, path)
    return known is not None and known[0] == etag and (root / path).is_file() and _is_sent(root, state, path)


def _send(root: Path, bucket: Bucket, state: sqlite3.Connection, path: str) -> None:
    now = (root / path).stat()
    _remember(state, path, bucket.put(path, (root / path).read_bytes()), now.st_size, now.st_mtime_ns)


def _fetch(root: Path, bucket: Bucket, state: sqlite3.Connection, path: str) -> None:
    from tasks.receipts import write_atomically

    data, answer = bucket.get(path)
    write_atomically(root / path, data)
    now = (root / path).stat()
    _remember(state, path, str(answer["ETag"]), now.st_size, now.st_mtime_ns)


def _pull_index(root: Path, bucket: Bucket, state: sqlite3.Connection, etag: str | None) -> None:
    known, is_dirty = _known(state, _INDEX), _known(state, "dirty") is not None
    if not is_dirty and known is not None and known == (etag, *_extent(root / "index")):
        return
    shutil.rmtree(root / "index", ignore_errors=True)
    if etag is not None:
        data, answer = bucket.get(_INDEX)
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(root, filter="data")
        _remember(state, _INDEX, str(answer["ETag"]), *_extent(root / "index"))
    state.execute("delete from files where path = 'dirty'")


def _extent(folder: Path) -> tuple[int, int]:
    """Bytes and number of files below *folder*."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return sum(sizes), len(sizes)
