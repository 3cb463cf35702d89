"""Units that failed, each with its reason: tried again by the next runs, then held back until somebody says ``retry``.

One small file per unit beside the receipts; it goes once the unit is committed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tasks.receipts import write_atomically
from tasks.store import Lake

HOLD_AFTER = 3
"""Runs in which a unit may fail before the next ones leave it alone: a full disk passes, a broken file does not."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A unit that failed: what it is called, why, in how many runs, when last (UTC), and what it takes to try it again.

    ``work`` is the unit as plain values; ``languages`` are those that its run kept.
    """

    name: str
    error: str
    runs: int
    at: str
    work: Mapping[str, Any]
    languages: tuple[str, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether runs leave it alone."""
        return self.runs >= HOLD_AFTER


def failure_path(root: Path, name: str) -> Path:
    """Where the failure of the unit *name* is kept in the lake at *root*."""
    return root / "units" / "failed" / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.json"


def record_failure(
    lake: Lake, name: str, error: str, work: Mapping[str, Any], languages: Sequence[str]
) -> Failure:
    """Write down that a unit failed once more.  OSError when the lake cannot be written."""
    path = failure_path(lake.root, name)
    before = _load(path)
    made = Failure(
        name, error, (before.runs if before else 0) + 1, datetime.now(UTC).isoformat(timespec="seconds"), work,
        tuple(languages),
    )  # fmt: skip
    write_atomically(path, json.dumps(asdict(made), indent=1, ensure_ascii=False, default=str).encode())
    return made


def clear_failure(lake: Lake, name: str) -> None:
    """Forget that a unit failed: it is committed."""
    failure_path(lake.root, name).unlink(missing_ok=True)


def failures(lake: Lake) -> list[Failure]:
    """Every unit that failed and was not committed since, by name."""
    found = map(_load, sorted((lake.root / "units" / "failed").glob("*.json")))
    return sorted((one for one in found if one is not None), key=lambda one: one.name)


def held_names(lake: Lake) -> dict[str, str]:
    """The units that runs leave alone, each with its reason."""
    return {one.name: one.error for one in failures(lake) if one.is_held}


def _load(path: Path) -> Failure | None:
    """The failure in *path*; None when there is none that can be read (the unit is then simply tried again)."""
    try:
        plain = json.loads(path.read_bytes())
        return Failure(**(plain | {"languages": tuple(plain["languages"])}))
    except (OSError, ValueError, KeyError, TypeError):
        return None
