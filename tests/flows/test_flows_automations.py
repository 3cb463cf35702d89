"""Automations as code against a running server: made once, kept, and each one does what it says."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from datetime import timedelta

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

_ASK = """
import json, sys
from datetime import timedelta
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.events import emit_event
from prefect.states import Running
from flows.automations import apply_automations, wanted_automations
from flows.observe import tell_run

@flow(name="somebody's flow")
def somebody(): ...

with get_client(sync_client=True) as client:
    print(apply_automations(client, wanted_automations(patience=timedelta(seconds=10))), file=sys.stderr)
    run = client.create_flow_run(somebody, state=Running())
emit_event("prefect.flow-run.heartbeat", resource={"prefect.resource.id": f"prefect.flow-run.{run.id}", "prefect.resource.name": run.name})
from pathlib import Path
tell_run(Path("/tmp/harbour-lake"), {"units": 3, "failed": {"warc-1": "clean: no"}, "rows": {}, "reasons": {}, "marts": None, "seconds": {}}, "backfill")
print(run.id)
"""


@pytest.fixture(scope="module")
def ask(prefect_environment):
    def post(path: str, **body):
        request = urllib.request.Request(
            f"{prefect_environment['PREFECT_API_URL']}/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    return post


def test_the_command_makes_them_once(columninch):
    first = json.loads(columninch("automations", "--json").stdout)
    again = json.loads(columninch("automations", "--json").stdout)
    assert len(first) == 3
    assert first.keys() == again.keys()
    assert set(again.values()) == {"current"}


def test_without_a_server_the_command_says_what_to_do(prefect_environment):
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    done = subprocess.run(
        [sys.executable, "-m", "flows.cli", "automations"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "PREFECT_API_URL" in done.stderr


def test_a_run_without_heartbeat_is_crashed_and_failed_units_raise_an_alarm(
    prefect_environment, ask, tmp_path
):
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        env=prefect_environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    run = done.stdout.split()[-1]
    state, until = "", time.monotonic() + 90
    while state != "CRASHED":
        assert time.monotonic() < until, state
        time.sleep(1)
        state = ask("flow_runs/filter", flow_runs={"id": {"any_": [run]}})[0]["state"]["type"]
    events = ask(
        "events/filter",
        filter={"event": {"prefix": ["prefect.automation.triggered", "prefect.automation.action"]}},
        limit=50,
    )
    names = {event["resource"].get("prefect.resource.name") for event in events["events"]}
    assert "columninch: units failed" in names, names
    with_defaults = timedelta(minutes=10)
    from flows.automations import PATIENCE
    from flows.setting import HEARTBEAT_SECONDS

    assert PATIENCE + timedelta(seconds=HEARTBEAT_SECONDS) < with_defaults
