"""Marts as Prefect sees them: refresh the partitions, then write the views over all of them."""

from __future__ import annotations

import re
from pathlib import Path

from prefect import task
from prefect.assets import Asset, materialize
from prefect.cache_policies import NO_CACHE

from tasks.analyse.lake import write_views
from tasks.contracts import MARTS
from tasks.job import Job
from tasks.marts.build import Partition, make_month, plan_months, refresh_marts
from tasks.progress import Step, report_step


def mart_assets(root: Path) -> list[Asset]:
    """What Prefect calls the marts of the lake at *root*: one asset per table, named after the lake's folder."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", root.name) or "lake"
    return [Asset(key=f"columninch://{name}/marts/{table}") for table in sorted(MARTS)]


@task(name="plan marts", cache_policy=NO_CACHE, tags=["lake"])
def plan_mart_months(job: Job, grouped: str, months: tuple[str, str] | None = None) -> dict[str, str]:
    """The months to rebuild, each with the digest of its inputs; *grouped* is the folder of duplicate search's answer."""
    return plan_months(job.lake, _files(grouped), months)


@task(name="mart month", task_run_name="marts {month}", cache_policy=NO_CACHE, tags=["lake"])
def build_mart_month(job: Job, grouped: str, month: str, inputs: str) -> Partition:
    """One planned month, wherever there is a worker; what needs all months is left to ``build_marts``."""
    return make_month(job.lake, _files(grouped), month, inputs)


@materialize("columninch://lake/marts", name="marts", cache_policy=NO_CACHE, tags=["lake"])
def build_marts(
    job: Job, grouped: str, groups: str, months: tuple[str, str] | None = None
) -> list[Partition]:
    """Every partition of the marts brought up to date with the units and the two tables of duplicate search (folders of files)."""
    partitions = []
    for partition in refresh_marts(job.lake, _files(grouped), _files(groups), months):
        report_step(Step("marts", partition.name, partition.articles, is_done=True))
        partitions.append(partition)
    write_views(job.lake.root)
    return partitions


def _files(folder: str) -> list[Path]:
    return sorted(Path(folder).glob("*.parquet"))
