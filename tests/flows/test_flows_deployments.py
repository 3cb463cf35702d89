"""Deployments of prefect.yaml: each names a flow, fits its signature, and its clock is one that Prefect accepts."""

import importlib
import inspect
import re
from pathlib import Path

import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ParameterTypeError
from prefect.utilities.callables import parameter_schema

ROOT = Path(__file__).parents[2]
PROJECT = yaml.safe_load((ROOT / "prefect.yaml").read_text())
DEPLOYMENTS = {one["name"]: one for one in PROJECT["deployments"]}
README = (ROOT / "README.md").read_text()
each = pytest.mark.parametrize("name", DEPLOYMENTS)

GIVEN = {"backfill": {"paths": ["crawls"]}}
"""What somebody who starts a run has to add: only where the deployment cannot know it."""

WRONG = [
    ("backfill", "paths", 7),
    ("backfill", "kind", "floppy"),
    ("backfill", "languages", {"en": 1}),
    ("crawl", "sources", "Harbour Times"),
    ("refresh", "months", ["2025-01"]),
    ("report", "lake", None),
    ("maintain", "deep", "perhaps"),
]


def flow_of(name: str) -> Flow:
    """The flow that a deployment names, found as Prefect finds it: by module."""
    module, _, function = DEPLOYMENTS[name]["entrypoint"].rpartition(".")
    flow = getattr(importlib.import_module(module), function)
    assert isinstance(flow, Flow)
    return flow


def parameters_of(name: str) -> dict:
    return DEPLOYMENTS[name]["parameters"] | GIVEN.get(name, {})


def test_the_five_flows_are_deployed_under_their_own_names():
    assert sorted(DEPLOYMENTS) == ["backfill", "crawl", "maintain", "refresh", "report"]
    assert {name: flow_of(name).name for name in DEPLOYMENTS} == {name: name for name in DEPLOYMENTS}


@each
def test_the_flow_accepts_the_parameters(name):
    flow = flow_of(name)
    inspect.signature(flow.fn).bind(**parameters_of(name))
    accepted = flow.validate_parameters(parameters_of(name))
    assert {key: accepted[key] for key in parameters_of(name)} == parameters_of(name)


@each
def test_only_what_a_person_must_give_is_missing(name):
    """A schedule can start what has every required parameter; the others have no schedule."""
    missing = set(parameter_schema(flow_of(name)).required) - DEPLOYMENTS[name]["parameters"].keys()
    assert missing == GIVEN.get(name, {}).keys()
    assert not (missing and DEPLOYMENTS[name]["schedules"])


@pytest.mark.parametrize(("name", "parameter", "value"), WRONG)
def test_a_parameter_of_the_wrong_type_is_refused(name, parameter, value):
    with pytest.raises(ParameterTypeError, match=parameter):
        flow_of(name).validate_parameters({**parameters_of(name), parameter: value})


@pytest.mark.parametrize(("name", "parameter", "value"), WRONG)
def test_the_schema_that_the_server_checks_says_the_same(name, parameter, value):
    """With this schema the server answers 409 before it makes a run."""
    from prefect.utilities.schema_tools import is_valid_schema, validate

    schema = parameter_schema(flow_of(name)).model_dump_for_openapi()
    is_valid_schema(schema)
    assert validate(parameters_of(name), schema) == []
    assert validate({**parameters_of(name), parameter: value}, schema) != []


@each
def test_the_clock_is_valid_and_names_its_zone(name):
    for schedule in DEPLOYMENTS[name]["schedules"]:
        assert CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
        assert schedule["slug"]


def test_schedules_are_as_the_readme_says():
    clocks = {name: [one["slug"] for one in DEPLOYMENTS[name]["schedules"]] for name in DEPLOYMENTS}
    assert clocks.pop("backfill") == []
    for name, (slug,) in clocks.items():
        assert f"{name} ({slug}" in README


def test_no_two_clocks_strike_together():
    """Lake work has one writer at a time: a run that starts while another holds the lake only waits."""
    minutes = [schedule["cron"].split()[0] for one in DEPLOYMENTS.values() for schedule in one["schedules"]]
    assert len(set(minutes)) == len(minutes)


def test_runs_start_in_the_folder_named_at_deployment():
    (step,) = PROJECT["pull"]
    assert step == {
        "prefect.deployments.steps.set_working_directory": {"directory": "{{ $COLUMNINCH_HOME }}"}
    }
    for name, deployment in DEPLOYMENTS.items():
        paths = [
            value for key, value in deployment["parameters"].items() if key in ("lake", "out", "sources_file")
        ]
        assert paths
        assert not any(Path(path).is_absolute() for path in paths), name


def test_the_version_written_down_is_the_version_pinned():
    pinned = re.search(r"^prefect==(\S+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert pinned is not None
    assert PROJECT["prefect-version"] == pinned[1]
