"""Two machines write into one lake in object storage at once; a third asks.  The rows are those of one lake on one disk."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.flows.conftest import ROOT
from tests.flows.storage_server import storage_server

pytest.importorskip("moto", reason="needs the dev extra")
SAMPLE = ROOT / "data" / "sample"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
URL = "s3://harbour/lakes/news"
ARTICLES = "select article_id, is_canonical, copy_of, copy_kind, source, title"
"""Groups by their canonical articles: the id of a group is minted by whoever refreshed first."""
WITHOUT_GROUPS = ("texts", "mention_spans", "quotes", "places", "actors", "coverage", "postings")
"""Tables that no id of a group is in: the same rows, whoever came first (the file names the build, which knows the ids)."""


def test_two_writers_at_once_make_one_lake(prefect_environment, columninch, tmp_path):
    first, second = sorted((SAMPLE / "warc").glob("*.warc.gz"), key=lambda path: path.stat().st_size)[:2]
    shared = ["--sources", str(SAMPLE / "sources.toml")]
    with storage_server(tmp_path, "harbour") as storage:

        def machine(name: str) -> dict[str, str]:
            return {**prefect_environment, **storage, "COLUMNINCH_CACHE": str(tmp_path / name)}

        def command(*words: str) -> list[str]:
            return [sys.executable, "-m", "flows.cli", *words]

        writers = [
            subprocess.Popen(
                command("backfill", str(path), "--lake", URL, *shared),
                env=machine(name), cwd=tmp_path, stderr=subprocess.PIPE, text=True,
            )
            for name, path in (("one", first), ("two", second))
        ]  # fmt: skip
        said = [writer.communicate(timeout=300)[1] for writer in writers]
        assert [writer.returncode for writer in writers] == [0, 0], said
        asked = subprocess.run(
            command("sql", "--lake", URL, "--json", f"{ARTICLES} from articles order by 1"),
            env=machine("three"), cwd=tmp_path, capture_output=True, text=True, check=True, timeout=100,
        )  # fmt: skip
        status = subprocess.run(
            command("status", "--lake", URL, "--json"),
            env=machine("three"),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    lake = tmp_path / "here"
    assert columninch("backfill", str(first), str(second), "--lake", str(lake), *shared).returncode == 0
    assert len(json.loads(status.stdout)["units"]) == 2
    here = duckdb.sql(f"{ARTICLES} from '{lake}/marts/articles/*/*.parquet' order by 1").fetchall()
    assert [tuple(row.values()) for row in json.loads(asked.stdout)] == here != []
    assert tables(tmp_path / "three" / "harbour/lakes/news") == tables(lake) != {}


def tables(lake: Path) -> dict[str, list[dict[str, object]]]:
    files = [path for table in WITHOUT_GROUPS for path in (lake / "marts" / table).rglob("*.parquet")]
    return {str(path.relative_to(lake)): pq.read_table(path, partitioning=None).to_pylist() for path in files}
