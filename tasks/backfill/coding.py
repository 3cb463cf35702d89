"""Bodies as the server sent them to bodies as pages: chunks, gzip, deflate, Brotli and Zstandard, each with a cap.

The bytes decide, not the header: crawls have stored bodies decoded under headers that still say gzip or chunked
(Common Crawl's news crawl did until May 2019), so that a coding is undone only where its traces are there.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

import brotli
import zstandard
from isal import isal_zlib

from tasks.backfill.gzips import ISAL_ERROR, header_length
from tasks.backfill.sniff import is_binary, looks_like_html
from tasks.backfill.zsts import MAGIC as ZSTD_MAGIC
from tasks.backfill.zsts import BrokenFrameError, CutFrameError, frame_parts

BODY_LIMIT = 20_000_000
"""Decoded bytes of one page, at most.  The longest news pages are a hundredth of that."""
_GZIP = b"\x1f\x8b"
_WINDOW = 1 << 23
"""Largest Zstandard window a web server may ask for (RFC 9659)."""
_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MOST_CODINGS = 3
_MOST_CHUNKS = 500_000
_FINE = 64


class OverLimitError(Exception):
    """The decoded body is larger than the cap, or coded more often than any server does."""


class Body(NamedTuple):
    """A decoded body and what was wrong with it.

    ``is_cut``: its end is missing; ``is_stored_decoded``: the headers name a coding that the bytes do not have.
    """

    data: bytes
    damage: str | None = None
    is_cut: bool = False
    is_stored_decoded: bool = False


def decode_body(data: bytes, codings: tuple[str, ...], is_chunked: bool, limit: int = BODY_LIMIT) -> Body:
    """Undo the transfer and content codings of *data* (*codings* in the order they were applied).

    Raises OverLimitError when more than *limit* bytes come out.  Broken data gives what could be read of it.
    """
    if len(codings) > _MOST_CODINGS:
        raise OverLimitError(f"{len(codings)} content codings on top of each other")
    body = remove_chunks(data) if is_chunked else Body(data)
    for coding in reversed(codings):
        step = _decode(body.data, coding, limit)
        damage = "; ".join(d for d in (body.damage, step.damage) if d) or None
        body = Body(
            step.data, damage, body.is_cut or step.is_cut, body.is_stored_decoded or step.is_stored_decoded
        )
    if len(body.data) > limit:
        raise OverLimitError(f"more than {limit} bytes")
    return body


def remove_chunks(data: bytes) -> Body:
    """The body inside chunked *data* (RFC 9112); *data* itself when it is not chunked after all.

    Raises OverLimitError for more chunks than any server sends.
    """
    parts: list[bytes] = []
    at = 0
    while at < len(data):
        head = _CHUNK.match(data, at, at + 4096)
        size = int(head[1], 16) if head else -1
        end = head.end() + size if head else at
        follows = data[end : end + 2]
        if not head or (size and follows[:1] not in (b"\r", b"\n", b"")):
            if not parts:
                return Body(data, is_stored_decoded=True)
            return Body(b"".join(parts), "a chunk of the body has no valid size", True)
        if not size:
            return Body(b"".join(parts))
        parts.append(data[head.end() : end])
        if len(parts) > _MOST_CHUNKS:
            raise OverLimitError(f"more than {_MOST_CHUNKS} chunks")
        if end > len(data):
            return Body(b"".join(parts), "the last chunk of the body is cut", True)
        at = end + (2 if follows == b"\r\n" else 1)
    if not parts:
        return Body(data)
    return Body(b"".join(parts), "the last chunk of the body is missing", True)


def _decode(data: bytes, coding: str, limit: int) -> Body:
    """Undo one coding; *data* itself when its bytes show that it is not applied, or that nobody here can undo it."""
    undo = _UNDO.get(coding)
    if undo is None:
        damage = f"content coding {coding[:30]!r} cannot be undone" if is_binary(data) else None
        return Body(data, damage, is_stored_decoded=damage is None)
    signature, function = undo
    return (
        function(data, limit)
        if data and data.startswith(signature)
        else Body(data, is_stored_decoded=bool(data))
    )


def _check_size(data: bytes | bytearray, limit: int) -> None:
    """OverLimitError when *data* is longer than *limit*."""
    if len(data) > limit:
        raise OverLimitError(f"more than {limit} bytes")


def _gunzip(data: bytes, limit: int) -> Body:
    """All members of gzip *data*; what follows the last one is ignored, as browsers do."""
    out, rest = b"", data
    while rest.startswith(_GZIP):
        engine = isal_zlib.decompressobj(31)
        try:
            out += engine.decompress(rest, limit - len(out) + 1)
        except ISAL_ERROR:
            step = _salvage(rest[header_length(rest[:65536]) :], limit - len(out))
            return Body(out + step.data, step.damage or "the checksum of the gzip body is wrong", step.is_cut)
        _check_size(out, limit)
        if not engine.eof:
            return Body(out, "the gzip body is cut", True)
        rest = engine.unused_data
    return Body(out)


def _inflate_any(data: bytes, limit: int) -> Body:
    """Undo ``deflate``, which is zlib by the standard and bare deflate from some servers."""
    if looks_like_html(data):
        return Body(data, is_stored_decoded=True)
    is_zlib = data[0] & 15 == 8 and len(data) > 1 and int.from_bytes(data[:2], "big") % 31 == 0
    engine = isal_zlib.decompressobj(15 if is_zlib else -15)
    try:
        out = engine.decompress(data, limit + 1)
    except ISAL_ERROR:
        step = _salvage(data[2 if is_zlib else 0 :], limit)
        if not step.data and not is_binary(data):
            return Body(data, is_stored_decoded=True)
        return Body(step.data, step.damage or "the checksum of the deflate body is wrong", step.is_cut)
    _check_size(out, limit)
    return Body(out) if engine.eof else Body(out, "the deflate body is cut", True)


def _salvage(data: bytes, limit: int) -> Body:
    """What can be read of bare deflate *data* up to the first fault; no damage when it has its end."""
    engine, out = zlib.decompressobj(-15), bytearray()
    for at in range(0, len(data), _FINE):
        try:
            out += engine.decompress(data[at : at + _FINE])
        except zlib.error:
            return Body(bytes(out), "the compressed body is damaged", True)
        _check_size(out, limit)
        if engine.eof:
            return Body(bytes(out))
    return Body(bytes(out), "the compressed body is cut", True)


def _unbrotli(data: bytes, limit: int) -> Body:
    """Undo Brotli, which has no signature: what does not decode and reads like a page was stored decoded."""
    engine, out, damage = brotli.Decompressor(), bytearray(), "the Brotli body is cut"
    left = data
    try:
        # It says that it can take more while it still holds output back: only an empty piece means that it has none.
        while piece := engine.process(left, output_buffer_limit=1 << 20):
            out += piece
            _check_size(out, limit)
            if engine.is_finished():
                break
            left = b""
        if engine.is_finished():
            return Body(bytes(out))
    except brotli.error:
        damage = "the Brotli body is damaged"
    if looks_like_html(data) or not (out or is_binary(data)):
        return Body(data, is_stored_decoded=True)
    return Body(bytes(out), damage, True)


def _unzstd(data: bytes, limit: int) -> Body:
    """Undo Zstandard, frame by frame and block by block."""
    view, out, at = memoryview(data), bytearray(), 0
    while data.startswith(ZSTD_MAGIC, at):
        engine = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        try:
            for part in frame_parts(lambda offset, want: view[offset : offset + want], at):
                out += engine.decompress(part)
                at += len(part)
                _check_size(out, limit)
        except CutFrameError:
            return Body(bytes(out), "the Zstandard body is cut", True)
        except (BrokenFrameError, zstandard.ZstdError) as error:
            return Body(bytes(out), f"the Zstandard body is damaged ({error})", "checksum" not in str(error))
    return Body(bytes(out))


_UNDO: Mapping[str, tuple[bytes, Callable[[bytes, int], Body]]] = {
    "gzip": (_GZIP, _gunzip),
    "x-gzip": (_GZIP, _gunzip),
    "deflate": (b"", _inflate_any),
    "br": (b"", _unbrotli),
    "zstd": (ZSTD_MAGIC, _unzstd),
}
"""Each coding that can be undone: the signature its data begins with, if it has one, and what undoes it."""
