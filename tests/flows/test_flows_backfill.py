"""The main job as people run it: once, again, killed in the middle, with files missing, with a bad unit among good ones."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tasks.store import Lake

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "data" / "sample"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> Path:
    """Three archives and the scraped texts of the sample."""
    folder = tmp_path_factory.mktemp("inputs")
    for path in sorted((SAMPLE / "warc").glob("*.warc.gz"))[:3]:
        shutil.copy(path, folder)
    shutil.copytree(SAMPLE / "scraped", folder / "scraped")
    return folder


def backfill_arguments(inputs: Path, lake: Path) -> list[str]:
    return ["backfill", str(inputs), "--lake", str(lake), "--sources", str(SAMPLE / "sources.toml"), "--json"]


@pytest.fixture(scope="module")
def undisturbed(columninch, inputs, tmp_path_factory) -> tuple[Path, dict]:
    """A lake made in one go, and what the run said."""
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    done = columninch(*backfill_arguments(inputs, lake))
    assert done.returncode == 0, done.stderr
    return lake, json.loads(done.stdout)


def outputs(lake: Path) -> dict[str, bytes]:
    """Every table file of a lake by its path, as bytes."""
    files = [*(lake / "units").rglob("*.parquet"), *(lake / "marts").rglob("*.parquet")]
    return {str(path.relative_to(lake)): path.read_bytes() for path in sorted(files)}


def test_rows_read_are_kept_or_rejected_per_unit(undisturbed, columninch):
    lake, summary = undisturbed
    for rows in summary["rows"].values():
        assert rows["rows_in"] == rows["rows_out"] + rows["rejected"]
    status = json.loads(columninch("status", "--lake", str(lake), "--json").stdout)
    assert status["read"] == status["kept"] + status["rejected"] > 0
    for unit in status["units"]:
        assert unit["read"] == unit["kept"] + sum(unit["rejected"].values())
        assert unit["damaged"] == []


def test_the_marts_hold_every_article_once(undisturbed):
    lake, _ = undisturbed
    count, distinct = duckdb.sql(
        f"select count(*), count(distinct article_id) from '{lake}/marts/articles/*/*.parquet'"
    ).fetchall()[0]
    texts = duckdb.sql(f"select count(*) from '{lake}/marts/texts/*/*.parquet'").fetchall()[0][0]
    assert count == distinct == texts > 30


def written_at(lake: Path) -> dict[Path, int]:
    """When each file of a lake was written, but for what runs say of how far they are."""
    return {
        path: path.stat().st_mtime_ns
        for path in lake.rglob("*")
        if path.suffix in (".parquet", ".json") and "runs" not in path.relative_to(lake).parts
    }


def test_running_again_redoes_nothing(undisturbed, columninch, inputs):
    lake, _ = undisturbed
    before = written_at(lake)
    done = columninch(*backfill_arguments(inputs, lake))
    assert done.returncode == 0, done.stderr
    assert written_at(lake) == before
    assert json.loads(done.stdout)["marts"]["rebuilt"] == []


@pytest.mark.parametrize("seconds", [4, 9])
def test_killed_in_the_middle_and_run_again_the_tables_are_the_same(
    undisturbed, columninch, prefect_environment, inputs, tmp_path, seconds
):
    whole, _ = undisturbed
    lake = tmp_path / "lake"
    command = [sys.executable, "-m", "flows.cli", *backfill_arguments(inputs, lake)]
    started = subprocess.Popen(
        command,
        env=prefect_environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(seconds)
    os.kill(started.pid, signal.SIGKILL)
    started.wait(30)
    wait_until_gone(started.pid)
    done = columninch(*backfill_arguments(inputs, lake))
    assert done.returncode == 0, done.stderr
    assert outputs(lake) == outputs(whole)


def wait_until_gone(session: int) -> None:
    """Fail unless every process of the killed command is gone within ten seconds."""
    for _ in range(100):
        alive = subprocess.run(
            ["pgrep", "-s", str(session)], capture_output=True, text=True, check=False
        ).stdout.split()
        if not alive:
            return
        time.sleep(0.1)
    pytest.fail(f"processes left behind: {alive}")


def test_every_kind_of_output_file_comes_back_when_it_is_deleted(undisturbed, columninch, inputs, tmp_path):
    whole, _ = undisturbed
    lake = tmp_path / "lake"
    shutil.copytree(whole, lake)
    before = outputs(lake)
    gone = [
        sorted((lake / "units" / table).glob("*.parquet"))[0]
        for table in sorted(p.name for p in (lake / "units").iterdir())
        if table != "receipts"
    ]
    gone += [sorted(folder.rglob("*.parquet"))[0] for folder in sorted((lake / "marts").iterdir())]
    gone += [sorted(folder.glob("*.json"))[0] for folder in sorted((lake / "units" / "receipts").iterdir())]
    gone.append(lake / "lake.duckdb")
    for path in gone:
        path.unlink()
    done = columninch(*backfill_arguments(inputs, lake))
    assert done.returncode == 0, done.stderr
    assert outputs(lake) == before
    assert all(path.exists() for path in gone)


def test_new_files_are_new_units_and_renamed_ones_are_not(undisturbed, columninch, inputs, tmp_path):
    whole, _ = undisturbed
    lake, folder = tmp_path / "lake", tmp_path / "inputs"
    shutil.copytree(whole, lake)
    folder.mkdir()
    for place, path in enumerate(sorted(inputs.glob("*.warc.gz"))):
        shutil.copy(path, folder / f"renamed-{place}.warc.gz")
    shutil.copy(sorted((SAMPLE / "warc").glob("*.warc.gz"))[4], folder / "new.warc.gz")
    units = {unit.unit_id for unit in Lake(lake).receipts("clean")}
    planned = json.loads(
        columninch("backfill", str(folder), "--lake", str(lake), "--dry-run", "--json").stdout
    )
    assert sorted(unit["is_known"] for unit in planned) == [False, True, True, True]
    done = columninch(*backfill_arguments(folder, lake))
    assert done.returncode == 0, done.stderr
    assert len({unit.unit_id for unit in Lake(lake).receipts("clean")} - units) == 1


def test_a_dry_run_writes_nothing(columninch, inputs, tmp_path):
    done = columninch("backfill", str(inputs), "--lake", str(tmp_path / "lake"), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "new units" in done.stderr
    assert not (tmp_path / "lake").exists()


def test_a_unit_that_fails_costs_only_itself(undisturbed, columninch, inputs, tmp_path):
    """A unit has to be made again and one of its files is gone: it fails by name, the others go on, the marts stay whole."""
    whole, _ = undisturbed
    folder, lake = tmp_path / "inputs", tmp_path / "lake"
    shutil.copytree(inputs, folder)
    shutil.copytree(whole, lake)
    shutil.copy(sorted((SAMPLE / "warc").glob("*.warc.gz"))[4], folder)
    [bad] = [unit.unit_id for unit in Lake(lake).receipts("capture") if unit.unit_id.startswith("text")]
    (lake / "units" / "captures" / f"{bad}.parquet").unlink()
    gone = Lake(lake).require("capture", bad).meta["inputs"][0][0]
    for path in (Path(gone), folder / Path(gone).relative_to(inputs)):
        shutil.move(path, tmp_path / f"moved-{len(list(tmp_path.iterdir()))}")
    try:
        done = columninch(*backfill_arguments(folder, lake))
    finally:
        shutil.move(next(tmp_path.glob("moved-*")), gone)
    assert done.returncode == 1, done.stderr
    assert bad in done.stderr
    assert "put it back" in done.stderr
    assert "Traceback" not in done.stderr
    summary = json.loads(done.stdout)
    assert list(summary["failed"]) == [bad]
    assert summary["rows"]["enrich"]["rows_out"] > 0
    articles = duckdb.sql(f"select count(*) from '{lake}/marts/articles/*/*.parquet'").fetchall()[0][0]
    before = duckdb.sql(f"select count(*) from '{whole}/marts/articles/*/*.parquet'").fetchall()[0][0]
    assert articles > before


@pytest.mark.parametrize("kind", ["html", "jsonl", "parquet"])
def test_every_kind_of_input_ends_in_the_marts(columninch, tmp_path, kind):
    paragraphs = [
        f"The harbour board of Merrow met for the {n}th time on Tuesday and agreed to repair pier {n}, which the storm of January had "
        f"broken in {n + 3} places; work will begin in April and end before the ferries return, its chairman said after the vote."
        for n in range(1, 6)
    ]
    folder, lake = tmp_path / "inputs", tmp_path / "lake"
    folder.mkdir()
    body = "\n".join(paragraphs)
    page = (
        "<html><head><title>Pier to be repaired</title><meta property='article:published_time' content='2024-03-05T10:00:00Z'></head>"
        "<body><article><h1>Pier to be repaired</h1>"
        + "".join(f"<p>{p}</p>" for p in paragraphs)
        + "</article></body></html>"
    )
    row = {
        "url": "https://merrow.example/pier",
        "title": "Pier to be repaired",
        "text": body,
        "date": "2024-03-05T10:00:00Z",
    }
    match kind:
        case "html":
            (folder / "pier.html.gz").write_bytes(gzip.compress(page.encode()))
        case "jsonl":
            (folder / "rows.jsonl.gz").write_bytes(gzip.compress((json.dumps(row) + "\n").encode()))
        case "parquet":
            duckdb.sql(
                "select $url as url, $title as title, $text as text, $date as date", params=row
            ).write_parquet(str(folder / "rows.parquet"))
    done = columninch("backfill", str(folder), "--lake", str(lake), "--source", "Merrow Gazette", "--json")
    assert done.returncode == 0, done.stderr
    made = duckdb.sql(
        f"select title, source, published_on::varchar, language, month from read_parquet('{lake}/marts/articles/*/*.parquet', hive_partitioning = true)"
    )
    assert made.fetchall() == [("Pier to be repaired", "Merrow Gazette", "2024-03-05", "en", "2024-03")]
