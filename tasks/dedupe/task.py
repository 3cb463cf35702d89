"""Duplicate search as Prefect sees it: sketches per unit, then new units against all history under the lake's lock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.dedupe.batch import (
    SKETCHES,
    DedupeOptions,
    read_ids,
    rebuild_index,
    take_units,
)
from tasks.dedupe.batch import (
    sketch_unit as sketch,
)
from tasks.dedupe.health import is_usable
from tasks.dedupe.shards import publish_shards
from tasks.dedupe.texts import fetch_texts, note_units
from tasks.job import Job
from tasks.parquet import read_parquet
from tasks.progress import Step, report_step
from tasks.receipts import Receipt, write_atomically
from tasks.store import Lake, Work
from tasks.units import Unit

VERSION = "1"
UNITS_AT_ONCE = 64
"""Units taken in before the tables are brought up to date: bounds what has to be remembered of what changed."""


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """The folders of the two tables of duplicate search, each of several files, and how many groups there are."""

    grouped: str
    groups: str
    group_count: int


@task(name="sketch", task_run_name="sketch {unit.unit_id}", cache_policy=NO_CACHE, tags=["cpu"])
def sketch_unit(job: Job, unit: Unit) -> Receipt:
    """Sketch the articles of one unit: what duplicate search compares."""
    cleaned = job.lake.require("clean", unit.unit_id)
    receipt, _ = job.lake.commit(
        "sketch", unit.unit_id, cleaned.digest, VERSION, "", lambda run_id: _sketch(job.lake, unit)
    )
    report_step(Step("sketch", unit.unit_id, receipt.rows_in, is_done=True))
    return receipt


def _sketch(lake: Lake, unit: Unit) -> Work:
    made = sketch(lake.read("cleaned", unit.unit_id), lake.read("texts", unit.unit_id))
    return Work({"sketches": made}, made.num_rows, made.num_rows, contracts={"sketches": SKETCHES})


@task(name="dedupe", cache_policy=NO_CACHE, tags=["lake"])
def group_articles(job: Job) -> FoundGroups:
    """Take the units that are new into the index; the tables of all groups are then current.

    The caller holds the lake's lock.  A crash leaves the old or the new state, and the next call ends in the same one.
    """
    folder, options = job.lake.root / "index", DedupeOptions(window_days=job.settings.dedupe.window_days)
    index = folder / "duplicates"
    wanted = {receipt.unit_id: receipt.digest for receipt in job.lake.receipts("sketch")}
    taken = _read_taken(folder)
    note_units(job.lake, folder / "homes", wanted)
    fetch = fetch_texts(job.lake, folder / "homes")
    if not is_usable(index, options):
        rebuild_index(index, (_sketches(job.lake, unit) for unit in sorted(wanted)), fetch, options)
    elif wanted != taken:
        take_units(index, (), fetch, options, _gone(job.lake, index, options, taken, wanted))
        new = [unit for unit in sorted(wanted) if taken.get(unit) != wanted[unit]]
        for first in range(0, len(new), UNITS_AT_ONCE):
            units = new[first : first + UNITS_AT_ONCE]
            take_units(index, (_sketches(job.lake, unit) for unit in units), fetch, options)
            publish_shards(folder, index, options)
    made = publish_shards(folder, index, options)
    write_if_new(folder / "units.json", json.dumps(wanted, indent=1, sort_keys=True).encode())
    report_step(Step("dedupe", "", made.group_count, is_done=True))
    return FoundGroups(str(made.grouped), str(made.groups), made.group_count)


def _sketches(lake: Lake, unit: str) -> pa.Table:
    return read_parquet(lake.table_path("sketches", unit), SKETCHES)


def _gone(
    lake: Lake, index: Path, options: DedupeOptions, taken: dict[str, str], wanted: dict[str, str]
) -> list[int]:
    """Articles in the index that no unit has any more; looked for only when a unit it knows has changed or is gone."""
    if all(wanted.get(unit) == digest for unit, digest in taken.items()):
        return []
    there = [np.asarray(_sketches(lake, unit)["article_id"], np.int64) for unit in sorted(wanted)]
    held = read_ids(index, options)
    return [int(article) for article in np.setdiff1d(held, np.concatenate([*there, held[:0]]))]


def _read_taken(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / "units.json").read_bytes()))
    except (OSError, ValueError):
        return {}


def write_if_new(path: Path, data: bytes) -> None:
    """Replace *path* whole unless it holds just these bytes."""
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)
