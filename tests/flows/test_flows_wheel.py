"""The built wheel, installed elsewhere, has everything it needs: the demo runs from it in an empty folder."""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A virtual environment that has columninch from its wheel, and the packages of this one but not this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    done = subprocess.run(build, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    [wheel] = folder.glob("columninch-*.whl")
    assert wheel.stat().st_size < 40_000_000
    home = folder / "venv"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(install, check=True, timeout=300)
    packages = sysconfig.get_paths(vars={"base": str(home), "platbase": str(home)})["purelib"]
    (Path(packages) / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return home


def run(
    installed: Path, environment: dict[str, str], cwd: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in environment.items() if name != "PYTHONPATH"}
    command = [str(installed / "bin" / "columninch"), *arguments]
    return subprocess.run(
        command, env=clean, cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_demo_runs_from_the_wheel(installed, prefect_environment, tmp_path):
    done = run(installed, prefect_environment, tmp_path, "demo", "--quiet")
    assert done.returncode == 0, done.stderr
    assert "Hungary" in done.stdout
    assert (tmp_path / "demo-lake" / "report.html").stat().st_size > 100_000
    status = json.loads(
        run(installed, prefect_environment, tmp_path, "status", "--lake", "demo-lake", "--json").stdout
    )
    assert status["read"] == status["kept"] + status["rejected"] > 150
    notebook = [str(ROOT / "scripts" / "run_notebook.py"), str(ROOT / "docs" / "notebook.ipynb")]
    ran = subprocess.run(
        [str(installed / "bin" / "python"), *notebook],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Hungary: " in ran.stdout


def test_what_runs_is_the_wheel_and_not_the_checkout(installed, tmp_path):
    code = "import tasks, flows; print(tasks.__file__); print(flows.__file__)"
    done = subprocess.run(
        [str(installed / "bin" / "python"), "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(line.startswith(str(installed)) for line in done.stdout.split())


def test_another_package_named_tasks_is_noticed(installed, tmp_path, prefect_environment):
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "__init__.py").write_text("")
    shadowing = {**prefect_environment, "PYTHONPATH": str(tmp_path)}
    command = [str(installed / "bin" / "columninch"), "status"]
    done = subprocess.run(
        command, env=shadowing, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert "install it alone" in done.stderr
