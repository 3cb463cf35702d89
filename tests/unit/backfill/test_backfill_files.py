"""Files to units to rows of tables: nothing read twice, nothing forgotten, and the same answer every time."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.backfill.batch import capture_id, captures_table
from tasks.backfill.folder import read_html, read_text
from tasks.backfill.plan import detect_kind, digest, find_files, plan_units
from tasks.backfill.read import host_of, read_unit
from tasks.contracts import CAPTURES, REJECTS
from tasks.errors import ConfigError, UnitError
from tasks.reasons import Reason
from tasks.units import Capture, Input, Refusal, Unit
from tests.unit.backfill.backfill_archives import page, record, response

SHAS = [f"{n:064x}" for n in range(40)]


def unit_of(*paths: Path, kind: str = "html", source: str | None = None) -> Unit:
    (unit,) = plan_units([(p, p.stat().st_size, digest(p)) for p in paths], kind, source)
    return unit


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.warc", "warc"), ("a.WARC.GZ", "warc"), ("a.warc.zst", "warc"), ("a.html", "html"), ("a.htm.gz", "html"), ("a.txt", "text"),
        ("a.jsonl.zst", "jsonl"), ("a.ndjson", "jsonl"), ("a.json.gz", "jsonl"), ("a.parquet", "parquet"),
    ],
)  # fmt: skip
def test_a_name_says_the_kind(name: str, kind: str) -> None:
    assert detect_kind(name) == kind


def test_without_a_name_the_first_bytes_say_the_kind(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"WARC/1.0\r\n")
    (tmp_path / "y").write_bytes(b"PAR1....")
    assert [detect_kind(tmp_path / n) for n in "xy"] == ["warc", "parquet"]
    (tmp_path / "z").write_bytes(b"????")
    with pytest.raises(ConfigError, match="--kind"):
        detect_kind(tmp_path / "z")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "b.html",
        "a.html",
        "deep/er/c.html",
        "deep/d.txt",
        "e.jsonl",
        ".hidden.html",
        ".git/f.html",
        "notes.md",
    ):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "tree"


def test_folders_are_searched_by_kind_and_sorted(tree: Path) -> None:
    found = find_files([str(tree)])
    assert {kind: [p.name for p in files] for kind, files in found.items()} == {
        "html": ["a.html", "b.html", "c.html"], "jsonl": ["e.jsonl"], "text": ["d.txt"],
    }  # fmt: skip
    assert list(find_files([str(tree)], "text")) == ["text"]


def test_a_file_found_twice_is_listed_once(tree: Path) -> None:
    (tree / "link.html").symlink_to(tree / "a.html")
    found = find_files([str(tree), str(tree / "*.html"), str(tree / "a.html")])
    assert len(found["html"]) == 3


def test_a_named_file_is_taken_as_the_named_kind(tree: Path) -> None:
    assert find_files([str(tree / "notes.md")], "text") == {"text": [tree / "notes.md"]}
    assert find_files([str(tree / ".hidden.html")])["html"] == [tree / ".hidden.html"]


@pytest.mark.parametrize("path", ["nowhere", "nowhere/*.html", "notes.md", "*.md", "empty"])
def test_paths_that_lead_nowhere_are_refused_with_a_remedy(path: str, tree: Path) -> None:
    (tree / "empty").mkdir()
    with pytest.raises(ConfigError, match=r"check the path|--kind"):
        find_files([str(tree / "a.html"), str(tree / path)])
    with pytest.raises(ConfigError, match="no path"):
        find_files([])
    with pytest.raises(ConfigError, match="unknown kind"):
        find_files([str(tree)], "pdf")


def test_a_unit_is_known_by_what_its_files_hold(tree: Path) -> None:
    before = unit_of(tree / "a.html", tree / "b.html")
    (tree / "a.html").rename(tree / "z.html")
    after = unit_of(tree / "z.html", tree / "b.html")
    assert before.unit_id == after.unit_id and before.inputs != after.inputs
    assert before.unit_id.startswith("html-") and len(before.unit_id) == len("html-") + 16
    assert unit_of(tree / "z.html", tree / "b.html", source="Post").unit_id != before.unit_id
    assert unit_of(tree / "z.html").unit_id != before.unit_id


@settings(max_examples=40)
@given(
    first=st.lists(st.sampled_from(SHAS), max_size=20),
    more=st.lists(st.sampled_from(SHAS), max_size=20),
    shard=st.integers(1, 7),
    kind=st.sampled_from(["html", "text", "warc", "parquet"]),
)
def test_adding_files_makes_only_new_units_and_nothing_is_read_twice(first, more, shard, kind) -> None:
    def plan(shas, known=()):
        files = [(Path(f"{n:03d}-{sha[-3:]}"), 1, sha) for n, sha in enumerate(shas)]
        return plan_units(files, kind, None, known, shard)

    old = plan(first)
    known = {i.sha256 for unit in old for i in unit.inputs}
    new = plan(first + more, known)
    read = [i.sha256 for unit in old + new for i in unit.inputs]
    assert sorted(read) == sorted(set(first + more))
    assert not {u.unit_id for u in old} & {u.unit_id for u in new}
    assert all(len(u.inputs) <= (shard if kind in ("html", "text") else 1) for u in old + new)
    assert plan(first) == old


def test_one_page_file_is_one_capture_without_invented_facts(tmp_path: Path) -> None:
    path = tmp_path / "a.html.gz"
    path.write_bytes(gzip.compress(page(1)))
    (one,) = read_html(path)
    assert (one.url, one.captured_at, one.status, one.charset) == (None, None, None, None)
    assert (one.payload, one.payload_kind, one.offset, one.length) == (
        page(1),
        "html",
        0,
        path.stat().st_size,
    )


def test_one_text_file_is_one_capture(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Fähre\n\nThe ferry is late.", "utf-8")
    (one,) = read_text(path)
    assert (one.payload_kind, one.payload, one.mime) == ("text", path.read_bytes(), "text/plain")


@pytest.mark.parametrize(
    ("data", "html", "text"),
    [
        (b"", Reason.EMPTY, Reason.EMPTY),
        (b" \n\t", Reason.EMPTY, Reason.EMPTY),
        (b"%PDF-1.5 and so on", Reason.NOT_HTML, Reason.UNDECODABLE),
        (bytes(range(256)), Reason.NOT_HTML, Reason.UNDECODABLE),
        (b"<p>" + b"x" * 2000, Reason.OVER_LIMIT, Reason.OVER_LIMIT),
        (gzip.compress(page(1), mtime=0)[:60], Reason.DAMAGED, Reason.DAMAGED),
    ],
)
def test_files_that_hold_no_page_or_text_say_why(
    data: bytes, html: Reason, text: Reason, tmp_path: Path
) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    assert [one.reason for one in (*read_html(path, 1000), *read_text(path, 1000))] == [html, text]


def test_a_cut_compressed_page_is_kept_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.html.gz"
    path.write_bytes(gzip.compress(page(1, 300))[:-4000])
    (one,) = read_html(path)
    assert isinstance(one, Capture) and one.truncated and "ends early" in (one.damage or "")
    assert page(1, 300).startswith(one.payload)


def test_a_unit_is_read_in_the_order_of_its_inputs_and_the_same_again(tree: Path) -> None:
    for name in ("a.html", "b.html"):
        (tree / name).write_bytes(page(ord(name[0])))
    unit = unit_of(tree / "b.html", tree / "a.html", source="Harbour Post")
    read = list(read_unit(unit))
    assert [one.payload for one in read] == [page(ord("a")), page(ord("b"))]
    assert {one.source for one in read} == {"Harbour Post"} and read == list(read_unit(unit))


def test_without_a_named_source_the_host_is_the_source(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(record(response(page(1)), 1))
    (one,) = read_unit(unit_of(path, kind="warc"))
    assert one.source == "example.org"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://WWW.News.Example:8080/a", "news.example"),
        ("http://[bad", None),
        (None, None),
        ("mailto:x", None),
        ("//a.example/", "a.example"),
    ],
)
def test_the_host_of_a_url(url: str | None, host: str | None) -> None:
    assert host_of(url) == host


def test_a_file_that_changed_or_went_since_the_plan_fails_the_unit(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(page(1))
    unit = unit_of(path)
    path.write_bytes(page(1) + b" ")
    with pytest.raises(UnitError, match="run the backfill again"):
        list(read_unit(unit))
    path.unlink()
    with pytest.raises(UnitError, match="gone"):
        list(read_unit(unit))


def test_what_is_read_is_kept_or_rejected_and_found_again_by_its_id(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    blocks = [response(page(n)) for n in range(5)] + [
        response(b""),
        response(page(9), status="HTTP/1.1 404 Not Found"),
    ]
    path.write_bytes(b"".join(gzip.compress(record(b, n)) for n, b in enumerate(blocks)) + b"garbage")
    unit = unit_of(path, kind="warc")
    captures, rejects, counts = captures_table(unit, read_unit(unit), "run-1")
    assert (captures.num_rows, rejects.num_rows) == (5, 3)
    assert counts == {
        "read": 8, "captures": 5, "rejected": 3, "truncated": 0, "damaged": 0,
        "rejected.empty": 1, "rejected.http_error": 1, "rejected.damaged": 1,
    }  # fmt: skip
    assert captures.schema == CAPTURES.schema and rejects.schema == REJECTS.schema
    ids = [capture_id(unit.unit_id, one) for one in read_unit(unit) if isinstance(one, Capture)]
    assert captures["capture_id"].to_pylist() == ids and len(set(ids)) == 5
    assert set(rejects["run_id"].to_pylist()) == {"run-1"} and set(rejects["stage"].to_pylist()) == {
        "capture"
    }


def table_of(unit: Unit) -> pa.Table:
    return captures_table(unit, read_unit(unit), "run")[0]


def test_a_renamed_file_gives_the_same_rows_but_for_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"".join(record(response(page(n)), n) for n in range(3)))
    before = table_of(unit_of(path, kind="warc"))
    path.rename(tmp_path / "b.warc")
    after = table_of(unit_of(tmp_path / "b.warc", kind="warc"))
    assert before.drop_columns(["file"]).equals(after.drop_columns(["file"]))


def test_a_unit_with_nothing_in_it_has_empty_tables() -> None:
    captures, rejects, counts = captures_table(Unit("html-0", "html", ()), [], "run")
    assert (captures.num_rows, rejects.num_rows, counts["read"]) == (0, 0, 0)


CAPTURED = st.builds(
    Capture, st.none() | st.text(max_size=9), st.none(), st.none() | st.integers(100, 599), st.none(), st.none(), st.binary(max_size=9),
    st.sampled_from(["html", "text"]), st.just("a"), st.integers(0, 5), st.integers(0, 5),
)  # fmt: skip
REFUSED = st.builds(Refusal, st.sampled_from(list(Reason)), st.text(max_size=9))


@settings(max_examples=30)
@given(read=st.lists(CAPTURED | REFUSED, max_size=20))
def test_counts_add_up_whatever_is_read(read: list[Capture | Refusal]) -> None:
    unit = Unit("html-0", "html", (Input("a", 1, "0"),))
    captures, rejects, counts = captures_table(unit, read, "run")
    assert counts["read"] == counts["captures"] + counts["rejected"] == captures.num_rows + rejects.num_rows
    assert rejects.num_rows == sum(isinstance(one, Refusal) for one in read)
    ids = captures["capture_id"].to_pylist()
    assert len(set(ids)) == len(ids) and all(0 <= i < 2**63 for i in ids)


def test_a_name_that_is_not_utf8_does_not_stop_the_table(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"a-\xff.html")
    path.write_bytes(page(1))
    unit = unit_of(path)
    captures, _, _ = captures_table(unit, read_unit(unit), "run")
    assert captures["file"].to_pylist()[0].endswith("a-\\udcff.html")


def test_what_is_no_file_is_not_opened(tree: Path) -> None:
    os.mkfifo(tree / "pipe.html")
    (tree / "dangling.html").symlink_to(tree / "nowhere")
    assert len(find_files([str(tree)])["html"]) == 3


def test_rows_are_packed_in_between_without_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = Unit("html-0", "html", ())
    read = [Capture(f"u{n}", None, None, None, None, b"x", "html", "a", n, 1) for n in range(25)]
    read += [Refusal(Reason.EMPTY, str(n)) for n in range(25)]
    once = captures_table(unit, read, "run")
    monkeypatch.setattr("tasks.backfill.batch.ROWS_HELD", 4)
    often = captures_table(unit, read, "run")
    assert all(a.equals(b) for a, b in zip(once[:2], often[:2], strict=True)) and once[2] == often[2]
