"""What runs leave for people and automations, where tasks run, and what the server is asked to watch: without a server."""

import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prefect.events.worker import EventsWorker
from prefect.settings import PREFECT_API_URL, temporary_settings

import flows.leaving as leaving
import flows.observe as observe
from flows.automations import PATIENCE, apply_automations, wanted_automations
from flows.leaving import leave
from flows.runners import check_runner, open_runner
from flows.server import free_port, refuses
from flows.setting import HEARTBEAT_SECONDS
from flows.summary import MartsSummary, RunSummary
from tasks.config import RunnerSettings, Settings
from tasks.errors import ConfigError

COUNTS = st.integers(0, 10_000)


@st.composite
def summaries(draw: st.DrawFn) -> RunSummary:
    """Any summary whose rows add up."""
    stages = draw(st.lists(st.sampled_from(["capture", "clean", "sketch", "enrich"]), unique=True))
    rows, seconds = {}, {}
    for stage in stages:
        kept, rejected = draw(COUNTS), draw(COUNTS)
        rows[stage] = {"rows_in": kept + rejected, "rows_out": kept, "rejected": rejected}
        seconds[stage] = draw(st.floats(0, 1e5))
    return RunSummary(
        units=draw(COUNTS) + 3,
        rows=rows,
        reasons=draw(st.dictionaries(st.sampled_from(["too_short", "damaged", "empty"]), COUNTS)),
        failed=draw(st.dictionaries(st.sampled_from(["warc-1", "warc-2", "text-3"]), st.text(max_size=20))),
        marts=draw(st.none() | st.builds(MartsSummary, st.just(("2024-01",)), COUNTS, COUNTS, COUNTS)),
        seconds=seconds,
    )


@settings(max_examples=40)
@given(summaries())
def test_every_row_of_a_runs_table_adds_up(summary):
    for row in observe.run_table(summary.plain()):
        if None not in (row["read"], row["kept"], row["rejected"]):
            assert row["read"] == row["kept"] + row["rejected"]


@settings(max_examples=40)
@given(summaries())
def test_a_runs_table_leaves_nothing_out(summary):
    rows = observe.run_table(summary.plain())
    names = [row["what"] for row in rows]
    assert names[0] == "units"
    assert {
        name for name in names if not name.startswith(("rejected", "failed", "marts", "units"))
    } == summary.rows.keys()
    assert {
        name.removeprefix("rejected: ") for name in names if name.startswith("rejected: ")
    } == summary.reasons.keys()
    assert {row["note"] for row in rows if row["what"].startswith("failed: ")} == set(summary.failed.values())
    assert ("marts: articles" in names) == (summary.marts is not None)
    assert len({tuple(row) for row in rows}) == 1, "every row has the same columns"


@pytest.fixture
def told(monkeypatch) -> list[tuple]:
    """What would have been sent to the server."""
    sent: list[tuple] = []
    monkeypatch.setattr(observe, "create_progress_artifact", lambda *a: sent.append(("create", *a)) or "id")
    monkeypatch.setattr(observe, "update_progress_artifact", lambda *a: sent.append(("update", *a)))
    monkeypatch.setattr(
        observe, "create_table_artifact", lambda table, key, description: sent.append(("table", key, table))
    )
    monkeypatch.setattr(
        observe, "emit_event", lambda name, resource, payload: sent.append(("event", name, resource, payload))
    )
    return sent


def test_progress_is_told_at_the_start_at_the_end_and_seldom_between(told, monkeypatch):
    now = iter(range(0, 1000, 4))
    monkeypatch.setattr(observe.time, "monotonic", lambda: next(now))
    assert list(observe.with_progress(iter("abcdefghij"), 10)) == list("abcdefghij")
    assert told[0][:2] == ("create", 0.0)
    assert told[-1][2:] == (100.0, "10 of 10 units")
    shares = [one[2] for one in told[1:]]
    assert shares == sorted(shares)
    assert 2 <= len(told) - 1 <= 5


