"""Lists of captures: every form of line, ranges that bring each record byte for byte, shards that survive everything."""

import gzip
import json
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.backfill.cdx import BadLineError, CdxRecord, parse_line, runs_of
from tasks.backfill.cdx_plan import plan_cdx
from tasks.backfill.days import span_between
from tasks.backfill.fetched import FETCH, fetch_id, fetched_unit
from tasks.backfill.patience import Patience
from tasks.backfill.read import read_unit
from tasks.backfill.remote import open_reader
from tasks.backfill.shards import SHARD, Shard, fetch_shard_file, make_shards
from tasks.backfill.works import from_plain, to_plain
from tasks.config import BackfillSettings, Settings
from tasks.errors import ConfigError, UnitError
from tasks.receipts import Receipt, save_receipt
from tasks.store import Lake
from tasks.units import Capture, Refusal
from tests.unit.backfill.archive_server import Archive, answers, breaks_off, serving
from tests.unit.backfill.backfill_archives import page, record, response

FILE = "crawl-data/CC-MAIN-2019-13/segments/1/warc/a.warc.gz"
QUICK = Settings(backfill=BackfillSettings(tries=2))
FIELDS = {
    "url": "https://h.example/a",
    "mime": "text/html",
    "status": "200",
    "digest": "D",
    "length": "90",
    "offset": "7",
    "filename": FILE,
}
WANTED = CdxRecord("https://h.example/a", "20190331235959", 200, "text/html", "D", FILE, 7, 90)


@pytest.mark.parametrize(
    "line",
    [
        "example,h)/a 20190331235959 " + json.dumps(FIELDS),
        json.dumps({"urlkey": "example,h)/a", "timestamp": "20190331235959", **FIELDS}),
        f"example,h)/a 20190331235959 https://h.example/a text/html 200 D - - 90 7 {FILE}",
        "  example,h)/a 20190331235959 " + json.dumps(FIELDS) + "\r\n",
    ],
)
def test_every_form_that_names_an_archive_says_the_same(line):
    assert parse_line(line) == WANTED
    assert WANTED.is_page


@pytest.mark.parametrize(
    "line",
    [
        "example,h)/a 20190331235959 https://h.example/a text/html 200 D 90",
        '["example,h)/a","20190331235959","https://h.example/a","text/html","200","D","90"],',
        '["example,h)/a","20190331235959","https://h.example/a","text/html","200","D","90"]]',
        '{"urlkey": "example,h)/a", "timestamp": "20190331235959", "original": "https://h.example/a", "mimetype": "text/html", "statuscode": "200", "digest": "D", "length": "90"}',
    ],
)
def test_every_form_of_the_wayback_machine_says_the_same(line):
    assert parse_line(line) == CdxRecord(
        "https://h.example/a", "20190331235959", 200, "text/html", "D", None, None, 90
    )


@pytest.mark.parametrize(
    "line", ["", "  ", "[", "]", " CDX N b a m s k r M S V g", "# x", '[["urlkey","timestamp","original"],']
)
def test_headers_and_blank_lines_name_nothing(line):
    assert parse_line(line) is None


@pytest.mark.parametrize(
    "change",
    [
        {"url": "file:///etc/passwd"}, {"url": "https://h/\r\nX: y"}, {"url": ""}, {"offset": "-1"}, {"length": "0"}, {"length": "x"},
        {"filename": "../secret"}, {"filename": "/etc/passwd"}, {"filename": "http://169.254.169.254/x"}, {"filename": "a/../../b"},
        {"filename": "a?b"}, {"filename": "a\\b"}, {"offset": "9" * 30},
    ],
)  # fmt: skip
def test_what_leads_astray_is_refused(change):
    with pytest.raises(BadLineError):
        parse_line("k 20190331235959 " + json.dumps(FIELDS | change))


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_line_is_a_capture_or_nothing_or_refused(line):
    try:
        found = parse_line(line)
    except BadLineError:
        return
    assert found is None or found.at


