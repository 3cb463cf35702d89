"""What running costs beside the work: Prefect's share, starting up, and what a second worker brings.

    python -m benchmarks.runs share|start|scale|dask ../shared/eval/endtoend/warc [--units 20] [--repeat 3]

``share``: CPU of a backfill of *units* archives with a running server, and of the same stages called in a plain loop.
``start``: wall seconds of a backfill of one tiny unit, with and without a server, and of a flow that does nothing.
``scale``: records per second of unit work with one and with two document workers; ``dask``: with one and with two Dask
worker processes.  The archives are made of FOLDER's records under other hosts (needs the ``benchmark`` extra).
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.endtoend import measure, server
from flows.server import free_port

_TINY = {
    "url": "https://harbour.example/one",
    "title": "One",
    "text": "The harbour was closed on Monday. " * 20,
}
_NOTHING = "from prefect import flow\n@flow\ndef nothing() -> None: ...\nnothing()\n"
_PLAIN = """
import sys
from pathlib import Path
from tasks.backfill.known import plan_backfill
from tasks.backfill.task import capture_unit
from tasks.clean.task import clean_unit
from tasks.config import load_settings
from tasks.dedupe.task import sketch_unit
from tasks.enrich.task import enrich_unit
from tasks.job import Job, document_workers
from tasks.store import Lake
if __name__ == "__main__":
    job = Job(Lake(Path(sys.argv[2])), load_settings(Path(sys.argv[3])))
    with document_workers(job.settings):
        for planned in plan_backfill(job.lake, [sys.argv[1]], None, None):
            for stage in (capture_unit, clean_unit, sketch_unit, enrich_unit):
                stage.fn(job, planned.unit)
"""


def make_archives(folder: Path, into: Path, units: int) -> int:
    """Write *units* archives, each one of FOLDER's under hosts of its own; returns the records in all."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    parts, count = sorted(folder.glob("*.warc.gz")), 0
    for unit in range(units):
        with (into / f"part-{unit:02}.warc.gz").open("wb") as raw:
            for record in ArchiveIterator(
                parts[unit % len(parts)].open("rb"), record_types=WarcRecordType.response
            ):
                url = str(record.headers["WARC-Target-URI"])
                record.headers["WARC-Target-URI"] = url.replace("://", f"://u{unit}.", 1)
                record.write(member := io.BytesIO())
                raw.write(gzip.compress(member.getvalue(), 6))
                count += 1
    return count


def run(command: list[str], environment: dict[str, str]) -> float:
    """Wall seconds of a command; ends this script when it fails."""
    started = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return time.monotonic() - started


def backfill(paths: Path, lake: Path, settings: Path, *more: str) -> list[str]:
    """The command that is measured."""
    given = ["--lake", str(lake), "--settings", str(settings), *more]
    return [sys.executable, "-m", "flows.cli", "backfill", str(paths), *given]


def share(folder: Path, archives: Path, work: Path, environment: dict[str, str]) -> dict[str, float]:
    """CPU seconds with and without Prefect around the same unit work, and what loading Prefect alone takes."""
    settings = settings_of(work, workers=2)
    (work / "plain.py").write_text(_PLAIN)

    def cpu(label: str, command: list[str], environment: dict[str, str]) -> float:
        return float(measure(folder, label, command, environment, work / f"{label}.log")["cpu_s"])

    with server(environment) as served:
        ours = cpu("ours", backfill(archives, work / "ours", settings, "--no-refresh"), served)
    plain = [sys.executable, str(work / "plain.py"), str(archives), str(work / "bare"), str(settings)]
    bare = cpu("bare", plain, environment)
    loading = cpu("loading", [sys.executable, "-c", "import prefect; from prefect import flow"], environment)
    return {"cpu_s": ours, "without": bare, "loading": loading, "share": (ours - bare + loading) / ours}


def start(work: Path, environment: dict[str, str]) -> dict[str, float]:
    """Wall seconds of one tiny unit and of a flow that does nothing, with a server and (second start) without."""
    tiny, settings = work / "tiny.jsonl", settings_of(work, workers=2)
    tiny.write_text(json.dumps(_TINY))
    found: dict[str, float] = {}
    with server(environment) as served:
        for name, run_in in (("server", served), ("alone", environment)):
            for turn in ("first", "second"):
                run([sys.executable, "-c", _NOTHING], run_in)
                nothing = run([sys.executable, "-c", _NOTHING], run_in)
                ours = run(backfill(tiny, work / f"{name}-{turn}", settings), run_in)
                found |= {f"{name}_{turn}": ours, f"{name}_{turn}_nothing": nothing}
    return found


