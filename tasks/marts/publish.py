"""Replace mart partitions whole, the tables of one month in one burst of renames.

Files are written into the staging folder first, then a manifest that names them: from then on the build *is*
committed, and whoever finds the manifest finishes the renames.  Without a manifest the folder is rubbish.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from tasks.contract import Contract
from tasks.contracts import TABLES
from tasks.marts.months import ByMonth, Rows
from tasks.parquet import describe_file, describe_staged, parquet_bytes, parquet_stream
from tasks.receipts import (
    Receipt,
    WrittenFile,
    is_intact,
    read_receipt,
    receipt_path,
    save_receipt,
    write_atomically,
)
from tasks.store import Lake

_MANIFEST = "receipts.json"
"""The receipts of the build's partitions, which are saved once their files are where they belong."""


class File(NamedTuple):
    """A file that is a partition of its own; its footer has no build id."""

    partition: str
    month: str | None
    key: str
    table: str
    rows: int
    data: bytes


def mart_path(root: Path, table: str, month: str | None) -> Path:
    """Where the mart file of a table lives: one per month, or one for the whole table when *month* is None."""
    folder = root / "marts" / table
    return (folder / f"month={month}" if month else folder) / f"{table}.parquet"


def publish_months(lake: Lake, keys: Mapping[str, str], tables: Mapping[str, ByMonth]) -> dict[str, Receipt]:
    """Stage, commit and rename the *tables* of some months, whose keys are given; returns the receipt of each month.

    The tables are made one after the other.  The build id in the footers is the first 16 characters of a month's key, so
    that equal inputs give equal bytes.
    """
    build = _begin(lake, min(keys))
    files: dict[str, list[WrittenFile]] = {month: [] for month in keys}
    for name, by_month in sorted(tables.items()):
        for month, rows in by_month():
            target, footer = mart_path(lake.root, name, month), {"build_id": keys[month][:16]}
            files[month].append(_stage(lake, build, target, TABLES[name], rows, footer))
    receipts = {month: _receipt(month, keys[month], files[month]) for month in keys}
    _commit(lake, build, list(receipts.values()))
    return receipts


def publish_stream(
    lake: Lake, partition: str, month: str | None, key: str, name: str, rows: pa.RecordBatchReader
) -> None:
    """The same for a large table that is a partition of its own; its footer has no build id."""
    build = _begin(lake, partition)
    written = _stage(lake, build, mart_path(lake.root, name, month), TABLES[name], rows, None)
    _commit(lake, build, [_receipt(partition, key, [written])])


def publish_files(lake: Lake, name: str, files: Iterable[File]) -> None:
    """The same for files that are taken one after the other, in one build of that *name*."""
    build = _begin(lake, name)
    receipts = []
    for file in files:
        target = mart_path(lake.root, file.table, file.month)
        written = describe_file(lake.root, target, file.table, file.rows, file.data)
        _write(_staged(build, written.path), file.data)
        receipts.append(_receipt(file.partition, file.key, [written]))
    if receipts:
        _commit(lake, build, receipts)


def _begin(lake: Lake, name: str) -> Path:
    """The folder of a build, empty or not there yet."""
    build = lake.root / "staging" / f"build-{name}"
    shutil.rmtree(build, ignore_errors=True)
    return build


def _staged(build: Path, path: str) -> Path:
    """Where the file lies that will be at *path* below the lake."""
    return build / path.replace("/", "_")


def _receipt(partition: str, key: str, files: Sequence[WrittenFile]) -> Receipt:
    rows = sum(file.rows for file in files)
    return Receipt("marts", partition, key, rows, rows, 0, tuple(files))


def _stage(
    lake: Lake, build: Path, target: Path, contract: Contract, rows: Rows, footer: Mapping[str, str] | None
) -> WrittenFile:
    """Write rows to a file below the staging folder, synchronised; says what will lie at *target*."""
    path = _staged(build, str(target.relative_to(lake.root)))
    if isinstance(rows, pa.Table):
        data = parquet_bytes(contract, rows, footer, is_sorted=True)
        _write(path, data)
        return describe_file(lake.root, target, contract.name, rows.num_rows, data)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        count = parquet_stream(file, contract, rows, footer)
        file.flush()
        os.fsync(file.fileno())
    return describe_staged(lake.root, target, contract.name, count, path)


def _write(path: Path, data: bytes) -> None:
    """Write a file below the staging folder, synchronised."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb", buffering=0) as file:
        file.write(data)
        os.fsync(file.fileno())


def _commit(lake: Lake, build: Path, receipts: Sequence[Receipt]) -> None:
    """From the manifest on the build is committed; the renames follow."""
    write_atomically(build / _MANIFEST, json.dumps([asdict(receipt) for receipt in receipts]).encode())
    _finish(lake, build, receipts)


def _finish(lake: Lake, build: Path, receipts: Sequence[Receipt]) -> None:
    """Move the files that are not yet in their place, the tables of each partition in one burst, and save its receipt."""
    for receipt in receipts:
        for written in receipt.files:
            staged, target = _staged(build, written.path), lake.root / written.path
            if staged.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(staged, target)
        save_receipt(lake.root, receipt)
    shutil.rmtree(build)


def roll_forward(lake: Lake) -> list[str]:
    """Finish builds that a crash interrupted after their manifest, drop those before it; returns the partitions finished."""
    finished = []
    for build in sorted((lake.root / "staging").glob("build-*")):
        if (build / _MANIFEST).exists():
            receipts = [read_receipt(plain) for plain in json.loads((build / _MANIFEST).read_bytes())]
            _finish(lake, build, receipts)
            finished += [receipt.unit_id for receipt in receipts]
        shutil.rmtree(build, ignore_errors=True)
    return finished


def is_current(lake: Lake, partition: str, key: str) -> bool:
    """Whether a partition was built from these inputs and its files are whole."""
    receipt = lake.receipt("marts", partition)
    return receipt is not None and receipt.key == key and is_intact(lake.root, receipt)


def withdraw(lake: Lake, keep: set[str]) -> list[str]:
    """Remove partitions that have no articles any more; returns their names."""
    gone = [receipt for receipt in lake.receipts("marts") if receipt.unit_id not in keep]
    for receipt in gone:
        for written in receipt.files:
            (lake.root / written.path).unlink(missing_ok=True)
        receipt_path(lake.root, "marts", receipt.unit_id).unlink(missing_ok=True)
    return [receipt.unit_id for receipt in gone]