@pytest.mark.parametrize("stamp", ["20190230000000", "2019", "20190101250000", "x" * 14, "00000101000000"])
def test_a_time_that_is_none_is_refused(stamp):
    with pytest.raises(BadLineError):
        parse_line(f"k {stamp} " + json.dumps(FIELDS))


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 500)), min_size=1, max_size=40),
    st.integers(0, 300),
)
@settings(max_examples=100)
def test_every_record_is_in_one_range_and_ranges_stay_small(places, gap):
    records = [CdxRecord("u", "2", 200, "", "", "f", offset, length) for offset, length in places]
    runs = runs_of(records, gap, 2000)
    assert sorted(one.offset for run in runs for one in run) == sorted(offset for offset, _ in places)
    for run in runs:
        end = max(one.offset + one.length for one in run)
        assert end - run[0].offset <= 2000 or len(run) == 1
        for one, after in pairwise(run):
            assert 0 <= after.offset - (one.offset + one.length) <= gap


def archive_of(count: int, gap: int = 0) -> tuple[bytes, list[CdxRecord]]:
    """An archive of *count* pages, one member each, with *gap* bytes of other members between, and its list."""
    data, records = bytearray(), []
    for n in range(count):
        url = f"https://www.example.org/page/{n}"
        member = gzip.compress(record(response(page(n)), n), mtime=0)
        records.append(
            CdxRecord(url, f"201903{n % 28 + 1:02}120000", 200, "text/html", "", FILE, len(data), len(member))
        )
        data += member
        if gap:
            data += gzip.compress(b"-" * gap, mtime=0, compresslevel=0)
    return bytes(data), records


def line_of(one: CdxRecord) -> str:
    fields = {
        "url": one.url,
        "mime": one.mime,
        "status": str(one.status),
        "length": str(one.length),
        "offset": str(one.offset),
        "filename": one.filename,
    }
    return f"key {one.stamp} {json.dumps(fields)}"


def fetch(shard: Shard, root):
    reader = open_reader(shard.base, QUICK)
    try:
        return fetch_shard_file(reader, shard, root, Patience(2, 0.0), 0.0, lambda _: None)
    finally:
        reader.close()


def commit(lake: Lake, shard: Shard) -> list[Capture | Refusal]:
    """What the task does, without Prefect; returns what the unit holds."""
    done = fetch(shard, lake.root)
    meta = {"name": shard.path, "path": shard.path, "url": shard.base, "size": done.size, "sha256": done.sha256, "etag": "",
            "source": shard.source, "collection": shard.collection, "days": {}, "records": [one.key for one in shard.records]}  # fmt: skip
    receipt = save_receipt(lake.root, Receipt(FETCH, fetch_id(shard), "k", 0, 0, 0, (), meta=meta))
    return list(read_unit(fetched_unit(lake, receipt)))


@pytest.mark.parametrize("gap", [0, 200, 100_000])
def test_records_come_byte_for_byte_and_say_where_they_are_kept(tmp_path, gap):
    data, records = archive_of(12, gap)
    with serving(Archive({"/" + FILE: data})) as archive:
        chosen = [one for n, one in enumerate(records) if n % 3]
        shard = make_shards(chosen, lambda _: archive.url, "oldest", None)
        read = [one for part in shard for one in commit(Lake(tmp_path), part)]
        whole = shard[0]
    assert sorted(one.url for one in read) == sorted(one.url for one in chosen)
    assert all(
        isinstance(one, Capture) and one.damage is None and one.file.startswith("raw/cdx/2019-03-")
        for one in read
    )
    kept = (tmp_path / whole.path).read_bytes()
    assert kept == b"".join(data[one.offset : one.offset + one.length] for one in whole.records)


def test_neighbours_are_read_with_one_request(tmp_path):
    data, records = archive_of(20)
    same = [
        CdxRecord(one.url, "20190301000000", 200, "text/html", "", FILE, one.offset, one.length)
        for one in records
    ]
    with serving(Archive({"/" + FILE: data})) as archive:
        [shard] = make_shards(same, lambda _: archive.url, "oldest", None)
        fetch(shard, tmp_path)
        assert [asked for asked in archive.asked if asked[0] == "GET"] == [
            ("GET", "/" + FILE, f"bytes=0-{len(data) - 1}")
        ]


