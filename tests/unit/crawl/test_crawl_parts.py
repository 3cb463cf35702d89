"""The parts of the crawl, each by its laws: turns, codings, addresses, archives, the frontier."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from tasks.backfill.warc import read_warc
from tasks.config import CrawlSettings
from tasks.crawl.archive import PART, Archive
from tasks.crawl.crawler import user_agent
from tasks.crawl.decode import CodingError, decode_within, open_decoder, split_codings
from tasks.crawl.exchange import Exchange
from tasks.crawl.fetch import retry_after
from tasks.crawl.frontier import MOST_ATTEMPTS, Kept, open_frontier
from tasks.crawl.gates import Gates, PostponedError
from tasks.crawl.guard import BlockedError, Guard, is_public
from tasks.crawl.recover import read_kept, recover_archives
from tasks.crawl.states import ListState, load_list, save_list
from tasks.errors import ConfigError
from tasks.units import Capture
from tests.unit.crawl.crawl_server import encode

NOW = datetime(2025, 9, 2, 8, 0, tzinfo=UTC)
CODINGS = ["gzip", "deflate", "br", "zstd"]

# turns


def ask(gates: Gates, host: str, times: int, held: float = 0.0) -> tuple[list[float], int]:
    """When *times* requests that come at once get their turns, and how many held one at the same time."""
    starts: list[float] = []
    busy = most = 0

    async def one() -> None:
        nonlocal busy, most
        async with gates.turn(host):
            starts.append(gates.clock())
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(held)
            busy -= 1

    async def main() -> None:
        await asyncio.gather(*(one() for _ in range(times)))

    asyncio.run(main())
    return starts, most


def test_two_requests_to_one_host_are_a_pause_apart() -> None:
    starts, _ = ask(Gates(0.03, 4), "a", 5)
    assert all(later - earlier >= 0.029 for earlier, later in pairwise(starts))


def test_no_host_is_asked_more_often_at_once_than_set() -> None:
    _, most = ask(Gates(0.0, 3), "a", 30, held=0.002)
    assert most == 3


def test_a_crawl_delay_is_longer_than_ours_or_does_not_matter() -> None:
    gates = Gates(1.0, 1)
    gates.want("a", 0.1)
    gates.want("b", 5.0)
    assert (gates.pause_of("a"), gates.pause_of("b"), gates.pause_of("c")) == (1.0, 5.0, 1.0)


def test_a_host_that_refuses_is_asked_less_and_less_and_recovers() -> None:
    gates, pauses = Gates(0.5, 1, clock=lambda: 0.0), []
    for _ in range(10):
        gates.learn("a", 0.1, is_refused=True, retry_after=0.0)
        pauses.append(gates.pause_of("a"))
    assert pauses == sorted(pauses) and pauses[0] >= 1.0 and pauses[-1] == 60.0
    for _ in range(40):
        gates.learn("a", 0.1, is_refused=False)
    assert gates.pause_of("a") == 0.5


def test_a_slow_host_is_asked_more_slowly() -> None:
    gates = Gates(0.5, 1)
    for _ in range(20):
        gates.learn("a", 4.0, is_refused=False)
    assert 3.5 < gates.pause_of("a") <= 4.0


def test_a_host_that_wants_to_be_left_alone_is_left_for_later() -> None:
    gates = Gates(0.0, 1)
    gates.learn("a", 0.1, is_refused=True, retry_after=7200.0)
    with pytest.raises(PostponedError) as caught:
        ask(gates, "a", 1)
    assert 7100 < caught.value.seconds <= 7200
    assert ask(gates, "b", 1)[1] == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120.0), (" 0 ", 0.0), ("Tue, 02 Sep 2025 08:01:00 GMT", 60.0), ("Tue, 02 Sep 2025 07:00:00 GMT", 0.0),
     ("-5", None), ("soon", None), ("", None), (None, None), ("9" * 400, None), ("²", None), ("Tue, 99 Foo 2025", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


# codings


@settings(deadline=None)
@given(st.binary(max_size=5000), st.lists(st.sampled_from(CODINGS), max_size=3), st.integers(1, 700))
def test_what_was_coded_comes_back_however_it_is_cut(body: bytes, codings: list[str], step: int) -> None:
    packed = body
    for coding in codings:
        packed = encode(coding, packed)
    pieces = [packed[at : at + step] for at in range(0, len(packed), step)]
    feed = open_decoder(codings)
    assert b"".join(out for piece in pieces for out in feed(piece)) == body
    assert decode_within(pieces, codings, 10_000) == body
    assert decode_within(pieces, codings, 100) == body[:100]


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(CODINGS), st.integers(0, 400))
def test_broken_coding_is_an_error_or_less_text_and_nothing_else(body: bytes, coding: str, at: int) -> None:
    packed = bytearray(encode(coding, body * 5))
    packed[at % len(packed)] ^= 0x55
    for data in (bytes(packed), body):
        with suppress(CodingError):
            list(open_decoder([coding])(data))
        assert isinstance(decode_within([data], [coding], 1000), bytes)


def test_what_follows_a_gzip_body_is_ignored_and_a_second_member_is_not() -> None:
    one, two = encode("gzip", b"one"), encode("gzip", b"two")
    assert decode_within([one + two], ["gzip"], 99) == b"onetwo"
    assert decode_within([one, b"\0\0\0\0junk"], ["gzip"], 99) == b"one"
    assert decode_within([b"plain text"], ["gzip"], 99) == b"plain text"


def test_headers_of_coding() -> None:
    assert split_codings("GZip, x-gzip ,identity,, br") == ("gzip", "gzip", "br")
    for codings in (["gzip"] * 4, ["sdch"]):
        with pytest.raises(CodingError):
            open_decoder(codings)


# addresses

PRIVATE = """127.0.0.1 127.255.0.9 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.127.255.255 0.0.0.0
0.1.2.3 255.255.255.255 224.0.0.1 239.1.1.1 240.0.0.1 192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 192.0.0.8 :: ::1 fe80::1 fe80::1%eth0
fc00::1 fd00:ec2::254 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001:0:1::1
2001:db8::1 fec0::1 ::ffff:0:127.0.0.1 3fff::1 localhost 127.1 0x7f.1 example.org"""
PUBLIC = "93.184.216.34 8.8.8.8 172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808"


@pytest.mark.parametrize("address", PRIVATE.split())
def test_no_private_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_an_address_inside_another_is_judged_as_itself(number: int) -> None:
    plain = is_public(str(IPv4Address(number)))
    assert is_public(str(IPv6Address(0xFFFF << 32 | number))) == plain
    assert is_public(str(IPv6Address(0x64FF9B << 96 | number))) == plain


def test_a_host_is_allowed_by_name_and_may_be_by_port() -> None:
    guard = Guard(frozenset({"127.0.0.1:8080", "intranet.test"}))
    guard.check_url(URL("http://127.0.0.1:8080/"))
    with pytest.raises(BlockedError):
        guard.check_url(URL("http://127.0.0.1:8081/"))
    assert guard.allows("Intranet.test.", 80) and not guard.allows("a.intranet.test", 80)
    with pytest.raises(BlockedError):
        guard.open_socket((2, 1, 6, "", ("127.0.0.1", 8081)))
    guard.open_socket((2, 1, 6, "", ("127.0.0.1", 8080))).close()


# who we say we are


def test_a_contact_goes_into_the_user_agent() -> None:
    agent = user_agent(CrawlSettings(contact="desk@herald.example"))
    assert agent.startswith("columninch/") and agent.endswith("(+desk@herald.example)")


@pytest.mark.parametrize("contact", [None, "", "  ", "a\r\nX-Evil: 1", "a)b", "ünï@herald.example"])
def test_without_a_usable_contact_there_is_no_crawl(contact: str | None) -> None:
    with pytest.raises(ConfigError, match="contact"):
        user_agent(CrawlSettings(contact=contact))


# archives


def exchange(number: int, body: bytes = b"<html><p>words</p></html>") -> Exchange:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return Exchange(
        f"https://herald.example/{number}", NOW, b"GET / HTTP/1.1\r\nHost: herald.example\r\n\r\n", head, 200,
        {"content-type": "text/html"}, io.BytesIO(body), len(body), len(body), "93.184.216.34",
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(max_size=400), min_size=1, max_size=6), st.floats(0, 1))
def test_wherever_an_archive_is_cut_all_but_the_last_record_comes_back(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[bytes], share: float
) -> None:
    folder = tmp_path_factory.mktemp("raw") / "day"
    archive = Archive(folder, "r1", "test/0")
    ends = []
    for number, body in enumerate(bodies):
        archive.keep(exchange(number, b"<html>" + body))
        ends.append((folder / f"r1.warc.gz{PART}").stat().st_size)
    archive.close()
    path = folder / "r1.warc.gz"
    whole = path.read_bytes()
    assert len(whole) == ends[-1]
    cut = int(share * len(whole))
    path.unlink()
    (folder / f"r1.warc.gz{PART}").write_bytes(whole[:cut])
    found = recover_archives(folder.parent)
    pages = [one.url for one in read_kept(found[0]) if one.kind == "response"] if found else []
    responses = sum(end <= cut for end in ends)
    assert [f"https://herald.example/{number}" for number in range(len(pages))] == pages
    assert responses <= len(pages) <= responses + 1
    if found:
        for one in read_warc(found[0]):
            assert not one.damage if isinstance(one, Capture) else one.reason == "not_html"


def test_every_digest_and_length_is_that_of_its_bytes(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "r1", "test/0")
    archive.keep(exchange(1, b"x" * 300_000))
    archive.keep(exchange(2, b""))
    archive.close()
    data, kinds = archive.finished[0].read_bytes(), []
    while data:
        engine = zlib.decompressobj(31)
        record, data = engine.decompress(data), engine.unused_data
        head, _, block = record.partition(b"\r\n\r\n")
        assert head.startswith(b"WARC/1.1\r\n") and block.endswith(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        block = block[:-4]
        kinds.append(fields["WARC-Type"])
        assert int(fields["Content-Length"]) == len(block)
        assert fields["WARC-Block-Digest"] == sha1(block)
        if fields["WARC-Type"] == "response":
            assert fields["WARC-Payload-Digest"] == sha1(block.partition(b"\r\n\r\n")[2])
    assert kinds == ["warcinfo", "response", "request", "response", "request"]


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def test_an_archive_is_rotated_when_it_is_full(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "r1", "test/0", rotate_at=1500)
    for number in range(6):
        archive.keep(exchange(number))
    archive.close()
    assert len(archive.finished) > 1
    assert [path.name for path in archive.finished][:2] == ["r1.warc.gz", "r1-2.warc.gz"]
    urls = [one.url for path in archive.finished for one in read_warc(path)]
    assert urls == [f"https://herald.example/{number}" for number in range(6)]


def test_nothing_fetched_makes_no_archive(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "day", "r1", "test/0")
    archive.keep(Exchange("https://herald.example/", NOW))
    archive.close()
    assert not archive.finished and not (tmp_path / "day").exists()


def test_an_address_cannot_break_out_of_its_header(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "r1", "test/0")
    odd = exchange(1)
    odd.url = "https://herald.example/a\r\nWARC-Type: revisit"
    archive.keep(odd)
    archive.close()
    (one,) = read_warc(archive.finished[0])
    assert isinstance(one, Capture) and one.url == "https://herald.example/a%0D%0AWARC-Type: revisit"


# the frontier


def test_a_url_is_due_until_it_is_settled(tmp_path: Path) -> None:
    with open_frontier(tmp_path) as frontier:
        assert frontier.list_urls("s", [("k1", "u1"), ("k2", "u2"), ("k1", "u1x")], 1.0) == 2
        assert frontier.list_urls("s", [("k1", "u1")], 2.0) == 0
        frontier.mark_fetched(["k1", "k3"], "s", 3.0)
    with open_frontier(tmp_path) as frontier:
        assert [(one.key, one.url) for one in frontier.due("s", 9.0, 10)] == [("k2", "u2")]
        assert frontier.list_urls("s", [("k3", "u3")], 4.0) == 0
        assert frontier.is_fetched("k3") and not frontier.is_fetched("k2")
        frontier.settle("k2", "refused", "robots")
        assert frontier.due("s", 9.0, 10) == [] and frontier.counts("s") == {"fetched": 2, "refused": 1}


def test_tries_have_growing_pauses_and_an_end(tmp_path: Path) -> None:
    with open_frontier(tmp_path) as frontier:
        frontier.list_urls("s", [("k", "u")], 0.0)
        now, waits = 0.0, []
        while due := frontier.due("s", 1e9, 1):
            frontier.retry("k", due[0].attempts, "timed_out", now)
            later = frontier.connection.execute("select due_at from urls").fetchone()[0]
            waits.append(later - now)
            now = later
        assert len(waits) == MOST_ATTEMPTS and waits == sorted(waits)
        assert frontier.counts("s") == {"failed": 1}


def test_feeds_and_archives_are_remembered(tmp_path: Path) -> None:
    with open_frontier(tmp_path) as frontier:
        assert load_list(frontier, "f") == ListState()
        save_list(frontier, "f", "s", ListState('"1"', "then", ("a", "b"), status="ok"))
        assert load_list(frontier, "f") == ListState('"1"', "then", ("a", "b"), status="ok")
        kept = Kept("raw/s/d/r.warc.gz", "crawl-1", "s", 10, "ab")
        frontier.add_archive(kept)
        frontier.add_archive(kept)
        assert frontier.waiting_archives("s") == [kept] and frontier.waiting_archives("t") == []
        frontier.finish_archives(["crawl-1"])
        assert frontier.waiting_archives("s") == []


def test_a_date_in_another_zone_is_the_same_moment() -> None:
    assert retry_after("Tue, 02 Sep 2025 10:01:00 +0200", NOW) == 60.0
    assert retry_after((NOW + timedelta(hours=1)).strftime("%a, %d %b %Y %H:%M:%S GMT"), NOW) == 3600.0
