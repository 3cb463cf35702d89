"""The process that fetches and archives: it loads what a crawl needs and nothing else, so that 200 connections stay small.

Its first line of standard input (JSON) says which lake and which settings, every further one is a request; what becomes
of each goes to standard output, a line of JSON each, with the request's number (:mod:`tasks.crawl.apart`).  When the input
ends, because its parent has done so or was killed, it closes its archives and ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import Crawler, open_crawler
from tasks.crawl.dated import list_dated
from tasks.crawl.pipe import LAST_SECONDS, SELF, STOPPED, Plain, plain_dated, plain_error
from tasks.crawl.rebuild import LOCK
from tasks.crawl.run import crawl
from tasks.errors import CorpusError
from tasks.memory import keep_memory_small

_LONGEST_REQUEST = 1 << 24

Send = Callable[[Plain], None]


def main() -> None:
    """Run until the input ends; what anything prints goes to standard error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    keep_memory_small()
    sys.exit(asyncio.run(_serve(answers)))


async def _serve(answers: Any) -> int:
    """Whether it failed.  Pipes are written to without waiting, so that a busy parent holds no deadline up."""
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader(_LONGEST_REQUEST)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin.buffer)
    gone = loop.create_future()
    pipe, _ = await loop.connect_write_pipe(partial(_Pipe, gone), answers)

    def send(message: Plain) -> None:
        """Write one message to the parent, as long as it listens."""
        if not pipe.is_closing():
            pipe.write(json.dumps(message, default=str).encode() + b"\n")

    life = asyncio.create_task(_live(reader, send))
    await asyncio.wait({life})
    if has_failed := life.exception() is not None:
        _tell_end(SELF, send, life)
    pipe.close()
    await gone
    return int(has_failed)


class _Pipe(asyncio.BaseProtocol):
    """Says when all is written and the pipe is closed."""

    def __init__(self, gone: asyncio.Future[None]) -> None:
        self.gone = gone

    def connection_lost(self, error: Exception | None) -> None:
        """Say that the parent has closed its end."""
        if not self.gone.done():
            self.gone.set_result(None)


async def _live(reader: asyncio.StreamReader, send: Send) -> None:
    """Open the crawl, answer until the input ends or a signal comes, end what still runs."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    first = json.loads(await reader.readline())
    root, settings = Path(first["root"]), CrawlSettings.model_validate(first["settings"])
    others = asyncio.all_tasks()
    with _alone(root):
        async with open_crawler(root, settings) as crawler:
            send({"id": SELF, "result": None})
            taking = asyncio.create_task(_take(reader, crawler, send))
            taking.add_done_callback(lambda _: ended.set())
            await ended.wait()
            signal.alarm(LAST_SECONDS)
            await _end(asyncio.all_tasks() - others)
            if not taking.cancelled():
                taking.result()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the lake's crawl: the lock is this process's own, so that nobody begins while it still closes archives."""
    try:
        with FileLock(root / LOCK, timeout=0):
            yield
    except Timeout as error:
        raise CorpusError(f"{root}: another process is crawling into it; let it finish first") from error


async def _take(reader: asyncio.StreamReader, crawler: Crawler, send: Send) -> None:
    """Begin every request as it comes, until the input ends, be it within a line."""
    begun: set[asyncio.Task[Plain]] = set()
    while (line := await reader.readline()).endswith(b"\n"):
        request = json.loads(line)
        task = asyncio.create_task(_work(crawler, request, send))
        begun.add(task)
        task.add_done_callback(begun.discard)
        task.add_done_callback(partial(_tell_end, request["id"], send))


def _work(crawler: Crawler, request: Plain, send: Send) -> Coroutine[Any, Any, Plain]:
    """What a request asks for."""
    return _crawl(crawler, request, send) if request["do"] == "crawl" else _list(crawler, request)


async def _crawl(crawler: Crawler, request: Plain, send: Send) -> Plain:
    def tell(pages: int) -> None:
        """Send the pages fetched so far."""
        send({"id": request["id"], "pages": pages})

    source = Source.model_validate(request["source"])
    return asdict(await crawl(crawler, source, request["run"], tell, request["due_only"]))


async def _list(crawler: Crawler, request: Plain) -> Plain:
    source = Source.model_validate(request["source"])
    first, end = (date.fromisoformat(request[name]) for name in ("first", "end"))
    return plain_dated(await list_dated(crawler, source, first, end, request["run"], request["enter"]))


def _tell_end(number: int, send: Send, task: asyncio.Task[Any]) -> None:
    """How a request ended: its result, its error, or that it was stopped."""
    if task.cancelled():
        send({"id": number, "error": "CorpusError", "message": STOPPED})
    elif (error := task.exception()) is not None:
        send({"id": number, **plain_error(error)})
    else:
        send({"id": number, "result": task.result()})


async def _end(tasks: set[asyncio.Task[Any]]) -> None:
    """End these tasks and wait until each has cleaned up."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
