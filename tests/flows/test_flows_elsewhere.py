"""CC-NEWS through the real command: over HTTP and from a bucket, killed in the middle, gone on with, never fetched twice."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.backfill.warc import read_warc
from tasks.store import Lake
from tasks.units import Capture
from tests.unit.backfill.archive_server import Archive, answers, serving

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample"
STAMPS = ("20190131235959", "20190201000000", "20190228120000", "20190331120000")
pytestmark = pytest.mark.slow


def fill(archive: Archive) -> list[str]:
    """Four archives of the sample, begun on days of January to March; returns their names."""
    pages = sorted((SAMPLE / "warc").glob("*.warc.gz"))
    names = [archive.put(stamp, page.read_bytes()) for stamp, page in zip(STAMPS, pages, strict=False)]
    for month in ("2019/01", "2019/02", "2019/03"):
        archive.list_month(month)
    return names


def arguments(base: str, lake: Path, days: str = "2019-01..2019-03", *more: str) -> list[str]:
    return ["backfill", "--ccnews", days, "--ccnews-base", base, "--lake", str(lake), "--json", *more]


def outputs(lake: Path, *parts: str) -> dict[str, bytes]:
    """Table files by path, those of unit work alone without what a refresh writes beside them."""
    files = [path for part in parts or ("units", "marts") for path in (lake / part).rglob("*.parquet")]
    kept = [path for path in files if not (parts and path.parent.name == "merged")]
    return {str(path.relative_to(lake)): path.read_bytes() for path in sorted(kept)}


@pytest.fixture(scope="module")
def whole(columninch, tmp_path_factory) -> tuple[Path, dict]:
    """A lake made of all four archives in one go, and what the run said."""
    lake = tmp_path_factory.mktemp("whole") / "lake"
    with serving(Archive()) as archive:
        fill(archive)
        done = columninch(*arguments(archive.url, lake))
    assert done.returncode == 0, done.stderr
    return lake, json.loads(done.stdout)


def kill_when(command: list[str], environment: dict[str, str], ready: Callable[[], bool]) -> None:
    """Start a command and end it with SIGKILL as soon as *ready* says so."""
    started = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", *command],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(1200):
            if ready():
                return
            assert started.poll() is None, "the command ended before it could be killed"
            time.sleep(0.05)
        pytest.fail("the moment to kill never came")
    finally:
        os.kill(started.pid, signal.SIGKILL)
        started.wait(30)


def test_a_span_of_months_is_in_the_lake_and_the_disk_is_free_again(whole):
    lake, summary = whole
    assert summary["units"] == 4
    assert summary["failed"] == {}
    assert len(Lake(lake).receipts("capture")) == 4
    assert list((lake / "spool").iterdir()) == []
    assert any("gap of the archive" in note for note in summary["notes"])
    names = {name for unit in Lake(lake).receipts("capture") for name in [unit.meta["inputs"][0][3]]}
    assert all(name.startswith("crawl-data/CC-NEWS/2019/") for name in names)


def test_killed_in_a_download_it_goes_on_with_the_bytes_it_has(
    whole, columninch, prefect_environment, tmp_path
):
    lake = tmp_path / "lake"
    with serving(Archive(pause=0.1)) as archive:
        names = fill(archive)
        size = sum(len(archive.files["/" + name]) for name in names)

        def is_in_a_download() -> bool:
            return any(8192 < p.stat().st_size < 40_000 for p in (lake / "spool").glob("*.part"))

        kill_when(arguments(archive.url, lake), prefect_environment, is_in_a_download)
        assert 0 < archive.sent < size
        archive.pause = 0.0
        done = columninch(*arguments(archive.url, lake))
        assert done.returncode == 0, done.stderr
        again = [asked for asked in archive.asked if asked[0] == "GET" and asked[2]]
        assert again, "what was there was not gone on with"
        assert archive.sent < size + 100_000
    assert outputs(lake) == outputs(whole[0])


def test_a_file_that_is_gone_fails_by_name_and_is_taken_up_again(whole, columninch, tmp_path):
    lake = tmp_path / "lake"
    with serving(Archive()) as archive:
        names = fill(archive)
        archive.faults["/" + names[1]] = [answers(403)] * 9
        data = archive.files.pop("/" + names[2])
        done = columninch(*arguments(archive.url, lake, "2019-01..2019-03", "--no-refresh"))
        assert done.returncode == 1
        assert set(json.loads(done.stdout)["failed"]) == {names[1], names[2]}
        assert "not there (status 404)" in done.stderr
        assert "Traceback" not in done.stderr
        status = json.loads(columninch("status", "--lake", str(lake), "--json").stdout)
        assert [(one["name"], one["runs"], one["is_held"]) for one in status["failed"]] == [
            (names[1], 1, False),
            (names[2], 1, False),
        ]
        assert "not there (status 404)" in status["failed"][1]["error"]
        gaps = json.loads(columninch("status", "--gaps", "--lake", str(lake), "--json").stdout)
        missing = [(one["day"], one["expected"], one["got"]) for one in gaps if one["problem"] == "missing"]
        assert missing == [("2019-02-01", 1, 0), ("2019-02-28", 1, 0)]
        archive.faults.clear()
        archive.files["/" + names[2]] = data
        archive.asked.clear()
        done = columninch("retry", "--lake", str(lake), "--json", "--no-refresh")
        assert done.returncode == 0, done.stderr
        assert sorted(archive.gets()) == sorted("/" + name for name in names[1:3])
    assert outputs(lake, "units") == outputs(whole[0], "units")
    assert json.loads(columninch("status", "--lake", str(lake), "--json").stdout)["failed"] == []
    followed = columninch("status", "--watch", "--lake", str(lake))
    assert "retry: 2/2 units" in followed.stdout
    assert "ended" in followed.stdout


def test_only_new_content_is_worked_through_and_known_files_are_not_asked_for(whole, columninch, tmp_path):
    """The same files again, one of them once more under another name, and one that is new."""
    lake = tmp_path / "lake"
    shutil.copytree(whole[0], lake)
    pages = sorted((SAMPLE / "warc").glob("*.warc.gz"))
    with serving(Archive()) as archive:
        fill(archive)
        added = [
            archive.put("20190401000000", pages[0].read_bytes()),
            archive.put("20190402000000", pages[5].read_bytes()),
        ]
        archive.list_month("2019/04")
        done = columninch(*arguments(archive.url, lake, "2019-01..2019-04", "--no-refresh"))
        assert sorted(archive.gets()) == [f"/{name}" for name in added]
    assert done.returncode == 0, done.stderr
    units = {unit.unit_id for unit in Lake(whole[0]).receipts("capture")}
    assert len({unit.unit_id for unit in Lake(lake).receipts("capture")} - units) == 1
    before = outputs(whole[0], "units")
    assert {name: data for name, data in outputs(lake, "units").items() if name in before} == before


@pytest.fixture
def bucket(monkeypatch):
    """An emulated bucket with the four archives and other files beside them; yields its base address."""
    from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    connection = http.client.HTTPConnection(host, port)

    def put(path: str, data: bytes = b"") -> None:
        connection.request("PUT", path, data)
        assert connection.getresponse().read() is not None

    archive = Archive()
    fill(archive)
    put("/news")
    for name, data in archive.files.items():
        put(f"/news/mirror{name}", data)
    for place in range(3):
        put(f"/news/mirror/crawl-data/CC-NEWS/2019/02/A-{place:04}", b"-")
    yield f"s3://news/mirror?endpoint_override=http://{host}:{port}&region=us-east-1"
    connection.close()
    server.stop()


def test_from_a_bucket_killed_and_gone_on_with_the_tables_are_the_same(
    whole, columninch, prefect_environment, bucket, tmp_path, monkeypatch
):
    lake = tmp_path / "lake"
    keys = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in keys.items():
        monkeypatch.setitem(prefect_environment, name, value)

    def is_half_done() -> bool:
        return len(list((lake / "units" / "receipts" / "capture").glob("*.json"))) >= 1

    command = arguments(bucket, lake, "2019-01..2019-03", "--no-refresh")
    kill_when(command, prefect_environment, is_half_done)
    done = columninch(*command)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["units"] == 4
    assert outputs(lake, "units") == outputs(whole[0], "units")


def test_pages_of_a_list_are_fetched_kept_and_worked_through_once(columninch, tmp_path):
    """Three pages inside an archive elsewhere, by their places; later a longer list brings what is new in it."""
    path = sorted((SAMPLE / "warc").glob("*.warc.gz"))[0]
    data, captures = path.read_bytes(), [one for one in read_warc(path) if isinstance(one, Capture)]
    lines = [
        f"key {one.captured_at:%Y%m%d%H%M%S} "
        + json.dumps(
            {
                "url": one.url,
                "mime": "text/html",
                "status": "200",
                "filename": "warc/a.warc.gz",
                "offset": one.offset,
                "length": one.length,
            }
        )
        for one in captures
    ]
    listed, lake = tmp_path / "list.cdxj", tmp_path / "lake"
    more = ["--cdx", str(listed), "--lake", str(lake), "--json", "--no-refresh"]
    with serving(Archive({"/warc/a.warc.gz": data})) as archive:
        listed.write_text("\n".join(lines[:3]))
        planned = columninch("backfill", *more, "--cdx-base", archive.url, "--dry-run")
        assert sum(one["pages"] for one in json.loads(planned.stdout)["units"]) == 3
        assert not lake.exists()
        done = columninch("backfill", *more, "--cdx-base", archive.url)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["rows"]["capture"]["rows_in"] == 3
        before = outputs(lake, "units")
        listed.write_text("\n".join(lines[:6]))
        done = columninch("backfill", *more, "--cdx-base", archive.url)
        assert done.returncode == 0, done.stderr
    assert sum(unit.rows_in for unit in Lake(lake).receipts("capture")) == 6
    assert {name: data for name, data in outputs(lake, "units").items() if name in before} == before
    gaps = json.loads(columninch("status", "--gaps", "--lake", str(lake), "--json").stdout)
    assert {one["problem"] for one in gaps} == {"ok"}
    assert sum(one["got"] for one in gaps) == 6
