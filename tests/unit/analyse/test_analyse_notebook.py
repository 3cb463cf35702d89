"""The notebook in ``docs`` runs from top to bottom; on the demo's lake it does so in ``tests/flows/test_flows_wheel.py``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.storylines import commit_reports
from benchmarks.synthetic_events import make_reports
from tasks.analyse.queries import list_queries
from tasks.contracts import ACTORS, GROUPED, GROUPS
from tasks.marts.build import refresh_marts
from tasks.store import Lake, Work

ROOT = Path(__file__).parents[3]
NOTEBOOK = ROOT / "docs/notebook.ipynb"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    opened = Lake(tmp_path_factory.mktemp("notebook") / "lake")
    reports = make_reports(5, events=8, days=60)
    commit_reports(opened, "unit-a", reports, 1)
    names = sorted({actor for report in reports for actor in report.actors})
    rows = ACTORS.table(
        {"actor_id": n, "name": n, "kind": "person", "roles": [], "aliases": []} for n in names
    )
    opened.commit("enrich", "unit-b", "", "1", "", lambda _: Work({"actors": rows}, 0, 0))
    list(refresh_marts(opened, GROUPED.empty(), GROUPS.empty()))
    return opened.root


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom(lake: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/run_notebook.py"), str(NOTEBOOK)],
        cwd=tmp_path,
        env={**os.environ, "COLUMNINCH_LAKE": str(lake), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "graphml" in done.stdout
    assert "storyline_id" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_the_notebook_is_kept_without_output_and_names_real_queries() -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    used = {
        q.name for q in list_queries() if any(f"lake.{q.name}(" in "".join(cell["source"]) for cell in code)
    }
    assert {"coverage", "rising_actors", "actor_trend", "storylines", "search", "actor_network"} <= used
