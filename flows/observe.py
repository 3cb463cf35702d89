"""What a run leaves for people to see in Prefect: a table, its progress, and events that automations wait for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
from prefect.artifacts import create_progress_artifact, create_table_artifact, update_progress_artifact
from prefect.events import emit_event
from prefect.settings import PREFECT_API_URL

from flows.server import refuses
from tasks.analyse.volume import LowVolume, low_volumes

VOLUME_EVENT = "columninch.volume.low"
FAILED_EVENT = "columninch.units.failed"

_PROGRESS_SECONDS = 10.0
"""Between two messages to the server: few enough to cost nothing beside the work."""

_T = TypeVar("_T")


def with_progress(outcomes: Iterable[_T], total: int | None) -> Iterator[_T]:
    """The same outcomes; a progress artifact of the run says how many of *total* have come, at most every ten seconds."""
    if not total:
        yield from outcomes
        return
    artifact = tell(lambda: create_progress_artifact(0.0, "progress", f"0 of {total} units"))
    done, told = 0, time.monotonic()

    def update() -> None:
        """Tell the server how many have come."""
        if artifact is not None:
            tell(lambda: update_progress_artifact(artifact, 100 * done / total, f"{done} of {total} units"))  # type: ignore[arg-type]

    try:
        for one in outcomes:
            done += 1
            if time.monotonic() - told >= _PROGRESS_SECONDS:
                told = time.monotonic()
                update()
            yield one
    finally:
        update()


def tell(call: Callable[[], _T]) -> _T | None:
    """What the server answers to *call*; None without waiting when it is gone: work goes on with nobody to tell."""
    if refuses(PREFECT_API_URL.value() or ""):
        return None
    with suppress(httpx.TransportError):
        return call()
    return None


def run_table(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A run's summary as rows for a table: units, each stage with its share kept and its cost, each reason, the marts.

    *plain* is ``RunSummary.plain()``.
    """
    units, failed = plain["units"], plain["failed"]
    rows: list[dict[str, Any]] = [_row("units", units, units - len(failed), len(failed))]
    for stage, counts in plain["rows"].items():
        seconds = plain["seconds"].get(stage)
        rows.append(_row(stage, counts["rows_in"], counts["rows_out"], counts["rejected"], seconds))
    rows += [_row(f"rejected: {reason}", None, None, count) for reason, count in plain["reasons"].items()]
    if marts := plain["marts"]:
        rows.append(_row("marts: articles", None, marts["articles"], None))
        rows.append(_row("marts: groups", None, marts["groups"], None))
        rows.append(_row("marts: months rebuilt", None, len(marts["rebuilt"]), None))
    return rows + [
        {**_row(f"failed: {unit}", None, None, 1), "note": error} for unit, error in failed.items()
    ]


def _row(
    what: str, read: int | None, kept: int | None, rejected: int | None, seconds: float | None = None
) -> dict[str, Any]:
    share = f"{kept / read:.1%}" if read and kept is not None else None
    cost = round(seconds, 1) if seconds is not None else None
    return {
        "what": what,
        "read": read,
        "kept": kept,
        "rejected": rejected,
        "share kept": share,
        "seconds": cost,
        "note": None,
    }


def tell_run(lake: Path, plain: Mapping[str, Any], name: str) -> None:
    """Leave the table of a run, and an event when units failed."""
    about = f"{plain['units']} units into {lake}"
    tell(lambda: create_table_artifact(run_table(plain), key=name, description=about))
    if plain["failed"]:
        emit_event(
            FAILED_EVENT,
            resource={
                "prefect.resource.id": f"columninch.lake.{lake.name}",
                "prefect.resource.name": str(lake),
            },
            payload={"failed": dict(list(plain["failed"].items())[:50]), "units": plain["units"]},
        )


def tell_volumes(lake: Path) -> list[LowVolume]:
    """An event for each source that is far under its usual count on the last days; returns them."""
    found = low_volumes(lake, datetime.now(UTC).date())
    for one in found:
        emit_event(
            VOLUME_EVENT,
            resource={
                "prefect.resource.id": f"columninch.source.{one.source}",
                "prefect.resource.name": one.source,
            },
            payload={
                "day": one.day.isoformat(),
                "kept": one.kept,
                "expected": round(one.expected, 1),
                "lake": str(lake),
            },
        )
    return found