def test_progress_of_a_run_that_breaks_off_says_how_far_it_came(told):
    def two_then_none() -> Iterator[int]:
        yield from (1, 2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(observe.with_progress(two_then_none(), 4))
    assert told[-1] == ("update", "id", 50.0, "2 of 4 units")


@pytest.mark.parametrize("total", [None, 0])
def test_a_run_of_no_units_tells_no_progress(told, total):
    assert list(observe.with_progress(iter(()), total)) == []
    assert told == []


def test_only_failed_units_raise_an_alarm_and_at_most_fifty_are_named(told):
    observe.tell_run(Path("/lakes/harbour"), RunSummary(2).plain(), "backfill")
    assert [one[0] for one in told] == ["table"]
    failed = {f"warc-{n}": "clean: no" for n in range(80)}
    observe.tell_run(Path("/lakes/harbour"), RunSummary(90, failed=failed).plain(), "backfill")
    _, name, resource, payload = told[-1]
    assert name == observe.FAILED_EVENT
    assert resource["prefect.resource.id"] == "columninch.lake.harbour"
    assert (len(payload["failed"]), payload["units"]) == (50, 90)


class FakeServer:
    """As much of a Prefect client as automations need."""

    def __init__(self) -> None:
        self.known: dict[UUID, object] = {}

    def read_automations_by_name(self, name):
        return [
            SimpleNamespace(id=key, **vars_of(one)) for key, one in self.known.items() if one.name == name
        ]

    def create_automation(self, one):
        self.known[uuid4()] = one

    def update_automation(self, key, one):
        self.known[key] = one


def vars_of(one) -> dict:
    return {"model_dump": one.model_dump, "name": one.name}


def test_applying_twice_makes_each_automation_once():
    server, wanted = FakeServer(), wanted_automations()
    assert set(apply_automations(server, wanted).values()) == {"created"}
    assert set(apply_automations(server, wanted).values()) == {"current"}
    assert len(server.known) == len(wanted) == 3


def test_a_changed_automation_is_updated_in_place():
    server = FakeServer()
    apply_automations(server, wanted_automations())
    keys = set(server.known)
    done = apply_automations(server, wanted_automations(notify=uuid4(), patience=timedelta(minutes=9)))
    assert set(done.values()) == {"updated"}
    assert set(server.known) == keys


def test_alarms_go_to_the_block_named_and_a_killed_run_is_crashed_within_ten_minutes():
    block = uuid4()
    zombies, *alarms = wanted_automations(notify=block)
    assert PATIENCE + timedelta(seconds=HEARTBEAT_SECONDS) < timedelta(minutes=10)
    assert zombies.trigger.within == PATIENCE
    assert zombies.actions[0].state.value == "CRASHED"
    assert {alarm.actions[0].block_document_id for alarm in alarms} == {block}
    assert {name for alarm in alarms for name in alarm.trigger.expect} == {
        observe.FAILED_EVENT,
        observe.VOLUME_EVENT,
    }


def test_runs_that_a_worker_starts_beat_as_often_as_those_of_a_command():
    import yaml

    project = yaml.safe_load((Path(__file__).parents[3] / "prefect.yaml").read_text())
    for one in project["deployments"]:
        beat = one["work_pool"]["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]
        assert int(beat) == HEARTBEAT_SECONDS


def test_dask_without_an_address_stops_before_anything_is_done():
    with pytest.raises(ConfigError, match=r"runner\.address"):
        check_runner(Settings(runner=RunnerSettings(kind="dask")))
    with pytest.raises(ConfigError, match="a folder that all of them see"):
        check_runner(
            Settings(runner=RunnerSettings(kind="dask", address="tcp://10.0.0.5:8786")), "s3://harbour/lake"
        )
    check_runner(Settings(), "s3://harbour/lake")


def test_tasks_in_threads_are_submitted_with_their_parameters_by_name():
    seen = []

    @contextmanager
    def opened():
        with open_runner(Settings()) as submit:
            yield submit

    with opened() as submit:
        submit(SimpleNamespace(submit=lambda **given: seen.append(given)), {"job": 1, "unit": 2})
    assert seen == [{"job": 1, "unit": 2, "return_state": False}]


def address_of(port: int) -> str:
    return f"http://127.0.0.1:{port}/api"


@pytest.mark.parametrize(
    "url", ["", "nonsense", "http://[/api", "http://nobody.invalid/api", "http://x:port/api"]
)
def test_only_a_refusal_says_that_nobody_listens(url: str) -> None:
    """Behind a proxy a server's name may not even be known here: what is not refused is left to Prefect."""
    assert not refuses(url)
    assert refuses(address_of(free_port()))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not refuses(address_of(listening.getsockname()[1]))


def test_nobody_is_asked_where_nobody_listens_and_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fail() -> None:
        asked.append("once")
        raise httpx.ConnectError("gone meanwhile")

    with temporary_settings({PREFECT_API_URL: address_of(free_port())}):
        assert observe.tell(fail) is None
    assert asked == []
    monkeypatch.setattr(observe, "refuses", lambda url: False)
    assert observe.tell(fail) is None
    assert asked == ["once"]
    assert observe.tell(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        observe.tell(lambda: 1 // 0)


class Ended(Exception):
    """What stands for the end of the process."""


def end(code: int) -> None:
    raise Ended(code)


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> Future[bool]:
    """What Prefect still has to tell a server that is gone."""
    waiting: Future[bool] = Future()
    monkeypatch.setattr(EventsWorker, "drain_all", lambda timeout: (set(), {waiting}))
    monkeypatch.setattr(leaving, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(leaving.os, "_exit", end)
    monkeypatch.setenv("PREFECT_API_URL", address_of(free_port()))
    return waiting


@pytest.mark.parametrize("code", [0, 1])
def test_a_command_ends_with_its_code_when_there_is_no_server_to_tell(untold, code, capsys) -> None:
    with pytest.raises(Ended, match=str(code)):
        leave(code)
    assert ("all is done" in capsys.readouterr().err) == (code == 0), "what failed has been said already"


def test_a_command_waits_as_long_as_its_server_listens(untold, monkeypatch) -> None:
    looked: list[str] = []

    def listens(url: str) -> bool:
        looked.append(url)
        if len(looked) == 8:
            untold.set_result(True)
        return False

    monkeypatch.setattr(leaving, "refuses", listens)
    leave(0)
    assert len(looked) >= 8


def test_whoever_stops_a_command_twice_waits_no_longer(untold, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(leaving, "wait", interrupted)
    with pytest.raises(Ended, match="130"):
        leave(130)
