"""Prefect's own server for a command: it ends with the command, also when that is interrupted or killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.server import free_port, refuses

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A Prefect home that the tests of this file share: the first start makes its database."""
    return tmp_path_factory.mktemp("home")


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {
        **kept,
        "PREFECT_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }


def processes(home: Path) -> list[int]:
    """Every process whose environment names this home."""
    mark, found = f"PREFECT_HOME={home}\0".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def nothing_left(home: Path) -> bool:
    for _ in range(40):
        if not processes(home):
            return True
        time.sleep(0.5)
    return False


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to find processes")
@pytest.mark.parametrize(
    ("number", "whole_group", "code"),
    [(signal.SIGINT, True, 130), (signal.SIGINT, False, 130), (signal.SIGKILL, False, -9)],
    ids=["Ctrl-C", "interrupt", "kill"],
)
def test_nothing_stays_behind_when_a_command_is_stopped_in_the_middle(
    home, tmp_path, number, whole_group, code
):
    rows = [{"url": f"https://a.example/{n}", "title": "T", "text": f"word{n} " * 900} for n in range(3000)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [
        sys.executable,
        "-m",
        "flows.cli",
        "backfill",
        str(tmp_path / "rows.jsonl"),
        "--lake",
        str(tmp_path / "lake"),
    ]
    errors = tmp_path / "errors"
    with errors.open("w") as stream:
        running = subprocess.Popen(
            command, env=environment(home), cwd=tmp_path, stderr=stream, start_new_session=True
        )
    until = time.monotonic() + 200
    while "units," not in errors.read_text():
        assert running.poll() is None, errors.read_text()
        assert time.monotonic() < until
        time.sleep(0.1)
    (os.killpg if whole_group else os.kill)(running.pid, number)
    assert running.wait(30) == code
    assert nothing_left(home)
    assert "Traceback" not in errors.read_text()


def test_a_server_killed_in_the_middle_costs_the_record_of_the_run_and_no_row(home, tmp_path):
    rows = [{"url": f"https://a.example/{n}", "title": "T", "text": f"word{n} " * 200} for n in range(200)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = [sys.executable, "-m", "flows.cli", "backfill", "rows.jsonl", "--lake", "lake"]
    port = str(free_port())
    served = {
        **environment(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_CLIENT_MAX_RETRIES": "1",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "flows.server", port],
        env=served,
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    with server:
        until = time.monotonic() + 100
        while refuses(served["PREFECT_API_URL"]):
            assert time.monotonic() < until
            time.sleep(0.2)
        running = subprocess.Popen(command, env=served, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        while not list((tmp_path / "lake").glob("units/receipts/capture/*")):
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.05)
        server.kill()
    said = running.communicate(timeout=200)[1]
    assert running.returncode == 1
    assert "does not answer any more" in said and "Traceback" not in said
    assert nothing_left(home)
    again = subprocess.run(
        command, env=environment(home), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "200 articles in 200 groups; " in again.stderr


def test_a_server_that_is_not_there_is_named_in_one_line(home, tmp_path):
    (tmp_path / "lake").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "refresh", "--lake", str(tmp_path / "lake")],
        env={**environment(home), "PREFECT_API_URL": "http://127.0.0.1:9/api"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(
        "columninch: PREFECT_API_URL=http://127.0.0.1:9/api: no server"
    )
    assert "Traceback" not in done.stderr
