"""Containers and cursors: the same bytes give the same records however they are packed and cut."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.backfill.compressed import BrokenFileError, open_lines, read_bounded
from tasks.backfill.cursor import Cursor
from tasks.backfill.digests import digest_matches
from tasks.backfill.gzips import gzip_pieces, header_length, next_member
from tasks.backfill.pieces import Fault, Piece, plain_pieces
from tasks.backfill.records import Lost, Record, parse_fields, read_records
from tasks.backfill.source import READ, Source
from tasks.backfill.zsts import BrokenFrameError, CutFrameError, frame_parts, zstd_pieces
from tasks.reasons import Reason
from tests.unit.backfill.backfill_archives import good_records, page, record, response

RECORDS = good_records(5, 3)
DATA = b"".join(RECORDS)
LIMIT = 1_000_000


def source_of(data: bytes) -> Source:
    return Source(io.BytesIO(data))


def cut_at(data: bytes, cuts: list[int]) -> Iterator[Piece]:
    """Pieces of a plain file that end at the given places."""
    edges = sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    for begin, end in pairwise(edges):
        yield Piece(data[begin:end], begin, end, begin == 0, end == len(data))


def plainly(data: bytes) -> list[Record | Lost]:
    return list(read_records(plain_pieces(source_of(data)), LIMIT, False))


def facts(read: list[Record | Lost]) -> list[tuple]:
    return [
        (one.data[one.begin : one.end], one.offset, one.length, one.damage, one.is_cut)
        if isinstance(one, Record)
        else (one.detail, one.offset, one.length, one.reason)
        for one in read
    ]


@settings(max_examples=30)
@given(cuts=st.lists(st.integers(0, len(DATA)), max_size=12))
def test_records_do_not_depend_on_where_pieces_end(cuts: list[int]) -> None:
    assert facts(list(read_records(cut_at(DATA, cuts), LIMIT, False))) == facts(plainly(DATA))


@settings(max_examples=40)
@given(
    cuts=st.lists(st.integers(0, len(DATA)), max_size=12),
    place=st.integers(0, len(DATA)),
    size=st.integers(0, 900),
)
def test_what_is_damaged_does_not_depend_on_where_pieces_end(cuts: list[int], place: int, size: int) -> None:
    broken = DATA[:place] + DATA[place + size :]
    whole = plainly(broken)
    again = list(read_records(cut_at(broken, cuts), LIMIT, False))
    assert facts([o for o in again if isinstance(o, Record)]) == facts(
        [o for o in whole if isinstance(o, Record)]
    )
    assert sum(o.length for o in again) == sum(o.length for o in whole)


@settings(max_examples=30)
@given(place=st.integers(0, len(DATA)), noise=st.binary(min_size=1, max_size=400))
def test_every_byte_of_a_plain_file_is_in_one_record_or_one_loss(place: int, noise: bytes) -> None:
    data = DATA[:place] + noise + DATA[place:]
    at = 0
    for one in plainly(data):
        assert data[at : one.offset].strip(b"\r\n") == b"" and one.offset >= at
        at = one.offset + one.length
    assert data[at:].strip(b"\r\n") == b""


def test_a_cursor_knows_where_its_bytes_come_from() -> None:
    pieces = [
        Piece(b"WARC/a", 0, 4, True, True),
        Piece(b"WARC/b", 4, 9, True, False),
        Piece(b"cd", 10, 12, False, True),
    ]
    cursor = Cursor(iter(pieces))
    assert cursor.fill(14) and not cursor.fill(15) and cursor.ended
    assert cursor.locate(0, 6) == (0, 4)
    assert cursor.locate(6, 14) == (4, 8)
    assert cursor.locate(8, 10) == (6, 2)
    assert cursor.record_member(1, 14) == 6 and cursor.record_member(7, 14) == -1
    assert [cursor.is_member_end(n) for n in (6, 12, 14)] == [True, False, True]


def test_a_cursor_stops_at_a_fault_and_goes_on_when_told() -> None:
    fault = Fault("torn", 3, 5)
    cursor = Cursor(iter([Piece(b"abc", 0, 5, True, True, fault), Piece(b"def", 5, 8, True, True)]))
    assert not cursor.fill(6) and cursor.data == b"abc" and cursor.fault is fault
    assert cursor.pass_fault()[0] is fault and cursor.fill(6) and cursor.data == b"abcdef"


def test_a_source_gives_any_bytes_in_any_order() -> None:
    data = bytes(range(256)) * 12_000
    source = source_of(data)
    for offset, want in (
        (5, 10),
        (2_000_000, 30),
        (0, 3),
        (len(data) - 4, 10),
        (READ - 2, 4),
        (len(data) + 1, 4),
        (7, READ * 2),
    ):
        assert bytes(source.view(offset, want)) == data[offset : offset + want]


@given(place=st.sampled_from([0, 1, READ - 3, READ - 1, READ, 2 * READ - 2, 3 * READ - 8]))
@settings(max_examples=7)
def test_a_source_finds_what_lies_across_two_reads(place: int) -> None:
    data = bytearray(3 * READ)
    data[place : place + 4] = b"abcd"
    source = source_of(bytes(data))
    assert source.find(b"abcd", 0) == place
    assert source.find(b"abcd", place + 1) == -1


def gzip_with_header(
    data: bytes, name: bytes = b"", comment: bytes = b"", extra: bytes = b"", check: bool = False
) -> bytes:
    flags = (8 if name else 0) | (16 if comment else 0) | (4 if extra else 0) | (2 if check else 0)
    head = b"\x1f\x8b\x08" + bytes([flags]) + bytes(6)
    head += struct.pack("<H", len(extra)) + extra if extra else b""
    head += (name + b"\0" if name else b"") + (comment + b"\0" if comment else b"")
    head += struct.pack("<H", zlib.crc32(head) & 0xFFFF) if check else b""
    engine = zlib.compressobj(wbits=-15)
    body = engine.compress(data) + engine.flush()
    return head + body + struct.pack("<II", zlib.crc32(data), len(data))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": b"a.warc"},
        {"comment": b"made by hand"},
        {"extra": b"sl\4\0\1\2\3\4"},
        {"name": b"a", "extra": b"x", "check": True},
    ],
)
def test_gzip_headers_of_every_shape_are_read_even_when_the_member_is_broken(fields: dict) -> None:
    member = gzip_with_header(RECORDS[0], **fields)
    assert zlib.decompressobj(-15).decompress(member[header_length(member) :]) == RECORDS[0]
    (piece,) = gzip_pieces(source_of(member))
    assert (piece.data, piece.end, piece.fault) == (RECORDS[0], len(member), None)
    broken = member[:-8] + b"\0\1\2\3" + member[-4:]
    (piece,) = gzip_pieces(source_of(broken))
    assert (
        piece.data == RECORDS[0] and piece.fault and piece.fault.doubtful and "checksum" in piece.fault.detail
    )


@pytest.mark.parametrize(
    "head", [b"", b"\x1f\x8b\x08\xff" + bytes(20), b"\x1f\x8b\x08\x08" + b"x" * 20, b"PK\x03\x04" * 5]
)
def test_a_header_that_makes_no_sense_counts_as_the_usual_one(head: bytes) -> None:
    assert header_length(head) == 10


def test_a_chance_magic_inside_data_is_not_a_member() -> None:
    member = gzip.compress(RECORDS[0])
    data = b"\x1f\x8b\x08\x00 by chance \x1f\x8b\x08\x04\xff\xff" + member
    assert next_member(source_of(data), 0) == len(data) - len(member)


@given(size=st.integers(1, 700_000), level=st.sampled_from([1, 19]), check=st.booleans(), sized=st.booleans())
@settings(max_examples=12, deadline=None)
def test_the_parts_of_a_frame_are_the_frame(size: int, level: int, check: bool, sized: bool) -> None:
    data = (page(1) * (size // 1000 + 1))[:size]
    packed = zstandard.ZstdCompressor(level=level, write_checksum=check, write_content_size=sized).compress(
        data
    )
    parts = [bytes(p) for p in frame_parts(lambda at, want: memoryview(packed)[at : at + want], 0)]
    assert b"".join(parts) == packed
    engine = zstandard.ZstdDecompressor().decompressobj()
    assert b"".join(map(engine.decompress, parts)) == data


@pytest.mark.parametrize(
    ("data", "error"),
    [(b"\x28\xb5\x2f\xfd", CutFrameError), (b"\x28\xb5\x2f\xfd\x08" + bytes(9), BrokenFrameError)],
)
def test_a_frame_that_is_none_is_told(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        list(frame_parts(lambda at, want: memoryview(data)[at : at + want], 0))


def test_skippable_frames_are_passed_over_and_cut_ones_told() -> None:
    frame = zstandard.ZstdCompressor().compress(RECORDS[0])
    skip = b"\x53\x2a\x4d\x18" + struct.pack("<I", 5) + b"notes"
    pieces = list(zstd_pieces(source_of(frame + skip + frame)))
    assert [p.data for p in pieces] == [RECORDS[0]] * 2 and not any(p.fault for p in pieces)
    *_, last = zstd_pieces(source_of(frame + skip[:-2]))
    assert last.fault and last.fault.start == len(frame)


def test_a_dictionary_that_cannot_be_read_does_not_stop_the_file() -> None:
    frame = zstandard.ZstdCompressor().compress(RECORDS[0])
    front = b"\x5d\x2a\x4d\x18" + struct.pack("<I", 8) + b"\x28\xb5\x2f\xfdjunk"
    assert [p.data for p in zstd_pieces(source_of(front + frame))] == [RECORDS[0]]


DIGESTS = {
    "sha1:{}": lambda data: base64.b32encode(hashlib.sha1(data).digest()).decode(),
    "SHA-1:{}": lambda data: hashlib.sha1(data).hexdigest(),
    "sha256:{}": lambda data: hashlib.sha256(data).hexdigest().upper(),
    "sha-512:{}": lambda data: base64.b32encode(hashlib.sha512(data).digest()).decode().rstrip("="),
    "md5:{}": lambda data: hashlib.md5(data).hexdigest(),
}


@pytest.mark.parametrize("form", DIGESTS)
def test_digests_of_every_usual_form_are_checked(form: str) -> None:
    declared = form.format(DIGESTS[form](DATA)).encode()
    assert digest_matches(declared, DATA) is True
    assert digest_matches(declared, DATA + b"x") is False


@pytest.mark.parametrize(
    "declared",
    [b"", b"sha1", b"sha1:", b"blake9:abc", b"sha1:\xff\xfe", b"sha1:0189", b"sha1:" + b"\xff" * 32],
)
def test_a_digest_that_is_none_says_nothing(declared: bytes) -> None:
    assert digest_matches(declared, DATA) is None


def test_folded_and_repeated_header_lines() -> None:
    head = b"WARC/1.0\r\nA: one\r\n  two\r\nB:x\r\nb: y\r\nnameless\r\nC :  z \r\n\r\n"
    assert parse_fields(head) == {b"a": b"one two", b"b": b"x", b"c": b"z"}


def test_records_behind_one_that_is_too_large_come_out() -> None:
    large = record(response(b"<p>" + b"x" * 5_000_000), 7)
    read = plainly(RECORDS[0] + large + RECORDS[1])
    assert [(o.is_over, o.offset) for o in read if isinstance(o, Record)] == [
        (False, 0),
        (True, len(RECORDS[0])),
        (False, len(RECORDS[0] + large)),
    ]
    assert read[1].length == len(large)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_file_is_read_whole_or_as_lines_whatever_it_is_packed_in(pack, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(pack(DATA))
    assert read_bounded(path, LIMIT) == (DATA, None)
    with open_lines(path) as lines:
        assert list(lines) == DATA.splitlines(keepends=True)


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_cut_file_is_told_whole_and_as_lines(pack, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(pack(b"".join(good_records(300, 3)))[:-50])
    data, damage = read_bounded(path, LIMIT)
    assert damage and b"".join(good_records(300, 3)).startswith(data)
    with open_lines(path) as lines, pytest.raises(BrokenFileError):
        list(lines)


def test_losses_carry_their_place_and_reason() -> None:
    (lost,) = plainly(b"no record at all")
    assert lost == Lost("16 bytes that are not a record", 0, 16, Reason.DAMAGED)
    first, lost = plainly(RECORDS[0] + b"WARC/1.0\r\nWARC-Type: resp")
    assert isinstance(first, Record) and isinstance(lost, Lost)
    assert (lost.offset, lost.reason) == (len(RECORDS[0]), Reason.TRUNCATED)
