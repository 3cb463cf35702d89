"""Tables: every row is a capture or a refusal with its number, and a broken file gives what comes before the fault."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.backfill.rows import read_jsonl, read_parquet
from tasks.reasons import Reason
from tasks.units import Capture, Refusal

TEXT = "The ferry to the quarry is late. " * 5
LIMIT = 40_000
HTML = f"<!doctype html><html><body><p>{TEXT}</p></body></html>"
Read = Iterator[Capture | Refusal]


def from_jsonl(tmp_path: Path, rows: list[Any]) -> list[Capture | Refusal]:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return list(read_jsonl(path, limit=LIMIT))


def from_parquet(tmp_path: Path, rows: list[Any]) -> list[Capture | Refusal]:
    path = tmp_path / "rows.parquet"
    names = dict.fromkeys(name for row in rows for name in row)
    pq.write_table(pa.table({n: [row.get(n) for row in rows] for n in names}), path, row_group_size=3)
    return list(read_parquet(path, limit=LIMIT, batch=2))


@pytest.fixture(params=[from_jsonl, from_parquet])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[list[Any]], list[Capture | Refusal]]:
    return lambda rows: request.param(tmp_path, rows)


def test_a_text_row_gives_all_that_it_knows(read) -> None:
    row = {
        "url": "https://news.example/a", "title": " A ferry ", "text": TEXT, "date": "2024-02-03", "authors": ["Ada Muster", " "],
        "section": "Harbour", "language": "en", "source": "Harbour Post",
    }  # fmt: skip
    (one,) = read([row])
    assert (one.url, one.source, one.payload_kind, one.mime) == (
        row["url"],
        "Harbour Post",
        "text",
        "text/plain",
    )
    assert one.payload.decode() == TEXT and one.captured_at is None and one.status is None
    given = {
        "title": "A ferry",
        "published": "2024-02-03",
        "authors": ["Ada Muster"],
        "section": "Harbour",
        "language": "en",
    }
    assert one.given == given


def test_a_page_row_is_html_even_when_it_has_text_too(read) -> None:
    (one,) = read([{"url": "https://news.example/a", "html": HTML, "text": TEXT}])
    assert (one.payload_kind, one.charset, one.payload.decode()) == ("html", "utf-8", HTML)


def test_a_page_row_whose_html_is_blank_falls_back_to_its_text(read) -> None:
    (one,) = read([{"html": " ", "text": TEXT}])
    assert one.payload_kind == "text"


@pytest.mark.parametrize("name", ["date", "published", "published_at", "PUBLISHED", "date_publish"])
def test_the_date_is_found_under_its_usual_names(name: str, read) -> None:
    (one,) = read([{"text": TEXT, name: "3 February 2024"}])
    assert one.given["published"] == "3 February 2024"


@pytest.mark.parametrize(
    ("value", "given"),
    [
        (1706918400, "2024-02-03T00:00:00+00:00"),
        (1706918400000, "2024-02-03T00:00:00+00:00"),
        (20240203, "20240203"),
    ],
)
def test_numbers_that_can_be_unix_times_are_times(value: int, given: str, read) -> None:
    (one,) = read([{"text": TEXT, "date": value}])
    assert one.given["published"] == given


def test_typed_dates_become_their_iso_form(tmp_path: Path) -> None:
    rows = [{"text": TEXT, "published": datetime(2024, 2, 3, 4, 5, tzinfo=UTC)}]
    assert from_parquet(tmp_path, rows)[0].given == {"published": "2024-02-03T04:05:00+00:00"}
    rows = [{"text": TEXT, "published": date(2024, 2, 3)}]
    assert from_parquet(tmp_path, rows)[0].given == {"published": "2024-02-03"}


def test_the_time_of_the_crawl_is_kept_and_a_day_is_not_a_time(read) -> None:
    first, second = read(
        [
            {"text": TEXT, "captured_at": "2024-02-03T04:05:06+01:00"},
            {"text": TEXT, "captured_at": "2024-02-03"},
        ]
    )
    assert (first.captured_at, second.captured_at) == (datetime(2024, 2, 3, 3, 5, 6, tzinfo=UTC), None)


def test_bad_rows_are_refused_with_their_number_and_the_others_go_on(read) -> None:
    rows = [
        {"text": TEXT},
        {"title": "No body", "url": "https://news.example/b"},
        {"text": "  "},
        {"text": "\0\1\2" * 9},
        {"text": TEXT},
    ]
    got = read(rows)
    assert [getattr(one, "reason", None) for one in got] == [
        None,
        Reason.BAD_ROW,
        Reason.EMPTY,
        Reason.UNDECODABLE,
        None,
    ]
    assert got[1].url == "https://news.example/b"
    assert [one.offset - got[0].offset for one in got] == [0, 1, 2, 3, 4]


def test_a_picture_in_an_html_column_is_no_page(tmp_path: Path) -> None:
    (one,) = from_parquet(tmp_path, [{"html": b"\x89PNG\r\n\x1a\n" + bytes(99)}])
    assert one.reason is Reason.NOT_HTML


def test_a_body_of_the_wrong_type_is_a_bad_row(tmp_path: Path) -> None:
    (one,) = from_jsonl(tmp_path, [{"text": ["a", "list"]}])
    assert one.reason is Reason.BAD_ROW and "list" in one.detail


@pytest.mark.parametrize(
    "line", ["{broken", "[1, 2]", '"text"', "null", "[" * 5000, "NaN", '{"text": "a"} {"text": "b"}']
)
def test_a_line_that_is_no_object_is_refused_and_the_others_go_on(line: str, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps({"text": TEXT})
    path.write_text(f"{good}\n{line}\n\n{good}\n", "utf-8")
    got = list(read_jsonl(path))
    assert [getattr(one, "reason", None) for one in got] == [None, Reason.BAD_ROW, None]
    assert [one.offset for one in got] == [1, 2, 4]


def test_an_array_of_objects_over_many_lines_says_what_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('[\n{"text": "a"},\n]', "utf-8")
    assert "one object a line" in next(read_jsonl(path)).detail


def test_lines_with_a_byte_order_mark_or_without_an_end_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b"\xef\xbb\xbf" + json.dumps({"text": TEXT}).encode() + b"\r\n" + json.dumps({"text": TEXT}).encode()
    )
    assert [one.payload_kind for one in read_jsonl(path)] == ["text", "text"]


def test_characters_that_are_none_do_not_stop_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        '{"text": "a \\ud800 ' + TEXT + '", "title": "\\udfff", "url": "https://news.example/\\ud800"}\n',
        "utf-8",
    )
    (one,) = read_jsonl(path)
    assert "?" in one.payload.decode() and one.given["title"] == "?"


def test_a_line_without_end_is_refused_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps({"text": TEXT}).encode()
    path.write_bytes(good + b"\n" + b"x" * 3_000_000 + b"\n" + good)
    got = list(read_jsonl(path, limit=50_000))
    assert [getattr(one, "reason", None) for one in got] == [None, Reason.OVER_LIMIT, None]
    assert got[1].length == 3_000_001


def test_a_row_over_the_limit_is_refused(read) -> None:
    assert read([{"text": TEXT * 300}])[0].reason is Reason.OVER_LIMIT


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_compressed_lines_are_read_whatever_the_file_is_called(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(pack(b"".join(json.dumps({"text": TEXT, "n": n}).encode() + b"\n" for n in range(500))))
    assert len(list(read_jsonl(path))) == 500


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_a_cut_compressed_file_gives_its_start_and_says_where_it_broke(
    pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    import random

    noise = random.Random(3)
    rows = [{"text": TEXT + noise.randbytes(3000).hex()} for _ in range(300)]
    data = pack(b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    path = tmp_path / "a.jsonl"
    path.write_bytes(data[: len(data) * 2 // 3])
    *captures, last = read_jsonl(path)
    assert 50 < len(captures) < 300 and all(isinstance(one, Capture) for one in captures[:-1])
    assert isinstance(last, Refusal) and last.reason in (Reason.DAMAGED, Reason.BAD_ROW)


def test_a_file_that_is_no_parquet_is_one_refusal(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1" + b"x" * 100 + b"PAR1")
    (one,) = read_parquet(path)
    assert one.reason is Reason.DAMAGED and one.length == 108


def test_a_broken_row_group_is_one_refusal_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"text": TEXT + str(n) * 3000} for n in range(9)]
    pq.write_table(
        pa.Table.from_pylist(rows), path, row_group_size=3, compression="zstd", use_dictionary=False
    )
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    start, size = column.data_page_offset, column.total_compressed_size
    data[start + 20 : start + size] = bytes(size - 20)
    path.write_bytes(data)
    got = list(read_parquet(path))
    assert [one.offset for one in got if isinstance(one, Capture)] == [0, 1, 2, 6, 7, 8]
    (refused,) = (one for one in got if isinstance(one, Refusal))
    assert refused.reason is Reason.DAMAGED and refused.offset == 3 and "3 rows" in refused.detail


def test_a_table_without_known_columns_refuses_every_row(tmp_path: Path) -> None:
    got = from_parquet(tmp_path, [{"x": 1}, {"x": 2}])
    assert [one.reason for one in got] == [Reason.BAD_ROW] * 2


VALUES = (
    st.none()
    | st.text(max_size=30)
    | st.integers()
    | st.booleans()
    | st.lists(st.text(max_size=5), max_size=3)
)
NAMES = st.sampled_from(["url", "html", "text", "title", "date", "authors", "source", "captured_at", "other"])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(NAMES, VALUES, max_size=5), max_size=6))
def test_every_row_whatever_it_holds_is_a_capture_or_a_refusal(
    rows: list[dict[str, Any]], tmp_path: Path
) -> None:
    got = from_jsonl(tmp_path, rows)
    assert [one.offset for one in got] == [n + 1 for n in range(len(rows))]
    for one in got:
        assert isinstance(one, Refusal) or all(value for value in one.given.values())
