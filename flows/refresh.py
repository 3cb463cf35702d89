"""Refresh: find copies among new and old articles, then rebuild the marts of the months that changed."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows.summary import MartsSummary, summarise_marts
from tasks.config import load_settings
from tasks.dedupe.task import group_articles
from tasks.job import Job
from tasks.marts.task import build_marts
from tasks.store import open_lake


@flow(name="refresh", flow_run_name="refresh {lake}")
def refresh(
    lake: str = "data/lake", months: tuple[str, str] | None = None, settings_file: str | None = None
) -> MartsSummary:
    """Bring duplicates and marts up to date with the committed units; *months* (first, last) limits what is rebuilt."""
    settings = load_settings(Path(settings_file) if settings_file else None)
    return refresh_lake(Job(open_lake(lake), settings), months)


def refresh_lake(job: Job, months: tuple[str, str] | None = None) -> MartsSummary:
    """Lake work, one writer at a time: duplicates, then marts, then the views over them."""
    with job.lake.lock():
        found = group_articles(job)
        partitions = build_marts(job, found.grouped, found.groups, months)
    return summarise_marts(partitions, found.group_count)
