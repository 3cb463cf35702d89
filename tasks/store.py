"""The lake on disk: where tables are, how they are read, and how a stage commits its work."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from tasks.contracts import TABLES, Contract
from tasks.errors import ConfigError, ContractError, CorpusError
from tasks.memory import give_back_memory
from tasks.parquet import describe_file, parquet_bytes, read_parquet
from tasks.receipts import (
    Receipt,
    WrittenFile,
    is_intact,
    list_receipts,
    load_receipt,
    receipt_key,
    receipt_path,
    save_receipt,
    write_atomically,
)
from tasks.remote import cache_folder, is_remote, mark_dirty, pull, push, push_unit


@dataclass(frozen=True, slots=True)
class Work:
    """What a stage made of one unit: its tables, and rows in, out and rejected by reason.

    ``contracts`` names those of tables that only the stage itself reads and that are not among the lake's ``TABLES``.
    """

    tables: Mapping[str, pa.Table]
    rows_in: int
    rows_out: int
    counts: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    meta: Mapping[str, Any] = field(default_factory=dict)
    contracts: Mapping[str, Contract] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lake:
    """A lake: the folder that holds everything columninch knows; with *remote*, a working copy of what is there."""

    root: Path
    remote: str | None = None

    def table_path(self, table: str, unit_id: str, stage: str | None = None) -> Path:
        """Where a unit's file of *table* lives.  Several stages write ``rejects``: each its own file."""
        name = f"{unit_id}.{stage}" if table == "rejects" else unit_id
        return self.root / "units" / table / f"{name}.parquet"

    def receipt(self, stage: str, unit_id: str) -> Receipt | None:
        """The receipt of a stage for a unit, or None."""
        return load_receipt(receipt_path(self.root, stage, unit_id))

    def require(self, stage: str, unit_id: str) -> Receipt:
        """The receipt of a stage that must have run before.  Raises ContractError when it has not."""
        found = self.receipt(stage, unit_id)
        if found is None:
            raise ContractError(f"unit {unit_id} has no receipt of stage {stage}; run the same command again")
        return found

    def receipts(self, stage: str) -> list[Receipt]:
        """Every receipt of a stage, by unit id."""
        return list_receipts(self.root, stage)

    def read(self, table: str, unit_id: str) -> pa.Table:
        """A unit's rows of *table*, checked against its contract.  Raises ContractError when it is not there."""
        return read_parquet(self.table_path(table, unit_id), table)

    def commit(
        self, stage: str, unit_id: str, inputs: str, version: str, settings: str, work: Callable[[str], Work]
    ) -> tuple[Receipt, bool]:
        """Do *work* unless it is done; returns the receipt and whether anything was done.

        *work* gets the first 16 characters of the receipt's key, the ``run_id`` of the rows it makes: the same work
        gives the same rows, whenever it runs.  Tables are checked against their contracts, then written, then the receipt.
        """
        key = receipt_key(stage, unit_id, inputs, version, settings)
        known = self.receipt(stage, unit_id)
        if known is not None and known.key == key and is_intact(self.root, known):
            return known, False
        started, cpu = time.time(), time.process_time()
        done = work(key[:16])
        contracts = {**TABLES, **done.contracts}
        files = tuple(
            self._write(contracts[name], unit_id, stage, table) for name, table in sorted(done.tables.items())
        )
        meta = {
            **done.meta,
            "version": version,
            "at": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
            "seconds": round(time.time() - started, 3),
            "main_cpu_seconds": round(time.process_time() - cpu, 3),
        }
        rejected = done.rows_in - done.rows_out
        give_back_memory()
        receipt = save_receipt(
            self.root,
            Receipt(
                stage,
                unit_id,
                key,
                done.rows_in,
                done.rows_out,
                rejected,
                files,
                done.counts,
                done.months,
                meta,
            ),
        )
        if self.remote:
            push_unit(self.root, self.remote, receipt)
        return receipt, True

    def _write(self, contract: Contract, unit_id: str, stage: str, table: pa.Table) -> WrittenFile:
        path = self.table_path(contract.name, unit_id, stage)
        data = parquet_bytes(contract, table)
        write_atomically(path, data)
        return describe_file(self.root, path, contract.name, table.num_rows, data)

    @contextmanager
    def lock(self, wait_seconds: float = 3600.0) -> Iterator[None]:
        """Hold the lake for lake work: one writer at a time.  The system frees it when its holder dies.

        Raises CorpusError when another process still holds it after *wait_seconds*.
        """
        from filelock import FileLock, Timeout

        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with (
                FileLock(self.root / ".lock", timeout=wait_seconds),
                _holder(self.root),
                self._remote_lock(wait_seconds),
            ):
                yield
        except Timeout as error:
            raise CorpusError(
                f"{self.root}: another process has been refreshing it for {wait_seconds:.0f} s; try again later"
            ) from error

    @contextmanager
    def _remote_lock(self, wait_seconds: float) -> Iterator[None]:
        """The same over object storage: pull under the lock, send when the block ends well."""
        if self.remote is None:
            yield
            return
        from tasks.remote_lock import remote_lock

        with remote_lock(self.remote, wait_seconds) as held:
            pull(self.root, self.remote)
            mark_dirty(self.root)
            yield
            held.check(self.remote)
            push(self.root, self.remote)


@contextmanager
def _holder(root: Path) -> Iterator[None]:
    """Say who holds the lock; tell of a holder that died with it.  The system has freed its lock, its work goes on here."""
    path = root / ".lock.holder"
    with suppress(OSError):
        sys.stderr.write(
            f"columninch: {root}: took over the lock of process {path.read_text()}, which has died\n"
        )
    with suppress(OSError):
        path.write_text(str(os.getpid()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def open_lake(path: Path | str, create: bool = False) -> Lake:
    """The lake at *path*.

    Raises ConfigError when there is none and *create* is false, or when the path cannot hold one.
    """
    if is_remote(path):
        return _open_remote(str(path).rstrip("/"), create)
    root = Path(path).absolute()
    if create:
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"--lake {path}: cannot be created: {error}") from error
        if not os.access(root, os.W_OK):
            raise ConfigError(f"--lake {path}: cannot be written to; name another folder or make it writable")
    if not root.is_dir():
        raise ConfigError(
            f"--lake {path}: there is no lake here; 'columninch backfill' or 'columninch demo' makes one"
        )
    return Lake(root)


def peek_lake(path: Path | str) -> Lake:
    """The lake at *path* for looking only: it need not exist, and is not made."""
    return _open_remote(str(path).rstrip("/"), True) if is_remote(path) else Lake(Path(path).absolute())


def _open_remote(url: str, create: bool) -> Lake:
    """A working copy of the lake at *url*, brought up to date unless a process of this machine is just writing to it."""
    from filelock import FileLock, Timeout

    root = cache_folder(url)
    root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / ".lock", timeout=0):
            pull(root, url)
    except Timeout:
        sys.stderr.write(f"columninch: {url}: is being refreshed here; reading the working copy as it is\n")
    if not create and not (root / "units").is_dir():
        raise ConfigError(f"--lake {url}: there is no lake here; 'columninch backfill' makes one")
    return Lake(root, url)
