"""Decoded bytes to WARC records: every undamaged one comes out, and every stretch that is not a record is reported.

A record's length is believed only if another record, the end of its member or the end of the file follows it.  Otherwise
the next header in sight ends it.  The format is ISO 28500 (WARC 1.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tasks.backfill.cursor import RECORD, Cursor
from tasks.backfill.digests import digest_matches
from tasks.backfill.pieces import Piece
from tasks.reasons import Reason

HEADER_LIMIT = 1 << 16
"""Longest record header read, in bytes."""
_FIRST_LINE = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n")
FIND_HEADER = re.compile(rb"WARC/\d\.\d{1,2}[ \t]*\r?\n[A-Za-z][A-Za-z-]*:")
"""The start of a record, wherever it is."""
_FIND_NEXT = re.compile(rb"\n\r?\n(?=WARC/\d\.\d{1,2}[ \t]*\r?\n[A-Za-z][A-Za-z-]*:)")
_OVERLAP = 64
_USUAL = bytes([9, 10, 13, *range(32, 127)])
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_FIELD = re.compile(rb"\n([^:\r\n]+):([^\r\n]*)")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_EMPTY_LINES = re.compile(rb"[\r\n]+")
_NEWLINES = re.compile(rb"[\r\n]{0,4}")
_HTTP_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d+)[ \t]*\r?\n", re.IGNORECASE)


class Record(NamedTuple):
    """One record: header fields by lower-case name, its block, and its place in the file.

    The block is ``data[begin:end]``: pages are large, and a copy that nobody needs costs as much as parsing one.  ``damage`` says what was wrong with it; ``is_cut``: the end of the block is missing; ``is_over``: the block was larger
    than the limit and is not there.
    """

    fields: Mapping[bytes, bytes]
    data: bytes
    begin: int
    end: int
    offset: int
    length: int
    damage: str | None = None
    is_cut: bool = False
    is_over: bool = False


class Lost(NamedTuple):
    """A stretch of the file that no record could be read from."""

    detail: str
    offset: int
    length: int
    reason: Reason = Reason.DAMAGED


class _Extent(NamedTuple):
    """Where a block ends and the next record begins, relative to the record, and what was wrong with the length."""

    end: int
    next: int
    damage: str | None = None
    is_cut: bool = False


def read_records(pieces: Iterator[Piece], limit: int, check_digests: bool) -> Iterator[Record | Lost]:
    """The records of an archive in order, and the stretches that could not be read.

    Blocks of more than *limit* bytes are passed over (``is_over``).  *check_digests*: compare each block with its
    WARC-Block-Digest, for containers that have no checksum of their own.
    """
    cursor, told = Cursor(pieces), False
    while True:
        _skip_newlines(cursor)
        if cursor.at < len(cursor.data):
            read = _read_record(cursor, limit) if _is_header_next(cursor) else _read_garbage(cursor, limit)
            told = cursor.at == len(cursor.data) and (isinstance(read, Lost) or read.damage is not None)
            if isinstance(read, Record) and check_digests and read.damage is None:
                read = _with_digest_checked(read)
            yield read
        elif cursor.fault is not None:
            fault, piece = cursor.pass_fault()
            if fault.end > fault.start:
                yield Lost(fault.detail, fault.start, fault.end - fault.start, fault.reason)
            elif not told:
                yield Lost(fault.detail, piece.offset, piece.end - piece.offset, fault.reason)
            told = False
        elif not cursor.more():
            return


def _skip_newlines(cursor: Cursor) -> None:
    """Step over the empty lines between two records."""
    found = _EMPTY_LINES.match(cursor.data, cursor.at)
    cursor.at = found.end() if found else cursor.at


def _is_header_next(cursor: Cursor) -> bool:
    """Whether a record header begins here."""
    cursor.fill(16)
    return _FIRST_LINE.match(cursor.data, cursor.at) is not None


def _header_end(cursor: Cursor) -> int:
    """Bytes of the header at the cursor with the empty line after it; 0 when it has no end or another record begins in it."""
    while True:
        at, data = cursor.at, cursor.data
        end = data.find(b"\r\n\r\n", at, at + HEADER_LIMIT) + 4
        line = data.find(b"\n", at, at + HEADER_LIMIT)
        if line > 0 and data[line - 1] != 13:
            end = data.find(b"\n\n", at, at + HEADER_LIMIT) + 2
        if end > 3:
            is_broken = cursor.record_member(at + 1, end) >= 0 or FIND_HEADER.search(data, at + 1, end)
            return 0 if is_broken else end - at
        if len(data) - at >= HEADER_LIMIT or not cursor.more():
            return 0


def parse_fields(head: bytes) -> dict[bytes, bytes]:
    """Header lines after the first by lower-case name; folded lines are joined, and the first of a name wins."""
    if b"\n " in head or b"\n\t" in head:
        head = _FOLD.sub(b" ", head)
    return {name.strip().lower(): value.strip() for name, value in reversed(_FIELD.findall(head))}


def _header_damage(head: bytes, fields: Mapping[bytes, bytes]) -> str | None:
    """What shows that a record header was damaged: bytes that none has, lines without a name.  No digest covers it."""
    if unusual := head.translate(None, _USUAL):
        try:
            is_text = not _CONTROL.search(head.decode("utf-8").replace("\r\n", "\n"))
        except UnicodeDecodeError:
            is_text = False
        if not is_text:
            return f"{len(unusual)} bytes of the record header are not text"
    if head.count(b"\n") - 2 > len(fields) and any(
        line.strip() and b":" not in line for line in head.split(b"\n")[1:]
    ):
        return "a line of the record header has no name"
    return None


def _has_nameless(head: bytes) -> bool:
    """Whether a line of a header has no colon, other than those that go on with the line before."""
    lines = head.split(b"\n")[1:]
    return any(line.strip() and b":" not in line and line[:1] not in (b" ", b"\t") for line in lines)


def _read_record(cursor: Cursor, limit: int, damage: str | None = None) -> Record | Lost:
    """The record at the cursor, which moves behind it."""
    head = _header_end(cursor)
    if not head:
        return _read_lost(cursor, "bytes of a record header that has no end", True)
    lines = cursor.data[cursor.at : cursor.at + head]
    fields = parse_fields(lines)
    raw = fields.get(b"content-length", b"")
    declared = int(raw) if raw.isdigit() and len(raw) < 19 else None
    if declared is not None and declared > limit:
        return _pass_over(cursor, fields, head, declared)
    extent = _extent(cursor, fields, head, declared, limit)
    if extent is None:
        return _pass_over(cursor, fields, head, None)
    at = cursor.at
    offset, length = cursor.locate(at, at + extent.next)
    cursor.at = at + extent.next
    damage = (
        "; ".join(d for d in (damage, _header_damage(lines, fields), extent.damage, _doubt(cursor)) if d)
        or None
    )
    return Record(fields, cursor.data, at + head, at + extent.end, offset, length, damage, extent.is_cut)


def _doubt(cursor: Cursor) -> str | None:
    """What is wrong with the member that the record just read lies in, if that may concern the record."""
    return cursor.fault.detail if cursor.fault is not None and cursor.fault.doubtful else None


def _extent(
    cursor: Cursor, fields: Mapping[bytes, bytes], head: int, declared: int | None, limit: int
) -> _Extent | None:
    """Where the block of the record at the cursor ends; None when it goes on beyond *limit* without an end in sight."""
    if declared is not None:
        wanted = head + declared
        is_there = cursor.fill(wanted)
        at = cursor.at
        other = cursor.record_member(at + head, at + min(wanted, len(cursor.data) - at))
        if other < 0 and is_there:
            follows = _end_follows(cursor, wanted)
            at = cursor.at
            if follows and not _holds_another(cursor.data, at + head, at + wanted, fields):
                return _Extent(wanted, follows)
    return _search_end(cursor, head, declared, limit)


def _end_follows(cursor: Cursor, wanted: int) -> int:
    """Where the record after this one begins, if its *wanted* bytes end as a record's must; else 0."""
    cursor.fill(wanted + 4)
    if cursor.data.startswith(b"\r\n\r\n", cursor.at + wanted):
        return wanted + 4
    cursor.fill(wanted + 4 + len(RECORD))
    found = _NEWLINES.match(cursor.data, cursor.at + wanted)
    end = found.end() if found else cursor.at + wanted
    is_end = end == len(cursor.data) or cursor.is_member_end(end) or cursor.data.startswith(RECORD, end)
    return end - cursor.at if is_end else 0


