"""Folders of saved pages and of scraped texts: one file, one capture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tasks.backfill.coding import BODY_LIMIT, OverLimitError
from tasks.backfill.compressed import read_bounded
from tasks.backfill.sniff import is_binary, is_html
from tasks.reasons import Reason
from tasks.units import Capture, Refusal

WORTH_READING = 512
"""Bytes that a damaged file must have left to be a capture."""


def read_html(path: str | Path, limit: int = BODY_LIMIT) -> Iterator[Capture | Refusal]:
    """The one capture in a file of HTML (``.html``, ``.html.gz``, ``.html.zst``), or the refusal it makes.

    Its address and date are unknown here: the page itself may say them, the file system does not.
    """
    read = _read(path, limit)
    if isinstance(read, Capture) and not is_html("text/html", read.payload):
        yield Refusal(Reason.NOT_HTML, "the bytes are not a web page", None, str(path), 0, read.length)
    else:
        yield read


def read_text(path: str | Path, limit: int = BODY_LIMIT) -> Iterator[Capture | Refusal]:
    """The one capture in a file of scraped text, or the refusal it makes."""
    read = _read(path, limit)
    if isinstance(read, Capture) and is_binary(read.payload):
        yield Refusal(Reason.UNDECODABLE, "the bytes are not text", None, str(path), 0, read.length)
    elif isinstance(read, Capture):
        yield Capture(
            None,
            None,
            None,
            "text/plain",
            None,
            read.payload,
            "text",
            read.file,
            0,
            read.length,
            None,
            read.truncated,
            read.damage,
        )
    else:
        yield read


def _read(path: str | Path, limit: int) -> Capture | Refusal:
    """The file as a capture of HTML, whatever it holds; a refusal when it is empty, too large or too damaged."""
    name, size = str(path), Path(path).stat().st_size
    try:
        payload, damage = read_bounded(path, limit)
    except OverLimitError as error:
        return Refusal(Reason.OVER_LIMIT, str(error), None, name, 0, size)
    if damage and len(payload) < WORTH_READING:
        return Refusal(Reason.DAMAGED, damage, None, name, 0, size)
    if not payload.strip():
        return Refusal(Reason.EMPTY, "no body", None, name, 0, size)
    return Capture(
        None, None, None, "text/html", None, payload, "html", name, 0, size, None, damage is not None, damage
    )
