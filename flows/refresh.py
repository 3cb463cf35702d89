"""Refresh: find copies among new and old articles, then rebuild the marts of the months that changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from prefect import flow, get_run_logger

from flows.observe import tell_volumes
from flows.runners import open_runner
from flows.summary import MartsSummary, summarise_marts
from tasks.config import load_settings
from tasks.dedupe.task import group_articles
from tasks.enrich.task import merge_actors
from tasks.job import Job
from tasks.marts.task import build_mart_month, build_marts, mart_assets, plan_mart_months
from tasks.store import open_lake


@flow(name="refresh", flow_run_name="refresh {lake}")
def refresh(
    lake: str = "data/lake", months: tuple[str, str] | None = None, settings_file: str | None = None
) -> MartsSummary:
    """Bring duplicates and marts up to date with the committed units; *months* (first, last) limits what is rebuilt."""
    settings = load_settings(Path(settings_file) if settings_file else None)
    job = Job(open_lake(lake), settings)
    summary = refresh_lake(job, months)
    for low in tell_volumes(job.lake.root):
        get_run_logger().warning(
            "source=%s day=%s kept=%d expected=%.1f", low.source, low.day, low.kept, low.expected
        )
    return summary


def refresh_lake(job: Job, months: tuple[str, str] | None = None) -> MartsSummary:
    """Lake work, one writer at a time: duplicates, then marts, then the views over them."""
    build = build_marts.with_options(assets=mart_assets(job.lake.root))
    with job.lake.lock():
        found = group_articles(job)
        merge_actors(job)
        made = build_months_apart(job, found.grouped, months) if job.settings.runner.kind == "dask" else set()
        partitions = build(job, found.grouped, found.groups, months)
    partitions = [replace(one, was_rebuilt=one.was_rebuilt or one.name in made) for one in partitions]
    return summarise_marts(partitions, found.group_count)


def build_months_apart(job: Job, grouped: str, months: tuple[str, str] | None) -> set[str]:
    """Build the months that changed on the workers of the cluster, all at once; returns their names."""
    planned = plan_mart_months(job, grouped, months)
    with open_runner(job.settings) as submit:
        futures = [
            submit(build_mart_month, {"job": job, "grouped": grouped, "month": month, "inputs": inputs})
            for month, inputs in sorted(planned.items())
        ]
        return {future.result().name for future in futures}
