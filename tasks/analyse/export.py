"""Rows of a query as text or as a file: table, CSV, JSON, Parquet or Arrow."""

from __future__ import annotations

import csv
import json
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.errors import ConfigError

BATCH_ROWS = 50_000
"""Rows held at a time."""
WIDEST = 60
"""Characters of a table's cell before it is cut."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What a terminal would obey rather than show; crawled headlines may hold it."""


def export_rows(relation: duckdb.DuckDBPyRelation, form: str, out: BinaryIO) -> int:
    """Write the rows to *out*, open for bytes, and return how many.

    *form* is csv (UTF-8, header; lists and structs as JSON), json (a list of objects; times in ISO 8601), parquet or
    arrow (an Arrow IPC file).  Raises ConfigError for any other, and when the query fails while its rows are read.
    """
    if form not in _WRITERS:
        raise ConfigError(f"--format {form}: there are table, {', '.join(_WRITERS)}")
    try:
        with relation.to_arrow_reader(BATCH_ROWS) as reader:
            return _WRITERS[form](reader, out)
    except (pa.ArrowException, OverflowError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ConfigError(f"the query failed: {error}") from error


def export_file(relation: duckdb.DuckDBPyRelation, path: Path, form: str | None = None) -> int:
    """Write the rows to *path*, whole or not at all, and return how many.  The suffix decides when *form* is None."""
    form = form or path.suffix.removeprefix(".")
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as out:
            rows = table_file(relation, out) if form in ("table", "txt") else export_rows(relation, form, out)
        os.replace(temporary, path)
    except OSError as error:
        raise ConfigError(f"--out {path}: cannot be written: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def table_file(relation: duckdb.DuckDBPyRelation, out: BinaryIO) -> int:
    """Write :func:`table_text` to *out* and return the number of rows."""
    columns, rows = list(relation.columns), relation.fetchall()
    out.write((layout_table(columns, rows) + "\n").encode())
    return len(rows)


def table_text(relation: duckdb.DuckDBPyRelation) -> str:
    """The rows as aligned columns for reading, numbers to the right; ends without a line feed."""
    return layout_table(list(relation.columns), relation.fetchall())


def layout_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Column names, a rule and the rows, aligned."""
    rows = list(rows)
    cells = [[format_cell(value) for value in row] for row in rows]
    widths = [max([len(name), *(len(row[n]) for row in cells)]) for n, name in enumerate(columns)]
    right = [any(isinstance(row[n], int | float) for row in rows) for n in range(len(columns))]

    def line(parts: Sequence[str]) -> str:
        """One line of the table, its columns as wide as their widest part."""
        return "  ".join(
            p.rjust(w) if is_right else p.ljust(w)
            for p, w, is_right in zip(parts, widths, right, strict=True)
        ).rstrip()

    return "\n".join([line(list(columns)), "  ".join("-" * w for w in widths), *(line(row) for row in cells)])


def format_cell(value: object) -> str:
    """A value for reading: four digits of a number, ISO times, nothing for null, one line of text."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = _CONTROL.sub(" ", plain_text(value))
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def plain_text(value: object) -> str:
    """A value as text: ISO times, JSON for lists and structs."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain_json)
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _plain_json(value: object) -> object:
    """What JSON has no type for: decimals as numbers, the rest as text."""
    return float(value) if isinstance(value, Decimal) else plain_text(value)


def _write_csv(reader: pa.RecordBatchReader, out: BinaryIO) -> int:
    # A line end of two signs makes the writer quote both of them; "\n" alone would leave a bare "\r" to split the row.
    lines = SimpleNamespace(write=lambda text: out.write(text.removesuffix("\r\n").encode() + b"\n"))
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(reader.schema.names)
    count = 0
    for batch in reader:
        for row in _batch_rows(batch):
            writer.writerow(["" if v is None else plain_text(v) for v in row])
        count += batch.num_rows
    return count


def _write_json(reader: pa.RecordBatchReader, out: BinaryIO) -> int:
    count = 0
    names = _distinct_names(reader.schema.names)
    out.write(b"[")
    for batch in reader:
        for row in _batch_rows(batch):
            plain = _finite(dict(zip(names, row, strict=True)))
            line = json.dumps(plain, ensure_ascii=False, default=_plain_json, allow_nan=False)
            out.write((",\n" if count else "\n").encode() + line.encode())
            count += 1
    out.write(b"\n]\n" if count else b"]\n")
    return count


def _batch_rows(batch: pa.RecordBatch) -> Iterator[tuple[object, ...]]:
    """The rows as tuples: a join may give two columns of one name, which a dictionary would lose."""
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _distinct_names(names: Sequence[str]) -> list[str]:
    """The names, a number added where one came before: a, a_1."""
    found: list[str] = []
    for name in names:
        number, wanted = 0, name
        while wanted in found:
            number += 1
            wanted = f"{name}_{number}"
        found.append(wanted)
    return found


def _finite(value: object) -> object:
    """The value with null for NaN and infinity, however deep, which JSON does not have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, list | tuple) else value


def _write_parquet(reader: pa.RecordBatchReader, out: BinaryIO) -> int:
    count = 0
    with pq.ParquetWriter(out, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


def _write_arrow(reader: pa.RecordBatchReader, out: BinaryIO) -> int:
    count = 0
    with pa.ipc.new_file(out, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


_WRITERS: Mapping[str, Callable[[pa.RecordBatchReader, BinaryIO], int]] = {
    "csv": _write_csv,
    "json": _write_json,
    "parquet": _write_parquet,
    "arrow": _write_arrow,
}
FORMS = ("table", *_WRITERS)
"""What the rows can become."""
