"""Tables of pages or of scraped articles: JSON lines and Parquet, one row one capture."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.backfill.coding import BODY_LIMIT
from tasks.backfill.compressed import BrokenFileError, open_lines
from tasks.backfill.fields import FIELDS, row_to_capture
from tasks.reasons import Reason
from tasks.units import Capture, Refusal

BATCH = 64
"""Rows of a Parquet file held at once: pages of 200 kB make 13 MB."""
_LINE_LIMIT = 4
"""A JSON line may be this many times as long as a body: every character of it can be an escape."""


def read_jsonl(path: str | Path, limit: int = BODY_LIMIT) -> Iterator[Capture | Refusal]:
    """A capture or refusal for each line of a file of JSON objects (plain, gzip or Zstandard); blank lines are passed over.

    ``offset`` is the line number, from 1; ``length`` the bytes of the line.  A file that breaks in the middle ends with a
    refusal that says where.  OSError when the file cannot be read.
    """
    name, number = str(path), 0
    with open_lines(path) as stream:
        try:
            for number, line, size in _lines(stream, limit * _LINE_LIMIT):
                if line is None:
                    yield Refusal(Reason.OVER_LIMIT, f"a line of {size} bytes", None, name, number, size)
                elif read := _read_line(line, name, number, limit):
                    yield read
        except BrokenFileError as error:
            yield Refusal(
                Reason.DAMAGED,
                f"the file cannot be read after line {number} ({error})",
                None,
                name,
                number + 1,
                None,
            )


def _lines(stream: io.BufferedIOBase, limit: int) -> Iterator[tuple[int, bytes | None, int]]:
    """(line number, line, its bytes); the line is None when it is longer than *limit*."""
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        size = len(line)
        if size <= limit:
            yield number, line, size
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(1 << 20)
            size += len(line)
        yield number, None, size


def _read_line(line: bytes, name: str, number: int, limit: int) -> Capture | Refusal | None:
    """What one line makes; None for a blank one."""
    text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
    if not text:
        return None
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        hint = (
            " (JSON lines are wanted: one object a line, as `jq -c '.[]'` makes of an array)"
            if text in (b"[", b"{")
            else ""
        )
        return Refusal(
            Reason.BAD_ROW, f"line {number} is not JSON: {error}"[:300] + hint, None, name, number, len(line)
        )
    if not isinstance(row, dict):
        return Refusal(
            Reason.BAD_ROW,
            f"line {number} is not an object but {type(row).__name__}",
            None,
            name,
            number,
            len(line),
        )
    return row_to_capture(row, name, number, len(line), limit)


def read_parquet(
    path: str | Path, limit: int = BODY_LIMIT, batch: int = BATCH
) -> Iterator[Capture | Refusal]:
    """A capture or refusal for each row of a Parquet file; ``offset`` is the row number, from 0, ``length`` is the bytes of its body.

    A row group that cannot be read is one refusal; the others go on.  OSError when the file cannot be read at all.
    """
    name = str(path)
    try:
        file = pq.ParquetFile(path, pre_buffer=False)
    except pa.ArrowException as error:
        yield Refusal(
            Reason.DAMAGED, f"not a Parquet file: {error}"[:300], None, name, 0, Path(path).stat().st_size
        )
        return
    with file:
        columns = [c for c in file.schema_arrow.names if c.lower() in FIELDS]
        start = 0
        for group in range(file.metadata.num_row_groups):
            count = file.metadata.row_group(group).num_rows
            yield from _read_group(file, group, columns, name, start, count, limit, batch)
            start += count


def _read_group(
    file: pq.ParquetFile,
    group: int,
    columns: list[str],
    name: str,
    start: int,
    count: int,
    limit: int,
    batch: int,
) -> Iterator[Capture | Refusal]:
    """The rows of one row group, whose first row has number *start*; with no known column, one refusal each."""
    number = start
    if not columns:
        for number in range(start, start + count):
            yield row_to_capture({}, name, number, 0, limit)
        return
    try:
        for rows in file.iter_batches(
            batch_size=batch, row_groups=[group], columns=columns, use_threads=False
        ):
            for row in rows.to_pylist():
                yield row_to_capture(row, name, number, _body_size(row), limit)
                number += 1
    except (pa.ArrowException, OSError) as error:
        left = start + count - number
        yield Refusal(
            Reason.DAMAGED,
            f"{left} rows of row group {group} cannot be read: {error}"[:300],
            None,
            name,
            number,
            None,
        )


def _body_size(row: Mapping[str, Any]) -> int:
    """Characters or bytes of the longest value, which is the body."""
    return max((len(v) for v in row.values() if isinstance(v, str | bytes)), default=0)