def _holds_another(data: bytes, begin: int, end: int, fields: Mapping[bytes, bytes]) -> bool:
    """Whether the block from *begin* to *end*, of believable length, has swallowed further records whole.

    It has not when HTTP's own length agrees with it, or the digest: then it is an archive inside an archive.
    """
    head = data.find(b"\r\n\r\n", begin, min(end, begin + HEADER_LIMIT)) + 4
    length = _HTTP_LENGTH.search(data, begin, head) if head > 3 else None
    if length and int(length[1][:18]) == end - head:
        return False
    if data.find(b"\nWARC/", begin, end) < 0 or not _FIND_NEXT.search(data, begin, end):
        return False
    return not digest_matches(fields.get(b"warc-block-digest", b""), data[begin:end])


def _search_end(cursor: Cursor, head: int, declared: int | None, limit: int) -> _Extent | None:
    """The end of a block whose declared length is missing or wrong: the next header, the next member, a fault or the end."""
    seen = head
    while True:
        at, data = cursor.at, cursor.data
        found = FIND_HEADER.search(data, at + seen)
        stop = found.start() if found else len(data)
        member = cursor.record_member(at + head, stop)
        stop = member if member >= 0 else stop
        if found or member >= 0:
            return _found_end(data[at:stop], head, declared)
        if len(data) - at - head > limit:
            return None
        seen = max(seen, len(data) - at - _OVERLAP)
        if not cursor.more():
            return _reached_end(cursor, head, declared)


