"""The process that crawls: small, alone with its lake, told what to do, and gone when its parent is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.backfill.warc import read_warc
from tasks.config import CrawlSettings, Source
from tasks.crawl.apart import Background, crawl_in_background
from tasks.crawl.dated import Dated
from tasks.crawl.exchange import Result
from tasks.crawl.frontier import Kept, open_frontier
from tasks.crawl.made import Failure
from tasks.crawl.pipe import crawled_from, dated_from, error_from, plain_dated, plain_error
from tasks.crawl.run import Crawled
from tasks.errors import ConfigError, CorpusError, UnitError
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server

SETTINGS = CrawlSettings(
    contact="test@example.org", delay_seconds=0, per_host=2, timeout_seconds=60.0, allow_hosts=("127.0.0.2",)
)
TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
COUNTS = st.dictionaries(TEXT, st.integers(0, 99), max_size=3)


def outlet(*paths: str) -> Server:
    pages = {path: web.article_page(path) for path in paths}
    return Server("127.0.0.2", {"/robots.txt": (404, {}, b""), "/hang": web.silent, **pages})


@contextmanager
def listed(server: Server, *paths: str) -> Iterator[Source]:
    """The outlet, served, with these pages in its feed."""
    with web.serving_in_thread(server):
        server.answers["/feed"] = web.rss(*(f"{server.url}{path}" for path in paths))
        yield Source(name="The Quay Gazette", feeds=(f"{server.url}/feed",))


def wait_until(is_so: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether the process is there and no zombie that nobody has waited for."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def hanging(lake: Path, server: Server, source: Source) -> Iterator[tuple[Background, Callable[[], str]]]:
    """A crawl that has fetched ``/a`` and waits for ``/hang``, and what its request ends with."""
    with crawl_in_background(lake, SETTINGS) as background, ThreadPoolExecutor(1) as threads:
        future = threads.submit(background.crawl, source, "r1")
        try:
            wait_until(lambda: server.counts["/hang"] and server.counts["/a"])
            time.sleep(0.1)
            yield background, lambda: str(future.exception(20))
        finally:
            background.stop()


def test_the_process_loads_what_crawling_needs_and_no_more() -> None:
    code = "import json, sys, tasks.crawl.child; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert "aiohttp" in loaded
    assert not {"prefect", "pyarrow", "duckdb", "trafilatura", "numpy", "flows", "rich"} & set(loaded)


def test_one_lake_is_crawled_by_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        crawl_in_background(tmp_path, SETTINGS),
        pytest.raises(CorpusError, match="another process"),
        crawl_in_background(tmp_path, SETTINGS),
    ):
        raise AssertionError
    with crawl_in_background(tmp_path, SETTINGS) as again:
        assert again.crawl(Source(name="Nothing"), "r1").asked == 0


def test_without_a_contact_no_process_starts(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="contact"), crawl_in_background(tmp_path / "lake", CrawlSettings()):
        raise AssertionError
    assert not (tmp_path / "lake").exists()


def test_a_lake_that_cannot_be_opened_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "frontier.sqlite").mkdir()
    with pytest.raises(CorpusError, match="unable to open"), crawl_in_background(tmp_path, SETTINGS):
        raise AssertionError


def test_progress_is_heard_in_the_thread_that_waits(tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    server = outlet("/a", "/b")
    with listed(server, "/a", "/b", "/gone") as source, crawl_in_background(tmp_path, SETTINGS) as background:
        done = background.crawl(source, "r1", lambda pages: heard.append((threading.get_ident(), pages)))
        again = background.crawl(source, "r2", due_only=True)
    assert heard == [(threading.get_ident(), 1)] * 3
    assert (done.asked, done.fetched, again.asked) == (3, 2, 0)
    assert [one.result for one in done.failures] == [Result.CLIENT_ERROR]
    assert all(path.is_relative_to(tmp_path) and path.exists() for path in done.files)


def test_two_requests_on_one_host_are_one_polite_visitor(tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(12)]
    server = outlet(*paths)
    with listed(server, *paths) as one:
        server.answers["/other"] = web.rss(*(f"{server.url}{path}?b" for path in paths))
        for path in paths:
            server.answers[f"{path}?b"] = web.article_page(path)
        other = Source(name="The Other", feeds=(f"{server.url}/other",))
        with crawl_in_background(tmp_path, SETTINGS) as background, ThreadPoolExecutor(2) as threads:
            done = list(threads.map(lambda source: background.crawl(source, "r1").fetched, (one, other)))
    assert done == [12, 12]
    assert server.counts["/robots.txt"] == 1 and server.most_busy <= SETTINGS.per_host


def test_a_crawl_that_is_ended_closes_its_archives(tmp_path: Path) -> None:
    server = outlet("/a")
    with (
        listed(server, "/a", "/hang") as source,
        hanging(tmp_path, server, source) as (background, error),
    ):
        background.stop()
        assert "the same command goes on" in error()
        with pytest.raises(CorpusError, match="stopped"):
            background.crawl(source, "r2")
    assert_closed(tmp_path)


def assert_closed(lake: Path) -> None:
    assert sorted(path.name for path in lake.glob("raw/*/*/*")) == ["r1-feeds.warc.gz", "r1.warc.gz"]
    with open_frontier(lake) as frontier:
        assert frontier.counts("The Quay Gazette") == {"due": 1, "fetched": 1}
        assert len(frontier.waiting_archives("The Quay Gazette")) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_is_asked_to_end_closes_its_archives(tmp_path: Path, number: signal.Signals) -> None:
    server = outlet("/a")
    with listed(server, "/a", "/hang") as source, hanging(tmp_path, server, source) as (background, error):
        background.process.send_signal(number)
        assert "the same command goes on" in error()
    assert background.process.returncode == 0
    assert_closed(tmp_path)


def test_a_process_that_is_killed_costs_its_requests_and_nothing_that_was_fetched(tmp_path: Path) -> None:
    server = outlet("/a")
    with listed(server, "/a", "/hang") as source:
        with hanging(tmp_path, server, source) as (background, error):
            background.process.kill()
            assert "ended with -9" in error()
        server.answers["/hang"] = web.article_page("late")
        with crawl_in_background(tmp_path, SETTINGS) as after:
            assert after.crawl(source, "r2").recovered == 1
    kept = [one for path in tmp_path.glob("raw/*/*/r?.warc.gz") for one in read_warc(path)]
    assert sorted(one.url or "" for one in kept) == [f"{server.url}/a", f"{server.url}/hang"]


def test_a_process_that_is_killed_while_nobody_waits_is_an_error_all_the_same(tmp_path: Path) -> None:
    with (
        pytest.raises(CorpusError, match="ended with -9"),
        crawl_in_background(tmp_path, SETTINGS) as background,
    ):
        background.process.kill()


PARENT = """
import sys
from pathlib import Path
from tasks.config import CrawlSettings, Source
from tasks.crawl.apart import crawl_in_background
settings = CrawlSettings.model_validate_json(sys.argv[2])
with crawl_in_background(Path(sys.argv[1]), settings) as background:
    print(background.process.pid, flush=True)
    background.crawl(Source(name="The Quay Gazette", feeds=(sys.argv[3],)), "r1")
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_with_its_parent_the_process_ends_and_closes_its_archives(
    tmp_path: Path, number: signal.Signals
) -> None:
    server = outlet("/a")
    with listed(server, "/a", "/hang") as source:
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(tmp_path), SETTINGS.model_dump_json(), source.feeds[0]],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )  # fmt: skip
        with parent:
            assert parent.stdout is not None
            child = int(parent.stdout.readline())
            wait_until(lambda: server.counts["/hang"] and server.counts["/a"])
            time.sleep(0.1)
            parent.send_signal(number)
            assert parent.wait(20) != 0
            wait_until(lambda: not is_running(child))
    assert_closed(tmp_path)


