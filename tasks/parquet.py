"""Tables to Parquet bytes and back, checked against their contracts; equal rows give equal bytes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.contracts import TABLES, Contract
from tasks.errors import ContractError
from tasks.receipts import WrittenFile

ROW_GROUP_ROWS = {"texts": 2_000}
"""Rows per row group where the default is wrong: texts are large, and scans of one should not read many."""
_DEFAULT_ROWS = 122_880


def read_parquet(path: Path | str, table: str | Contract) -> pa.Table:
    """The rows of one file of *table* (a name, or a stage's own contract), checked against its contract.

    Raises ContractError when the file is missing or damaged.
    """
    try:
        return (TABLES[table] if isinstance(table, str) else table).check(
            pq.read_table(path, partitioning=None)
        )
    except (OSError, pa.ArrowInvalid) as error:
        raise ContractError(
            f"{path}: cannot be read ({error}); run the same command again to make it anew"
        ) from error


def sort_table(contract: Contract, table: pa.Table) -> pa.Table:
    """The table checked against its contract and in its sort order."""
    checked = contract.check(table)
    return (
        checked.sort_by([(name, "ascending") for name in contract.sort])
        if contract.sort and checked.num_rows > 1
        else checked
    )


def parquet_bytes(contract: Contract, table: pa.Table, metadata: Mapping[str, str] | None = None) -> bytes:
    """A Parquet file of *table* in its contract's order: zstd 3, and equal bytes for equal rows.

    *metadata* goes into the footer.  A bloom filter on ``actor_id`` lets readers skip files without that actor.
    """
    ordered = sort_table(contract, table)
    if metadata:
        ordered = ordered.replace_schema_metadata(
            {**(ordered.schema.metadata or {}), **{k.encode(): v.encode() for k, v in metadata.items()}}
        )
    sink = io.BytesIO()
    bloom = (
        {"actor_id": {"ndv": 20_000, "fpp": 0.01}}
        if "actor_id" in ordered.column_names and contract.partition == "month"
        else None
    )
    pq.write_table(
        ordered,
        sink,
        compression="zstd",
        compression_level=3,
        row_group_size=ROW_GROUP_ROWS.get(contract.name, _DEFAULT_ROWS),
        bloom_filter_options=bloom,
    )
    return sink.getvalue()


def describe_file(root: Path, path: Path, table: str, rows: int, data: bytes) -> WrittenFile:
    """What a receipt says of a file with these bytes at *path* below the lake's *root*."""
    return WrittenFile(table, str(path.relative_to(root)), rows, len(data), hashlib.sha256(data).hexdigest())