def scale(archives: Path, work: Path, environment: dict[str, str], records: int) -> dict[str, float]:
    """Records per second of unit work (start-up not counted) with one and with two document workers."""
    found: dict[str, float] = {}
    with server(environment) as served:
        for workers in (1, 2):
            lake = work / f"lake-{workers}"
            run(
                backfill(archives, lake, settings_of(work, workers=workers), "--no-refresh", "--quiet"),
                served,
            )
            found[f"workers_{workers}"] = records / seconds_of_units(lake)
    return found | {"ratio": found["workers_2"] / found["workers_1"]}


def dask(archives: Path, work: Path, environment: dict[str, str], records: int) -> dict[str, float]:
    """The same with one and with two Dask worker processes of one document worker each."""
    found: dict[str, float] = {}
    with server(environment) as served:
        for workers in (1, 2):
            lake = work / f"dask-{workers}"
            with cluster(work, workers, served) as address:
                settings = settings_of(work, workers=1, kind="dask", address=address, units=2 * workers)
                run(backfill(archives, lake, settings, "--no-refresh", "--quiet"), served)
            found[f"dask_{workers}"] = records / seconds_of_units(lake)
    return found | {"ratio": found["dask_2"] / found["dask_1"]}


@contextmanager
def cluster(work: Path, workers: int, environment: dict[str, str]) -> Iterator[str]:
    """A scheduler and *workers* worker processes of two threads; yields the scheduler's address."""
    port, log = free_port(), work / f"dask-{workers}.log"
    address, call = f"tcp://127.0.0.1:{port}", [sys.executable, "-m", "dask"]
    worker = [*call, "worker", address, "--no-nanny", "--nthreads", "2", "--no-dashboard"]
    calls = [[*call, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]]
    with log.open("wb") as stream, ExitStack() as stack:
        for one in calls + workers * [[*worker, "--local-directory", str(work)]]:
            process = subprocess.Popen(one, env=environment, stdout=stream, stderr=stream)
            stack.callback(process.wait, 20)
            stack.callback(process.terminate)
        until = time.monotonic() + 90
        while log.read_text().count("Registered to:") < workers:
            if time.monotonic() > until:
                sys.exit(log.read_text())
            time.sleep(0.3)
        yield address


def seconds_of_units(lake: Path) -> float:
    """From the end of the first unit to the end of the last, scaled up by the one that it leaves out."""
    ends = sorted(path.stat().st_mtime for path in (lake / "units" / "enriched").glob("*.parquet"))
    return (ends[-1] - ends[0]) * len(ends) / (len(ends) - 1)


def settings_of(work: Path, **runner: int | str) -> Path:
    """A settings file with these values of ``[runner]``."""
    path = work / f"{'-'.join(map(str, runner.values())).replace('/', '')}.toml"
    path.write_text(
        "[runner]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in runner.items())
    )
    return path


def main() -> None:
    """Print one JSON line per repetition."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["share", "start", "scale", "dask"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--units", type=int, default=20)
    parser.add_argument("--repeat", type=int, default=1)
    given = parser.parse_args()
    for _ in range(given.repeat):
        with tempfile.TemporaryDirectory() as name:
            work, archives = Path(name), Path(name) / "archives"
            archives.mkdir()
            environment = {
                **os.environ, "PREFECT_HOME": str(work / "prefect"), "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                "DO_NOT_TRACK": "1", "PYTHONPATH": str(Path(__file__).parents[1]),
            }  # fmt: skip
            if given.what == "start":
                found = start(work, environment)
            else:
                records = make_archives(given.folder, archives, given.units)
                if given.what == "share":
                    found = share(given.folder.parent, archives, work, environment) | {"records": records}
                else:
                    measured = scale if given.what == "scale" else dask
                    found = measured(archives, work, environment, records)
            print(json.dumps({name: round(value, 3) for name, value in found.items()}), flush=True)


if __name__ == "__main__":
    main()
