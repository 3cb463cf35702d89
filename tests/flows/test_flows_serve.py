"""``columninch serve`` as a process: it says where it is, answers, ends at once on Ctrl-C, and says what stands in its way."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.synthetic_marts import Plan, make_lake

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "flows.cli", "serve")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("served")
    make_lake(
        root,
        Plan(
            articles=300,
            days=40,
            sources=2,
            actors=12,
            rises=1,
            bursts=0,
            gaps=0,
            text_words=5,
            recent_days=10,
        ),
    )
    return root


@pytest.fixture
def served(lake: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a free port, and its address."""
    command = [*COMMAND, "--lake", str(lake), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        try:
            line = process.stderr.readline() if process.stderr else ""
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            assert found, line
            yield process, found[0]
        finally:
            process.kill()


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """The command with these options, until it ends."""
    return subprocess.run(
        [*COMMAND, *options], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_it_answers_and_ends_at_once(
    served: tuple[subprocess.Popen[str], str], how: signal.Signals, code: int
) -> None:
    process, address = served
    with urllib.request.urlopen(f"{address}queries", timeout=30) as answer:
        assert answer.status == 200
        assert b"actor_trend" in answer.read()
    process.send_signal(how)
    said = process.communicate(timeout=15)[1]
    assert process.returncode == code
    assert said.strip() == ("stopped" if how == signal.SIGINT else "")
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_named(lake: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = run("--lake", str(lake), "--port", str(port))
    assert done.returncode == 2
    assert (
        f"--port {port}: cannot listen on 127.0.0.1: Address already in use; choose another --port"
        in done.stderr
    )
    assert "Traceback" not in done.stderr


def test_an_empty_lake_and_none_are_told_apart(tmp_path: Path) -> None:
    done = [run("--lake", str(tmp_path / name), "--port", "0") for name in ("", "nothing")]
    assert [one.returncode for one in done] == [2, 2]
    assert "hold no article yet" in done[0].stderr
    assert "no lake" in done[1].stderr


def test_an_address_that_is_not_of_this_machine_is_refused(lake: Path) -> None:
    done = run("--lake", str(lake), "--port", "0", "--host", "192.0.2.1")
    assert done.returncode == 2
    assert "cannot listen on 192.0.2.1" in done.stderr


def test_it_never_loads_prefect() -> None:
    script = "import sys, flows.serving, tasks.report.serve; print(sorted(m for m in sys.modules if m.split('.')[0] == 'prefect'))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.browser
def test_a_reader_finds_an_actor_and_asks_a_query_in_the_browser(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    from tests.flows import test_report_browser as browser

    if browser.CHROMIUM is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")

    async def visit() -> dict[str, object]:
        async with browser.open_tab() as tab:
            await tab.go(served[1], width=360, height=800)
            rose = await tab.texts("#rise-actors tbody th")
            wide = await tab.run("document.documentElement.scrollWidth")
            await tab.run(
                f"document.querySelector('#words').value = {rose[0]!r}; document.querySelector('.find').requestSubmit()"
            )
            await tab.wait_for(
                "document.title.includes(' – ') && document.documentElement.dataset.drawn !== undefined"
            )
            await tab.run("document.querySelector('.companions a').click()")
            await tab.wait_for(
                "location.pathname.startsWith('/actor/') && document.documentElement.dataset.drawn"
            )
            heading = await tab.texts("h1")
            await tab.run("document.querySelector('th a[href*=actor_trend]').click()")
            await tab.wait_for(
                "location.pathname === '/query/actor_trend' && document.documentElement.dataset.drawn"
            )
            rows = await tab.run("document.querySelectorAll('.rows tbody tr').length")
            broken = [(await browser.ask_axe(tab))[1]]
            await tab.go(served[1])
            broken.append((await browser.ask_axe(tab))[1])
            foreign = [url for url in tab.requests if not url.startswith(served[1])]
            return {
                "rose": rose,
                "wide": wide,
                "heading": heading,
                "rows": rows,
                "foreign": foreign,
                "complaints": tab.complaints,
                "broken": broken,
            }

    found = asyncio.run(visit())
    assert found["complaints"] == []
    assert found["foreign"] == []
    assert found["broken"] == [[], []]
    assert found["wide"] == 360
    assert found["heading"][0].startswith(found["rose"][0])  # type: ignore[index]
    assert found["rows"] == 6
