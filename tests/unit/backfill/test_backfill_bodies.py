"""Bodies: every coding undone, with a cap, by what the bytes say rather than the header."""

from __future__ import annotations

import gzip
import random
import time
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.backfill.coding import OverLimitError, decode_body, remove_chunks
from tasks.backfill.sniff import is_html, looks_like_html
from tests.unit.backfill.backfill_archives import page

PAGE = page(1)


def chunked(data: bytes, size: int = 700, extension: bytes = b"") -> bytes:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x%b\r\n%b\r\n" % (len(p), extension, p) for p in parts) + b"0\r\n\r\n"


def bare_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


CODE = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
}
CHECKED = ("gzip", "deflate", "zstd")


@pytest.mark.parametrize("coding", CODE)
def test_every_coding_is_undone(coding: str) -> None:
    body = decode_body(CODE[coding](PAGE), (coding,), False)
    assert (body.data, body.damage, body.is_cut, body.is_stored_decoded) == (PAGE, None, False, False)


def test_deflate_without_the_zlib_wrapper_is_undone() -> None:
    assert decode_body(bare_deflate(PAGE), ("deflate",), False).data == PAGE


@pytest.mark.parametrize("coding", CODE)
def test_a_body_stored_decoded_under_headers_that_say_otherwise_is_left_alone(coding: str) -> None:
    body = decode_body(PAGE, (coding,), True)
    assert (body.data, body.damage, body.is_cut, body.is_stored_decoded) == (PAGE, None, False, True)


def test_codings_on_top_of_each_other_are_undone_in_reverse_order() -> None:
    data = chunked(brotli.compress(gzip.compress(PAGE)))
    assert decode_body(data, ("gzip", "br"), True).data == PAGE


@settings(max_examples=40)
@given(data=st.binary(min_size=1, max_size=3000), size=st.integers(1, 500))
def test_chunks_are_undone_whatever_they_hold(data: bytes, size: int) -> None:
    assert remove_chunks(chunked(data, size)).data == data
    assert remove_chunks(chunked(data, size, b";name=value")).data == data


@settings(max_examples=30)
@given(cut=st.integers(1, len(PAGE) - 1))
def test_cut_chunks_give_what_is_there_and_say_so(cut: int) -> None:
    data = chunked(PAGE)
    body = remove_chunks(data[: -cut - 7])
    assert PAGE.startswith(body.data) or body.is_stored_decoded
    assert body.is_cut or not body.data or body.is_stored_decoded


@settings(max_examples=30)
@given(coding=st.sampled_from(sorted(CODE)), share=st.floats(0.3, 0.95))
def test_a_cut_body_gives_its_start_and_says_so(coding: str, share: float) -> None:
    data = CODE[coding](PAGE)
    body = decode_body(data[: int(len(data) * share)], (coding,), False)
    assert PAGE.startswith(body.data) and body.is_cut and body.damage


@settings(max_examples=60)
@given(coding=st.sampled_from(CHECKED), at=st.floats(0.05, 0.99), seed=st.integers(0, 99))
def test_a_body_with_wrong_bytes_never_passes_as_whole(coding: str, at: float, seed: int) -> None:
    data = bytearray(CODE[coding](PAGE))
    place = min(int(at * len(data)), len(data) - 5)
    data[place : place + 4] = random.Random(seed).randbytes(4)
    body = decode_body(bytes(data), (coding,), False)
    assert body.damage or body.data == PAGE


@pytest.mark.parametrize("coding", CODE)
def test_a_bomb_costs_no_more_than_the_cap(coding: str) -> None:
    bomb = brotli.compress(bytes(9_000_000), quality=1) if coding == "br" else CODE[coding](bytes(9_000_000))
    with pytest.raises(OverLimitError):
        decode_body(bomb, (coding,), False, 1_000_000)


def test_codings_without_end_are_refused() -> None:
    with pytest.raises(OverLimitError):
        decode_body(PAGE, ("gzip",) * 9, False)


def test_a_page_over_the_limit_is_refused_though_it_is_not_coded() -> None:
    with pytest.raises(OverLimitError):
        decode_body(PAGE, (), False, len(PAGE) - 1)


def test_an_unknown_coding_is_told_only_where_it_shows() -> None:
    assert decode_body(PAGE, ("pack200",), False).damage is None
    assert "compress" in (decode_body(random.Random(1).randbytes(500), ("compress",), False).damage or "")


def test_text_that_begins_like_a_chunk_size_is_not_a_chunk() -> None:
    text = b"1234\r\nis the number of ferries counted.\r\n" * 200
    assert remove_chunks(text).data == text


def test_what_follows_a_gzip_body_is_ignored_as_browsers_do() -> None:
    assert decode_body(gzip.compress(PAGE) + b"\0" * 9, ("gzip",), False).data == PAGE
    halves = gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:])
    assert decode_body(halves, ("gzip",), False).data == PAGE


def test_an_empty_body_under_a_coding_is_empty() -> None:
    for coding in CODE:
        assert decode_body(b"", (coding,), True).data == b""


def test_more_chunks_than_any_server_sends_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.backfill.coding._MOST_CHUNKS", 100)
    assert remove_chunks(b"1\r\nx\r\n" * 100).data == b"x" * 100
    with pytest.raises(OverLimitError):
        remove_chunks(b"1\r\nx\r\n" * 101)


@pytest.mark.parametrize("part", [b"<!---->", b"<!-- -->\n ", b"<?xml?>", b" \n", b"<!--", b"<?xml "])
def test_looking_at_a_page_takes_no_longer_for_hostile_bytes(part: bytes) -> None:
    start = time.process_time()
    is_html("text/html", part * 500)
    assert not looks_like_html(part * 500)
    assert time.process_time() - start < 0.1


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 98_273, 1_048_577, 5_000_000])
@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_long_body_is_not_taken_for_a_cut_one(coding: str, size: int) -> None:
    page = b"<html>" + b"A" * size
    body = decode_body(CODE[coding](page), (coding,), False)
    assert (body.data, body.damage, body.is_cut) == (page, None, False)
