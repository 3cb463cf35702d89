"""Kill a backfill, its workers and its server at random points, run the same command again, compare the tables.

    python -m benchmarks.kills PATH… [--times 10] [--seed 7] [--what flow worker server]

Each round starts a backfill of PATH into a new lake with a server of our own, waits a random share of the time that the
undisturbed run took, kills with SIGKILL, waits until nothing of it is left (at most ten seconds), runs the same command to
its end and compares every table byte for byte with the undisturbed lake.  ``flow`` kills the command, ``worker`` one
document worker, ``server`` the Prefect server (the command must end by itself, well or not).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.endtoend import server


def command(paths: list[str], lake: Path) -> list[str]:
    """The command that is killed and run again."""
    return [sys.executable, "-m", "flows.cli", "backfill", *paths, "--lake", str(lake), "--quiet"]


def tables(lake: Path) -> dict[str, bytes]:
    """Every table of a lake by its path."""
    files = [*(lake / "units").rglob("*.parquet"), *(lake / "marts").rglob("*.parquet")]
    return {str(path.relative_to(lake)): path.read_bytes() for path in files}


def below(process: int) -> list[int]:
    """All processes of the session that *process* leads."""
    listed = subprocess.run(["pgrep", "-s", str(process)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in listed.split()]


def wait_for_end(process: subprocess.Popen[bytes]) -> float:
    """Seconds until nothing of a session is left; infinite after ten."""
    started = time.monotonic()
    while below(process.pid):
        process.poll()
        if time.monotonic() - started > 10:
            return float("inf")
        time.sleep(0.05)
    return time.monotonic() - started


def disturb(what: str, running: subprocess.Popen[bytes], served: dict[str, str]) -> None:
    """Kill what is named, if it is still there."""
    victims = [running.pid]
    if what == "worker":
        victims = [pid for pid in below(running.pid) if pid != running.pid][-1:]
    elif what == "server":
        port = served["PREFECT_API_URL"].split(":")[2].split("/")[0]
        listed = subprocess.run(
            ["pgrep", "-f", f"server start.*--port {port}"], capture_output=True, text=True, check=False
        ).stdout
        victims = [int(pid) for pid in listed.split()]
    for pid in victims:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def round_of(
    what: str,
    paths: list[str],
    whole: Path,
    share: float,
    seconds: float,
    served: dict[str, str],
    folder: Path,
) -> dict[str, object]:
    """One kill and what came of it."""
    lake = folder / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    running = subprocess.Popen(
        command(paths, lake),
        env=served,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(share * seconds)
    disturb(what, running, served)
    code: int | None = None
    if what != "flow":
        try:
            code = running.wait(300)
        except subprocess.TimeoutExpired:
            running.kill()
    left = wait_for_end(running)
    return {
        "what": what,
        "at": round(share, 2),
        "code": code,
        "left_after_s": round(left, 2),
        "lake": str(lake),
    }


def main() -> None:
    """Print one JSON line per kill, and what was the same."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--what", nargs="+", default=["flow"], choices=["flow", "worker", "server"])
    given = parser.parse_args()
    chance, same = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {
            **os.environ,
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
        }
        whole, seconds = folder / "whole", 0.0
        with server(environment) as served:
            started = time.monotonic()
            subprocess.run(command(given.paths, whole), env=served, check=True, stderr=subprocess.DEVNULL)
            seconds, wanted = time.monotonic() - started, tables(whole)
        shares = [chance.uniform(0.05, 0.95) for _ in range(given.times)]
        for place, share in enumerate(shares):
            what = given.what[place % len(given.what)]
            with server(environment) as served:
                found = round_of(what, given.paths, whole, share, seconds, served, folder)
            with server(environment) as served:
                again = subprocess.run(
                    command(given.paths, folder / "lake"),
                    env=served,
                    check=False,
                    capture_output=True,
                    text=True,
                )
            found |= {"again": again.returncode, "same": tables(folder / "lake") == wanted}
            same += bool(found["same"])
            print(json.dumps(found), flush=True)
        print(json.dumps({"kills": given.times, "same": same, "undisturbed_s": round(seconds, 1)}))


if __name__ == "__main__":
    main()
