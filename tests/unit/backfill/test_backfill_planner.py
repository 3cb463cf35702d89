"""Failed units are tried again, then held back; runs say how far they are; days say what they should have brought."""

import json
import os
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.watching import describe_state, follow
from tasks.backfill.archives import remember_expected
from tasks.backfill.fetched import FETCH
from tasks.backfill.gaps import DayCoverage, archive_coverage
from tasks.backfill.plan import unit_id
from tasks.backfill.remote import Remote
from tasks.backfill.works import from_plain, to_plain, work_name
from tasks.progress import Step, listening, report_step
from tasks.quarantine import HOLD_AFTER, clear_failure, failure_path, failures, held_names, record_failure
from tasks.receipts import Receipt, save_receipt
from tasks.runs import recording, run_states, runs_folder
from tasks.store import Lake
from tasks.tally import Tally
from tasks.units import Input, Unit

UNIT = Unit(
    "warc-1", "warc", (Input("/x/a", 3, "ab"), Input("/y/b", 0, "cd", "name", "http://h/b")), "Harbour Times"
)
REMOTE = Remote("crawl-data/a", "http://h/a", 7, '"tag"', date(2019, 3, 31), None, "CC-NEWS")


@pytest.mark.parametrize("work", [UNIT, REMOTE, Remote("a", "b")])
def test_work_written_down_is_the_same_work_again(work):
    assert from_plain(json.loads(json.dumps(to_plain(work)))) == work


def test_a_unit_is_held_back_after_several_runs_and_forgotten_once_committed(tmp_path):
    lake = Lake(tmp_path)
    for run in range(1, HOLD_AFTER + 1):
        assert held_names(lake) == {}
        record_failure(lake, work_name(REMOTE), f"fetch: reason {run}", to_plain(REMOTE), ["en"])
    assert held_names(lake) == {REMOTE.name: f"fetch: reason {HOLD_AFTER}"}
    [failure] = failures(lake)
    assert (failure.runs, failure.languages, from_plain(failure.work)) == (HOLD_AFTER, ("en",), REMOTE)
    clear_failure(lake, REMOTE.name)
    assert failures(lake) == []
    clear_failure(lake, REMOTE.name)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"name": "x"}', b"\xff"])
def test_a_broken_note_about_a_failure_only_means_another_try(tmp_path, data):
    lake = Lake(tmp_path)
    record_failure(lake, "x", "why", {}, [])
    failure_path(tmp_path, "x").write_bytes(data)
    assert failures(lake) == []
    assert record_failure(lake, "x", "why", {}, []).runs == 1


def test_a_run_writes_down_how_far_it_is_and_tells_whoever_listened_before(tmp_path, capsys):
    heard: list[Step] = []
    with listening(heard.append), recording(tmp_path, "backfill", 3) as tell:
        report_step(Step("fetch", "a", 1_500_000))
        report_step(Step("clean", "a", 12))
        report_step(Step("enrich", "a", is_done=True))
        report_step(Step("current", "b", is_done=True))
        tell("c", "fetch: gone")
        report_step(Step("failed", "c", is_done=True))
        [state] = run_states(tmp_path)
        assert state.is_alive
        assert state.pid == os.getpid()
    assert len(heard) == 5
    [state] = run_states(tmp_path)
    assert (state.units, state.done, state.known, state.failed, state.pages, state.ended) == (
        3,
        3,
        1,
        1,
        12,
        True,
    )
    assert not state.is_alive
    lines = describe_state(state)
    assert "backfill: 3/3 units, 12 pages" in lines
    assert "1.5 MB fetched, 1 failed, ended" in lines
    assert "FAILED   c: fetch: gone" in lines
    follow(Lake(tmp_path), 0.1, as_json=True)
    assert json.loads(capsys.readouterr().out)["failures"] == {"c": "fetch: gone"}


def test_a_run_that_was_killed_is_told_from_one_that_goes_on(tmp_path):
    with recording(tmp_path, "backfill", 3):
        [path] = runs_folder(tmp_path).glob("*.json")
        plain = json.loads(path.read_bytes())
    path.write_text(json.dumps(plain | {"pid": 2**22 + 1}))
    [state] = run_states(tmp_path)
    assert not state.is_alive
    assert "was killed" in describe_state(state)


def test_a_lake_where_nothing_ran_says_so(tmp_path, capsys):
    follow(Lake(tmp_path), 0.1, as_json=False)
    assert "nothing runs" in capsys.readouterr().out


def test_a_lake_that_cannot_be_written_runs_without_notes(tmp_path):
    (tmp_path / "runs").write_text("in the way")
    with recording(tmp_path, "backfill", 1) as tell:
        tell("a", "b")
        report_step(Step("clean", "a", 1))
    assert run_states(tmp_path) == []


@settings(max_examples=60)
@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 9), st.integers(1, 1000))
def test_time_left_is_judged_by_units_that_took_time(fresh, known, failed, seconds):
    now = [0.0]
    tally = Tally(fresh + known + failed + 7, lambda: now[0])
    for stage, count in (("enrich", fresh), ("current", known), ("failed", failed)):
        for _ in range(count):
            tally.take(Step(stage, "u", is_done=True))
    now[0] = float(seconds)
    assert tally.done == fresh + known + failed
    assert tally.left == (pytest.approx(7 * seconds / (fresh + failed)) if fresh + failed else None)


def fetch(
    lake: Lake, name: str, days: dict[str, int], sha256: str, broken: dict[str, int], captured: bool = True
) -> None:
    meta = {
        "name": name,
        "url": "http://h/" + name,
        "size": 1,
        "sha256": sha256,
        "etag": "",
        "source": None,
        "collection": "CC-NEWS",
        "days": days,
    }
    save_receipt(lake.root, Receipt(FETCH, f"fetch-{name}", "k", 0, 0, 0, (), meta=meta))
    if captured:
        lost = sum(broken.values())
        made = Receipt(
            "capture",
            unit_id("warc", [sha256], None),
            "k",
            10 + lost,
            10,
            lost,
            (),
            broken,
            meta={"damaged": 2, "inputs": [["x", 1, sha256]]},
        )
        save_receipt(lake.root, made)


def test_each_day_says_what_it_should_have_brought_and_what_of_it_is_damaged(tmp_path):
    lake = Lake(tmp_path)
    days = {date(2019, 3, n): count for n, count in ((1, 2), (2, 1), (3, 0), (4, 1))}
    remember_expected(lake, "CC-NEWS", days)
    fetch(lake, "a", {"2019-03-01": 1}, "aa", {})
    fetch(lake, "b", {"2019-03-02": 1}, "bb", {"damaged": 3, "truncated": 1, "empty": 5})
    fetch(lake, "c", {"2019-03-04": 1}, "cc", {}, captured=False)
    found = {one.day.day: (one.expected, one.got, one.damaged, one.problem) for one in archive_coverage(lake)}
    assert found == {
        1: (2, 1, 2, "missing"),
        2: (1, 1, 6, "damaged"),
        3: (0, 0, 0, "nothing listed"),
        4: (1, 0, 0, "missing"),
    }


def test_a_day_of_an_outlet_is_no_gap_for_being_under_its_mean():
    day = DayCoverage("h", date(2019, 3, 1), "captures", 12.5, 11, 0)
    assert day.problem == "ok"
    assert DayCoverage("h", date(2019, 3, 1), "captures", 12.5, 1, 0, True).problem == "far under usual"
    assert DayCoverage("h", date(2019, 3, 1), "captures", None, 1, 1).problem == "damaged"
