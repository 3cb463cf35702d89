"""Maintenance: a whole lake is left alone, what nobody needs goes, what is damaged is told; metrics and the log."""

import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.contracts import TABLES
from tasks.metrics import prometheus_text
from tasks.receipts import Receipt, receipt_path, save_receipt
from tasks.status import LakeStatus, UnitStatus
from tasks.store import Lake, Work
from tasks.upkeep import disk_use, keep_up, look_over

LATER = time.time() + 7200
"""Two hours from now: files made by a test are no longer young."""


@pytest.fixture
def lake(tmp_path) -> Lake:
    opened = Lake(tmp_path / "lake")
    for unit in ("u1", "u2"):
        table = TABLES["places"].table([])
        opened.commit("enrich", unit, unit, "1", "", lambda run, table=table: Work({"places": table}, 0, 0))
    return opened


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_whole_lake_is_left_as_it_is(lake):
    before = contents(lake.root)
    done = keep_up(lake, deep=True, repair=True, now=LATER)
    assert (done.findings.receipts, done.findings.damaged, done.removed, done.withdrawn) == (2, (), 0, ())
    after = contents(lake.root)
    assert {path: after[path] for path in before} == before


def test_a_look_changes_nothing(lake):
    (lake.root / "units/places/nobody.parquet").write_bytes(b"PAR1")
    before = contents(lake.root)
    assert look_over(lake, deep=True, now=LATER).leftovers == {"units/places/nobody.parquet": 4}
    assert contents(lake.root) == before


@pytest.mark.parametrize(
    "name", ["units/places/nobody.parquet", "marts/places/month=2024-01/.places.parquet.7.tmp"]
)
def test_what_no_receipt_names_goes_once_it_is_old(lake, name):
    path = lake.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"0123456789")
    assert keep_up(lake, now=time.time()).removed == 0, "a unit may be just being committed"
    done = keep_up(lake, now=LATER)
    assert (done.removed, done.freed_bytes, path.exists()) == (1, 10, False)


def test_a_download_goes_when_nobody_went_on_with_it_for_a_week(lake):
    parts = [lake.root / "spool" / name for name in ("0f.part", "0f.part.lock", "a" * 64)]
    for part in parts:
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(b"half")
    assert keep_up(lake, now=time.time() + 6 * 86400).removed == 0, "a run may go on with it"
    done = keep_up(lake, now=time.time() + 8 * 86400)
    assert (done.removed, done.freed_bytes, any(part.exists() for part in parts)) == (3, 12, False)


def test_damage_of_equal_size_is_found_by_a_deep_look_only(lake):
    path = lake.root / "units/places/u1.parquet"
    data = bytearray(path.read_bytes())
    data[8] ^= 1
    path.write_bytes(data)
    assert look_over(lake).damaged == ()
    assert look_over(lake, deep=True).damaged == ("units/places/u1.parquet",)


def test_repair_withdraws_just_the_receipts_of_damaged_files(lake):
    (lake.root / "units/places/u2.parquet").unlink()
    assert keep_up(lake).withdrawn == ()
    assert keep_up(lake, repair=True).withdrawn == ("enrich/u2",)
    assert receipt_path(lake.root, "enrich", "u1").exists()
    assert not receipt_path(lake.root, "enrich", "u2").exists()


def test_the_crawls_memory_is_missed_only_where_there_are_archives(lake):
    assert look_over(lake).frontier is None
    archive = lake.root / "raw/Harbour/2024-01-01/run.warc.gz"
    archive.parent.mkdir(parents=True)
    archive.write_bytes(b"")
    assert look_over(lake).frontier == "missing"
    (lake.root / "frontier.sqlite").write_bytes(b"no database at all, but long enough to be read as one" * 40)
    assert "database" in str(look_over(lake).frontier)


def test_disk_use_adds_up(lake):
    total = sum(path.stat().st_size for path in lake.root.rglob("*") if path.is_file())
    sizes = disk_use(lake.root)
    assert sum(sizes.values()) == total
    assert list(sizes.values()) == sorted(sizes.values(), reverse=True)


def test_every_committed_stage_of_a_unit_is_one_json_line(lake):
    (log,) = (lake.root / "log").glob("*.jsonl")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["stage"], line["unit"]) for line in lines] == [("enrich", "u1"), ("enrich", "u2")]
    save_receipt(lake.root, Receipt("clean", "u3", "k", 5, 3, 2, (), {"too_short": 2}))
    last = json.loads(log.read_text().splitlines()[-1])
    assert (last["rows_in"], last["rows_out"], last["rejected"], last["reasons"]) == (
        5,
        3,
        2,
        {"too_short": 2},
    )
    assert last["process"] == os.getpid()


NAMES = st.text(min_size=1, max_size=12)


@settings(max_examples=40)
@given(NAMES, st.dictionaries(NAMES, st.integers(0, 10**9), max_size=4), st.integers(0, 10**15))
def test_gauges_can_be_read_whatever_the_names(lake_name, reasons, size):
    unit = UnitStatus("u", "warc", (), ("capture", "clean"), 7, 4, {}, ("x",))
    text = prometheus_text(lake_name, LakeStatus((unit,), {"2024-01": 4}, reasons, size), 1.5e9)
    samples = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert text.endswith("\n")
    assert len(samples) == 1 + 3 + len(reasons) + 1 + 1 + 1 + 1
    for line in samples:
        name, rest = line.split("{", 1)
        labels, value = rest.rsplit("} ", 1)
        assert name.startswith("columninch_")
        assert float(value) >= 0
        assert labels.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 0
    assert "columninch_bytes{lake=" in text
    assert (
        float(next(line for line in samples if line.startswith("columninch_bytes")).rsplit(" ", 1)[1]) == size
    )


def test_a_lock_whose_holder_died_is_told(lake, capfd):
    (lake.root / ".lock.holder").write_text("4242")
    with lake.lock():
        assert "process 4242, which has died" in capfd.readouterr().err
    with lake.lock():
        assert capfd.readouterr().err == ""
