"""The fixed-width rows of the duplicate index: what is known of each article, and which article it copies.

An article has an ordinal, its row number; rows are never moved.  Both row types are stored as they are, so a change of
either needs a new ``FORMAT`` in ``tasks.dedupe.index``.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasks.contracts import Column, Contract
from tasks.dedupe.compare import Facts, Kind
from tasks.dedupe.runs import NEVER
from tasks.dedupe.shingles import SKETCH, is_sampled
from tasks.dedupe.words import I64, U32, U64, Bools, mix, offsets

Rows = npt.NDArray[np.void]

NOBODY: Final = 0xFFFFFFFF
"""Ordinal that stands for no article."""

ARTICLE: Final = np.dtype(
    [
        ("id", "<i8"), ("at", "<i8"), ("captured", "<i8"), ("digest", "<u8"), ("source", "<u4"), ("url", "<u4"),
        ("lead", "<u4"), ("words", "<u4"), ("start", "<i4"), ("end", "<i4"), ("samples", "<u2"), ("spare", "<u2"),
    ]
)  # fmt: skip
"""One article, 60 bytes: id, published and captured (µs), digest, hashes, words, compared part of the text, sampled shingles."""

ASSIGNED: Final = np.dtype(
    [
        ("group", "<i8"), ("canonical", "<u4"), ("next", "<u4"), ("similarity", "<f4"), ("containment", "<f4"),
        ("kind", "u1"), ("mints", "u1"), ("spare", "<u2"),
    ]
)  # fmt: skip
"""Where one article belongs, 28 bytes: group id, canonical member, next member of the same group (by ordinal), numbers and kind."""

KINDS: Final[tuple[Kind | None, ...]] = (None, "exact", "near", "part", "update")
"""Kinds by their number in ``ASSIGNED``; 0 is a canonical member."""

SKETCHES = Contract(
    "sketches",
    "what duplicate search keeps of each article of one unit",
    (
        *SKETCH.columns,
        Column("source", pa.string(), "outlet", True),
        Column("url_hash", pa.uint32(), "hash of the canonical URL; 0 without one", True),
        Column("lead_hash", pa.uint32(), "hash of the words of the lead; 0 without one", True),
        Column(
            "published_at",
            pa.timestamp("us", tz="UTC"),
            "when it was published; midnight when only the day is known",
        ),
        Column("captured_at", pa.timestamp("us", tz="UTC"), "when it was fetched"),
        Column("start", pa.int32(), "first character of the text that is compared", True),
        Column("end", pa.int32(), "character after the last that is compared", True),
    ),
    key=("article_id",),
    sort=("article_id",),
    mart=False,
)


def short_hashes(values: Sequence[str | None]) -> U32:
    """A 32-bit hash per string, the same in every process and never 0; 0 for null and the empty string."""
    known = {value: zlib.crc32(value.encode("utf-8", "surrogatepass")) or 1 for value in set(values) if value}
    return np.array([known[value] if value else 0 for value in values], np.uint32)


def article_rows(sketches: pa.Table) -> Rows:
    """ARTICLE rows of a table of sketches, in its order."""
    rows = np.zeros(len(sketches), ARTICLE)
    rows["id"] = _column(sketches, "article_id")
    captured = _times(sketches, "captured_at")
    published = _times(sketches, "published_at")
    rows["captured"] = captured
    rows["at"] = np.where(published == NEVER, captured, published)
    rows["digest"] = _column(sketches, "digest")
    rows["source"] = short_hashes(sketches.column("source").to_pylist())
    rows["url"] = _column(sketches, "url_hash")
    rows["lead"] = _column(sketches, "lead_hash")
    rows["words"] = _column(sketches, "word_count")
    rows["start"], rows["end"] = _column(sketches, "start"), _column(sketches, "end")
    hashes, begins = listed(sketches)
    sums = offsets(is_sampled(hashes).astype(np.int64))
    rows["samples"] = np.minimum(sums[begins[1:]] - sums[begins[:-1]], 0xFFFF)
    return rows


def listed(sketches: pa.Table) -> tuple[U64, I64]:
    """Shingles of all rows one after the other, and where each row's begin (one more than rows)."""
    column = sketches.column("shingles").combine_chunks()
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks else pa.array([], column.type)
    begins = np.asarray(column.offsets, dtype=np.int64)
    values = np.asarray(column.values, dtype=np.uint64)
    return values[begins[0] : begins[-1]], begins - begins[0]


def _column(table: pa.Table, name: str) -> npt.NDArray[Any]:
    """A numeric column as an array."""
    return np.asarray(table.column(name))


def _times(table: pa.Table, name: str) -> I64:
    """A timestamp column as microseconds, NEVER where it is null."""
    return np.asarray(table.column(name).cast(pa.int64()).fill_null(NEVER), dtype=np.int64)


def is_earlier(one: Rows, other: Rows) -> Bools:
    """Which rows come before the other's in published order: published, then captured, then id."""
    same_at = one["at"] == other["at"]
    same_captured = one["captured"] == other["captured"]
    by_id = same_captured & (one["id"] < other["id"])
    found: Bools = (one["at"] < other["at"]) | (same_at & ((one["captured"] < other["captured"]) | by_id))
    return found


def published_order(rows: Rows) -> I64:
    """Positions of the rows in published order."""
    return np.lexsort((rows["id"], rows["captured"], rows["at"]))


def facts(row: Any) -> Facts:
    """What the exact check needs of one ARTICLE row."""
    return Facts(
        int(row["at"]),
        int(row["source"]),
        int(row["url"]),
        int(row["lead"]),
        int(row["digest"]),
        int(row["words"]),
    )


def id_keys(ids: I64) -> U32:
    """Index keys of article ids."""
    return (mix(ids.astype(np.uint64) ^ np.uint64(0x5851F42D4C957F2D)) >> np.uint64(32)).astype(np.uint32)


def digest_keys(digests: U64) -> U32:
    """Index keys of digests."""
    return (mix(digests ^ np.uint64(0x14057B7EF767814F)) >> np.uint64(32)).astype(np.uint32)
