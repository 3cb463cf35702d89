"""What a run of unit work needs to know, in one value: the lake, the settings, the sources, the languages wanted."""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from tasks.config import Settings, Source, settings_digest, worker_count
from tasks.store import Lake
from tasks.urls import bare_host, source_of
from tasks.workers import Limits, Pool, open_pool

PRELOAD = ("trafilatura", "tasks.clean.orders", "tasks.enrich.orders", "tasks.enrich.preload")
"""Modules that document workers share: loaded once, before workers are made."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of unit work.  ``languages`` empty means all of them."""

    lake: Lake
    settings: Settings = field(default_factory=Settings)
    sources: Mapping[str, Source] = field(default_factory=dict)
    languages: tuple[str, ...] = ()

    def source_of(self, url: str | None) -> Source | None:
        """The configured outlet whose hosts include the URL's host, or None."""
        host = source_of(url) if url else ""
        hosts = ((source, bare_host(name)) for source in self.sources.values() for name in source.hosts)
        return next((source for source, name in hosts if name == host), None) if host else None

    def source_name(self, given: str | None, url: str | None, file: str = "") -> str:
        """What ``source`` says of a capture: as the run or the row named it, else the configured outlet, else the host.

        *given* may be the host itself, which a reader fills in where nobody named an outlet.  Without a URL, the
        configured outlet whose name a folder of *file* bears.
        """
        host = source_of(url) if url else ""
        if given and given != host:
            return given
        if source := self.source_of(url):
            return source.name
        folders = [] if url else [name for name in Path(file).parts[-2::-1] if name in self.sources]
        return next(iter(folders), given or host or UNKNOWN_SOURCE)

    @property
    def sources_digest(self) -> str:
        """SHA-256 (hexadecimal) of what the sources say of hosts, zones and languages: part of the key of unit work."""
        return settings_digest(*(self.sources[name] for name in sorted(self.sources)))


UNKNOWN_SOURCE = "unknown"
"""Outlet of scraped text that came without a URL and without ``--source``."""

_open: dict[tuple[int, Limits], Pool] = {}
_guard = Lock()


@contextmanager
def document_workers(settings: Settings) -> Iterator[Pool]:
    """The document workers of this process: opened by the outermost block, shared by those inside, ended with it.

    Units run in threads of one process: all of them use one bounded pool.  In a Dask worker there is no outermost
    block: the pool of its first task stays for the tasks after it and ends with the worker.
    """
    limits = Limits(settings.limits.cpu_seconds, settings.limits.memory_mb, settings.limits.wall_seconds)
    key = (worker_count(settings), limits)
    with ExitStack() as stack:
        with _guard:
            known = _open.get(key)
            if known is None:
                keeper = _lasting if settings.runner.kind == "dask" else stack
                known = _open[key] = keeper.enter_context(open_pool(key[0], limits, PRELOAD))
                keeper.callback(_open.pop, key)
        yield known


_lasting = ExitStack()
atexit.register(_lasting.close)
