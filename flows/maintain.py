"""Maintenance: compare receipts with files, finish what a crash left, write the views anew."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.analyse.lake import write_views
from tasks.marts.publish import roll_forward
from tasks.receipts import damaged_files
from tasks.status import UNIT_STAGES
from tasks.store import Lake, open_lake


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What maintenance found: receipts checked, files missing or damaged, partitions whose build it finished."""

    receipts: int
    damaged: tuple[str, ...]
    finished: tuple[str, ...]


@flow(name="maintain", flow_run_name="maintain {lake}")
def maintain(lake: str = "data/lake", deep: bool = False) -> Upkeep:
    """Check every receipt against its files (*deep*: by content) and leave the lake readable.

    Damaged files are reported, not removed: the run that made them makes them again.
    """
    opened = open_lake(lake)
    receipts, damaged = check_receipts(opened, deep)
    finished = tidy(opened)
    for path in damaged:
        get_run_logger().warning("damaged=%s", path)
    return Upkeep(receipts, tuple(damaged), tuple(finished))


@task(name="check receipts", cache_policy=NO_CACHE)
def check_receipts(lake: Lake, deep: bool) -> tuple[int, list[str]]:
    """Receipts looked at, and the files that are not as their receipts say."""
    receipts = [receipt for stage in (*UNIT_STAGES, "marts") for receipt in lake.receipts(stage)]
    return len(receipts), [path for receipt in receipts for path in damaged_files(lake.root, receipt, deep)]


@task(name="tidy", cache_policy=NO_CACHE)
def tidy(lake: Lake) -> list[str]:
    """Finish interrupted builds, drop leftovers, write the views; returns the partitions finished."""
    with lake.lock():
        finished = roll_forward(lake)
        shutil.rmtree(lake.root / "staging", ignore_errors=True)
        write_views(lake.root)
    return finished
