"""Maintenance: compare receipts with files, finish what a crash left, remove leftovers, write the views anew."""

from __future__ import annotations

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.observe import tell
from tasks.store import Lake, open_lake
from tasks.upkeep import Upkeep, keep_up


@flow(name="maintain", flow_run_name="maintain {lake}")
def maintain(lake: str = "data/lake", deep: bool = False, repair: bool = False) -> Upkeep:
    """Check every receipt against its files (*deep*: by content) and leave the lake readable.

    Damaged files are reported; with *repair* their receipts go, so that the run that made them makes them again.
    """
    opened = open_lake(lake)
    done = tidy(opened, deep, repair)
    for path in done.findings.damaged:
        get_run_logger().warning("damaged=%s", path)
    rows = [{"folder": name, "bytes": size} for name, size in done.findings.disk.items()]
    about = f"{done.findings.receipts} receipts in {opened.root}"
    tell(lambda: create_table_artifact(rows, key="disk-use", description=about))
    return done


@task(name="tidy", cache_policy=NO_CACHE)
def tidy(lake: Lake, deep: bool, repair: bool) -> Upkeep:
    """What :func:`tasks.upkeep.keep_up` does, as one task."""
    return keep_up(lake, deep, repair)
