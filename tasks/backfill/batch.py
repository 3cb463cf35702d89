"""One unit to the rows of ``captures`` and ``rejects``: what was read, where it is, and what was refused.

The bodies are not kept: cleaning reads the unit again and finds each capture's row by :func:`capture_id`.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from tasks.contracts import CAPTURES, REJECTS, Contract
from tasks.units import Capture, Refusal, Unit

STAGE = "capture"
ROWS_HELD = 1000
"""Rows held as Python values before they are packed."""


def payload_sha256(payload: bytes) -> str:
    """SHA-256 of a decoded body, hexadecimal."""
    return hashlib.sha256(payload, usedforsecurity=False).hexdigest()


def capture_id(unit_id: str, capture: Capture, sha256: str | None = None) -> int:
    """A capture's key: 63 bits of BLAKE2b over the unit, the place in its file, the URL and time, and the body's digest.

    The path has no part in it, so that a renamed file gives the same keys.  *sha256*: the body's digest when at hand.
    """
    when = capture.captured_at.isoformat() if capture.captured_at else ""
    parts = (
        unit_id,
        str(capture.offset),
        str(capture.length),
        capture.url or "",
        when,
        sha256 or payload_sha256(capture.payload),
    )
    state = hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(state.digest(), "big") >> 1


def _name(file: str) -> str:
    """A file name as text: those that are not UTF-8 on disk have their bytes written out."""
    return file.encode("utf-8", "backslashreplace").decode()


def capture_row(unit: Unit, capture: Capture) -> dict[str, Any]:
    """The row of ``captures`` that a capture makes."""
    sha256 = payload_sha256(capture.payload)
    return {
        "capture_id": capture_id(unit.unit_id, capture, sha256),
        "url": capture.url,
        "captured_at": capture.captured_at,
        "status": capture.status,
        "mime": capture.mime,
        "payload_kind": capture.payload_kind,
        "payload_sha256": sha256,
        "unit_id": unit.unit_id,
        "file": _name(capture.file),
        "offset": capture.offset,
        "length": capture.length,
        "source": capture.source,
        "truncated": capture.truncated,
        "damage": capture.damage,
    }


def reject_row(unit: Unit, refusal: Refusal, run_id: str, stage: str = STAGE) -> dict[str, Any]:
    """The row of ``rejects`` that a refusal makes."""
    return {
        "stage": stage,
        "unit_id": unit.unit_id,
        "url": refusal.url,
        "file": _name(refusal.file) if refusal.file is not None else None,
        "offset": refusal.offset,
        "length": refusal.length,
        "reason": refusal.reason.value,
        "detail": refusal.detail,
        "run_id": run_id,
    }


def captures_table(
    unit: Unit, read: Iterable[Capture | Refusal], run_id: str
) -> tuple[pa.Table, pa.Table, dict[str, int]]:
    """(captures, rejects, counts) of a unit, from what its reader yields; no body is held longer than its row takes to make.

    ``counts``: ``read`` = ``captures`` + ``rejected``, ``truncated`` and ``damaged`` captures, and ``rejected.<reason>``.
    The same capture twice (one place, one body) is one row, and counted once.  ContractError when a value does not fit.
    """
    kept, refused = _Rows(CAPTURES), _Rows(REJECTS)
    seen: set[int] = set()
    counts: Counter[str] = Counter({"read": 0, "captures": 0, "rejected": 0})
    for one in read:
        if isinstance(one, Capture):
            row = capture_row(unit, one)
            if row["capture_id"] not in seen:
                seen.add(row["capture_id"])
                kept.add(row)
                counts.update(captures=1, truncated=int(one.truncated), damaged=int(one.damage is not None))
        else:
            refused.add(reject_row(unit, one, run_id))
            counts.update({"rejected": 1, f"rejected.{one.reason.value}": 1})
    counts["read"] = counts["captures"] + counts["rejected"]
    captures = kept.table().sort_by([(name, "ascending") for name in CAPTURES.sort])
    return captures, refused.table(), dict(counts)


class _Rows:
    """Rows of one table, turned into Arrow every so often: as Python dictionaries they would take ten times the memory."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._tables: list[pa.Table] = []
        self._rows: list[dict[str, Any]] = []

    def add(self, row: dict[str, Any]) -> None:
        """Take one more row."""
        self._rows.append(row)
        if len(self._rows) >= ROWS_HELD:
            self._pack()

    def _pack(self) -> None:
        self._tables.append(self._contract.table(self._rows))
        self._rows = []

    def table(self) -> pa.Table:
        """All rows so far, in the order they came."""
        self._pack()
        return pa.concat_tables(self._tables).combine_chunks()
