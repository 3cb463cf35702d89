"""Laws of slots: a call has one end, whatever becomes of the process that works on it, and of the slots."""

import multiprocessing
import os
import signal
import sys
import time
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from tasks.slots import open_slots, submit
from tasks.worker_process import WorkerDied, WorkerSlow, ask_worker, end_worker, start_worker

sys.path.insert(0, str(Path(__file__).parent))
from worker_functions import do_nothing, end_with, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def context():
    old = os.environ.get("PYTHONPATH", "")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), *sys.path, old])
    context = multiprocessing.get_context("forkserver")
    with open_slots(1, context, do_nothing, 1) as slots:
        submit(slots, os.getpid, (), 60).result()  # the fork server has the path now
    yield context
    os.environ["PYTHONPATH"] = old


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_one_slot_is_one_process_at_a_time(context):
    with open_slots(1, context, do_nothing, 100) as slots:
        found = {submit(slots, os.getpid, (), 60).result() for _ in range(10)}
    assert len(found) == 1
    assert not any(map(is_running, found))


@pytest.mark.parametrize("life", [1, 2, 5])
def test_a_process_lives_for_as_many_answers_as_told(context, life):
    with open_slots(1, context, do_nothing, life) as slots:
        found = [submit(slots, os.getpid, (), 60).result() for _ in range(10)]
    assert [found.count(pid) for pid in dict.fromkeys(found)] == [life] * (10 // life)


@pytest.mark.parametrize("exitcode", [0, 3, -signal.SIGKILL, -signal.SIGXCPU])
def test_how_a_process_ended_is_told_and_the_next_call_is_answered(context, exitcode):
    with open_slots(1, context, do_nothing, 100) as slots:
        ended, after = submit(slots, end_with, (exitcode,), 60), submit(slots, abs, (-7,), 60)
        with pytest.raises(WorkerDied) as caught:
            ended.result()
        assert caught.value.exitcode == exitcode
        assert after.result() == 7


def test_who_is_slow_is_ended_and_others_wait_no_longer_for_it(context):
    with open_slots(1, context, do_nothing, 100) as slots:
        pid = submit(slots, os.getpid, (), 60).result()
        slow, after = submit(slots, wait_for, (60,), 0.3), submit(slots, abs, (-7,), 60)
        with pytest.raises(WorkerSlow):
            slow.result()
        assert after.result() == 7
        assert not is_running(pid)


def test_closing_ends_what_runs_and_cancels_what_waits(context):
    started = time.monotonic()
    with open_slots(2, context, do_nothing, 100) as slots:
        pids = {submit(slots, os.getpid, (), 60).result() for _ in range(20)}
        open_calls = [submit(slots, wait_for, (60,), 60) for _ in range(6)]
    assert time.monotonic() - started < 30
    for call in open_calls:
        with pytest.raises((WorkerDied, CancelledError)):
            call.result(timeout=1)
    assert not any(map(is_running, pids))


def test_nothing_is_taken_after_closing(context):
    with open_slots(1, context, do_nothing, 100) as slots:
        pass
    with pytest.raises(CancelledError):
        submit(slots, abs, (-7,), 60).result(timeout=1)


def test_an_answer_larger_than_a_pipe_comes_whole(context):
    with open_slots(1, context, do_nothing, 100) as slots:
        assert submit(slots, str.center, ("x", 5_000_000), 60).result() == "x".center(5_000_000)


def test_a_process_without_a_parent_to_answer_ends(context):
    worker = start_worker(context, do_nothing)
    worker.channel.close()
    worker.process.join(20)
    assert worker.process.exitcode == 0


def test_an_ended_worker_says_so_to_who_asks_it(context):
    worker = start_worker(context, do_nothing)
    pid = worker.process.pid
    worker.process.kill()
    with pytest.raises(WorkerDied):
        ask_worker(worker, b"", 60)
    end_worker(worker)
    assert pid is not None
    assert not is_running(pid)
