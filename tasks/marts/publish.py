"""Replace mart partitions whole, the tables of one month in one burst of renames.

Files are written into the staging folder first, then a manifest that names them: from then on the build *is*
committed, and whoever finds the manifest finishes the renames.  Without a manifest the folder is rubbish.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from tasks.contract import Contract
from tasks.contracts import TABLES
from tasks.parquet import describe_file, describe_staged, parquet_bytes, parquet_stream
from tasks.receipts import Receipt, WrittenFile, is_intact, receipt_path, save_receipt, write_atomically
from tasks.store import Lake

Stream = Callable[[], pa.RecordBatchReader]
"""Rows of a table that are made when they are asked for, in the order of the table's contract."""

_MANIFEST = "manifest.json"


def mart_path(root: Path, table: str, month: str | None) -> Path:
    """Where the mart file of a table lives: one per month, or one for the whole table when *month* is None."""
    folder = root / "marts" / table
    return (folder / f"month={month}" if month else folder) / f"{table}.parquet"


def publish(
    lake: Lake, partition: str, month: str | None, key: str, tables: Mapping[str, pa.Table | Stream]
) -> Receipt:
    """Stage, commit and rename the *tables* of one partition; returns its receipt.

    A table too large to be held comes as a stream of batches in the contract's order; streams are opened one after the other.

    The build id in the footers is the first 16 characters of *key*, so that equal inputs give equal bytes.  Tables
    that are not part of a month's burst carry none.
    """
    build = lake.root / "staging" / f"build-{partition}"
    shutil.rmtree(build, ignore_errors=True)
    footer = {"build_id": key[:16]} if partition == month else None
    files = []
    for name, table in sorted(tables.items()):
        staged, target = build / f"{name}.parquet", mart_path(lake.root, name, month)
        if isinstance(table, pa.Table):
            data = parquet_bytes(TABLES[name], table, footer)
            write_atomically(staged, data)
            files.append(describe_file(lake.root, target, name, table.num_rows, data))
        else:
            count = _write_stream(staged, TABLES[name], table, footer)
            files.append(describe_staged(lake.root, target, name, count, staged))
    rows = sum(file.rows for file in files)
    receipt = Receipt("marts", partition, key, rows, rows, 0, tuple(files))
    write_atomically(build / _MANIFEST, json.dumps(asdict(receipt)).encode())
    _finish(lake, build)
    return receipt


def _write_stream(path: Path, contract: Contract, table: Stream, footer: Mapping[str, str] | None) -> int:
    """Write a stream's rows to a file below the staging folder, synchronised; returns their number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        count = parquet_stream(file, contract, table(), footer)
        file.flush()
        os.fsync(file.fileno())
    return count


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
