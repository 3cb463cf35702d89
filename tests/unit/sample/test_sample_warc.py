"""The sample's archives: valid WARC 1.1 whose digests hold, and the same records whenever they are made."""

from __future__ import annotations

import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
sys.path.insert(0, str(SAMPLE))

import make_sample
import sample_scraped
import sample_warc
import sample_writing

MEMBER = sample_warc.pack(b"")[:10]
MOMENT = datetime(2025, 10, 20, 7, 30, tzinfo=UTC)


def members(data: bytes) -> Iterator[bytes]:
    """The gzip members of *data*, inflated; a damaged one and a cut one are given as empty bytes."""
    while data:
        inflater = zlib.decompressobj(31)
        try:
            record = inflater.decompress(data)
            following = inflater.unused_data
        except zlib.error:
            record, at = b"", data.find(MEMBER, 1)
            following = data[at:] if at > 0 else b""
        yield record if inflater.eof else b""
        data = following


def split(record: bytes) -> tuple[dict[str, str], bytes]:
    """WARC headers and block of one record."""
    head, _, rest = record.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "WARC/1.1"
    headers = dict(line.split(": ", 1) for line in lines[1:])
    block = rest[: int(headers["Content-Length"])]
    assert rest[len(block) :] == b"\r\n\r\n"
    return headers, block


def archives() -> list[Path]:
    """The committed archives."""
    return sorted((SAMPLE / "warc").glob("*.warc.gz"))


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="reads the damage with zlib, whose answer differs on Python 3.13"
)
@pytest.mark.parametrize("path", archives(), ids=lambda p: p.name)
def test_every_readable_record_has_digests_that_hold(path: Path) -> None:
    records = [split(record) for record in members(path.read_bytes()) if record]
    assert records[0][0]["WARC-Type"] == "warcinfo"
    assert len(records) > 10
    assert len({headers["WARC-Record-ID"] for headers, _ in records}) == len(records)
    for headers, block in records:
        assert headers["WARC-Block-Digest"] == sample_warc.digest(block)
        if headers["WARC-Type"] == "response" and b"chunked" not in block[:300]:
            assert headers["WARC-Payload-Digest"] == sample_warc.digest(block.partition(b"\r\n\r\n")[2])


@pytest.mark.slow
@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="reads the damage with zlib, whose answer differs on Python 3.13"
)
def test_making_the_sample_again_gives_the_same_records(tmp_path: Path) -> None:
    make_sample.write_sample(tmp_path)
    for path in archives():
        again = (tmp_path / "warc" / path.name).read_bytes()
        assert list(members(again)) == list(members(path.read_bytes()))
    for name in (
        "truth.json",
        "sources.toml",
        *(str(p.relative_to(SAMPLE)) for p in (SAMPLE / "scraped").rglob("*.txt")),
    ):
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()


def test_the_truth_names_every_capture_of_every_readable_record() -> None:
    pages = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))["pages"]
    known = {(page["file"], page["url"]) for page in pages}
    for path in archives():
        for record in members(path.read_bytes()):
            headers, _ = split(record) if record else ({"WARC-Type": ""}, b"")
            if headers["WARC-Type"] in ("response", "revisit"):
                assert (f"warc/{path.name}", headers["WARC-Target-URI"]) in known


@pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="reads the damage with zlib, whose answer differs on Python 3.13"
)
def test_one_record_is_damaged_in_the_middle_and_one_is_cut_off_at_the_end() -> None:
    unreadable = []
    for path in archives():
        records = list(members(path.read_bytes()))
        unreadable += [index / (len(records) - 1) for index, record in enumerate(records) if not record]
    middle, end = sorted(unreadable)
    assert 0 < middle < 0.9
    assert end == 1


@given(st.binary(max_size=20_000), st.sampled_from(["", "gzip", "chunked"]))
def test_a_body_survives_its_coding(body: bytes, coding: str) -> None:
    page = sample_warc.Page("https://a.example/x", MOMENT, body, coding=coding)
    (record,) = members(sample_warc.build_response(page))
    _, block = split(record)
    payload = block.partition(b"\r\n\r\n")[2]
    if coding == "gzip":
        payload = gzip.decompress(payload)
    if coding == "chunked":
        whole = b""
        while payload:
            size, _, payload = payload.partition(b"\r\n")
            whole, payload = whole + payload[: int(size, 16)], payload[int(size, 16) + 2 :]
        payload = whole
    assert payload == body


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_a_slug_is_plain_ascii(title: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]*", sample_writing.slug(title))


def test_the_same_key_gives_the_same_choices() -> None:
    assert sample_writing.dice("a", 1).random() == sample_writing.dice("a", 1).random()
    assert sample_writing.dice("a", 1).random() != sample_writing.dice("a", 2).random()


def test_revising_an_article_refuses_words_that_are_not_in_it() -> None:
    report = sample_writing.Report(MOMENT.date(), "flood", "H", "", ("A", "B"), ("One two.",))
    article = sample_writing.Article("H", report, "A", report.paragraphs, MOMENT, "original")
    with pytest.raises(ValueError, match="is not in"):
        sample_writing.revise(article, "More.", "three", "four")
    assert sample_writing.revise(article, "More.", "two", "three").paragraphs == ("One three.", "More.")


def test_a_scraped_file_repeats_the_headline_and_holds_every_paragraph() -> None:
    report = sample_writing.Report(
        MOMENT.date(), "flood", "C", "scraped", ("A river rises",), ("First line.", "Second line.")
    )
    article = sample_writing.Article("C", report, "A river rises", report.paragraphs, MOMENT, "original")
    text = sample_scraped.render_scraped(article, [article])
    assert text.count("A river rises\n") >= 3
    assert "\nFirst line.\n" in text
    assert "\nSecond line.\n" in text
    assert "20 October, 2025, 07:30 am" in text
