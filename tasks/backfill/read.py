"""One unit to its captures and refusals, whatever it is made of, in the same order every time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from tasks.backfill.folder import read_html, read_text
from tasks.backfill.rows import read_jsonl, read_parquet
from tasks.backfill.warc import read_warc
from tasks.errors import UnitError
from tasks.units import Capture, Input, Refusal, Unit
from tasks.urls import source_of

READERS: Mapping[str, Callable[[str], Iterator[Capture | Refusal]]] = {
    "warc": read_warc,
    "crawl": read_warc,
    "html": read_html,
    "text": read_text,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
}
"""The reader of each kind of unit; what a crawl run keeps is an archive like any other."""


class Chosen:
    """Whether an address is of one of the hosts that are taken; ``passed_over`` counts those that are not."""

    def __init__(self, hosts: Collection[str]) -> None:
        """Take *hosts*, given without ``www.``."""
        self._hosts = frozenset(hosts)
        self.passed_over = 0

    def __call__(self, url: str) -> bool:
        """Say so, and count."""
        is_taken = source_of(url) in self._hosts
        self.passed_over += not is_taken
        return is_taken


def read_unit(unit: Unit, chosen: Chosen | None = None) -> Iterator[Capture | Refusal]:
    """Everything in the unit's inputs, in their order; each capture has a source where one can be told.

    Of an archive of many hosts, when the unit names some, only theirs; *chosen* then counts what was passed over.
    Raises UnitError when an input is gone, cannot be read or has another size than when the unit was planned.
    """
    reader = READERS[unit.kind]
    if unit.only:
        reader = partial(read_warc, wanted=chosen or Chosen(unit.only))
    for given in unit.inputs:
        _check(unit, given)
        try:
            for read in reader(given.path):
                named = read if given.name is None else replace(read, file=given.name)
                yield with_source(named, unit.source) if isinstance(named, Capture) else named
        except OSError as error:
            raise UnitError(
                f"unit {unit.unit_id}: cannot read {given.path} ({error}); check the disk and run it again"
            ) from error


def _check(unit: Unit, given: Input) -> None:
    """Refuse a file that is not the one that was planned: its captures would get another unit's identity."""
    try:
        size = Path(given.path).stat().st_size
    except OSError as error:
        raise UnitError(
            f"unit {unit.unit_id}: {given.path} is gone ({error.strerror}); put it back and run it again"
        ) from error
    if size != given.size:
        changed = f"{given.path} has {size} bytes, not {given.size} as when it was planned"
        raise UnitError(f"unit {unit.unit_id}: {changed}; run the backfill again")


def with_source(capture: Capture, source: str | None) -> Capture:
    """The capture with its outlet: the one named for the run, else the row's own, else the host of the URL without ``www.``."""
    chosen = source or capture.source or host_of(capture.url)
    return capture if chosen == capture.source else replace(capture, source=chosen)


def host_of(url: str | None) -> str | None:
    """The host of a URL in lower case, without ``www.`` and port; None when there is none."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.").rstrip(".") or None if host else None
