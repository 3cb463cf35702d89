"""The plan of a backfill against what the lake already holds: the same contents are the same unit, wherever they lie."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tasks.backfill.plan import digest, find_files, plan_units
from tasks.receipts import Receipt
from tasks.store import Lake
from tasks.units import Input, Kind, Unit


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit that a backfill goes through; ``is_known`` when the lake has a receipt for its captures."""

    unit: Unit
    is_known: bool


def plan_backfill(
    lake: Lake, paths: Sequence[str], kind: Kind | None, source: str | None
) -> list[PlannedUnit]:
    """Units for everything under *paths*: those the lake knows (their files found by content), then new ones.

    Known units are gone through again, which costs nothing when all their receipts hold and mends them when not.
    Raises ConfigError when a path leads nowhere or its kind cannot be told.
    """
    planned: list[PlannedUnit] = []
    for found_kind, files in sorted(find_files(paths, kind).items()):
        listed = [(path, path.stat().st_size, digest(path)) for path in files]
        by_content = {sha256: str(path) for path, _, sha256 in listed}
        known = [
            unit
            for unit in committed_units(lake.receipts("capture"))
            if unit.kind == found_kind and unit.source == source and not unit.only
        ]
        touched = [
            _relocate(unit, by_content)
            for unit in known
            if any(one.sha256 in by_content for one in unit.inputs)
        ]
        contents = {one.sha256 for unit in touched for one in unit.inputs}
        planned += [PlannedUnit(unit, True) for unit in touched]
        planned += [PlannedUnit(unit, False) for unit in plan_units(listed, found_kind, source, contents)]
    return planned


def committed_units(receipts: Iterable[Receipt]) -> list[Unit]:
    """The units that capture receipts are about, as they were planned."""
    return [
        Unit(
            receipt.unit_id,
            receipt.meta["kind"],
            tuple(Input(*entry) for entry in receipt.meta["inputs"]),
            receipt.meta["source"],
            tuple(receipt.meta.get("only", ())),
        )
        for receipt in receipts
    ]


def _relocate(unit: Unit, by_content: dict[str, str]) -> Unit:
    """The unit with each file where it is now, if it was found."""
    inputs = tuple(
        one if Path(one.path).exists() else replace(one, path=by_content.get(one.sha256, one.path))
        for one in unit.inputs
    )
    return Unit(unit.unit_id, unit.kind, inputs, unit.source)
