"""What a run of unit work needs to know, in one value: the lake, the settings, the sources, the languages wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from tasks.config import Settings, Source, worker_count
from tasks.store import Lake
from tasks.workers import Limits, Pool, open_pool

PRELOAD = ("tasks.clean.batch", "tasks.enrich.batch")
"""Modules that document workers share: loaded once, before workers are made."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of unit work.  ``languages`` empty means all of them."""

    lake: Lake
    settings: Settings = field(default_factory=Settings)
    sources: Mapping[str, Source] = field(default_factory=dict)
    languages: tuple[str, ...] = ()

    def source_of_host(self, host: str) -> Source | None:
        """The configured outlet that a host (without ``www.``) belongs to, or None."""
        for source in self.sources.values():
            if host in source.hosts:
                return source
        return None


_open: dict[tuple[int, Limits], Pool] = {}
_guard = Lock()


@contextmanager
def document_workers(settings: Settings) -> Iterator[Pool]:
    """The document workers of this process: opened by the outermost block, shared by those inside, ended with it.

    Units run in threads of one process (or in Dask workers): all of them use one bounded pool.
    """
    limits = Limits(settings.limits.cpu_seconds, settings.limits.memory_mb, settings.limits.wall_seconds)
    key = (worker_count(settings), limits)
    with _guard:
        known = _open.get(key)
    if known is not None:
        yield known
        return
    with open_pool(key[0], limits, PRELOAD) as pool:
        with _guard:
            _open[key] = pool
        try:
            yield pool
        finally:
            with _guard:
                del _open[key]