def test_a_shard_goes_on_where_a_killed_run_left_it(tmp_path):
    data, records = archive_of(6, 100_000)
    same = [
        CdxRecord(one.url, "20190301000000", 200, "text/html", "", FILE, one.offset, one.length)
        for one in records
    ]
    with serving(Archive({"/" + FILE: data})) as archive:
        [shard] = make_shards(same, lambda _: archive.url, "oldest", None)
        archive.faults["/" + FILE] = [lambda *_: False] * 3 + [answers(500)] * 9
        with pytest.raises(UnitError, match="status 500"):
            fetch(shard, tmp_path)
        part = (tmp_path / shard.path).with_name(f"{shard.name}.warc.gz.part")
        with open(part, "ab") as file:
            file.write(b"half a record")
        archive.faults.clear()
        archive.asked.clear()
        done = fetch(shard, tmp_path)
        assert len(archive.asked) == 3
    assert done.path.read_bytes() == b"".join(
        data[one.offset : one.offset + one.length] for one in shard.records
    )
    assert [path.name for path in done.path.parent.iterdir()] == [done.path.name]


def test_a_range_that_ends_early_is_asked_for_again(tmp_path):
    data, records = archive_of(1)
    with serving(Archive({"/" + FILE: data})) as archive:
        [shard] = make_shards(records, lambda _: archive.url, "oldest", None)
        archive.faults["/" + FILE] = [breaks_off(10)]
        assert fetch(shard, tmp_path).path.read_bytes() == data


def test_an_archive_elsewhere_is_never_read_whole(tmp_path):
    data, records = archive_of(3)
    with serving(Archive({"/" + FILE: data}, ranges=False)) as archive:
        [shard] = make_shards(records[1:2], lambda _: archive.url, "oldest", None)
        with pytest.raises(UnitError, match="does not answer ranges"):
            fetch(shard, tmp_path)


def test_captures_of_the_wayback_machine_are_written_as_records(tmp_path):
    records = [
        CdxRecord(f"https://h.example/{n}?a=1&b=ü", "20190301000000", 200, "text/html") for n in range(3)
    ]
    paths = [f"/web/20190301000000id_/https://h.example/{n}" for n in range(3)]
    with serving(Archive({paths[0]: page(1), paths[1]: gzip.compress(page(2))})) as archive:
        archive.files["/web/20190302000000id_/https://h.example/0"] = page(1)
        archive.faults = {
            paths[0]: [answers(302, Location="/web/20190302000000id_/https://h.example/0")],
            paths[1]: [
                lambda handler, data: (
                    handler.reply(
                        200, data, {"x-archive-orig-content-encoding": "gzip", "Content-Type": "text/html"}
                    )
                    or True
                )
            ],
        }
        [shard] = make_shards(records, lambda _: archive.url + "web/", "oldest", "Harbour Times")
        read = commit(Lake(tmp_path), shard)
        first = (tmp_path / shard.path).read_bytes()
        archive.faults = {paths[0]: [answers(302, Location="/web/20190302000000id_/https://h.example/0")],
                          paths[1]: [lambda handler, data: handler.reply(200, data, {"content-encoding": "gzip", "content-type": "text/html", "date": "x"}) or True]}  # fmt: skip
        assert fetch(shard, tmp_path / "again").path.read_bytes() == first
    pages = [one for one in read if isinstance(one, Capture)]
    assert [one.url for one in pages] == [one.url for one in records[:2]]
    assert [one.captured_at.date() for one in pages] == [date(2019, 3, 2), date(2019, 3, 1)]
    assert [one.payload for one in pages] == [page(1), page(2)]
    assert {one.source for one in pages} == {"Harbour Times"}
    [gone] = [one for one in read if isinstance(one, Refusal)]
    assert (gone.reason.value, gone.detail, gone.url) == ("http_error", "status 404", records[2].url)


