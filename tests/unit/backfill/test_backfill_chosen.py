"""Pages of chosen outlets out of an archive of many: theirs alone, faults still told, what was passed over counted."""

import gzip
import json
from dataclasses import replace
from datetime import date

import pytest

from tasks.backfill.archives import hosts_of, remember_expected
from tasks.backfill.fetched import FETCH, fetch_id, fetched_unit, known_unit
from tasks.backfill.gaps import archive_coverage
from tasks.backfill.plan import digest, unit_id
from tasks.backfill.read import Chosen, read_unit
from tasks.backfill.remote import Remote
from tasks.backfill.warc import read_warc
from tasks.backfill.works import from_plain, to_plain
from tasks.config import Source
from tasks.errors import ConfigError
from tasks.receipts import Receipt, save_receipt
from tasks.store import Lake
from tasks.units import Capture, Input, Refusal, Unit
from tests.unit.backfill.backfill_archives import page, record, response

HOSTS = ("www.a.example", "b.example", "news.a.example", "c.example")


@pytest.fixture
def unit(tmp_path) -> Unit:
    """Forty pages of four hosts in turn, the thirtieth of them damaged."""
    members = []
    for n in range(40):
        block = record(response(page(n)), n).replace(
            b"https://www.example.org/", f"https://{HOSTS[n % 4]}/".encode()
        )
        member = bytearray(gzip.compress(block, mtime=0))
        if n == 30:
            member[len(member) // 2] ^= 0xFF
        members.append(bytes(member))
    path = tmp_path / "many.warc.gz"
    path.write_bytes(b"".join(members))
    return Unit("warc-1", "warc", (Input(str(path), path.stat().st_size, digest(path)),))


def test_pages_of_the_hosts_named_come_out_as_they_would_alone(unit):
    everything = list(read_unit(unit))
    chosen = Chosen(("a.example",))
    read = list(read_unit(replace(unit, only=("a.example",)), chosen))
    pages = [one for one in read if isinstance(one, Capture) and one.damage is None]
    assert pages == [one for one in everything if isinstance(one, Capture) and one.source == "a.example"]
    assert len(pages) == 10
    assert chosen.passed_over == 29


def test_what_could_not_be_read_is_told_whoever_it_belonged_to(unit):
    told = [one for one in read_unit(unit) if isinstance(one, Refusal) or one.damage]
    again = [
        one
        for one in read_unit(replace(unit, only=("nobody.example",)))
        if isinstance(one, Refusal) or one.damage
    ]
    assert told
    assert again == told


def test_nothing_is_passed_over_when_nothing_is_asked_for(unit):
    path = unit.inputs[0].path
    assert list(read_warc(path, wanted=None)) == list(read_warc(path, wanted=lambda _: True))
    chosen = Chosen(())
    list(read_unit(unit, chosen))
    assert chosen.passed_over == 0


def test_other_outlets_of_the_same_file_are_another_unit():
    ids = {unit_id("warc", ["aa"], None, only) for only in ((), ("a.example",), ("a.example", "b.example"))}
    assert len(ids) == 3
    assert unit_id("warc", ["aa"], None, ("b", "a")) == unit_id("warc", ["aa"], None, ("a", "b"))
    assert unit_id("warc", ["aa"], None) == unit_id("warc", ["aa"], None, ())


def test_a_file_fetched_once_is_known_for_other_outlets_too(tmp_path):
    lake = Lake(tmp_path)
    remote = Remote("crawl-data/a", "http://h/a", 3, "", date(2019, 3, 1), None, "CC-NEWS", ("a.example",))
    meta = {
        "name": remote.name,
        "url": remote.url,
        "size": 3,
        "sha256": "aa",
        "etag": "",
        "source": None,
        "collection": "CC-NEWS",
        "days": {"2019-03-01": 1},
    }
    receipt = save_receipt(tmp_path, Receipt(FETCH, fetch_id(remote), "k", 0, 0, 0, (), meta=meta))
    assert known_unit(lake, remote) == fetched_unit(lake, receipt, ("a.example",))
    assert known_unit(lake, replace(remote, only=())).unit_id == unit_id("warc", ["aa"], None)
    assert known_unit(lake, replace(remote, size=4)) is None
    remember_expected(lake, "CC-NEWS", {date(2019, 3, 1): 1})
    inputs = [["spool/aa", 3, "aa", remote.name, remote.url]]
    save_receipt(tmp_path, Receipt("capture", "warc-x", "k", 0, 0, 0, (), meta={"inputs": inputs}))
    assert [(one.got, one.problem) for one in archive_coverage(lake)] == [(1, "ok")]


def test_hosts_survive_being_written_down():
    remote = Remote("a", "b", only=("a.example",))
    unit = Unit("u", "warc", (Input("p", 1, "s"),), None, ("a.example",))
    for work in (remote, unit):
        assert from_plain(json.loads(json.dumps(to_plain(work)))) == work


def test_an_outlet_without_hosts_cannot_be_chosen():
    sources = {"A": Source(name="A", hosts=("www.a.example", "A2.example")), "B": Source(name="B")}
    assert hosts_of(sources, ["A"]) == ("a.example", "a2.example")
    assert hosts_of(sources, []) == ()
    for name in ("B", "C"):
        with pytest.raises(ConfigError, match="must name its hosts"):
            hosts_of(sources, [name])