@settings(max_examples=40)
@given(
    st.builds(
        Crawled, TEXT, TEXT, st.integers(0), st.integers(0), COUNTS, st.dictionaries(TEXT, TEXT, max_size=2),
        st.lists(st.builds(Kept, TEXT, TEXT, TEXT, st.integers(0), TEXT), max_size=2).map(tuple),
        st.lists(st.from_regex(r"/[a-z%]{1,9}", fullmatch=True).map(Path), max_size=2).map(tuple),
        st.lists(st.builds(Failure, TEXT, st.sampled_from(Result), TEXT), max_size=2).map(tuple), COUNTS,
    )
)  # fmt: skip
def test_what_a_run_did_crosses_the_pipe_as_it_is(done: Crawled) -> None:
    assert crawled_from(json.loads(json.dumps(asdict(done), default=str))) == done


@settings(max_examples=40)
@given(
    st.dictionaries(st.dates(), st.sets(TEXT, max_size=3), max_size=3),
    st.dictionaries(TEXT, TEXT, max_size=2),
    COUNTS.map(Counter),
    st.booleans(),
)
def test_what_sitemaps_list_crosses_the_pipe_as_it_is(
    pages: dict[date, set[str]], status: dict[str, str], others: Counter[str], is_entered: bool
) -> None:
    found = Dated(pages, status, 3, others, is_entered)
    assert dated_from(json.loads(json.dumps(plain_dated(found)))) == found


def test_errors_of_the_project_stay_what_they_are_and_others_say_where_they_happened() -> None:
    for kind in (ConfigError, UnitError, CorpusError):
        again = error_from(plain_error(kind("a: wrong; do b")))
        assert type(again) is kind and str(again) == "a: wrong; do b"
    again = error_from(plain_error(ZeroDivisionError("by nought")))
    assert type(again) is CorpusError and "ZeroDivisionError: by nought" in str(again)
    assert "ZeroDivisionError" in again.__notes__[0]
