"""One unit to its captures and refusals, whatever it is made of, in the same order every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from tasks.backfill.folder import read_html, read_text
from tasks.backfill.rows import read_jsonl, read_parquet
from tasks.backfill.warc import read_warc
from tasks.errors import UnitError
from tasks.units import Capture, Input, Refusal, Unit

READERS: Mapping[str, Callable[[str], Iterator[Capture | Refusal]]] = {
    "warc": read_warc,
    "crawl": read_warc,
    "html": read_html,
    "text": read_text,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
}
"""The reader of each kind of unit; what a crawl run keeps is an archive like any other."""


def read_unit(unit: Unit) -> Iterator[Capture | Refusal]:
    """Everything in the unit's inputs, in their order; each capture has a source where one can be told.

    Raises UnitError when an input is gone, cannot be read or has another size than when the unit was planned.
    """
    reader = READERS[unit.kind]
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
