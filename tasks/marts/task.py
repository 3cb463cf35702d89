"""Marts as Prefect sees them: refresh the partitions, then write the views over all of them."""

from __future__ import annotations

import re
from pathlib import Path

from prefect.assets import Asset, materialize
from prefect.cache_policies import NO_CACHE

from tasks.analyse.lake import write_views
from tasks.contracts import MARTS
from tasks.job import Job
from tasks.marts.build import Partition, refresh_marts
from tasks.progress import Step, report_step


def mart_assets(root: Path) -> list[Asset]:
    """What Prefect calls the marts of the lake at *root*: one asset per table, named after the lake's folder."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", root.name) or "lake"
    return [Asset(key=f"columninch://{name}/marts/{table}") for table in sorted(MARTS)]


@materialize("columninch://lake/marts", name="marts", cache_policy=NO_CACHE, tags=["lake"])
def build_marts(
    job: Job, grouped: str, groups: str, months: tuple[str, str] | None = None
) -> list[Partition]:
    """Every partition of the marts brought up to date with the units and the two tables of duplicate search (folders of files)."""
    partitions = []
    grouped_files, groups_files = (sorted(Path(folder).glob("*.parquet")) for folder in (grouped, groups))
    for partition in refresh_marts(job.lake, grouped_files, groups_files, months):
        report_step(Step("marts", partition.name, partition.articles, is_done=True))
        partitions.append(partition)
    write_views(job.lake.root)
    return partitions
