"""One worker process and the pipe to it, which nobody shares: it answers one call after the other until it is ended.

The parent keeps no copy of the process's end of the pipe, so that the pipe ends with the process, whatever it was doing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

from tasks.errors import CorpusError

_STOP_SECONDS = 5.0
_ASKING = threading.Lock()
"""Held to start a process or to ask how one ended.  Starting one asks after all others, and of two threads that ask after
one process at the same time the second is told 255 (``Popen.poll`` reads the fork server's answer only once)."""


class WorkerDied(Exception):
    """A process ended before it answered; ``exitcode`` is negative for a signal."""

    def __init__(self, exitcode: int | None) -> None:
        super().__init__(f"worker ended with {exitcode}")
        self.exitcode = exitcode


class WorkerSlow(Exception):
    """A process did not answer in the time given."""


@dataclass(slots=True)
class Worker:
    """A running process, our end of its pipe, and how often it has answered."""

    process: ForkServerProcess
    channel: connection.Connection
    answers: int = 0


def start_worker(context: ForkServerContext, start: Callable[[], None]) -> Worker:
    """A new process that calls *start* first."""
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer_calls, args=(theirs, start), daemon=True)
    with _ASKING:
        process.start()
    theirs.close()
    return Worker(process, ours)


def ask_worker(worker: Worker, call: bytes, seconds: float) -> tuple[BaseException | None, Any]:
    """Send a pickled (function, arguments) and wait: what the function raised, and what it returned.

    Raises WorkerDied, or WorkerSlow after *seconds*; end the worker then.
    """
    try:
        worker.channel.send_bytes(call)
        if not connection.wait([worker.channel], seconds):
            raise WorkerSlow
        worker.answers += 1
        answer: tuple[BaseException | None, Any] = worker.channel.recv()
    except (EOFError, OSError) as error:
        with _ASKING:
            worker.process.join(_STOP_SECONDS)
            raise WorkerDied(worker.process.exitcode) from error
    return answer


def is_alive(worker: Worker) -> bool:
    """Whether the process still runs."""
    with _ASKING:
        return worker.process.is_alive()


def end_worker(worker: Worker) -> None:
    """Kill a process and reap it."""
    worker.channel.close()
    worker.process.kill()
    with _ASKING:
        worker.process.join(_STOP_SECONDS)


def _answer_calls(channel: connection.Connection, start: Callable[[], None]) -> None:
    """In the process: answer until the parent closes its end.  Ctrl-C is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    start()
    with ThreadPoolExecutor(1) as thread, suppress(EOFError, OSError):  # its futures hold whatever is raised
        while True:
            function, arguments = channel.recv()
            future = thread.submit(function, *arguments)
            error = future.exception()
            if error is None:
                channel.send((None, future.result()))
            elif isinstance(error, CorpusError):
                channel.send((error, None))
            else:
                channel.send((CorpusError(f"{type(error).__name__}: {error}"), None))
