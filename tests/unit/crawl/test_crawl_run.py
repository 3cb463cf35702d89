"""One source, run after run: everything listed is fetched once, kept truthfully, and never lost."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.backfill.warc import read_warc
from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import open_crawler
from tasks.crawl.exchange import Result
from tasks.crawl.frontier import open_frontier
from tasks.crawl.listing import MOST_SITEMAPS
from tasks.crawl.rebuild import rebuild_frontier, source_folder
from tasks.crawl.recover import read_kept
from tasks.crawl.run import Crawled, crawl
from tasks.units import Capture, Refusal
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving

SETTINGS = CrawlSettings(
    contact="test@example.org",
    delay_seconds=0,
    per_host=2,
    timeout_seconds=1.0,
    max_bytes=300_000,
    allow_hosts=("127.0.0.2", "127.0.0.3"),
)
ROBOTS = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /private\n")


def outlet(*paths: str, host: str = "127.0.0.2") -> Server:
    """An outlet whose feed lists these pages; the feed can only be written once the port is known."""
    server = Server(host, {path: web.article_page(path) for path in paths})
    server.answers["/robots.txt"] = ROBOTS
    return server


def give_feed(server: Server, *paths: str) -> None:
    server.answers["/feed.xml"] = web.conditional(web.rss(*(f"{server.url}{path}" for path in paths)))


def source_of(server: Server, name: str = "The Quay Gazette") -> Source:
    return Source(name=name, feeds=(f"{server.url}/feed.xml",))


def run_once(lake: Path, server: Server, run: str = "r1", now: float = 1_756_800_000.0) -> Crawled:
    async def main() -> Crawled:
        async with serving(server), open_crawler(lake, SETTINGS, clock=lambda: now) as crawler:
            if "/feed.xml" not in server.answers:
                give_feed(
                    server, *(path for path in server.answers if path not in ("/robots.txt", "/feed.xml"))
                )
            return await crawl(crawler, source_of(server), run)

    return asyncio.run(main())


def captures(lake: Path, crawled: Crawled) -> list[Capture | Refusal]:
    return [read for kept in crawled.archives for read in read_warc(lake / kept.path)]


def test_every_page_listed_is_a_capture(tmp_path: Path) -> None:
    server = outlet("/a", "/b", "/c")
    crawled = run_once(tmp_path, server)
    assert (crawled.listed, crawled.asked, crawled.fetched) == (3, 3, 3)
    read = captures(tmp_path, crawled)
    assert sorted(one.url for one in read) == [f"{server.url}/{name}" for name in "abc"]
    assert all(isinstance(one, Capture) and not one.damage and not one.truncated for one in read)
    (kept,) = crawled.archives
    assert kept.path == "raw/The Quay Gazette/2025-09-02/r1.warc.gz"
    assert kept.unit_id.startswith("crawl-") and len(kept.unit_id) == 22


def test_another_reader_of_warc_agrees_and_finds_every_digest_right(tmp_path: Path) -> None:
    iterator = pytest.importorskip("warcio.archiveiterator", reason="warcio is not installed").ArchiveIterator
    server = outlet("/a")
    server.answers["/z"] = web.coded("gzip", web.article_page("packed"))
    crawled = run_once(tmp_path, server)
    for path in crawled.files:
        with open(path, "rb") as file:
            kinds = []
            for record in iterator(file, check_digests="raise"):
                kinds.append(record.rec_type)
                record.content_stream().read()
                assert record.rec_headers.get_header("WARC-Date")
            assert kinds[0] == "warcinfo" and kinds[1:] == ["response", "request"] * (len(kinds) // 2)


def test_feeds_and_robots_are_kept_beside_the_pages_and_make_no_unit(tmp_path: Path) -> None:
    crawled = run_once(tmp_path, outlet("/a"))
    names = sorted(path.name for path in crawled.files)
    assert names == ["r1-feeds.warc.gz", "r1.warc.gz"]
    assert [Path(kept.path).name for kept in crawled.archives] == ["r1.warc.gz"]
    feeds = next(path for path in crawled.files if "feeds" in path.name)
    urls = [kept.url for kept in read_kept(feeds) if kept.kind == "response"]
    assert sorted(url.rpartition("/")[2] for url in urls) == ["feed.xml", "robots.txt"]


def test_a_second_run_with_nothing_new_fetches_nothing(tmp_path: Path) -> None:
    server = outlet("/a", "/b")
    run_once(tmp_path, server)
    before = len(server.asked)
    again = run_once(tmp_path, server, "r2")
    assert (again.listed, again.asked, again.fetched) == (0, 0, 0)
    assert again.feeds == {f"{server.url}/feed.xml": "not_modified"}
    assert sorted(one.path for one in server.asked[before:]) == ["/feed.xml", "/robots.txt"]


def test_robots_are_obeyed(tmp_path: Path) -> None:
    server = outlet("/a", "/private/b")
    crawled = run_once(tmp_path, server)
    assert crawled.counts == {Result.FETCHED: 1, Result.ROBOTS: 1}
    assert "/private/b" not in server.counts


def test_a_redirect_into_a_forbidden_part_is_not_followed(tmp_path: Path) -> None:
    server = outlet("/private/b")
    server.answers["/a"] = web.moved("/private/b")

    async def main() -> Crawled:
        async with serving(server), open_crawler(tmp_path, SETTINGS) as crawler:
            give_feed(server, "/a")
            return await crawl(crawler, source_of(server), "r1")

    assert asyncio.run(main()).counts == {Result.ROBOTS: 1}
    assert "/private/b" not in server.counts


def test_an_unreachable_robots_txt_means_not_now(tmp_path: Path) -> None:
    server = outlet("/a")
    run_once(tmp_path, server)
    server.answers["/b"] = web.article_page("b")
    server.answers.pop("/feed.xml")
    server.answers["/robots.txt"] = (503, {}, b"")
    before = len(server.asked)
    crawled = run_once(tmp_path, server, "r2")
    assert crawled.asked == 0 and [one.path for one in server.asked[before:]] == ["/robots.txt"]


def test_how_every_page_ended_adds_up(tmp_path: Path) -> None:
    server = outlet("/a", "/private/b")
    server.answers |= {
        "/gone": (410, {}, b"gone"),
        "/moved": web.moved("/a2"),
        "/a2": web.article_page("a2"),
        "/loop": web.moved("/loop"),
        "/inner": web.moved("http://127.0.0.9/secret"),
        "/bomb": web.bomb("gzip"),
        "/cut": web.half_closed,
    }
    crawled = run_once(tmp_path, server)
    assert crawled.counts == {
        Result.FETCHED: 2, Result.KNOWN: 1, Result.ROBOTS: 1, Result.CLIENT_ERROR: 1, Result.REDIRECTS: 1,
        Result.BLOCKED: 1, Result.TOO_LARGE: 1, Result.BROKEN: 1,
    }  # fmt: skip
    assert crawled.asked == crawled.listed == 9
    reasons = [one.reason for one in captures(tmp_path, crawled) if isinstance(one, Refusal)]
    assert set(reasons) <= {"redirect", "http_error", "over_limit", "truncated", "damaged", "not_html"}


def test_two_addresses_that_lead_to_one_page_fetch_it_once(tmp_path: Path) -> None:
    server = outlet("/a")
    server.answers["/short"] = web.moved("/a")
    run_once(tmp_path, server)
    assert server.counts["/a"] == 1
    server.answers["/shorter"] = web.moved("/a")
    server.answers.pop("/feed.xml")
    before = server.counts["/a"]
    again = run_once(tmp_path, server, "r2")
    assert again.counts == {Result.KNOWN: 1} and server.counts["/a"] == before


def test_a_page_that_fails_is_tried_again_later_and_not_for_ever(tmp_path: Path) -> None:
    server = outlet("/a")
    server.answers["/broken"] = (500, {}, b"oops")
    now, asked = 1_756_800_000.0, []
    for number in range(8):
        asked.append(run_once(tmp_path, server, f"r{number}", now).asked)
        now += 40_000
    looks = [0, 1, 0, 0, 1, 0, 0, 0]  # at the page that came, after 4 and 24 hours, whether it was changed
    assert [one - look for one, look in zip(asked, looks, strict=True)] == [2, 1, 1, 1, 0, 0, 0, 0]
    assert server.counts["/broken"] == 4


def test_a_host_that_says_later_is_asked_later(tmp_path: Path) -> None:
    server = outlet("/a")
    server.answers["/a"] = (429, {"Retry-After": "7200"}, b"")
    assert run_once(tmp_path, server).counts == {Result.REFUSED: 1}
    assert run_once(tmp_path, server, "r2", 1_756_800_000.0 + 7000).asked == 0
    server.answers["/a"] = web.article_page("a")
    assert run_once(tmp_path, server, "r3", 1_756_800_000.0 + 7300).fetched == 1


def test_an_archive_left_open_is_cut_after_its_last_whole_record_and_taken_up(tmp_path: Path) -> None:
    server = outlet("/a", "/b")
    first = run_once(tmp_path, server)
    (kept,) = first.archives
    whole = (tmp_path / kept.path).read_bytes()
    (tmp_path / "frontier.sqlite").unlink()
    left = (tmp_path / kept.path).with_name("r1.warc.gz.part")
    (tmp_path / kept.path).rename(left)
    left.write_bytes(whole[:-20])
    before = server.counts["/a"] + server.counts["/b"]
    again = run_once(tmp_path, server, "r2")
    assert again.asked == 0 and server.counts["/a"] + server.counts["/b"] == before
    assert again.recovered == 2 and first.recovered == 0
    assert sorted(one.url for one in captures(tmp_path, again)) == [f"{server.url}/a", f"{server.url}/b"]
    assert not list(source_folder(tmp_path, "The Quay Gazette").glob("*/*.part"))


def test_a_frontier_made_anew_knows_every_page_that_was_kept(tmp_path: Path) -> None:
    server = outlet("/a", "/b")
    server.answers["/moved"] = web.moved("/c")
    server.answers["/c"] = web.article_page("c")
    before = run_once(tmp_path, server)
    with open_frontier(tmp_path) as frontier:
        frontier.finish_archives([kept.unit_id for kept in before.archives])
    assert rebuild_frontier(tmp_path, 0.0) == (1, 3)
    with open_frontier(tmp_path) as frontier:
        assert frontier.waiting_archives("The Quay Gazette") == list(before.archives)
    counts = server.counts
    again = run_once(tmp_path, server, "r2")
    assert again.counts in ({}, {Result.KNOWN: 1}) and again.fetched == 0
    assert all(server.counts[path] == counts[path] for path in ("/a", "/b", "/c"))


def test_a_full_disk_ends_the_source_and_loses_no_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = outlet("/a", "/b", "/c")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("tasks.crawl.archive._write_record", full)
        with pytest.raises(OSError, match="No space left"):
            run_once(tmp_path, server)
    server.answers.pop("/feed.xml")
    assert run_once(tmp_path, server, "r2").fetched == 3


def test_a_name_of_a_source_cannot_leave_the_lake(tmp_path: Path) -> None:
    for name in ("..", ".", "a b", "C:d", "ÄÖÜ"):
        assert source_folder(tmp_path, name).parent == tmp_path / "raw"
    assert source_folder(tmp_path, "..").name not in ("..", ".")


CHILD = """
import asyncio, sys
from collections.abc import Callable
from pathlib import Path
from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import open_crawler
from tasks.crawl.rebuild import rebuild_frontier, source_folder
from tasks.crawl.recover import read_kept
from tasks.crawl.run import crawl
async def main():
    settings = CrawlSettings(contact="t@example.org", delay_seconds=0.01, allow_hosts=("127.0.0.2",))
    async with open_crawler(Path(sys.argv[1]), settings) as crawler:
        await crawl(crawler, Source(name="x", feeds=(sys.argv[2],)), sys.argv[3])
