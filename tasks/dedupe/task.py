"""Duplicate search as Prefect sees it: sketches per unit, then new units against all history under the lake's lock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.contracts import GROUPED, GROUPS, Contract
from tasks.dedupe.batch import (
    SKETCHES,
    DedupeOptions,
    acknowledge,
    read_grouped,
    read_groups,
    rebuild_groups,
    update_groups,
)
from tasks.dedupe.batch import (
    sketch_unit as sketch,
)
from tasks.dedupe.health import is_usable
from tasks.dedupe.texts import fetch_texts
from tasks.job import Job
from tasks.parquet import parquet_bytes, read_parquet
from tasks.progress import Step, report_step
from tasks.receipts import Receipt, write_atomically
from tasks.store import Lake, Work
from tasks.units import Unit

VERSION = "1"


@dataclass(frozen=True, slots=True)
class FoundGroups:
    """Where the two tables of duplicate search lie, and how many groups there are."""

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
    if wanted != taken or not is_usable(index, options):
        new = [_sketches(job.lake, unit) for unit in sorted(wanted) if taken.get(unit) != wanted[unit]]
        fetch = fetch_texts(job.lake, sorted(wanted))
        if not is_usable(index, options):
            rebuild_groups(index, [_sketches(job.lake, unit) for unit in sorted(wanted)], fetch, options)
        else:
            update_groups(index, new, fetch, options, _gone(job.lake, index, options, taken, wanted))
    grouped = _publish(folder, GROUPED, read_grouped(index, options))
    groups = read_groups(index, options)
    _publish(folder, GROUPS, groups)
    write_if_new(folder / "units.json", json.dumps(wanted, indent=1, sort_keys=True).encode())
    acknowledge(index)
    living = sum(size > 0 for size in groups["size"].to_pylist())
    report_step(Step("dedupe", "", living, is_done=True))
    return FoundGroups(str(grouped), str(folder / "groups.parquet"), living)


def _sketches(lake: Lake, unit: str) -> pa.Table:
    return read_parquet(lake.table_path("sketches", unit), SKETCHES)


def _gone(
    lake: Lake, index: Path, options: DedupeOptions, taken: dict[str, str], wanted: dict[str, str]
) -> list[int]:
    """Articles in the index that no unit has any more; looked for only when a unit it knows has changed or is gone."""
    if all(wanted.get(unit) == digest for unit, digest in taken.items()):
        return []
    there = {article for unit in wanted for article in _sketches(lake, unit)["article_id"].to_pylist()}
    return sorted(set(read_grouped(index, options)["article_id"].to_pylist()) - there)


def _read_taken(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / "units.json").read_bytes()))
    except (OSError, ValueError):
        return {}


def _publish(folder: Path, contract: Contract, table: pa.Table) -> Path:
    path = folder / f"{contract.name}.parquet"
    write_if_new(path, parquet_bytes(contract, table))
    return path


def write_if_new(path: Path, data: bytes) -> None:
    """Replace *path* whole unless it holds just these bytes."""
    if not path.exists() or path.read_bytes() != data:
        write_atomically(path, data)
