"""What every container (plain, gzip, Zstandard) is turned into: decoded bytes, in order, with their faults."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tasks.backfill.source import READ, Source
from tasks.reasons import Reason

PIECE = 1 << 20
"""Decoded bytes handed on at once, at most: a member of any size is read in this much memory."""


class Fault(NamedTuple):
    """What is wrong with the container after (or, when *doubtful*, in) the bytes of a piece.

    ``start`` and ``end`` are the file offsets of bytes that could not be read; equal when none are lost.
    """

    detail: str
    start: int
    end: int
    reason: Reason = Reason.DAMAGED
    doubtful: bool = False


class Piece(NamedTuple):
    """Decoded bytes and where they come from.

    ``offset``: file offset of the member, plus the decoded bytes of it that came in earlier pieces.
    ``end``: file offset after the bytes used so far.  ``first`` and ``last``: begins and ends a member.
    """

    data: bytes
    offset: int
    end: int
    first: bool
    last: bool
    fault: Fault | None = None


def plain_pieces(source: Source) -> Iterator[Piece]:
    """The pieces of an uncompressed file."""
    at = 0
    while at < source.size:
        data = bytes(source.view(at, READ))
        if not data:
            return
        end = at + len(data)
        yield Piece(data, at, end, at == 0, end >= source.size)
        at = end
