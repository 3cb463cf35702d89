"""Unit work on a Dask cluster that was started apart from the flow: the same tables, also when a worker is killed in the middle."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.server import free_port
from tests.flows.conftest import ROOT

pytest.importorskip("prefect_dask", reason="needs columninch[dask]")
SAMPLE = ROOT / "data" / "sample"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def cluster(prefect_environment, tmp_path_factory) -> Iterator[tuple[str, list[subprocess.Popen]]]:
    """Address of a scheduler, and its two worker processes."""
    folder, port = tmp_path_factory.mktemp("dask"), free_port()
    dask = [sys.executable, "-m", "dask"]
    address = f"tcp://127.0.0.1:{port}"
    calls = [[*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    calls += 2 * [
        [
            *dask,
            "worker",
            address,
            "--no-nanny",
            "--nthreads",
            "2",
            "--no-dashboard",
            "--local-directory",
            str(folder),
        ]
    ]
    with open(folder / "log", "wb") as log:
        started = [
            subprocess.Popen(
                call, env=prefect_environment, cwd=folder, stdout=log, stderr=log, start_new_session=True
            )
            for call in calls
        ]
        try:
            until = time.monotonic() + 90
            while (folder / "log").read_text().count("Registered to:") < 2:
                assert time.monotonic() < until, (folder / "log").read_text()
                time.sleep(0.3)
            yield address, started[1:]
        finally:
            for one in reversed(started):
                one.kill()
                one.wait(10)


def outputs(lake: Path) -> dict[str, bytes]:
    files = [*(lake / "units").rglob("*.parquet"), *(lake / "marts").rglob("*.parquet")]
    return {str(path.relative_to(lake)): path.read_bytes() for path in files}


def session_of(process: subprocess.Popen) -> list[str]:
    return subprocess.run(
        ["pgrep", "-s", str(process.pid)], capture_output=True, text=True, check=False
    ).stdout.split()


def test_a_killed_worker_costs_time_and_nothing_else(cluster, columninch, prefect_environment, tmp_path):
    address, workers = cluster
    settings = tmp_path / "corpus.toml"
    settings.write_text(f'[runner]\nkind = "dask"\naddress = "{address}"\nworkers = 1\n')
    inputs = [str(path) for path in sorted((SAMPLE / "warc").glob("*.warc.gz"))[:4]]
    shared = ["--sources", str(SAMPLE / "sources.toml")]
    here, there = tmp_path / "here", tmp_path / "there"
    assert columninch("backfill", *inputs, "--lake", str(here), *shared).returncode == 0
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "backfill",
        *inputs,
        "--lake",
        str(there),
        *shared,
        "--settings",
        str(settings),
    ]
    running = subprocess.Popen(
        command, env=prefect_environment, cwd=tmp_path, stderr=subprocess.PIPE, text=True
    )
    until = time.monotonic() + 120
    while not list(there.glob("units/receipts/clean/*.json")):
        assert running.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    os.kill(workers[0].pid, signal.SIGKILL)
    _, said = running.communicate(timeout=200)
    assert running.returncode == 0, said
    assert outputs(there) == outputs(here)
    until = time.monotonic() + 10
    while left := session_of(workers[0]):
        assert time.monotonic() < until, left
        workers[0].poll()
        time.sleep(0.2)


def test_a_scheduler_that_does_not_answer_is_named(columninch, tmp_path):
    settings = tmp_path / "corpus.toml"
    settings.write_text('[runner]\nkind = "dask"\n')
    page = SAMPLE / "scraped"
    done = columninch("backfill", str(page), "--lake", str(tmp_path / "lake"), "--settings", str(settings))
    assert done.returncode == 2
    assert re.search(r"runner\.address: .* needs the address", done.stderr)
    assert not list((tmp_path / "lake").glob("units/*"))
