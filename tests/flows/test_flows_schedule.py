"""The README's section on schedules, typed line by line: server, pool, deployments, worker, and a clock that strikes.

Only the server is another one (the tests' own, on a free port), and the folder is a new one with one archive in it.
"""

import contextlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USUAL = "127.0.0.1:4200"
"""Where the README has its server."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def commands(section: str) -> list[str]:
    """What a section of the README tells people to type, in order."""
    text = (ROOT / "README.md").read_text().split(f"\n## {section}\n")[1].split("\n## ")[0]
    blocks = text.split("```console\n")[1:]
    lines = [line for block in blocks for line in block.split("```")[0].splitlines()]
    return [line[2:] for line in lines if line.startswith("$ ")]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder as somebody has it who follows the README, with the shell's environment there."""

    folder: Path
    environment: dict[str, str]
    api: str

    def type(self, line: str) -> str:
        """Run a line; returns what it printed.  Fails unless it ends well."""
        done = subprocess.run(
            ["bash", "-c", line], env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=240, check=False
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    def ask(self, path: str, **body: object) -> list[dict]:
        """What the server answers to a filter."""
        request = urllib.request.Request(
            f"{self.api}/{path}", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def runs(self, flow: str) -> list[dict]:
        """The runs of a flow's deployment that have started, oldest first; not those of other tests' commands."""
        found = self.ask("flow_runs/filter", sort="EXPECTED_START_TIME_ASC", flows={"name": {"any_": [flow]}})
        return [run for run in found if run["start_time"] and run["deployment_id"]]


def wait_for(what: str, condition: Callable[[], object], seconds: float) -> None:
    """Until *condition* holds; fails after *seconds*."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.5)


@pytest.fixture(scope="module")
def place(prefect_environment, tmp_path_factory) -> Place:
    """A folder with prefect.yaml and one archive; the two ``export`` lines have been typed."""
    folder = tmp_path_factory.mktemp("a place with spaces")
    shutil.copy(ROOT / "prefect.yaml", folder)
    (folder / "crawls").mkdir()
    shutil.copy(ROOT / "data" / "sample" / "warc" / "rundblick-2025-09a.warc.gz", folder / "crawls")
    (folder / "data").mkdir()
    shutil.copy(ROOT / "data" / "sample" / "sources.toml", folder / "data")
    environment = {
        **prefect_environment,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "PWD": str(folder),
    }
    api = prefect_environment["PREFECT_API_URL"]
    for line in commands("Schedule"):
        if line.startswith("export "):
            for setting in shlex.split(line, comments=True)[1:]:
                name, _, value = setting.partition("=")
                environment[name] = value.replace(USUAL, api.split("/")[2]).replace("$PWD", str(folder))
    assert environment["PREFECT_API_URL"] == api
    assert environment["COLUMNINCH_HOME"] == str(folder)
    return Place(folder, environment, api)


def typed(prefix: str) -> str:
    """The one line of the section that starts so."""
    (line,) = [line for line in commands("Schedule") if line.startswith(prefix)]
    return line


@pytest.fixture(scope="module")
def deployed(place) -> Place:
    """The place with its pool and all deployments."""
    place.type(typed("prefect work-pool create"))
    said = place.type(typed("prefect --no-prompt deploy"))
    assert said.count("successfully created") == 5
    place.type(typed("columninch automations"))
    return place


def end_session(worker: subprocess.Popen[bytes]) -> None:
    """End a worker, and whatever run the clock has just made it start: it waits for that run, we do not."""
    worker.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        worker.wait(10)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[3]) == worker.pid:
                os.kill(int(stat.parent.name), signal.SIGKILL)
    worker.wait(10)


@pytest.fixture(scope="module")
def worked(deployed) -> Iterator[Place]:
    """The place with a worker, ended with the tests."""
    with open(deployed.folder / "worker.log", "wb") as log:
        worker = subprocess.Popen(
            ["bash", "-c", "exec " + typed("prefect worker start")],
            env=deployed.environment,
            cwd=deployed.folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield deployed
    finally:
        end_session(worker)


def test_every_line_of_the_section_is_tried_here():
    starts = ("export ", "columninch automations", "prefect server start", "prefect work-pool create", "prefect --no-prompt deploy",
              "prefect worker start", "prefect deployment run", "prefect deployment schedule create")  # fmt: skip
    assert [line for line in commands("Schedule") if not line.startswith(starts)] == []


def test_the_server_has_the_schedules_of_the_file(deployed):
    found = {
        one["name"]: [schedule["schedule"]["cron"] for schedule in one["schedules"] if schedule["active"]]
        for one in deployed.ask("deployments/filter")
    }
    assert found == {
        "backfill": [],
        "crawl": ["7 * * * *"],
        "maintain": ["40 2 * * *"],
        "refresh": ["20 3 * * *"],
        "report": ["30 5 * * 1"],
    }


def test_a_wrong_parameter_makes_no_run(deployed):
    def all_runs() -> set[str]:
        return {run["id"] for run in deployed.ask("flow_runs/filter", flows={"name": {"any_": ["backfill"]}})}

    before = all_runs()
    done = subprocess.run(
        ["bash", "-c", "prefect deployment run backfill/backfill --param paths=7"],
        env=deployed.environment, cwd=deployed.folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "paths" in done.stdout + done.stderr
    assert all_runs() == before


@pytest.fixture(scope="module")
def filled(worked) -> Place:
    """The place after the README's backfill, done by the worker."""
    worked.type(typed("prefect deployment run backfill/backfill"))
    wait_for(
        "backfill by the worker",
        lambda: any(
            run["state_type"] in ("COMPLETED", "FAILED", "CRASHED") for run in worked.runs("backfill")
        ),
        200,
    )
    log = (worked.folder / "worker.log").read_text()
    assert [run["state_type"] for run in worked.runs("backfill")] == ["COMPLETED"], log[-3000:]
    return worked


def test_the_clock_starts_a_run_that_does_its_work(filled):
    """A file of the marts is gone; nobody calls; at the next full minute it is there again, byte for byte."""
    (lost,) = filled.folder.glob("data/lake/marts/articles/*/*.parquet")
    before = lost.read_bytes()
    lost.unlink()
    filled.type(typed("prefect deployment schedule create"))
    wait_for(
        "a scheduled run",
        lambda: [run for run in filled.runs("refresh") if run["state_type"] == "COMPLETED"],
        150,
    )
    run = filled.runs("refresh")[0]
    assert run["auto_scheduled"]
    assert run["state_type"] == "COMPLETED", (filled.folder / "worker.log").read_text()[-3000:]
    due = datetime.fromisoformat(run["expected_start_time"])
    assert (due.second, due.microsecond) == (0, 0)
    assert datetime.fromisoformat(run["start_time"]) - due < timedelta(seconds=60)
    assert lost.read_bytes() == before


def test_what_a_run_logs_is_kept_by_the_server(filled):
    (run,) = filled.runs("backfill")
    lines = [
        line["message"]
        for line in filled.ask("logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}}, limit=200)
    ]
    assert any(line.startswith("units=1 ") for line in lines)