def _found_end(record: bytes, head: int, declared: int | None) -> _Extent:
    """The extent of a record that the next one ends.  Without the empty lines that close a record, its end is missing."""
    end = len(record) - 4 if record.endswith(b"\r\n\r\n") else len(record.rstrip(b"\r\n"))
    end = max(end, head)
    is_cut = not record.endswith((b"\r\n\r\n", b"\n\n"))
    said = "is missing" if declared is None else f"says {declared}"
    return _Extent(end, len(record), f"Content-Length {said}, the block has {end - head} bytes", is_cut)


def _reached_end(cursor: Cursor, head: int, declared: int | None) -> _Extent:
    """The extent of a record that nothing follows: a fault of the container or the end of the file."""
    size = len(cursor.data) - cursor.at
    why = cursor.fault.detail if cursor.fault is not None else "the file ends"
    if declared is not None and size < head + declared:
        return _Extent(size, size, f"{size - head} of {declared} bytes of the block: {why}", True)
    if cursor.fault is not None and not cursor.fault.doubtful:
        return _Extent(size, size, f"Content-Length is missing or wrong: {why}", True)
    return _found_end(cursor.data[cursor.at :], head, declared)


def _pass_over(cursor: Cursor, fields: Mapping[bytes, bytes], head: int, declared: int | None) -> Record:
    """A record too large to hold: its bytes are passed over up to its declared end or the next header before it."""
    offset, _ = cursor.locate(cursor.at, cursor.at + head)
    passed, wanted = 0, head + declared + 4 if declared is not None else None
    while True:
        at, size = cursor.at, len(cursor.data) - cursor.at
        found = _FIND_NEXT.search(cursor.data, at)
        ends = [found.end() - at] if found else []
        member = cursor.record_member(at + 1, len(cursor.data))
        ends += [member - at] if member >= 0 else []
        ends += [max(0, wanted - passed)] if wanted is not None and wanted - passed <= size else []
        step = min(ends) if ends else max(0, size - _OVERLAP)
        cursor.at, passed = at + step, passed + step
        if ends:
            break
        if not cursor.more():
            passed += len(cursor.data) - cursor.at
            cursor.at = len(cursor.data)
            break
    said = "has no end in sight" if declared is None else f"declares {declared} bytes"
    is_cut = wanted is not None and passed < wanted - 4
    damage = said + (f", ends after {passed - head}" if is_cut else "")
    return Record(fields, b"", 0, 0, offset, passed, damage, is_cut, True)


def _read_garbage(cursor: Cursor, limit: int) -> Record | Lost:
    """What stands where a record should: a record whose first line is broken, or bytes that are none."""
    head = _header_end(cursor)
    begin = cursor.data[cursor.at : cursor.at + head]
    if head and not FIND_HEADER.search(begin):
        fields = parse_fields(begin)
        if fields.get(b"warc-type") and fields.get(b"content-length"):
            return _read_record(cursor, limit, "the first line of the record is wrong")
    return _read_lost(cursor, "bytes that are not a record")


def _read_lost(cursor: Cursor, detail: str, is_header: bool = False) -> Lost:
    """Everything up to the next header as one lost stretch (*is_header*: that begins like a record); the cursor moves there."""
    offset, passed, skip = cursor.locate(cursor.at, cursor.at)[0], 0, 1
    while True:
        at, data = cursor.at, cursor.data
        found = FIND_HEADER.search(data, at + skip)
        stop = found.start() if found else len(data)
        member = cursor.record_member(at + skip, stop)
        stop = member if member >= 0 else stop
        if found or member >= 0:
            break
        step = max(0, len(data) - at - _OVERLAP)
        cursor.at, passed, skip = at + step, passed + step, 0 if step else skip
        if not cursor.more():
            stop = len(cursor.data)
            break
    passed += stop - cursor.at
    cursor.at = stop
    fault = cursor.fault if stop == len(cursor.data) else None
    cut = cursor.ended and is_header if fault is None else fault.reason is Reason.TRUNCATED
    reason = Reason.TRUNCATED if cut and stop == len(cursor.data) else Reason.DAMAGED
    words = f"{passed} {detail}" + (f"; {fault.detail}" if fault else "")
    return Lost(words, offset, passed, reason)


def _with_digest_checked(record: Record) -> Record:
    """The same record, marked as damaged when its block does not have the digest that it declares."""
    declared = record.fields.get(b"warc-block-digest")
    if (
        declared
        and not record.is_over
        and digest_matches(declared, record.data[record.begin : record.end]) is False
    ):
        return record._replace(damage="the block does not have its declared digest")
    return record
