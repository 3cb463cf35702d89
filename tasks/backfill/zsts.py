"""Zstandard frames to pieces, block by block, so that neither a bomb nor a broken frame costs more than one block.

The layout of frames and blocks is RFC 8878; that of ``.warc.zst`` (one frame per record, the dictionary in a skippable
frame at the front) is the IIPC's "WARC-zstd" proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import zstandard

from tasks.backfill.pieces import PIECE, Fault, Piece
from tasks.backfill.source import Source
from tasks.reasons import Reason

MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
_SKIPPABLE = b"\x2a\x4d\x18"
ARCHIVE_WINDOW = 1 << 27
"""Largest window an archive may ask for: that of ``zstd --long``."""
_BLOCK = 1 << 17
_RECORD = b"WARC/"


class BrokenFrameError(Exception):
    """The bytes are not a frame (or no longer one)."""


class CutFrameError(BrokenFrameError):
    """The frame goes on after the last byte there is."""


def frame_parts(view: Callable[[int, int], memoryview], at: int) -> Iterator[memoryview]:
    """The frame at *at* in parts: its header, each block with its own header, its checksum.

    *view(offset, want)* gives bytes.  Raises BrokenFrameError where the layout makes no sense.
    """

    def take(offset: int, want: int) -> memoryview:
        """So many bytes from *offset* on; CutFrameError when the frame has fewer."""
        got = view(offset, want)
        if len(got) < want:
            raise CutFrameError("the frame ends early")
        return got

    flags = take(at, 5)[4]
    if flags & 8:
        raise BrokenFrameError("a reserved bit of the frame header is set")
    single = flags >> 5 & 1
    length = 5 + (not single) + (0, 1, 2, 4)[flags & 3] + (single, 2, 4, 8)[flags >> 6]
    yield take(at, length)
    at += length
    last = False
    while not last:
        head = int.from_bytes(take(at, 3), "little")
        last, kind, size = bool(head & 1), head >> 1 & 3, head >> 3
        if kind == 3 or size > _BLOCK:
            raise BrokenFrameError("a block header makes no sense")
        length = 3 + (1 if kind == 1 else size)
        yield take(at, length)
        at += length
    if flags & 4:
        yield take(at, 4)


def zstd_pieces(source: Source) -> Iterator[Piece]:
    """The pieces of a Zstandard file: any number of frames, any of them damaged, with anything between them."""
    at, engine = 0, zstandard.ZstdDecompressor(max_window_size=ARCHIVE_WINDOW)
    while at < source.size:
        head = bytes(source.view(at, 8))
        if head[:4] == MAGIC:
            at = yield from _frame(source, at, engine)
        elif len(head) == 8 and head[1:4] == _SKIPPABLE and head[0] & 0xF0 == 0x50:
            stop = at + 8 + int.from_bytes(head[4:8], "little")
            if stop > source.size:
                yield from _hole(source, at, source.size)
                return
            if at == 0 and head[:4] == DICTIONARY_MAGIC:
                engine = _with_dictionary(bytes(source.view(8, stop - 8)))
            at = stop
        else:
            stop = next_frame(source, at, engine)
            yield from _hole(source, at, stop)
            at = stop


def _hole(source: Source, at: int, stop: int) -> Iterator[Piece]:
    """One piece without bytes that reports the bytes from *at* to *stop* as lost."""
    cut = stop == source.size and MAGIC.startswith(bytes(source.view(at, 4)))
    reason = Reason.TRUNCATED if cut else Reason.DAMAGED
    fault = Fault(f"{stop - at} bytes that are not a Zstandard frame", at, stop, reason)
    yield Piece(b"", at, stop, True, True, fault)


def _with_dictionary(data: bytes) -> zstandard.ZstdDecompressor:
    """A decompressor with the dictionary of the file, which may itself be compressed; without it when unreadable."""
    try:
        if data[:4] == MAGIC:
            data = zstandard.ZstdDecompressor().stream_reader(data).read(PIECE)
        return zstandard.ZstdDecompressor(zstandard.ZstdCompressionDict(data), max_window_size=ARCHIVE_WINDOW)
    except zstandard.ZstdError:
        return zstandard.ZstdDecompressor(max_window_size=ARCHIVE_WINDOW)


def next_frame(source: Source, at: int, engine: Any) -> int:
    """Where the next frame that holds a record begins at or after *at*; the size of the file when there is none."""
    while (at := source.find(MAGIC, at)) >= 0:
        if begins_with_record(source, at, engine):
            return at
        at += 1
    return source.size


def begins_with_record(source: Source, at: int, engine: Any) -> bool:
    """Whether the frame at *at* can be read and begins with a record header."""
    reader = engine.decompressobj()
    try:
        for part in frame_parts(source.view, at):
            if data := reader.decompress(part):
                return bool(data.startswith(_RECORD))
    except (BrokenFrameError, zstandard.ZstdError):
        pass
    return False


def _frame(source: Source, at: int, engine: Any) -> Generator[Piece, None, int]:
    """The pieces of the frame at *at*; returns where the next one begins."""
    reader, position, done, parts, size = engine.decompressobj(), at, 0, [b""], 0
    fault, last = None, at
    try:
        for part in frame_parts(source.view, at):
            last = position + len(part)
            data = reader.decompress(part)
            position = last
            parts.append(data)
            size += len(data)
            if size >= PIECE:
                yield Piece(b"".join(parts), at + done, position, done == 0, False)
                done, parts, size = done + size, [], 0
    except (BrokenFrameError, zstandard.ZstdError) as error:
        stop = next_frame(source, at + 1, engine)
        cut = isinstance(error, CutFrameError) and stop == source.size
        reason, detail = (
            (Reason.TRUNCATED, "ends early") if cut else (Reason.DAMAGED, f"is damaged ({error})")
        )
        whole = "checksum" in str(error)
        start = stop if cut else min(last if whole else position, stop)
        fault = Fault(f"the compressed frame at {at} {detail}", start, stop, reason, doubtful=whole)
        position = stop
    yield Piece(b"".join(parts), at + done, position, done == 0, True, fault)
    return position