def test_a_plan_takes_the_pages_of_its_days_and_says_what_it_passed_over(tmp_path):
    data, records = archive_of(28)
    odd = [line_of(CdxRecord("https://h/x", "20190305000000", 404, "text/html", "", FILE, 0, 9)),
           line_of(CdxRecord("https://h/y", "20190305000000", 200, "image/png", "", FILE, 0, 9)), "nonsense", ""]  # fmt: skip
    path = tmp_path / "list.cdxj.gz"
    path.write_bytes(gzip.compress("\n".join([*map(line_of, records), line_of(records[4]), *odd]).encode()))
    lake = Lake(tmp_path / "lake")
    with serving(Archive({"/" + FILE: data})) as archive:
        plan = plan_cdx(
            lake, QUICK, [str(path)], span_between("2019-03-05", "2019-03-11"), "oldest", None, archive.url
        )
    assert [one.shard.day.day for one in plan.shards] == [5, 6, 7, 8, 9, 10]
    assert plan.passed == {
        "of other days": 22,
        "repeated": 1,
        "no page, by their own account": 2,
        "not readable": 1,
    }
    assert sum(plan.expected["Common Crawl (CDX)"].values()) == 6
    assert [from_plain(json.loads(json.dumps(to_plain(one.shard)))) for one in plan.shards] == [
        one.shard for one in plan.shards
    ]


def test_more_lines_make_new_units_and_leave_the_old_ones(tmp_path):
    data, records = archive_of(30)
    lake, days = Lake(tmp_path / "lake"), span_between(None, None)
    path = tmp_path / "list.cdxj"
    with serving(Archive({"/" + FILE: data})) as archive:
        path.write_text("\n".join(map(line_of, records[:20])))
        for one in plan_cdx(lake, QUICK, [str(path)], days, "newest", None, archive.url).shards:
            commit(lake, one.shard)
        path.rename(tmp_path / "renamed.cdxj")
        (tmp_path / "renamed.cdxj").write_text("\n".join(map(line_of, records)))
        plan = plan_cdx(lake, QUICK, [str(tmp_path / "renamed.cdxj")], days, "newest", None, archive.url)
    new = [one.shard for one in plan.shards if not one.is_known]
    assert sorted(record.url for shard in new for record in shard.records) == sorted(
        one.url for one in records[20:]
    )
    assert sum(one.is_known for one in plan.shards) == 20
    assert [one.shard.day for one in plan.shards] == sorted(
        (one.shard.day for one in plan.shards), reverse=True
    )


def test_a_list_elsewhere_is_read_and_not_kept(tmp_path):
    data, records = archive_of(2)
    text = "\n".join(map(line_of, records)).encode()
    with serving(Archive({"/list": text, "/" + FILE: data})) as archive:
        plan = plan_cdx(
            Lake(tmp_path),
            QUICK,
            [archive.url + "list"],
            span_between(None, None),
            "oldest",
            None,
            archive.url,
        )
        assert len(plan.shards) == 2
        with pytest.raises(ConfigError, match="not there"):
            plan_cdx(
                Lake(tmp_path), QUICK, [archive.url + "none"], span_between(None, None), "oldest", None, None
            )
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "names no capture"), (b"one\ntwo\n", "names no capture"), (None, "cannot be read")],
)
def test_a_list_that_is_none_is_refused(tmp_path, data, says):
    path = tmp_path / "list"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(ConfigError, match=says):
        plan_cdx(Lake(tmp_path), QUICK, [str(path)], span_between(None, None), "oldest", None, None)


def test_a_shard_has_a_bounded_number_of_captures():
    records = [
        CdxRecord(f"https://h/{n}", "20190301000000", 200, "", "", FILE, n * 10, 10)
        for n in range(SHARD * 2 + 1)
    ]
    assert [len(one.records) for one in make_shards(records, lambda _: "http://h/", "oldest", None)] == [
        SHARD,
        SHARD,
        1,
    ]
