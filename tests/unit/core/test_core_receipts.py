"""Laws of receipts and commits: rows add up, done work is not done again, damage is, nothing is half written."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.contracts import REJECTS, TEXTS
from tasks.errors import ConfigError, ContractError, CorpusError
from tasks.parquet import parquet_bytes
from tasks.receipts import (
    Receipt,
    damaged_files,
    is_intact,
    load_receipt,
    receipt_key,
    receipt_path,
    save_receipt,
    write_atomically,
)
from tasks.store import Lake, Work, open_lake

ROOT = Path(__file__).parents[3]
TEXT_ROWS = [
    {"article_id": 2, "published_on": date(2024, 3, 1), "text": "Two."},
    {"article_id": 1, "published_on": None, "text": "One."},
]


def make_work(run_id: str) -> Work:
    return Work({"texts": TEXTS.table(TEXT_ROWS)}, rows_in=3, rows_out=2, counts={"empty": 1})


def commit(lake: Lake, **changes):
    given_parts = {"inputs": "in", "version": "1", "settings": "s"} | changes
    return lake.commit("clean", "unit-1", work=make_work, **given_parts)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_receipt_whose_rows_do_not_add_up_refuses_to_exist(read, kept, rejected):
    def make():
        return Receipt("clean", "u", "k", read, kept, rejected, (), {"empty": rejected} if rejected else {})

    if read == kept + rejected:
        assert make().rows_in == read
    else:
        with pytest.raises(ContractError, match=r"read .* kept .* rejected"):
            make()


def test_reasons_must_add_up_to_the_rejected():
    with pytest.raises(ContractError, match="reasons add up to 1"):
        Receipt("clean", "u", "k", 3, 1, 2, (), {"empty": 1})


def test_a_commit_is_done_once(tmp_path):
    lake = Lake(tmp_path)
    first, did_first = commit(lake)
    second, did_second = commit(lake)
    assert (did_first, did_second) == (True, False)
    assert first.digest == second.digest


@pytest.mark.parametrize("change", [{"inputs": "other"}, {"version": "2"}, {"settings": "t"}])
def test_other_inputs_version_or_settings_are_other_work(tmp_path, change):
    lake = Lake(tmp_path)
    commit(lake)
    assert commit(lake, **change)[1] is True


@pytest.mark.parametrize("damage", ["delete", "cut", "grow", "delete receipt", "spoil receipt"])
def test_damaged_work_is_done_again_with_the_same_bytes(tmp_path, damage):
    lake = Lake(tmp_path)
    receipt, _ = commit(lake)
    path = tmp_path / receipt.file("texts").path
    whole = path.read_bytes()
    mark = receipt_path(tmp_path, "clean", "unit-1")
    match damage:
        case "delete":
            path.unlink()
        case "cut":
            path.write_bytes(whole[:-1])
        case "grow":
            path.write_bytes(whole + b"x")
        case "delete receipt":
            mark.unlink()
        case "spoil receipt":
            mark.write_text("{")
    again, did = commit(lake)
    assert did
    assert path.read_bytes() == whole
    assert is_intact(tmp_path, again, deep=True)


def test_a_deep_look_finds_changed_bytes_of_the_same_size(tmp_path):
    lake = Lake(tmp_path)
    receipt, _ = commit(lake)
    path = tmp_path / receipt.file("texts").path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert is_intact(tmp_path, receipt)
    assert list(damaged_files(tmp_path, receipt, deep=True)) == [receipt.file("texts").path]


def test_a_receipt_survives_the_trip_through_its_file(tmp_path):
    receipt = Receipt("clean", "u", "k", 3, 2, 1, (), {"empty": 1}, {"2024-03": 2}, {"note": "ü"})
    save_receipt(tmp_path, receipt)
    assert load_receipt(receipt_path(tmp_path, "clean", "u")) == receipt


@given(st.binary(max_size=200))
def test_any_other_file_is_no_receipt(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("receipt") / "r.json"
    path.write_bytes(data)
    assert load_receipt(path) is None


def test_rejects_of_several_stages_lie_side_by_side(tmp_path):
    lake = Lake(tmp_path)
    for stage in ("capture", "clean"):
        work = Work(
            {"rejects": REJECTS.table([{"stage": stage, "unit_id": "u", "reason": "empty"}])},
            1,
            0,
            {"empty": 1},
        )
        lake.commit(stage, "u", "i", "1", "", lambda run_id, work=work: work)
    names = sorted(path.name for path in (tmp_path / "units" / "rejects").iterdir())
    assert names == ["u.capture.parquet", "u.clean.parquet"]


def test_equal_rows_give_equal_bytes_in_any_order():
    assert parquet_bytes(TEXTS, TEXTS.table(TEXT_ROWS)) == parquet_bytes(TEXTS, TEXTS.table(TEXT_ROWS[::-1]))


def test_the_run_id_is_the_start_of_the_key(tmp_path):
    seen = []

    def work(run_id: str) -> Work:
        seen.append(run_id)
        return make_work(run_id)

    receipt, _ = Lake(tmp_path).commit("clean", "u", "i", "1", "s", work)
    assert receipt.key.startswith(seen[0])
    assert receipt.key == receipt_key("clean", "u", "i", "1", "s")


def test_a_failing_stage_leaves_no_receipt_and_no_temporary_file(tmp_path):
    def work(run_id: str) -> Work:
        raise ValueError("broken stage")

    with pytest.raises(ValueError, match="broken stage"):
        Lake(tmp_path).commit("clean", "u", "i", "1", "s", work)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_writer_killed_anywhere_leaves_the_old_file_or_the_new_one(tmp_path):
    """SIGKILL at the moment of the rename: the file is whole all the same, and only a temporary file is left over."""
    target = tmp_path / "table.parquet"
    write_atomically(target, b"old")
    program = (
        "import os, signal, sys; sys.path.insert(0, sys.argv[1]);"
        "from pathlib import Path; from tasks import receipts;"
        "receipts.os.replace = lambda *a: os.kill(os.getpid(), signal.SIGKILL);"
        "receipts.write_atomically(Path(sys.argv[2]), b'new')"
    )
    done = subprocess.run([sys.executable, "-c", program, str(ROOT), str(target)], check=False, timeout=60)
    assert done.returncode == -9
    assert target.read_bytes() == b"old"


def test_a_lake_that_is_not_there_is_a_setting_that_is_wrong(tmp_path):
    with pytest.raises(ConfigError, match="there is no lake here"):
        open_lake(tmp_path / "nowhere")


def test_a_lake_where_a_file_lies_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be created"):
        open_lake(tmp_path / "file" / "lake", create=True)


@pytest.mark.slow
def test_two_writers_take_turns(tmp_path):
    lake = Lake(tmp_path)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "from tasks.store import Lake; from pathlib import Path;"
        "from tasks.errors import CorpusError\n"
        "try:\n"
        "    with Lake(Path(sys.argv[2])).lock(0.2): print('held')\n"
        "except CorpusError as error: print('refused')"
    )

    def try_to_hold() -> str:
        command = [sys.executable, "-c", program, str(ROOT), str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    with lake.lock():
        assert try_to_hold() == "refused"
    assert try_to_hold() == "held"


@pytest.mark.slow
def test_the_lock_of_a_dead_process_is_free(tmp_path):
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); from tasks.store import Lake; from pathlib import Path\n"
        "with Lake(Path(sys.argv[2])).lock(): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(ROOT), str(tmp_path)], check=False, timeout=60)
    try:
        with Lake(tmp_path).lock(1):
            pass
    except CorpusError:
        pytest.fail("a dead process still holds the lake")


def test_receipts_are_plain_json_for_other_tools(tmp_path):
    receipt, _ = commit(Lake(tmp_path))
    plain = json.loads(receipt_path(tmp_path, "clean", "unit-1").read_bytes())
    assert plain["rows_in"] == plain["rows_out"] + plain["rejected"]
    assert pq.read_metadata(os.path.join(tmp_path, plain["files"][0]["path"])).num_rows == 2
    assert receipt.file("texts").rows == 2
