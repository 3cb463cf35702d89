"""Tables to Parquet bytes and back, checked against their contracts; equal rows give equal bytes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.contracts import TABLES, Contract
from tasks.errors import ContractError
from tasks.receipts import WrittenFile

ROW_GROUP_ROWS = {"texts": 2_000}
"""Rows per row group where the default is wrong: texts are large, and scans of one should not read many."""
_DEFAULT_ROWS = 122_880
_DELTAS: Mapping[str, Mapping[str, str]] = {
    "articles": {"number": "DELTA_BINARY_PACKED"},
    "postings": {"number": "DELTA_BINARY_PACKED"},
}
"""Columns that grow by small steps."""
_KEYS = ("article_id", "group_id", "canonical_id")
"""Columns of hashes, which no dictionary makes smaller."""
_DICTIONARY_BYTES = {"postings": 8 << 20}
"""Room for the dictionary of a column where the default is too small: beyond it every word would be written out."""


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


def parquet_bytes(
    contract: Contract, table: pa.Table, metadata: Mapping[str, str] | None = None, is_sorted: bool = False
) -> bytes:
    """A Parquet file of *table* in its contract's order (*is_sorted*: it is): zstd 3, and equal bytes for equal rows.

    *metadata* goes into the footer.
    """
    ordered = contract.check(table) if is_sorted else sort_table(contract, table)
    if metadata:
        ordered = ordered.replace_schema_metadata(
            {**(ordered.schema.metadata or {}), **{k.encode(): v.encode() for k, v in metadata.items()}}
        )
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, ordered.schema, **_layout(contract, ordered.schema)) as writer:
        writer.write_table(ordered, ROW_GROUP_ROWS.get(contract.name, _DEFAULT_ROWS))
    return sink.getvalue()


def parquet_stream(
    sink: BinaryIO,
    contract: Contract,
    reader: pa.RecordBatchReader,
    metadata: Mapping[str, str] | None = None,
) -> int:
    """Write rows that come in batches, already in the contract's order, as a Parquet file to *sink*; returns their number.

    Only one row group is held.  Equal rows give equal bytes, however they are cut into batches.
    """
    size = ROW_GROUP_ROWS.get(contract.name, _DEFAULT_ROWS)
    footer = {k.encode(): v.encode() for k, v in (metadata or {}).items()}
    schema = contract.schema.with_metadata(footer or None)
    rows = 0
    with pq.ParquetWriter(sink, schema, **_layout(contract, schema)) as writer:
        held = contract.empty()
        for batch in reader:
            held = pa.concat_tables([held, contract.check(pa.Table.from_batches([batch]))])
            while held.num_rows >= size:
                writer.write_table(held.slice(0, size).replace_schema_metadata(footer or None), size)
                held, rows = held.slice(size), rows + size
        writer.write_table(held.replace_schema_metadata(footer or None), size)
    return rows + int(held.num_rows)


def _layout(contract: Contract, schema: pa.Schema) -> dict[str, Any]:
    """How a table's files are encoded: zstd 3, steps for what is counted up, no dictionary for hashes.

    A bloom filter on ``actor_id`` lets readers skip files without that actor.
    """
    deltas = _DELTAS.get(contract.name, {})
    has_bloom = "actor_id" in schema.names and contract.partition == "month"
    return {
        "compression": "zstd",
        "compression_level": 3,
        "use_dictionary": [
            p for f in schema if f.name not in {*deltas, *_KEYS} for p in _leaves(f.name, f.type)
        ],
        "column_encoding": dict(deltas) or None,
        "dictionary_pagesize_limit": _DICTIONARY_BYTES.get(contract.name, 1 << 20),
        "bloom_filter_options": {"actor_id": {"ndv": 20_000, "fpp": 0.01}} if has_bloom else None,
    }


def _leaves(path: str, kind: pa.DataType) -> list[str]:
    """Paths of the columns that a field becomes in a Parquet file."""
    if pa.types.is_list(kind):
        return _leaves(f"{path}.list.element", kind.value_type)
    if pa.types.is_struct(kind):
        return [leaf for f in kind for leaf in _leaves(f"{path}.{f.name}", f.type)]
    return [path]


def describe_file(root: Path, path: Path, table: str, rows: int, data: bytes) -> WrittenFile:
    """What a receipt says of a file with these bytes at *path* below the lake's *root*."""
    return WrittenFile(table, str(path.relative_to(root)), rows, len(data), hashlib.sha256(data).hexdigest())


def describe_staged(root: Path, path: Path, table: str, rows: int, staged: Path) -> WrittenFile:
    """The same for a file that lies at *staged* until it is moved to *path*; it is read a piece at a time."""
    with staged.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return WrittenFile(table, str(path.relative_to(root)), rows, staged.stat().st_size, digest)
