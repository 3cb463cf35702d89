"""What a backfill goes through, as plain values and back: files at hand, and files that have to be fetched first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from tasks.backfill.cdx import CdxRecord
from tasks.backfill.remote import Remote
from tasks.backfill.shards import Shard
from tasks.units import Input, Unit

Work = Unit | Remote | Shard
"""What a unit is made of."""


def work_name(work: Work) -> str:
    """What people call it: the unit's id, or the name of a file elsewhere."""
    return work.unit_id if isinstance(work, Unit) else work.name


def to_plain(work: Work) -> dict[str, Any]:
    """The work as strings, numbers and lists."""
    plain = asdict(work) | {"is": type(work).__name__}
    if not isinstance(work, Unit):
        plain["day"] = work.day.isoformat() if work.day else None
    return plain


def from_plain(plain: Mapping[str, Any]) -> Work:
    """The work that :func:`to_plain` wrote.  KeyError, TypeError or ValueError when *plain* is not one."""
    values = dict(plain)
    match values.pop("is"):
        case "Unit":
            unit = Unit(**values)
            inputs = tuple(Input(**one) for one in values["inputs"])
            return replace(unit, inputs=inputs, only=tuple(unit.only))
        case "Remote":
            day = date.fromisoformat(values["day"]) if values["day"] else None
            return Remote(**(values | {"day": day, "only": tuple(values["only"])}))
        case "Shard":
            records = tuple(CdxRecord(**one) for one in values["records"])
            return Shard(**(values | {"day": date.fromisoformat(values["day"]), "records": records}))
        case other:
            raise ValueError(f"no such work: {other}")
