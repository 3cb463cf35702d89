"""Status adds up: read = kept + rejected in every unit; progress is told to whoever listens and to nobody else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.contracts import REJECTS
from tasks.progress import Step, counted, listening, report_step
from tasks.status import lake_status
from tasks.store import Lake, Work


def commit(lake: Lake, stage: str, unit: str, rows_in: int, reasons: dict[str, int]) -> None:
    rejected = sum(reasons.values())
    rows = [
        {"stage": stage, "unit_id": unit, "reason": reason} for reason, n in reasons.items() for _ in range(n)
    ]
    meta = {"kind": "warc", "inputs": [["a.warc.gz", 1, "x"]]}
    work = Work({"rejects": REJECTS.table(rows)}, rows_in, rows_in - rejected, reasons, meta=meta)
    lake.commit(stage, unit, "i", "1", "", lambda run_id: work)


@pytest.mark.slow
@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))
def test_what_is_read_is_kept_or_rejected(tmp_path_factory, damaged, hubs, articles):
    lake = Lake(tmp_path_factory.mktemp("lake"))
    commit(lake, "capture", "u", damaged + hubs + articles, {"damaged": damaged} if damaged else {})
    commit(lake, "clean", "u", hubs + articles, {"index_page": hubs} if hubs else {})
    commit(lake, "enrich", "u", articles, {})
    found = lake_status(lake)
    assert (found.read, found.kept, found.rejected) == (damaged + hubs + articles, articles, damaged + hubs)
    assert all(unit.read == unit.kept + sum(unit.rejected.values()) for unit in found.units)


def test_a_missing_file_is_reported(tmp_path):
    lake = Lake(tmp_path)
    commit(lake, "capture", "u", 1, {"empty": 1})
    (tmp_path / "units" / "rejects" / "u.capture.parquet").unlink()
    assert lake_status(lake).units[0].damaged == ("units/rejects/u.capture.parquet",)


def test_an_empty_lake_has_nothing(tmp_path):
    found = lake_status(Lake(tmp_path))
    assert (found.units, found.read, found.months) == ((), 0, {})


def test_steps_reach_the_listener_and_only_while_it_listens():
    heard: list[Step] = []
    report_step(Step("clean", "u", 1))
    with listening(heard.append):
        assert list(counted(range(40), "clean", "u", every=16)) == list(range(40))
    report_step(Step("clean", "u", 1))
    assert [step.rows for step in heard] == [16, 16, 8]


@pytest.mark.parametrize("path", ["file name.json", "ünïcode.json"])
def test_receipts_are_found_whatever_the_folder_is_called(tmp_path, path):
    lake = Lake(tmp_path / path)
    commit(lake, "capture", "u", 0, {})
    assert [unit.unit_id for unit in lake_status(lake).units] == ["u"]
    assert json.loads((Path(lake.root) / "units/receipts/capture/u.json").read_bytes())["unit_id"] == "u"
