"""The report on a schedule: one HTML file from the marts as they are."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from tasks.receipts import write_atomically
from tasks.report.page import build_report
from tasks.store import open_lake


@flow(name="report", flow_run_name="report {out}")
def report(lake: str = "data/lake", out: str = "report.html", title: str | None = None) -> str:
    """Write the report of *lake* to *out*; returns the path.  Raises ConfigError when there is no lake."""
    return draw_report(str(open_lake(lake).root), out, title)


@task(name="report", cache_policy=NO_CACHE)
def draw_report(lake: str, out: str, title: str | None) -> str:
    """Build the page and replace the file whole."""
    path = Path(out).absolute()
    write_atomically(path, build_report(Path(lake), title).encode())
    return str(path)
