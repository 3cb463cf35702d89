"""A disk that is full and one that may not be written to: a clear line, nothing broken, and the same command ends well later."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.conftest import ROOT

SAMPLE = ROOT / "data" / "sample"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def mount(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True, check=False).returncode == 0


@pytest.fixture
def small(tmp_path) -> Iterator[Path]:
    """A disk of 120 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", "size=120k", "tmpfs", str(folder)):
        pytest.skip("may not mount a disk here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def tables(lake: Path) -> dict[str, bytes]:
    files = [*(lake / "units").rglob("*.parquet"), *(lake / "marts").rglob("*.parquet")]
    return {str(path.relative_to(lake)): path.read_bytes() for path in files}


def test_a_full_disk_and_a_read_only_one(columninch, small, tmp_path):
    page = min((SAMPLE / "warc").glob("*.warc.gz"), key=lambda path: path.stat().st_size)
    arguments = ["backfill", str(page), "--sources", str(SAMPLE / "sources.toml"), "--json", "--lake"]
    lake = small / "lake"

    full = columninch(*arguments, str(lake))
    assert full.returncode == 1
    assert "No space left on device" in full.stderr
    assert "Traceback" not in full.stderr

    assert mount("-o", "remount,size=50m", str(small))
    assert columninch(*arguments, str(lake)).returncode == 0
    assert columninch(*arguments, str(tmp_path / "roomy")).returncode == 0
    assert tables(lake) == tables(tmp_path / "roomy") != {}

    assert mount("-o", "remount,ro", str(small))
    for command in (arguments, ["refresh", "--lake"]):
        refused = columninch(*command, str(lake))
        assert refused.returncode in (1, 2)
        assert "writ" in refused.stderr.splitlines()[-1]
        assert "Traceback" not in refused.stderr
    assert columninch("sql", "--lake", str(lake), "select count(*) from articles").returncode == 0
