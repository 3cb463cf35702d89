"""Replace mart partitions whole, the tables of one month in one burst of renames.

Files are written into the staging folder first, then a manifest that names them: from then on the build *is*
committed, and whoever finds the manifest finishes the renames.  Without a manifest the folder is rubbish.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from tasks.contract import Contract
from tasks.contracts import TABLES
from tasks.marts.months import ByMonth, Rows
from tasks.parquet import describe_file, describe_staged, parquet_bytes, parquet_stream
from tasks.receipts import Receipt, WrittenFile, is_intact, receipt_path, save_receipt, write_atomically
from tasks.store import Lake

_MANIFEST = "manifest.json"


def mart_path(root: Path, table: str, month: str | None) -> Path:
    """Where the mart file of a table lives: one per month, or one for the whole table when *month* is None."""
    folder = root / "marts" / table
    return (folder / f"month={month}" if month else folder) / f"{table}.parquet"


def publish_months(lake: Lake, keys: Mapping[str, str], tables: Mapping[str, ByMonth]) -> dict[str, Receipt]:
    """Stage, commit and rename the *tables* of some months, whose keys are given; returns the receipt of each month.

    The tables are made one after the other.  The build id in the footers is the first 16 characters of a month's key, so
    that equal inputs give equal bytes.
    """
    files: dict[str, list[WrittenFile]] = {month: [] for month in keys}
    for month in keys:
        shutil.rmtree(_folder(lake, month), ignore_errors=True)
    for name, by_month in sorted(tables.items()):
        for month, rows in by_month():
            target, footer = mart_path(lake.root, name, month), {"build_id": keys[month][:16]}
            files[month].append(_stage(lake, month, target, TABLES[name], rows, footer))
    return {month: _commit(lake, month, keys[month], files[month]) for month in keys}


def publish_stream(
    lake: Lake, partition: str, month: str | None, key: str, name: str, rows: pa.RecordBatchReader
) -> Receipt:
    """The same for a large table that is a partition of its own; its footer has no build id."""
    shutil.rmtree(_folder(lake, partition), ignore_errors=True)
    staged = _stage(lake, partition, mart_path(lake.root, name, month), TABLES[name], rows, None)
    return _commit(lake, partition, key, [staged])


def publish_file(
    lake: Lake, partition: str, month: str | None, key: str, name: str, rows: int, data: bytes
) -> Receipt:
    """The same for the bytes of a file that is a partition of its own.

    It needs no manifest: after a crash between its one rename and its receipt it is made again, with the same bytes.
    """
    target, folder = mart_path(lake.root, name, month), _folder(lake, partition)
    staged = folder / target.name
    _write(staged, data)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, target)
    folder.rmdir()
    written = describe_file(lake.root, target, name, rows, data)
    return save_receipt(lake.root, Receipt("marts", partition, key, rows, rows, 0, (written,)))


def _folder(lake: Lake, partition: str) -> Path:
    return lake.root / "staging" / f"build-{partition}"


def _stage(
    lake: Lake, partition: str, target: Path, contract: Contract, rows: Rows, footer: Mapping[str, str] | None
) -> WrittenFile:
    """Write rows to a file below the staging folder, synchronised; says what will lie at *target*."""
    path = _folder(lake, partition) / f"{contract.name}.parquet"
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


def _commit(lake: Lake, partition: str, key: str, files: Sequence[WrittenFile]) -> Receipt:
    """From the manifest on the build is committed; the renames follow."""
    rows = sum(file.rows for file in files)
    receipt = Receipt("marts", partition, key, rows, rows, 0, tuple(files))
    write_atomically(_folder(lake, partition) / _MANIFEST, json.dumps(asdict(receipt)).encode())
    _finish(lake, _folder(lake, partition))
    return receipt


def roll_forward(lake: Lake) -> list[str]:
    """Finish builds that a crash interrupted after their manifest, drop those before it; returns the partitions finished."""
    finished = []
    for build in sorted((lake.root / "staging").glob("build-*")):
        if (build / _MANIFEST).exists():
            finished.append(_finish(lake, build))
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


def _finish(lake: Lake, build: Path) -> str:
    plain = json.loads((build / _MANIFEST).read_bytes())
    files = tuple(WrittenFile(**entry) for entry in plain.pop("files"))
    for written in files:
        staged, target = build / f"{written.table}.parquet", lake.root / written.path
        if staged.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staged, target)
    receipt = save_receipt(lake.root, Receipt(files=files, **plain))
    (build / _MANIFEST).unlink()
    build.rmdir()
    return receipt.unit_id
