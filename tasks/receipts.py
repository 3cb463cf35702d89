"""Receipts: the only commit mark.  One JSON file per stage and unit, written after every file it names.

A receipt's key is a digest of stage, unit, inputs, code version and the settings that matter.  Same key and the files
verify: the work is done.  Anything else: it is done again.  There is no second ledger that could disagree.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.errors import ContractError

_PARQUET_MAGIC = b"PAR1"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that a receipt vouches for: path below the lake, rows, bytes and SHA-256 (hexadecimal)."""

    table: str
    path: str
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one stage did for one unit.  ``rows_in == rows_out + rejected``, or the receipt refuses to exist.

    ``counts`` holds rejects by reason; ``months`` rows by publication month; ``meta`` what else people want to see
    (inputs of the unit, seconds of CPU, when and in which run).  Only ``meta`` may differ between two runs.
    """

    stage: str
    unit_id: str
    key: str
    rows_in: int
    rows_out: int
    rejected: int
    files: tuple[WrittenFile, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ContractError unless rows add up."""
        if self.rows_in != self.rows_out + self.rejected:
            raise ContractError(
                f"{self.stage} of {self.unit_id}: read {self.rows_in} rows but kept {self.rows_out} and rejected {self.rejected}"
            )
        if sum(self.counts.values()) != self.rejected:
            raise ContractError(
                f"{self.stage} of {self.unit_id}: {self.rejected} rejected, but reasons add up to {sum(self.counts.values())}"
            )

    @property
    def digest(self) -> str:
        """SHA-256 of the contents of the files it vouches for: the input of the next stage."""
        return hashlib.sha256(
            "\n".join(sorted(f"{f.table} {f.sha256}" for f in self.files)).encode()
        ).hexdigest()

    def file(self, table: str) -> WrittenFile:
        """The file of *table*; raises ContractError when the stage wrote none."""
        for written in self.files:
            if written.table == table:
                return written
        raise ContractError(f"{self.stage} of {self.unit_id} wrote no table {table}")


def receipt_key(stage: str, unit_id: str, inputs: str, version: str, settings: str) -> str:
    """SHA-256 (hexadecimal) over everything that decides a stage's output for one unit."""
    return hashlib.sha256("\0".join((stage, unit_id, inputs, version, settings)).encode()).hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """Replace *path* whole: temporary file beside it, flushed to disk, renamed.  Readers see the old or the new file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's contents, hexadecimal, read in pieces."""
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def receipt_path(root: Path, stage: str, unit_id: str) -> Path:
    """Where the receipt of a stage for a unit lives in the lake at *root*."""
    return root / "units" / "receipts" / stage / f"{unit_id}.json"


def save_receipt(root: Path, receipt: Receipt) -> Receipt:
    """Write the commit mark, last of all; returns the receipt."""
    plain = asdict(receipt)
    plain["counts"], plain["months"] = (
        dict(sorted(receipt.counts.items())),
        dict(sorted(receipt.months.items())),
    )
    write_atomically(
        receipt_path(root, receipt.stage, receipt.unit_id),
        json.dumps(plain, indent=1, ensure_ascii=False).encode(),
    )
    _log(root, receipt)
    return receipt


def _log(root: Path, receipt: Receipt) -> None:
    """Add one JSON line about a committed stage of a unit to LAKE/log/DAY.jsonl; several processes may."""
    now = datetime.now(UTC)
    line = {
        "at": now.isoformat(timespec="milliseconds"), "stage": receipt.stage, "unit": receipt.unit_id, "rows_in": receipt.rows_in,
        "rows_out": receipt.rows_out, "rejected": receipt.rejected, "seconds": receipt.meta.get("seconds"),
        "bytes": sum(file.bytes for file in receipt.files), "process": os.getpid(), "reasons": dict(receipt.counts),
    }  # fmt: skip
    path = root / "log" / f"{now:%Y-%m-%d}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab", buffering=0) as log:
        log.write(json.dumps(line).encode() + b"\n")


def read_receipt(plain: dict[str, Any]) -> Receipt:
    """A receipt from its plain form."""
    return Receipt(**{**plain, "files": tuple(WrittenFile(**entry) for entry in plain["files"])})


def load_receipt(path: Path) -> Receipt | None:
    """The receipt in *path*, or None when it is absent or not readable as one (then the work is done again)."""
    try:
        return read_receipt(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, ContractError):
        return None


def is_intact(root: Path, receipt: Receipt, deep: bool = False) -> bool:
    """Whether every file is there with its size and Parquet's closing bytes; *deep* compares contents by SHA-256."""
    return not list(damaged_files(root, receipt, deep))


def damaged_files(root: Path, receipt: Receipt, deep: bool = False) -> Iterator[str]:
    """Paths below the lake of files that are missing or not as the receipt says."""
    for written in receipt.files:
        path = root / written.path
        try:
            with open(path, "rb") as handle:
                size = handle.seek(0, os.SEEK_END)
                handle.seek(max(0, size - 4))
                whole = size == written.bytes and (
                    not written.path.endswith(".parquet") or handle.read(4) == _PARQUET_MAGIC
                )
        except OSError:
            whole = False
        if not whole or (deep and file_sha256(path) != written.sha256):
            yield written.path


def list_receipts(root: Path, stage: str) -> list[Receipt]:
    """Every readable receipt of a stage, by unit id."""
    folder = root / "units" / "receipts" / stage
    found = (load_receipt(path) for path in sorted(folder.glob("*.json")))
    return [receipt for receipt in found if receipt is not None]
