"""A crawl in a process of its own: one event loop for all sources, so that hosts they share see one polite visitor.

The process (:mod:`tasks.crawl.child`) loads neither Prefect nor pyarrow nor DuckDB.  It is asked and answers in lines of
JSON: what it hears from strangers comes here as data, never as code.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import IO, Any

from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import user_agent
from tasks.crawl.dated import Dated
from tasks.crawl.pipe import LAST_SECONDS, SELF, STOPPED, Plain, crawled_from, dated_from, error_from
from tasks.crawl.run import Crawled
from tasks.errors import CorpusError

_START = "import sys; sys.path[:] = sys.argv[1:]; from tasks.crawl.child import main; main()"
"""The child finds modules where this process does, and never where the folder it was started in says."""


class Background:
    """An open crawl that any thread may use."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Speak with *process*, which was just started."""
        self.process = process
        self._requests: IO[bytes] = process.stdin  # type: ignore[assignment]
        self._guard, self._numbers = Lock(), count(SELF + 1)
        self._life: SimpleQueue[Plain] = SimpleQueue()
        self._waiting: dict[int, SimpleQueue[Plain]] = {}
        self._is_gone = False
        self._listener = Thread(target=self._listen, name="crawl", daemon=True)
        self._listener.start()

    def crawl(
        self, source: Source, run: str, tell: Callable[[int], None] = lambda _: None, due_only: bool = False
    ) -> Crawled:
        """Crawl one source and wait for it; *tell* hears of every page, in the thread that waits.

        Raises CorpusError when the crawl was stopped or its process killed.
        """
        request = {"do": "crawl", "source": source.model_dump(mode="json"), "run": run, "due_only": due_only}
        return crawled_from(self._ask(request, tell))

    def list_dated(self, source: Source, first: date, end: date, run: str, enter: bool = True) -> Dated:
        """What :func:`tasks.crawl.dated.list_dated` gives and raises."""
        request = {
            "do": "list", "source": source.model_dump(mode="json"), "run": run, "enter": enter,
            "first": first.isoformat(), "end": end.isoformat(),
        }  # fmt: skip
        return dated_from(self._ask(request))

    def start(self, root: Path, settings: CrawlSettings) -> None:
        """Say what to crawl into and how; returns when the process is ready, or raises what kept it from that."""
        self._send({"root": str(root), "settings": settings.model_dump(mode="json")})
        _result(self._life.get())

    def stop(self) -> None:
        """End what still runs; its archives are closed, and what was not fetched stays due."""
        with self._guard, suppress(OSError):  # the process has ended already
            self._requests.close()

    def end(self) -> None:
        """Stop, and wait until the process has ended; one that cannot end is killed, which loses nothing."""
        self.stop()
        try:
            self.process.wait(LAST_SECONDS + 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._listener.join()

    def check(self) -> None:
        """Raise what went wrong at the end, when nobody was told."""
        if not self._life.empty():
            _result(self._life.get())

    def _ask(self, request: Plain, tell: Callable[[int], None] = lambda _: None) -> Plain:
        answers: SimpleQueue[Plain] = SimpleQueue()
        with self._guard:
            number = next(self._numbers)
            if self._is_gone or self._requests.closed:
                raise CorpusError(STOPPED)
            self._waiting[number] = answers
        self._send({"id": number, **request})
        while "pages" in (answer := answers.get()):
            tell(answer["pages"])
        result: Plain = _result(answer)
        return result

    def _send(self, message: Plain) -> None:
        """Write one line; when the process is gone, the listener says so to whoever waits."""
        with self._guard, suppress(OSError, ValueError):
            self._requests.write(json.dumps(message).encode() + b"\n")
            self._requests.flush()

    def _listen(self) -> None:
        """Hand every answer to who waits for it, until the process ends."""
        stream: IO[bytes] = self.process.stdout  # type: ignore[assignment]
        is_ready = False
        for line in stream:
            if not line.endswith(b"\n"):
                break  # killed while it wrote
            answer = json.loads(line)
            is_ready = True
            self._queue(answer).put(answer)
        code = self.process.wait()
        with self._guard:
            self._is_gone = True
            left, self._waiting = list(self._waiting.values()), {}
            if not left and (not is_ready or code < 0):
                left = [self._life]
        gone = {"error": "CorpusError", "message": f"the crawl's process ended with {code}; {_AGAIN}"}
        for one in left:
            one.put(gone)

    def _queue(self, answer: Plain) -> SimpleQueue[Plain]:
        """Where an answer belongs; after its last one, nobody waits any more."""
        number = answer["id"]
        if number == SELF:
            return self._life
        with self._guard:
            return self._waiting[number] if "pages" in answer else self._waiting.pop(number)


_AGAIN = "nothing that was fetched is lost: the same command goes on where it was"


def _result(answer: Plain) -> Any:
    if "error" in answer:
        raise error_from(answer)
    return answer["result"]


@contextmanager
def crawl_in_background(root: Path, settings: CrawlSettings) -> Iterator[Background]:
    """A crawl into the lake at *root*; on leaving, what still runs is ended and its archives are closed.

    Raises ConfigError when no contact is set, CorpusError while another process crawls into this lake.
    """
    user_agent(settings)
    root.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", _START, *sys.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in a terminal is for us: we end the child, it does not end before we know
    ) as process:  # fmt: skip
        background = Background(process)
        try:
            background.start(root, settings)
            yield background
        finally:
            background.end()
        background.check()
