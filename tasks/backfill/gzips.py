"""Gzip members to pieces: fast with ISA-L while all is well, byte by byte with zlib where something is broken.

ISA-L's ``decompressobj`` inflates archive pages about 2.3 times as fast as zlib.  When it reports an error, the output of that
call is gone; the member is then read once more with zlib in steps of a few bytes, which keeps all that is readable.
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator
from typing import Any, cast

from isal import isal_zlib

from tasks.backfill.pieces import PIECE, Fault, Piece
from tasks.backfill.source import Source
from tasks.reasons import Reason

MAGIC = b"\x1f\x8b\x08"
ISAL_ERROR = cast(type[Exception], isal_zlib.error)
"""What ISA-L raises; its stubs hide that it is an exception."""
FEED = 1 << 17
"""Compressed bytes given to the inflater at once; what it does not need is copied back, so not too many."""
FINE, COARSE = 64, 4096
"""Steps of the second, careful reading: near the fault, and before it."""
_RECORD = b"WARC/"


def header_length(head: bytes) -> int:
    """Bytes of the gzip header at the start of *head* (RFC 1952); 10, that of the usual one, when it makes no sense."""
    if len(head) < 10 or head[:3] != MAGIC or head[3] & 0xE0:
        return 10
    flags, at = head[3], 10
    if flags & 4:
        at += 2 + int.from_bytes(head[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            zero = head.find(b"\0", at)
            if zero < 0:
                return 10
            at = zero + 1
    return at + 2 if flags & 2 else at


def gzip_pieces(source: Source) -> Iterator[Piece]:
    """The pieces of a gzip file: any number of members, any of them damaged, with anything between them."""
    at = 0
    while at < source.size:
        head = source.view(at, FEED)
        if head[:3] != MAGIC:
            at = yield from _stray(source, at)
            continue
        engine = isal_zlib.decompressobj(31)
        try:
            data = engine.decompress(head, PIECE)
        except ISAL_ERROR:
            at = yield from _salvage(source, at, at, 0)
            continue
        if engine.eof:
            end = at + len(head) - len(engine.unused_data)
            yield Piece(data, at, end, True, True)
            at = end
        else:
            at = yield from _long_member(
                source, at, engine, data, at + len(head) - len(engine.unconsumed_tail)
            )


def _long_member(
    source: Source, at: int, engine: Any, data: bytes, position: int
) -> Generator[Piece, None, int]:
    """The pieces of the member at *at*, whose first decoded bytes are *data*; returns where the next one begins."""
    done, parts, size = 0, [data], len(data)
    while not engine.eof:
        if size >= PIECE:
            yield Piece(b"".join(parts), at + done, position, done == 0, False)
            done, parts, size = done + size, [], 0
        feed = source.view(position, FEED)
        try:
            data = engine.decompress(feed, PIECE - size)
        except ISAL_ERROR:
            return (yield from _salvage(source, at, position, done))
        if not len(feed) and not data and not engine.eof:
            return (yield from _salvage(source, at, position, done))
        position += len(feed) - len(engine.unconsumed_tail) - len(engine.unused_data)
        parts.append(data)
        size += len(data)
    yield Piece(b"".join(parts), at + done, position, done == 0, True)
    return position


def _stray(source: Source, at: int) -> Generator[Piece, None, int]:
    """What to make of bytes that do not begin a member: a member with a broken header, or nothing readable."""
    if begins_with_record(source, at + 10, -15):
        return (yield from _salvage(source, at, at, 0))
    stop = next_member(source, at)
    cut = stop == source.size and MAGIC.startswith(bytes(source.view(at, 3)))
    reason = Reason.TRUNCATED if cut else Reason.DAMAGED
    fault = Fault(f"{stop - at} bytes that are not a gzip member", at, stop, reason)
    yield Piece(b"", at, stop, True, True, fault)
    return stop


def begins_with_record(source: Source, at: int, wbits: int) -> bool:
    """Whether a record header comes out when inflating from *at* (*wbits* 31: gzip member, −15: bare deflate)."""
    try:
        return zlib.decompressobj(wbits).decompress(source.view(at, 1024), 64).startswith(_RECORD)
    except zlib.error:
        return False


def _is_whole_member(source: Source, at: int) -> bool:
    """Whether a member of at most 1 MiB, whatever it holds, begins at *at*: its checksum says so."""
    try:
        engine = zlib.decompressobj(31)
        engine.decompress(source.view(at, 1 << 20), 1 << 24)
        return engine.eof
    except zlib.error:
        return False


def next_member(source: Source, at: int) -> int:
    """Where the next readable member begins at or after *at*; the size of the file when there is none."""
    while (at := source.find(MAGIC, at)) >= 0:
        if begins_with_record(source, at, 31) or _is_whole_member(source, at):
            return at
        at += 1
    return source.size


def _steps(source: Source, at: int, safe: int, stop: int) -> Iterator[bytes]:
    """The bytes from *at* to *stop*: in coarse steps up to *safe*, where no fault is expected, then in fine ones."""
    while at < stop:
        step = COARSE if at + COARSE <= safe else FINE
        chunk = bytes(source.view(at, min(step, stop - at)))
        if not chunk:
            return
        yield chunk
        at += len(chunk)


def _salvage(source: Source, at: int, safe: int, done: int) -> Generator[Piece, None, int]:
    """All that can be read of the broken member at *at*, less the first *done* decoded bytes, which were handed on.

    The next member is looked for first: a member that lost its end would otherwise eat the start of its neighbour.
    """
    stop = next_member(source, at + 1)
    position = at + header_length(bytes(source.view(at, 1 << 16)))
    engine, crc, total, parts, state = zlib.decompressobj(-15), 0, 0, bytearray(), "cut"
    for chunk in _steps(source, position, safe, stop):
        try:
            data = engine.decompress(chunk)
        except zlib.error:
            state = "corrupt"
            break
        position += len(chunk) - len(engine.unused_data)
        crc = zlib.crc32(data, crc)
        parts += data[max(0, done - total) :]
        total += len(data)
        if engine.eof:
            state = "ended"
            break
        if len(parts) >= PIECE:
            yield Piece(bytes(parts), at + total - len(parts), position, total == len(parts), False)
            parts.clear()
    fault = _fault(source, at, position, stop, state, crc, total)
    yield Piece(
        bytes(parts), at + total - len(parts), max(fault.start, position), total == len(parts), True, fault
    )
    return stop


def _fault(source: Source, at: int, position: int, stop: int, state: str, crc: int, total: int) -> Fault:
    """The fault of a member read to *position* with the given outcome, in words."""
    if state == "corrupt":
        return Fault(
            f"compressed bytes are damaged {position - at} bytes into the member at {at}", position, stop
        )
    if state == "cut":
        reason = Reason.TRUNCATED if stop == source.size else Reason.DAMAGED
        return Fault(f"the compressed member at {at} ends early", stop, stop, reason)
    trailer = bytes(source.view(position, 8))
    expected = crc.to_bytes(4, "little") + (total & 0xFFFFFFFF).to_bytes(4, "little")
    wrong = "checksum" if trailer != expected else "gzip header"
    return Fault(f"the {wrong} of the member at {at} is wrong", min(position + 8, stop), stop, doubtful=True)
