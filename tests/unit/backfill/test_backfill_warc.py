"""What each record of an undamaged archive becomes: a capture, a refusal with its reason, or nothing."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from tasks.backfill.warc import read_warc
from tasks.reasons import Reason
from tasks.units import Capture, Refusal
from tests.unit.backfill.backfill_archives import page, record, response

SHARED = Path(__file__).parents[4] / "shared" / "eval" / "endtoend"
PAGE = page(1)


def read_one(tmp_path: Path, data: bytes) -> Capture | Refusal:
    path = tmp_path / "one.warc"
    path.write_bytes(data)
    (one,) = read_warc(path)
    return one


def capture_of(tmp_path: Path, data: bytes) -> Capture:
    one = read_one(tmp_path, data)
    assert isinstance(one, Capture), one
    return one


def refusal_of(tmp_path: Path, data: bytes) -> Refusal:
    one = read_one(tmp_path, data)
    assert isinstance(one, Refusal), one
    return one


def test_a_page_comes_out_with_all_that_the_archive_knows(tmp_path: Path) -> None:
    data = record(response(PAGE), 61)
    one = capture_of(tmp_path, data)
    assert one.url == "https://www.example.org/page/61"
    assert one.captured_at == datetime(2023, 4, 5, 6, 1, 1, tzinfo=UTC)
    assert (one.status, one.mime, one.charset) == (200, "text/html", "utf-8")
    assert (one.payload, one.payload_kind, one.truncated, one.damage) == (PAGE, "html", False, None)
    assert (one.file, one.offset, one.length) == (str(tmp_path / "one.warc"), 0, len(data))


@pytest.mark.parametrize("container", ["plain", "gz", "zst"])
def test_a_locator_cuts_the_record_out_of_the_file(container: str, tmp_path: Path) -> None:
    from tests.unit.backfill.backfill_archives import PACK

    path = tmp_path / "many"
    path.write_bytes(b"".join(PACK[container](record(response(page(n)), n)) for n in range(7)))
    data = path.read_bytes()
    for one in read_warc(path):
        alone = tmp_path / "alone"
        alone.write_bytes(data[one.offset : one.offset + one.length])
        (again,) = read_warc(alone)
        assert (again.url, again.payload) == (one.url, one.payload)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("404 Not Found", "http_error"),
        ("500", "http_error"),
        ("301 Moved", "redirect"),
        ("304 Same", "revisit"),
        ("199 Odd", "http_error"),
    ],
)
def test_the_status_refuses_a_page(status: str, reason: str, tmp_path: Path) -> None:
    one = refusal_of(tmp_path, record(response(PAGE, "Location: /elsewhere", status=f"HTTP/1.1 {status}")))
    assert one.reason == reason and status[:3] in one.detail and one.url
    assert reason != "redirect" or "/elsewhere" in one.detail


@pytest.mark.parametrize("kind", ["request", "warcinfo", "metadata"])
def test_records_about_records_are_passed_over(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", 1, kind))
    assert list(read_warc(path)) == []


def test_a_revisit_says_what_it_is(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, record(b"HTTP/1.1 200 OK\r\n\r\n", 1, "revisit")).reason is Reason.REVISIT


def test_a_record_of_unknown_type_is_told(tmp_path: Path) -> None:
    one = refusal_of(tmp_path, record(response(PAGE), 1, "respxnse"))
    assert one.reason is Reason.DAMAGED and "respxnse" in one.detail


@pytest.mark.parametrize("body", [b"", b" \r\n\t ", gzip.compress(b"", mtime=0)])
def test_an_empty_body_is_refused_as_empty(body: bytes, tmp_path: Path) -> None:
    assert refusal_of(tmp_path, record(response(body, "Content-Encoding: gzip"))).reason is Reason.EMPTY


BINARY = {
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(range(256)) * 9,
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 9,
    "gzip": gzip.compress(PAGE),
    "zip": b"PK\x03\x04" + bytes(range(256)) * 9,
    "noise": bytes(range(256)) * 9,
    "video": b"\0\0\0\x18ftypmp42" + b"text " * 99,
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_bytes_labelled_as_html_are_no_page(name: str, tmp_path: Path) -> None:
    assert refusal_of(tmp_path, record(response(BINARY[name]))).reason is Reason.NOT_HTML


@pytest.mark.parametrize(
    "mime", ["application/json", "image/png", "text/css", "application/pdf", "application/rss+xml"]
)
def test_another_type_is_no_page_though_the_bytes_look_like_one(mime: str, tmp_path: Path) -> None:
    assert refusal_of(tmp_path, record(response(PAGE, mime=mime))).reason is Reason.NOT_HTML


@pytest.mark.parametrize("mime", ["", "text/plain", "application/octet-stream", "application/xml"])
def test_under_a_type_that_says_little_the_bytes_decide(mime: str, tmp_path: Path) -> None:
    assert capture_of(tmp_path, record(response(PAGE, mime=mime))).payload == PAGE
    text = b"A note without any markup. " * 9
    assert refusal_of(tmp_path, record(response(text, mime=mime))).reason is Reason.NOT_HTML


@pytest.mark.parametrize(
    "mime", ["text/html", "TEXT/HTML; charset=x", "application/xhtml+xml", "text/html, text/html"]
)
def test_html_types_are_known_however_written(mime: str, tmp_path: Path) -> None:
    assert capture_of(tmp_path, record(response(PAGE, mime=mime))).payload == PAGE


@pytest.mark.parametrize(
    "root", [b"<rss version='2.0'>", b"<feed xmlns='x'>", b"<urlset>", b"<sitemapindex>"]
)
def test_feeds_and_sitemaps_labelled_as_html_are_no_page(root: bytes, tmp_path: Path) -> None:
    data = b'<?xml version="1.0"?>\n<!-- made by hand -->' + root + b"<x>1</x>" * 20
    assert refusal_of(tmp_path, record(response(data))).reason is Reason.NOT_HTML


@pytest.mark.parametrize(
    "coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "windows-1251", "shift_jis"]
)
def test_pages_in_any_charset_are_pages(coding: str, tmp_path: Path) -> None:
    body = "<!DOCTYPE html><html><body><p>Гавань и мост</p></body></html>".encode(coding, "replace")
    assert capture_of(tmp_path, record(response(body))).payload == body


def test_chunked_and_compressed_bodies_are_decoded(tmp_path: Path) -> None:
    packed = gzip.compress(PAGE)
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed)
    head = ("Transfer-Encoding: chunked", "Content-Encoding: gzip")
    one = capture_of(tmp_path, record(response(body, *head, length=False)))
    assert (one.payload, one.damage) == (PAGE, None)


def test_bodies_stored_decoded_under_old_headers_are_whole(tmp_path: Path) -> None:
    head = ("Transfer-Encoding: chunked", "Content-Encoding: gzip", "Content-Length: 777")
    one = capture_of(tmp_path, record(response(PAGE, *head, length=False)))
    assert (one.payload, one.damage, one.truncated) == (PAGE, None, False)


def test_a_body_shorter_than_http_declares_is_marked_as_cut(tmp_path: Path) -> None:
    one = capture_of(tmp_path, record(response(PAGE, f"Content-Length: {len(PAGE) + 9}", length=False)))
    assert one.truncated and str(len(PAGE) + 9) in (one.damage or "")


def test_a_body_that_the_crawler_cut_is_marked_as_cut(tmp_path: Path) -> None:
    one = capture_of(tmp_path, record(response(PAGE), 1, "response", "WARC-Truncated: length"))
    assert one.truncated and "length" in (one.damage or "")


def test_too_little_of_a_cut_body_is_a_refusal(tmp_path: Path) -> None:
    one = refusal_of(tmp_path, record(response(b"<html><p>Short</p>"), 1, "response", "WARC-Truncated: time"))
    assert one.reason is Reason.TRUNCATED and "time" in one.detail


@pytest.mark.parametrize("line", ["HTTP/1.1 2OO OK", "HTTQ/1.1 200 OK", "\x00\x01\x02", "200", "OK", ""])
def test_a_bad_status_line_is_told_and_the_page_kept(line: str, tmp_path: Path) -> None:
    one = capture_of(tmp_path, record(response(PAGE, status=line)))
    assert one.payload == PAGE and "status line" in (one.damage or "") and one.status in (None, 200)


def test_an_error_under_a_bad_status_line_is_still_an_error(tmp_path: Path) -> None:
    assert refusal_of(tmp_path, record(response(PAGE, status="HTTP/x 404 Gone"))).reason is Reason.HTTP_ERROR


def test_fields_without_a_status_line_are_read(tmp_path: Path) -> None:
    one = capture_of(tmp_path, record(b"Content-Type: text/html; charset=koi8-r\r\nX: y\r\n\r\n" + PAGE))
    assert (one.payload, one.charset, one.status) == (PAGE, "koi8-r", None)


def test_a_page_without_any_http_head_is_kept_and_told(tmp_path: Path) -> None:
    one = capture_of(tmp_path, record(PAGE))
    assert one.payload == PAGE and one.damage == "no HTTP head"


def test_line_feeds_alone_end_lines_too(tmp_path: Path) -> None:
    block = b"HTTP/1.0 200 OK\nContent-Type: text/html\n\n" + PAGE
    head, _, rest = record(block).partition(b"\r\n\r\n")
    data = head.replace(b"\r\n", b"\n") + b"\n\n" + rest[:-4] + b"\n\n"
    assert capture_of(tmp_path, data).payload == PAGE


def test_a_resource_record_is_its_own_body(tmp_path: Path) -> None:
    one = capture_of(tmp_path, record(PAGE, 1, "resource", mime="text/html"))
    assert (one.payload, one.status, one.mime, one.damage) == (PAGE, None, "text/html", None)


def test_a_conversion_to_text_is_a_text(tmp_path: Path) -> None:
    one = capture_of(tmp_path, record(b"The ferry is late.\n" * 40, 1, "conversion", mime="text/plain"))
    assert one.payload_kind == "text"


def test_an_answer_of_a_name_server_is_no_page(tmp_path: Path) -> None:
    assert (
        refusal_of(tmp_path, record(b"20230405\nexample.org. A 192.0.2.1\n", 1, mime="text/dns")).reason
        is Reason.NOT_HTML
    )


def test_an_archive_inside_an_archive_is_left_whole(tmp_path: Path) -> None:
    inner = record(response(PAGE), 1) * 3
    path = tmp_path / "a.warc"
    path.write_bytes(record(response(inner, mime="application/warc"), 7) + record(response(PAGE), 8))
    read = list(read_warc(path))
    assert [type(r) for r in read] == [Refusal, Capture] and read[0].reason is Reason.NOT_HTML
    path.write_bytes(
        record(response(inner, mime="application/warc", length=False), 7) + record(response(PAGE), 8)
    )
    assert [r.url for r in read_warc(path)] == [
        "https://www.example.org/page/7",
        "https://www.example.org/page/8",
    ]


def test_angle_brackets_around_an_address_are_no_part_of_it(tmp_path: Path) -> None:
    data = record(response(PAGE)).replace(
        b"https://www.example.org/page/0", b"<https://www.example.org/page/0>"
    )
    assert capture_of(tmp_path, data).url == "https://www.example.org/page/0"


@pytest.mark.parametrize("missing", [b"WARC-Target-URI", b"WARC-Date"])
def test_a_header_without_address_or_date_is_told_and_nothing_invented(
    missing: bytes, tmp_path: Path
) -> None:
    data = b"\r\n".join(
        line for line in record(response(PAGE)).split(b"\r\n") if not line.startswith(missing)
    )
    one = capture_of(tmp_path, data)
    assert one.damage and (one.url if b"URI" in missing else one.captured_at) is None


@pytest.mark.parametrize(
    "date", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "yesterday", "2023-02-30T00:00:00Z"]
)
def test_a_date_that_is_none_is_left_out(date: str, tmp_path: Path) -> None:
    data = record(response(PAGE)).replace(b"2023-04-05T06:00:00Z", date.encode())
    assert capture_of(tmp_path, data).captured_at is None


def test_a_zstandard_archive_with_a_dictionary_is_read(tmp_path: Path) -> None:
    records = [record(response(page(n)), n) for n in range(60)]
    dictionary = zstandard.train_dictionary(20_000, records)
    packer = zstandard.ZstdCompressor(dict_data=dictionary)
    for kept in (dictionary.as_bytes(), zstandard.ZstdCompressor().compress(dictionary.as_bytes())):
        path = tmp_path / "a.warc.zst"
        front = b"\x5d\x2a\x4d\x18" + len(kept).to_bytes(4, "little") + kept
        path.write_bytes(front + b"".join(map(packer.compress, records)))
        assert [r.payload for r in read_warc(path)] == [page(n) for n in range(60)]


def test_a_file_that_is_not_there_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        list(read_warc(tmp_path / "nowhere.warc.gz"))
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    assert list(read_warc(tmp_path / "empty.warc.gz")) == []


@pytest.mark.slow
def test_memory_does_not_grow_with_one_large_member(tmp_path: Path) -> None:
    import tracemalloc

    data = b"".join(record(response(page(n, 400)), n) for n in range(60))
    peaks = []
    for times in (3, 12):
        path = tmp_path / f"{times}.warc.gz"
        path.write_bytes(gzip.compress(data * times, 1))
        tracemalloc.start()
        assert sum(1 for _ in read_warc(path)) == 60 * times
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2 < 12_000_000


@pytest.mark.skipif(not SHARED.exists(), reason="the shared evaluation data is not beside the repository")
@pytest.mark.slow
def test_labelled_archives_give_every_page_and_refuse_the_rest() -> None:
    gold = [json.loads(line) for line in (SHARED / "gold.jsonl").read_text("utf-8").splitlines()]
    kinds = {(r["file"], r["url"]): r["kind"] for r in gold}
    refused = {"http_error", "binary", "empty", "bad_encoding"}
    read = [one for path in sorted((SHARED / "warc").iterdir()) for one in read_warc(path)]
    assert len(read) == len(gold)
    for one in read:
        kind = kinds[Path(one.file or "").name, one.url or ""]
        assert isinstance(one, Refusal) == (kind in refused), (kind, one.url)
