"""Content codings undone piece by piece, so that a bomb costs no more memory than one piece."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

import brotli
import zstandard
from isal import isal_zlib

Feed = Callable[[bytes], Iterator[bytes]]
"""Takes the next coded bytes, gives what they decode to in small pieces; CodingError at the first fault."""

PIECE = 1 << 16
"""Decoded bytes that gzip, deflate and Brotli give at once, at most (Brotli may round up)."""
_ZSTD_STEP = 64
"""Zstandard gives all that its input holds; a block takes four bytes and holds 128 KiB, so 64 bytes hold 2 MiB at most."""
_ZSTD_WINDOW = 1 << 23
"""Largest window that a web server may ask for (RFC 9659)."""
MOST_CODINGS = 3
ISAL_ERROR = cast(type[Exception], isal_zlib.IsalError)
"""What ISA-L raises; its stubs hide that it is an exception."""


class CodingError(Exception):
    """The bytes are not what their coding says, or nobody here knows the coding."""


def split_codings(header: str) -> tuple[str, ...]:
    """The codings a ``Content-Encoding`` header names, in the order they were applied."""
    named = (part.strip().lower().removeprefix("x-") for part in header.split(","))
    return tuple(name for name in named if name and name not in ("identity", "none"))


def open_decoder(codings: Sequence[str]) -> Feed:
    """What undoes *codings*, the last one first.  CodingError when one is unknown or there are too many."""
    if len(codings) > MOST_CODINGS:
        raise CodingError(f"{len(codings)} codings on top of each other")
    if unknown := [name for name in codings if name not in _UNDO]:
        raise CodingError(f"coding {unknown[0][:30]!r} is not known")
    steps = [_UNDO[name]() for name in reversed(codings)]

    def feed(data: bytes) -> Iterator[bytes]:
        """What all codings, one after the other, make of *data*."""
        pieces: Iterator[bytes] = iter((data,))
        for step in steps:
            pieces = _through(step, pieces)
        yield from pieces

    return feed


def _through(step: Feed, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield from step(piece)


def decoded_sizes(pieces: Iterable[bytes], codings: Sequence[str]) -> Iterator[int]:
    """Bytes that coded *pieces* decode to, step by step, up to the first fault; none of them is kept."""
    try:
        feed = open_decoder(codings)
        for piece in pieces:
            for out in feed(piece):
                yield len(out)
    except CodingError:
        return


def decode_within(pieces: Iterable[bytes], codings: Sequence[str], limit: int) -> bytes:
    """The decoded body, its first *limit* bytes at most; what was read up to a fault when there is one.

    A body that is not coded at all, whatever its header says, comes back as it is.
    """
    listed, body = list(pieces), bytearray()
    try:
        feed = open_decoder(codings)
        for piece in listed:
            for out in feed(piece):
                body += out[: limit - len(body)]
                if len(body) >= limit:
                    return bytes(body)
    except CodingError:
        if not body:
            return b"".join(listed)[:limit]
    return bytes(body)


def _inflate(window: int | None) -> Feed:
    """Gzip (all members) when *window* is 31; with None zlib or bare deflate, as the first bytes say."""
    engine, is_begun = None, False

    def feed(data: bytes) -> Iterator[bytes]:
        """What *data* inflates to; whatever follows one member begins another."""
        nonlocal engine, is_begun
        try:
            is_full = False
            while data or is_full:
                if engine is None:
                    if is_begun and (window is None or data[:1] != b"\x1f"):
                        return  # padding after the last member, which browsers ignore too
                    engine = isal_zlib.decompressobj(window or (15 if _is_zlib(data) else -15))
                    is_begun = True
                out = engine.decompress(data, PIECE)
                yield out
                # The engine may have taken all input and still hold output back.
                is_over, is_full = engine.eof, len(out) >= PIECE and not engine.eof
                data = engine.unused_data if is_over else engine.unconsumed_tail
                engine = None if is_over else engine
        except (zlib.error, ISAL_ERROR, ValueError) as error:
            raise CodingError(str(error)) from error

    return feed


def _is_zlib(data: bytes) -> bool:
    """Whether deflated *data* has the two bytes of a zlib header, as the standard wants and some servers forget."""
    return data[0] & 15 == 8 and (len(data) == 1 or int.from_bytes(data[:2], "big") % 31 == 0)


def _unbrotli() -> Feed:
    engine = brotli.Decompressor()

    def feed(data: bytes) -> Iterator[bytes]:
        """What *data* unpacks to, a bounded piece at a time."""
        if engine.is_finished():
            return
        try:
            # It says that it can take more while it still holds output back: only an empty piece means that it has none.
            while out := engine.process(data, output_buffer_limit=PIECE):
                yield out
                data = b""
                if engine.is_finished():
                    return
        except brotli.error as error:
            raise CodingError(str(error)) from error

    return feed


def _unzstd() -> Feed:
    engine = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj(read_across_frames=True)

    def feed(data: bytes) -> Iterator[bytes]:
        """What *data* unpacks to, a bounded step at a time."""
        try:
            for at in range(0, len(data), _ZSTD_STEP):
                yield engine.decompress(data[at : at + _ZSTD_STEP])
        except zstandard.ZstdError as error:
            raise CodingError(str(error)) from error

    return feed


_UNDO: dict[str, Callable[[], Feed]] = {
    "gzip": lambda: _inflate(31),
    "deflate": lambda: _inflate(None),
    "br": _unbrotli,
    "zstd": _unzstd,
}
ACCEPTED = ", ".join(_UNDO)
"""What the ``Accept-Encoding`` header says."""
