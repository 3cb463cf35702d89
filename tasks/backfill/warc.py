"""WARC files to captures: every undamaged record comes out, every fault becomes a refusal or a mark on its capture.

What a record is for decides first (only responses, resources and conversions can be pages), then HTTP's status, then the
body: decoded, not empty, a web page.  Nothing is skipped in silence but the records about records (warcinfo, request,
metadata).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import zstandard

from tasks.backfill.coding import BODY_LIMIT, Body, OverLimitError, decode_body
from tasks.backfill.fields import to_utc
from tasks.backfill.gzips import MAGIC as GZIP_MAGIC
from tasks.backfill.gzips import begins_with_record, gzip_pieces
from tasks.backfill.http import Head, parse_head
from tasks.backfill.pieces import Piece, plain_pieces
from tasks.backfill.records import FIND_HEADER, HEADER_LIMIT, Lost, Record, read_records
from tasks.backfill.sniff import is_html
from tasks.backfill.source import READ, Source, open_source
from tasks.backfill.zsts import ARCHIVE_WINDOW, DICTIONARY_MAGIC, next_frame, zstd_pieces
from tasks.backfill.zsts import MAGIC as ZSTD_MAGIC
from tasks.reasons import Reason
from tasks.units import Capture, Refusal

WORTH_READING = 512
"""Decoded bytes that a cut body must have left to be a capture: fewer hold no paragraph."""
_SILENT = frozenset({b"warcinfo", b"request", b"metadata"})
_PAGES = frozenset({b"response", b"resource", b"conversion"})


def read_warc(
    path: str | Path, limit: int = BODY_LIMIT, wanted: Callable[[str], bool] | None = None
) -> Iterator[Capture | Refusal]:
    """What the archive at *path* holds (plain, gzip or Zstandard, told by its bytes), in file order.

    A record whose body has more than *limit* bytes, decoded, is refused.  Undamaged records of addresses that are not
    *wanted* are passed over, before their bodies are looked at.  OSError when the file cannot be read.
    """
    with open_source(path) as source:
        pieces, is_checked = _pieces(source)
        for read in read_records(pieces, limit + HEADER_LIMIT, not is_checked):
            if isinstance(read, Lost):
                yield Refusal(read.reason, read.detail, None, str(path), read.offset, read.length)
            elif wanted is not None and _is_other(read, wanted):
                continue
            elif (kept := read_record(read, str(path), limit)) is not None:
                yield kept


def _is_other(record: Record, wanted: Callable[[str], bool]) -> bool:
    """Whether a record is a whole page or repeat of an address that is not wanted."""
    is_page = record.fields.get(b"warc-type", b"").lower() in (*_PAGES, b"revisit")
    url = record_url(record) if is_page and not record.damage else None
    return url is not None and not wanted(url)


def _pieces(source: Source) -> tuple[Iterator[Piece], bool]:
    """The pieces of the archive, and whether its container has checksums."""
    container = _container(source)
    if container == "gzip":
        return gzip_pieces(source), True
    return zstd_pieces(source) if container == "zstd" else plain_pieces(source), False


def _container(source: Source) -> str:
    """gzip, zstd or plain: by the first bytes, or, where these are damaged, by the first record that can be found."""
    head = bytes(source.view(0, 8))
    if head[:3] == GZIP_MAGIC:
        return "gzip"
    if head[:4] == ZSTD_MAGIC or head[1:4] == DICTIONARY_MAGIC[1:]:
        return "zstd"
    if head.startswith(b"WARC/") or FIND_HEADER.search(bytes(source.view(0, READ))):
        return "plain"
    for at in _occurrences(source, GZIP_MAGIC):
        if begins_with_record(source, at, 31):
            return "gzip"
    engine = zstandard.ZstdDecompressor(max_window_size=ARCHIVE_WINDOW)
    return "zstd" if next_frame(source, 0, engine) < source.size else "plain"


def _occurrences(source: Source, needle: bytes) -> Iterator[int]:
    """Where *needle* occurs in the file."""
    at = -1
    while (at := source.find(needle, at + 1)) >= 0:
        yield at


def read_record(record: Record, file: str, limit: int) -> Capture | Refusal | None:
    """The capture or refusal that a record makes; None for an undamaged record about other records."""
    kind = record.fields.get(b"warc-type", b"").lower()
    url = record_url(record)

    def refuse(reason: Reason, detail: str) -> Refusal:
        """The refusal of this record, with what is damaged about it."""
        words = "; ".join(d for d in (detail, record.damage) if d)
        return Refusal(reason, words, url, file, record.offset, record.length)

    if kind not in _PAGES:
        return _refuse_other(
            record,
            kind,
            refuse(Reason.DAMAGED, f"{kind.decode('ascii', 'replace')[:30] or 'untyped'} record"),
        )
    head = _head(record, kind)
    refused = (Reason.OVER_LIMIT, f"more than {limit} bytes") if record.is_over else _status_reason(head)
    if refused is not None:
        return refuse(*refused)
    try:
        body = decode_body(record.data[head.body : record.end], head.codings, head.is_chunked, limit)
    except OverLimitError as error:
        return refuse(Reason.OVER_LIMIT, str(error))
    is_text = kind == b"conversion" and head.mime == "text/plain"
    refused = _body_reason(record, head, body, is_text)
    return refuse(*refused) if refused is not None else _capture(record, head, body, file, url, is_text)


def _body_reason(record: Record, head: Head, body: Body, is_text: bool) -> tuple[Reason, str] | None:
    """Why a decoded body is no page, if so: cut, broken or never there, or something else."""
    if body.data and not body.data.isspace():
        if is_text or is_html(head.mime, body.data):
            return None
        was_html = is_html(head.mime, b"") and (record.damage or body.damage)
        return (
            Reason.DAMAGED if was_html else Reason.NOT_HTML,
            "; ".join(filter(None, (head.mime or "no type", body.damage))),
        )
    if record.is_cut:
        return Reason.TRUNCATED, "nothing of the body is left"
    return (Reason.DAMAGED, body.damage) if body.damage else (Reason.EMPTY, "no body")


def _refuse_other(record: Record, kind: bytes, damaged: Refusal) -> Refusal | None:
    """What to say of a record that is no page: nothing when it is about other records and whole."""
    if kind == b"revisit":
        return Refusal(
            Reason.REVISIT, damaged.detail, damaged.url, damaged.file, damaged.offset, damaged.length
        )
    if kind in _SILENT and (record.damage is None or (record.is_over and not record.is_cut)):
        return None
    return damaged


def record_url(record: Record) -> str | None:
    """The address the record is about, without the angle brackets that some writers put around it."""
    raw = record.fields.get(b"warc-target-uri", b"").decode("utf-8", "replace").strip()
    if raw.startswith("<") and raw.endswith(">"):
        raw = raw[1:-1]
    return raw or None


def _head(record: Record, kind: bytes) -> Head:
    """The HTTP head of a response, or what a record without one says of its own block."""
    declared = record.fields.get(b"content-type", b"").lower()
    if kind == b"response" and (not declared or declared.startswith(b"application/http")):
        return parse_head(record.data, record.begin, record.end)
    mime = declared.partition(b";")[0].strip().decode("ascii", "replace")
    return Head(None, mime or None, None, (), False, None, None, record.begin)


def _status_reason(head: Head) -> tuple[Reason, str] | None:
    """Why a response of this status is no page, if so."""
    status = head.status
    if status is None or 200 <= status < 300:
        return None
    if status == 304:
        return Reason.REVISIT, "status 304"
    if 300 <= status < 400:
        return Reason.REDIRECT, f"status {status} to {head.location or 'nowhere'}"[:500]
    return Reason.HTTP_ERROR, f"status {status}"


def _date(record: Record) -> datetime | None:
    """WARC-Date in UTC; None when it is missing or no date."""
    try:
        return to_utc(datetime.fromisoformat(record.fields.get(b"warc-date", b"").decode("ascii", "replace")))
    except ValueError:
        return None


def _header_damage(url: str | None, when: datetime | None, status: int | None) -> str | None:
    """What a record header lacks that every crawler writes."""
    if url is None:
        return "the record header has no address"
    if status is not None and not url.lower().startswith(("http://", "https://")):
        return "the record header has no address of the web"
    return "the record header has no readable date" if when is None else None


def _capture(
    record: Record, head: Head, body: Body, file: str, url: str | None, is_text: bool
) -> Capture | Refusal:
    """The capture, with all that is known to be wrong with it; a refusal when too little of a cut body is left."""
    stored, when = record.end - head.body, _date(record)
    notes = [record.damage, _header_damage(url, when, head.status), head.damage, body.damage]
    is_cut = record.is_cut or body.is_cut
    why = record.fields.get(b"warc-truncated")
    if why or record.fields.get(b"warc-segment-number"):
        notes.append(f"cut by the crawler: {(why or b'segment').decode('ascii', 'replace')[:40]}")
        is_cut = True
    if (
        head.length is not None
        and not head.is_chunked
        and not body.is_stored_decoded
        and stored != head.length
    ):
        notes.append(f"HTTP declares {head.length} bytes, the archive has {stored}")
        is_cut = is_cut or stored < head.length
    damage = "; ".join(n for n in notes if n) or None
    if is_cut and len(body.data) < WORTH_READING:
        return Refusal(Reason.TRUNCATED, damage or "cut", url, file, record.offset, record.length)
    return Capture(
        url, when, head.status, head.mime, head.charset, body.data, "text" if is_text else "html",
        file, record.offset, record.length, None, is_cut, damage,
    )  # fmt: skip
