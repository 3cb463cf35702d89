"""A crawl in a thread of its own: one event loop for all sources, so that hosts they share see one polite visitor."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import Crawler, open_crawler, user_agent
from tasks.crawl.guard import Lookup, system_lookup
from tasks.crawl.rebuild import LOCK
from tasks.crawl.run import Crawled, crawl
from tasks.errors import CorpusError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """An open crawl that any thread may use."""

    loop: asyncio.AbstractEventLoop
    crawler: Crawler
    ended: asyncio.Event

    def crawl(
        self, source: Source, run: str, tell: Callable[[int], None] = lambda _: None, due_only: bool = False
    ) -> Crawled:
        """Crawl one source and wait for it; *tell* is called in the crawl's thread."""
        return self.wait(crawl(self.crawler, source, run, tell, due_only))

    def wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        """What *work* returns or raises, done in the crawl's thread."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def stop(self) -> None:
        """End what still runs; its archives are closed, and what was not fetched stays due."""
        with suppress(RuntimeError):  # the loop has ended already
            self.loop.call_soon_threadsafe(self.ended.set)


@contextmanager
def crawl_in_background(
    root: Path, settings: CrawlSettings, lookup: Lookup = system_lookup
) -> Iterator[Background]:
    """A crawl into the lake at *root*; on leaving, what still runs is ended and its archives are closed.

    Raises ConfigError when no contact is set, CorpusError while another process crawls into this lake.
    """
    user_agent(settings)
    root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / LOCK, timeout=0):
            yield from _run(root, settings, lookup)
    except Timeout as error:
        raise CorpusError(f"{root}: another process is crawling into it; let it finish first") from error


def _run(root: Path, settings: CrawlSettings, lookup: Lookup) -> Iterator[Background]:
    ready: Future[Background] = Future()

    async def main() -> None:
        async with open_crawler(root, settings, lookup) as crawler:
            background = Background(asyncio.get_running_loop(), crawler, asyncio.Event())
            ready.set_result(background)
            await background.ended.wait()
            await _end_others()

    with ThreadPoolExecutor(1, "crawl") as pool:
        ended = pool.submit(asyncio.run, main())
        either: list[Future[Any]] = [ready, ended]
        wait(either, return_when=FIRST_COMPLETED)
        if not ready.done():
            ended.result()
        background = ready.result()
        try:
            yield background
        finally:
            background.stop()
            wait([ended])
    ended.result()


async def _end_others() -> None:
    """End every other task of this loop and wait until it has cleaned up."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
