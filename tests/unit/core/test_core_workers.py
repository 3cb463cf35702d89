"""Laws of the document workers: order is kept, a bad document costs itself alone, nothing is left behind."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tasks.errors import ConfigError, CorpusError
from tasks.job import PRELOAD
from tasks.workers import Failure, Limits, map_documents, open_pool

sys.path.insert(0, str(Path(__file__).parent))
from worker_functions import (
    burn_a_little,
    double,
    double_slowly,
    interrupt_itself,
    kill_own_worker_once,
    misbehave,
    raise_what_is_asked,
    worker_pid,
)

pytestmark = pytest.mark.slow
_LIMITS = Limits(cpu_seconds=1, memory_mb=1024, wall_seconds=8)


@pytest.fixture(scope="module")
def pool():
    old = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path, old])
    with open_pool(2, _LIMITS) as opened:
        yield opened
    os.environ["PYTHONPATH"] = old


def test_results_come_in_the_order_of_the_documents(pool):
    numbers = list(range(100))
    assert [(one, result) for one, result in map_documents(pool, double, numbers)] == [
        (n, n * 2) for n in numbers
    ]


def test_no_documents_give_no_results(pool):
    assert list(map_documents(pool, double, [])) == []


@pytest.mark.parametrize(
    ("what", "kind"), [("burn", "cpu"), ("hoard", "memory"), ("die", "died"), ("sleep", "wall")]
)
def test_a_bad_document_costs_itself_alone(pool, what, kind):
    orders = [("fine", n) for n in range(20)]
    orders[7] = (what, 7)
    results = [
        result for _, result in map_documents(pool, misbehave, orders, chunk=1 if what == "sleep" else 8)
    ]
    assert isinstance(results[7], Failure)
    assert results[7].kind == kind
    assert [r for place, r in enumerate(results) if place != 7] == [n * 2 for n in range(20) if n != 7]


def test_a_deadline_counts_the_documents_own_cpu_time_only(pool):
    """Nine documents that each take a part of the limit are all kept: the limit is per document, not per worker."""
    assert [r for _, r in map_documents(pool, burn_a_little, [0.4] * 9, chunk=9)] == [True] * 9


def test_documents_are_not_read_far_ahead(pool):
    seen = []

    def documents():
        for number in range(1000):
            seen.append(number)
            yield number

    stream = map_documents(pool, double, documents())
    next(stream)
    assert len(seen) < 100
    assert len(list(stream)) == 999


def test_leaving_the_pool_leaves_no_process_behind():
    with open_pool(1, _LIMITS) as opened:
        [(_, pid)] = list(map_documents(opened, worker_pid, [0]))
    for _ in range(50):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail(f"worker {pid} is still there")


def test_a_worker_killed_from_outside_costs_its_document_nothing(pool, tmp_path):
    marks = [str(tmp_path / name) for name in "ab"]
    found = list(map_documents(pool, kill_own_worker_once, marks, chunk=1))
    assert [result for _, result in found] == ["answered", "answered"]


def test_workers_that_die_side_by_side_each_say_how(tmp_path):
    marks = [str(tmp_path / str(n)) for n in range(200)]
    with open_pool(8, _LIMITS) as opened:
        found = list(map_documents(opened, kill_own_worker_once, marks, chunk=1))
    assert [result for _, result in found] == ["answered"] * 200


def test_ctrl_c_is_the_parents_to_answer(pool):
    assert [result for _, result in map_documents(pool, interrupt_itself, [0])] == ["still here"]


def test_a_worker_killed_while_it_waits_is_replaced():
    with open_pool(1, _LIMITS) as opened:
        for _ in range(3):
            [(_, pid)] = list(map_documents(opened, worker_pid, [0]))
            os.kill(pid, signal.SIGKILL)
            assert [result for _, result in map_documents(opened, double, [4])] == [8]


def test_workers_killed_at_any_moment_cost_no_answer():
    """Somebody keeps killing workers, idle or at work, reading or writing: every document is answered, in order."""
    numbers = [(n, 200_000) for n in range(200)]
    done = threading.Event()
    with open_pool(2, _LIMITS) as opened:

        def kill_workers() -> None:
            turn = 0
            while not done.wait(0.06):
                turn += 1
                for worker in list(opened.slots.workers.values())[turn % 2 : turn % 2 + 1]:
                    os.kill(worker.process.pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_workers)
        killer.start()
        try:
            found = [answer for _, answer in map_documents(opened, double_slowly, numbers, chunk=4)]
        finally:
            done.set()
            killer.join()
    answers = [answer[0] for answer in found if not isinstance(answer, Failure)]
    assert answers == [
        n * 2 for n, answer in zip(range(200), found, strict=True) if not isinstance(answer, Failure)
    ]
    assert all(failure.kind == "died" for failure in found if isinstance(failure, Failure))
    assert len(answers) >= 180  # one document may be hit twice


@pytest.mark.parametrize("name", ["ConfigError", "ValueError"])
def test_an_error_of_the_function_comes_over_with_its_words(pool, name):
    with pytest.raises(CorpusError, match="a word about it") as caught:
        list(map_documents(pool, raise_what_is_asked, [name]))
    assert isinstance(caught.value, ConfigError) == (name == "ConfigError")


def test_what_cannot_be_sent_is_said_at_once(pool):
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError)):
        list(map_documents(pool, lambda one: one, [1]))
    assert [result for _, result in map_documents(pool, double, [4])] == [8]


def test_a_document_worker_loads_nothing_that_it_does_not_need():
    """Prefect in every worker cost 0.8 CPU seconds and 60 MB each: what crosses over is named in modules without it."""
    listing = "import sys; import tasks.workers, {}; print(*(name for name in sys.modules if name in {!r}))"
    unwanted = ("prefect", "pydantic", "duckdb", "httpx", "sqlalchemy", "typer")
    done = subprocess.run(
        [sys.executable, "-c", listing.format(", ".join(PRELOAD[:-1]), unwanted)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == []


def test_who_hands_pages_to_workers_loads_no_second_extractor():
    """What a worker needs is loaded in the fork server: the command itself stays 18 MB smaller."""
    listing = "import sys; import flows.backfill; print('trafilatura' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    assert "trafilatura" in PRELOAD