asyncio.run(main())
"""


@pytest.mark.slow
def test_killed_at_any_point_no_page_is_lost_and_none_is_kept_twice(tmp_path: Path) -> None:
    paths = [f"/{number}" for number in range(60)]
    server = outlet(*paths)
    with web.serving_in_thread(server):
        give_feed(server, *paths)
        runs = 0
        for runs in range(40):
            child = subprocess.Popen(
                [sys.executable, "-c", CHILD, str(tmp_path), f"{server.url}/feed.xml", f"r{runs}"],
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
            )
            seen, started = len(server.asked), time.monotonic()
            while child.poll() is None and (len(server.asked) < seen + 6 + runs % 7 or runs >= 10):
                time.sleep(0.002)
                assert time.monotonic() - started < 60
            if child.poll() is None:
                child.send_signal(signal.SIGKILL)
                child.wait()
            elif child.returncode == 0:
                break
            assert runs < 11
        assert runs >= 4
    with open_frontier(tmp_path) as frontier:
        assert frontier.counts("x") == {"fetched": 60}
    kept = [
        one
        for path in tmp_path.glob("raw/x/*/*.warc.gz")
        if "feeds" not in path.name
        for one in read_warc(path)
    ]
    assert sorted(one.url for one in kept) == sorted(f"{server.url}{path}" for path in paths)
    assert all(isinstance(one, Capture) and not one.damage for one in kept)


def sitemap(kind: str, *listed: tuple[str, str]) -> tuple[int, dict[str, str], bytes]:
    outer, inner = ("urlset", "url") if kind == "pages" else ("sitemapindex", "sitemap")
    entries = "".join(
        f"<{inner}><loc>{url}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</{inner}>"
        for url, date in listed
    )
    body = f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{outer}>'
    return 200, {"Content-Type": "application/xml", "ETag": f'"{zlib.crc32(body.encode())}"'}, body.encode()


def crawl_sitemaps(lake: Path, server: Server, run: str, answers: dict[str, str]) -> Crawled:
    """Crawl an outlet whose sitemaps are templates over its address."""

    async def main() -> Crawled:
        async with serving(server), open_crawler(lake, SETTINGS, clock=lambda: 1_756_800_000.0) as crawler:
            for path, kind in answers.items():
                server.answers[path] = web.conditional(MAPS[kind](server.url))
            source = Source(name="Maps", sitemaps=(f"{server.url}/sitemap.xml",))
            return await crawl(crawler, source, run)

    return asyncio.run(main())


MAPS: dict[str, Callable[[str], tuple[int, dict[str, str], bytes]]] = {
    "index": lambda at: sitemap(
        "index",
        (f"{at}/new.xml.gz", "2025-09-02"),
        (f"{at}/old.xml", "2020-01-01"),
        (f"{at}/sitemap.xml", ""),
    ),
    "new": lambda at: packed(
        sitemap(
            "pages",
            (f"{at}/a", "2025-09-02T07:00:00+02:00"),
            (f"{at}/b", "2025-09-01"),
            (f"{at}/c", "2024-01-01"),
        )
    ),
    "endless": lambda at: sitemap("index", *((f"{at}/deep-{number}.xml", "") for number in range(100))),
}


def packed(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], bytes]:
    return answer[0], {**answer[1], "Content-Type": "application/gzip"}, web.encode("gzip", answer[2])


def test_recent_pages_of_sitemaps_are_fetched_and_old_ones_left(tmp_path: Path) -> None:
    server = outlet("/a", "/b", "/c")
    maps = {"/sitemap.xml": "index", "/new.xml.gz": "new"}
    first = crawl_sitemaps(tmp_path, server, "r1", maps)
    assert first.fetched == 2 and "/old.xml" not in server.counts and "/c" not in server.counts
    assert first.feeds[f"{server.url}/new.xml.gz"] == "3 entries, 1 older or without a date"
    before = len(server.asked)
    again = crawl_sitemaps(tmp_path, server, "r2", maps)
    assert again.asked == 0 and set(again.feeds.values()) == {"not_modified"}
    assert sorted(one.path for one in server.asked[before:]) == ["/new.xml.gz", "/robots.txt", "/sitemap.xml"]


def test_an_index_without_end_ends(tmp_path: Path) -> None:
    server = outlet()
    nested = {f"/deep-{number}.xml": "endless" for number in range(100)}
    crawled = crawl_sitemaps(tmp_path, server, "r1", {"/sitemap.xml": "endless", **nested})
    assert sum(server.counts.values()) <= MOST_SITEMAPS + 1
    assert any("not read" in status for status in crawled.feeds.values())


async def slowly(server: Server, asked: web.Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.02)
    web.send(writer, 200, {"Content-Type": "text/html", "Connection": "close"}, web.article_page(asked.path))
    await writer.drain()


def test_two_outlets_on_one_host_are_one_polite_visitor(tmp_path: Path) -> None:
    server = outlet()
    server.answers |= {f"/{name}{number}": slowly for name in "xy" for number in range(8)}

    async def main() -> list[Crawled]:
        async with serving(server), open_crawler(tmp_path, SETTINGS) as crawler:
            for name in "xy":
                server.answers[f"/{name}.xml"] = web.rss(
                    *(f"{server.url}/{name}{number}" for number in range(8))
                )
            sources = [Source(name=name, feeds=(f"{server.url}/{name}.xml",)) for name in "xy"]
            return list(await asyncio.gather(*(crawl(crawler, source, "r1") for source in sources)))

    assert [one.fetched for one in asyncio.run(main())] == [8, 8]
    assert server.most_busy == SETTINGS.per_host
    assert server.counts["/robots.txt"] == 1
