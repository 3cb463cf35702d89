"""The command line: fast help, no Prefect where nothing is orchestrated, clear errors with the right exit code."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flows.ask import parse_parameters
from flows.run import checked_kind
from flows.terminal import describe_run
from tasks.errors import ConfigError

ROOT = Path(__file__).parents[3]


def columninch(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", *arguments]
    environment = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/usr/bin:/bin",
        "HOME": str(cwd or ROOT),
        "TERM": "dumb",
        "COLUMNS": "120",
    }
    return subprocess.run(
        command, capture_output=True, text=True, cwd=cwd or ROOT, env=environment, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def imported_for_help() -> str:
    command = [sys.executable, "-X", "importtime", "-m", "flows.cli", "--help"]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True, timeout=60).stderr


@pytest.mark.parametrize(
    "package",
    ["prefect", "pyarrow", "duckdb", "numpy", "trafilatura", "jinja2", "starlette", "uvicorn", "pydantic"],
)
def test_help_loads_nothing_heavy(imported_for_help, package):
    modules = {line.rsplit("|", 1)[-1].strip() for line in imported_for_help.splitlines()}
    assert package not in modules


def test_the_version_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert columninch("--version").stdout.strip() == f"columninch {project['version']}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "backfill",
        "crawl",
        "refresh",
        "demo",
        "query",
        "network",
        "queries",
        "sql",
        "report",
        "status",
        "retry",
        "enrich",
        "gazetteer",
    ],
)
def test_every_command_explains_itself(command):
    done = columninch(command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
    assert f"columninch {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["status"], "there is no lake here"),
        (["query", "actor_trend", "--lake", "nowhere"], "there is no lake here"),
        (["sql", "select 1", "--lake", "nowhere"], "there is no lake here"),
        (["report", "--lake", "nowhere"], "there is no lake here"),
        (["backfill", "nothing-here"], "nothing-here does not exist"),
        (["backfill", ".", "--dry-run", "--kind", "cloud"], "--kind cloud: there is no such kind"),
        (["backfill", ".", "--settings", "no.toml"], "no.toml: no such file"),
        (["crawl"], "data/sources.toml: no such file here"),
        (["refresh", "--from", "2024-13"], "'2024-13' is not a month"),
    ],
)
def test_a_wrong_setting_ends_with_2_and_says_what_to_do(tmp_path, arguments, says):
    done = columninch(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "parameters"),
    [
        (["--actor=Q1"], {"actor": "Q1"}),
        (["--actor", "Q1", "--baseline-days=3"], {"actor": "Q1", "baseline_days": "3"}),
        (["--a=b=c"], {"a": "b=c"}),
        ([], {}),
    ],
)
def test_parameters_are_read(arguments, parameters):
    assert parse_parameters(arguments) == parameters


@pytest.mark.parametrize("arguments", [["actor"], ["--actor"], ["--"], ["-a", "b"]])
def test_what_is_no_parameter_is_an_error(arguments):
    with pytest.raises(ConfigError):
        parse_parameters(arguments)


def test_an_unknown_kind_lists_those_there_are():
    with pytest.raises(ConfigError, match="choose one of warc, html, text, jsonl, parquet"):
        checked_kind("pdf")


def test_a_summary_shows_sums_that_add_up():
    plain = {
        "units": 2,
        "rows": {"capture": {"rows_in": 10, "rows_out": 7, "rejected": 3}},
        "reasons": {"damaged": 3},
        "failed": {"warc-1": "clean: gone"},
        "marts": None,
    }
    lines = describe_run(plain)
    assert "read 10 = kept 7 + rejected 3" in lines[1]
    assert any("FAILED" in line and "warc-1" in line for line in lines)
    assert json.dumps(plain)
