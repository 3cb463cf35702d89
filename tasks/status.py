"""What is in a lake: units, receipts, rows that add up, rejects by reason, coverage.  Reads receipts only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tasks.receipts import Receipt, damaged_files
from tasks.store import Lake

UNIT_STAGES = ("capture", "clean", "sketch", "enrich")
"""The stages of unit work, in order."""


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """One unit: what it reads, how far it is, and rows read = kept + rejected at its first stage and over all of them."""

    unit_id: str
    kind: str
    inputs: tuple[str, ...]
    stages: tuple[str, ...]
    read: int
    kept: int
    rejected: dict[str, int]
    damaged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LakeStatus:
    """A whole lake: units, totals, rejects by reason, months with articles, files that are missing or damaged."""

    units: tuple[UnitStatus, ...]
    months: dict[str, int]
    reasons: dict[str, int]
    bytes: int

    @property
    def read(self) -> int:
        """Records, pages and rows read, all units."""
        return sum(unit.read for unit in self.units)

    @property
    def kept(self) -> int:
        """Articles kept, all units."""
        return sum(unit.kept for unit in self.units)

    @property
    def rejected(self) -> int:
        """Rows rejected, all units and stages."""
        return sum(sum(unit.rejected.values()) for unit in self.units)


def lake_status(lake: Lake) -> LakeStatus:
    """Read every receipt of the lake.  In each unit ``read == kept + sum(rejected.values())``."""
    by_stage = {
        stage: {receipt.unit_id: receipt for receipt in lake.receipts(stage)} for stage in UNIT_STAGES
    }
    units = tuple(_unit_status(lake, unit, by_stage) for unit in sorted(by_stage["capture"]))
    reasons: Counter[str] = Counter()
    for unit in units:
        reasons.update(unit.rejected)
    marts = lake.receipts("marts")
    months = {
        r.unit_id: r.file("articles").rows for r in marts if any(f.table == "articles" for f in r.files)
    }
    size = sum(
        f.bytes for r in [*marts, *(r for rs in by_stage.values() for r in rs.values())] for f in r.files
    )
    return LakeStatus(units, months, dict(reasons.most_common()), size)


def _unit_status(lake: Lake, unit_id: str, by_stage: Mapping[str, Mapping[str, Receipt]]) -> UnitStatus:
    receipts = {stage: found[unit_id] for stage, found in by_stage.items() if unit_id in found}
    capture = receipts["capture"]
    rejected: Counter[str] = Counter()
    for receipt in receipts.values():
        rejected.update(receipt.counts)
    last = receipts.get("enrich") or receipts.get("clean") or capture
    damaged = tuple(path for receipt in receipts.values() for path in damaged_files(lake.root, receipt))
    inputs = tuple(entry[3] if len(entry) > 3 else entry[0] for entry in capture.meta.get("inputs", ()))
    kind = str(capture.meta.get("kind", ""))
    return UnitStatus(
        unit_id, kind, inputs, tuple(receipts), capture.rows_in, last.rows_out, dict(rejected), damaged
    )
