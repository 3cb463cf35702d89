"""Everything has an end: addresses that would go on for ever, front pages, work beside the loop, bodies that unfold."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.config import CrawlSettings, Source
from tasks.crawl.archive import Archive, Earlier, is_feeds
from tasks.crawl.aside import open_aside, run_aside
from tasks.crawl.crawler import open_crawler
from tasks.crawl.decode import decode_within, decoded_sizes
from tasks.crawl.entries import Entries, is_own, own_entries
from tasks.crawl.exchange import Exchange, Result
from tasks.crawl.fetch import fetch
from tasks.crawl.front import MOST_LINKS, is_article_link, read_front_page
from tasks.crawl.made import together
from tasks.crawl.recover import read_kept
from tasks.crawl.run import Crawled, crawl
from tasks.crawl.sitemaps import MOST_LISTED, read_sitemap
from tasks.crawl.traps import MOST_ALIKE, Shapes, trap_of
from tasks.urls import canonical_url
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving

NOW = datetime(2025, 9, 2, 8, 0, tzinfo=UTC)
SETTINGS = CrawlSettings(
    contact="test@example.org",
    delay_seconds=0,
    timeout_seconds=2.0,
    max_bytes=1_000_000,
    allow_hosts=("127.0.0.2", "127.0.0.3"),
)

# traps

ARTICLES = [
    "/2025/09/02/ferry-stops",
    "/2026/03/02/elections-to-come",
    "/archive/2025/09/02/ferry-stops-again/682/",
    "/archives/2025/09/ferry-stops.html",
    "/events/2025-09-02-fair-opens",
    "/news/story.php?id=12345&page=2&print=0",
    "/a/b/a/b/c",
    "/9/9/9/9/9/9",
    "/news/uk/politics/2025/sep/02/vote",
    "/agenda-for-peace/what-comes-next",
    "/today/the-news",
    "/list/the-ten-best-books",
    "/?p=12345",
    "/world/calendar-reform-debated",
]
TRAPS = {
    "/calendar/2031/05/07": "calendar",
    "/calendar/2025-09": "calendar",
    "/events/month": "calendar",
    "/kalender/berlin/2025/09/": "calendar",
    "/agenda/2025-09-02/": "calendar",
    "/archives/2025/09/02": "calendar",
    "/events/?tribe-bar-date=2025-09-02": "calendar",
    "/x?month=09": "calendar",
    "/2031/05/07/a-day-to-come": "calendar",
    "/a/a/a/a/": "repeating_path",
    "/news/x/news/x/news/x/news/x": "repeating_path",
    "/" + "d/e" * 3 + "/" + "/".join(f"s{number}" for number in range(25)): "endless_address",
    "/" + "z" * 2000: "endless_address",
    "/?" + "&".join(f"p{number}=1" for number in range(20)): "endless_parameters",
    "/?a=1&a=2&a=3&a=4": "endless_parameters",
}


@pytest.mark.parametrize("path", ARTICLES)
def test_an_article_is_no_trap(path: str) -> None:
    assert trap_of(f"https://herald.example{path}", NOW) is None


@pytest.mark.parametrize("path", TRAPS)
def test_a_trap_is_told_by_its_address(path: str) -> None:
    assert trap_of(f"https://herald.example{path}", NOW) == TRAPS[path]


@given(st.text(max_size=60))
def test_any_address_is_a_trap_or_not(text: str) -> None:
    assert trap_of(f"https://herald.example/{text.replace('[', '').replace(']', '')}", NOW) in {
        None,
        *TRAPS.values(),
    }


def test_parameters_that_go_on_and_on_are_cut_and_counted() -> None:
    shapes = Shapes()
    answers = [shapes.add(f"https://h.example/s?id={number}&x=1") for number in range(MOST_ALIKE + 30)]
    assert answers.count("endless_parameters") == 30 and not any(answers[:MOST_ALIKE])
    assert not any(shapes.add(f"https://h.example/{number}") for number in range(MOST_ALIKE + 30))


def test_what_is_left_out_is_said() -> None:
    source = Source(name="H", hosts=("www.herald.example",))
    urls = [
        "https://herald.example/a",
        "https://m.herald.example/a2",
        "https://news.herald.example/b",
        "https://notherald.example/c",
        "https://herald.example/calendar/2025/09/02",
    ]
    found = own_entries(source, Entries([(url, None) for url in urls]), NOW)
    assert [url for _, url, _ in found.pages] == urls[:3] and found.others == 1
    assert found.status == "5 entries, 1 of other hosts, 1 left out (calendar)"
    assert [key for key, _, _ in found.pages] == [canonical_url(url) for url in urls[:3]]
    assert is_own((), "https://anything.example/") and not is_own(("a.example",), "mailto:x")


def test_traps_of_a_feed_are_reported_and_not_fetched(tmp_path: Path) -> None:
    server = Server("127.0.0.2", {"/a": web.article_page("a")})

    async def main() -> Crawled:
        async with serving(server), open_crawler(tmp_path, SETTINGS) as crawler:
            links = [f"{server.url}/calendar/20{year}/01/01" for year in range(30, 60)]
            server.answers["/feed"] = web.rss(f"{server.url}/a", *links)
            return await crawl(crawler, Source(name="x", feeds=(f"{server.url}/feed",)), "r1")

    done = asyncio.run(main())
    assert done.trapped == {"calendar": 30} and done.fetched == done.asked == 1
    assert done.feeds[f"{server.url}/feed"] == "31 entries, 30 left out (calendar)"


# front pages

LINKS = {
    "/2025/09/02/ferry": True,
    "/news/ferry-stops-for-two-days": True,
    "/news/article-123456": True,
    "/story.php?id=99": False,
    "/politics": False,
    "/politics/": False,
    "/tag/ferries-of-the-northern-coast": False,
    "/about": False,
    "/about.html": False,
    "/2025/09/02": False,
    "/img/ferry-stops-for-two-days.jpg": False,
    "/ferry-stops-for-two-days.pdf": False,
    "/video/ferry-stops-for-two-days": False,
    "/": False,
    "": False,
    "#top": False,
}


@pytest.mark.parametrize("path", LINKS)
def test_a_link_looks_like_an_article_or_not(path: str) -> None:
    assert is_article_link(f"https://herald.example{path}") is LINKS[path]


def test_a_headline_speaks_for_a_link_that_says_little() -> None:
    assert is_article_link("https://herald.example/story.php?id=99", 6)
    assert is_article_link("https://herald.example/news/n99", 6)
    assert not is_article_link("https://herald.example/news", 9)


PAGE = """<!doctype html><html><head><base href="https://www.herald.example/x/"></head><body>
<A class=q HREF='../2025/09/02/one'>One</A> <a href=/2025/09/02/two?utm_source=home#c>Two &amp; more</a>
<a href="https://herald.example/2025/09/02/two">again</a> <a href="https://elsewhere.example/2025/09/02/three">no</a>
<a href="javascript:x()">no</a><a href="mailto:a@b.example">no</a><a name="here">no</a>
<a href="https://live.herald.example/2025/09/02/four">below</a>
<a href="/news/5?x=1&amp;y=2"><h3>A <b>headline</b> of five words</h3></a>
<a href="/2025/09/02/unclosed"""


def test_a_front_page_gives_its_articles_once_each_in_order() -> None:
    assert read_front_page(PAGE.encode(), "https://www.herald.example/") == [
        "https://www.herald.example/2025/09/02/one",
        "https://www.herald.example/2025/09/02/two?utm_source=home",
        "https://live.herald.example/2025/09/02/four",
        "https://www.herald.example/news/5?x=1&y=2",
    ]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_front_page(body: bytes) -> None:
    read_front_page(b"<a href='/2025/09/02/x'>" + body, "https://herald.example/")
    assert read_front_page(body, "https://herald.example/") == [] or b"href" in body.lower()


def test_a_front_page_made_of_links_has_an_end() -> None:
    many = b"".join(b"<a href='/2025/09/02/n%d'>x</a>" % number for number in range(100_000))
    started = time.process_time()
    assert len(read_front_page(many, "https://herald.example/")) == MOST_LINKS
    for junk in (b"<a " * 500_000, b"<a href=" * 200_000, b"<a href='" * 200_000, b"<" * 1_000_000):
        read_front_page(junk, "https://herald.example/")
    assert time.process_time() - started < 3.0


def test_a_front_page_stands_in_where_no_list_can_be_read(tmp_path: Path) -> None:
    server = Server("127.0.0.2", {"/2025/09/02/one-more-day": web.article_page("a")})
    server.answers["/"] = b"<a href='/2025/09/02/one-more-day'>One more day</a>"

    async def main() -> list[Crawled]:
        async with serving(server), open_crawler(tmp_path, SETTINGS) as crawler:
            server.answers["/feed"] = web.rss(f"{server.url}/2025/09/02/one-more-day")
            front = (f"{server.url}/",)
            broken = Source(name="x", feeds=(f"{server.url}/no",), front_pages=front)
            whole = Source(name="y", feeds=(f"{server.url}/feed",), front_pages=front)
            return [await crawl(crawler, broken, "r1"), await crawl(crawler, whole, "r1")]

    first, second = asyncio.run(main())
    assert first.fetched == 1 and first.feeds[f"{server.url}/"] == "1 entries"
    assert list(second.feeds) == [f"{server.url}/feed"]


# sitemaps that are none


def test_an_ill_formed_sitemap_is_read_by_its_marks() -> None:
    body = """<?xml version="1.0"?><urlset xmlns:news="x"><url><loc>/a?x=1&y=2</loc><lastmod>2025-09-02</lastmod>
    <url><loc><![CDATA[https://herald.example/b]]></loc><news:news><news:publication_date>2025-09-02T08:00:00Z
    </news:publication_date></news:news></url><url><image:loc>https://img.example/1.jpg</image:loc></url><br></urlset>"""
    found = read_sitemap(body.encode(), "https://herald.example/map.xml", 10_000)
    assert [page.url for page in found.pages][:2] == [
        "https://herald.example/a?x=1&y=2",
        "https://herald.example/b",
    ]
    assert found.pages[1].at == NOW and not found.sitemaps


@pytest.mark.parametrize("mark", [b"<url>", b"<a/>", b"<url><loc>", b"<sitemap", b"</url>"])
def test_a_sitemap_made_of_marks_makes_no_large_tree(mark: bytes) -> None:
    import tracemalloc

    body = b"<urlset>" + mark * (600_000 // len(mark))
    tracemalloc.start()
    started = time.process_time()
    found = read_sitemap(body, "https://herald.example/map.xml", 10_000_000)
    assert len(found.pages) <= MOST_LISTED and tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
    assert time.process_time() - started < 3.0


# beside the loop


def squares(count: int) -> int:
    return len([number * number for number in range(count)])


def test_work_aside_keeps_the_loop_free_and_tells_its_errors() -> None:
    async def main() -> tuple[int, list[float]]:
        gaps: list[float] = []

        async def watch() -> None:
            while True:
                before = time.monotonic()
                await asyncio.sleep(0.005)
                gaps.append(time.monotonic() - before)

        watching = asyncio.create_task(watch())
        with open_aside() as aside:
            done = await run_aside(aside.reader, squares, 1_500_000)
            with pytest.raises(ZeroDivisionError):
                await run_aside(aside.writer, divmod, 1, 0)
        watching.cancel()
        return done, gaps

    done, gaps = asyncio.run(main())
    assert done == 1_500_000 and len(gaps) > 3


def test_who_is_cancelled_waits_for_the_end_of_his_work() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(5)
        ended.set()

    async def main() -> None:
        with ThreadPoolExecutor(1) as pool:
            task = asyncio.create_task(run_aside(pool, work))
            while not begun.is_set():
                await asyncio.sleep(0.001)
            task.cancel()
            await asyncio.sleep(0.01)
            assert not task.done()
            may_end.set()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert ended.is_set()

    asyncio.run(main())


def test_the_first_error_of_several_is_raised_as_it_is() -> None:
    async def fail() -> None:
        raise KeyError("x")

    async def wait() -> None:
        await asyncio.sleep(9)

    with pytest.raises(KeyError):
        asyncio.run(together([wait(), fail()]))


# what bodies unfold to


@given(st.binary(max_size=3000), st.sampled_from(["gzip", "br", "zstd", "deflate"]), st.integers(1, 50))
def test_sizes_add_up_to_what_is_decoded(body: bytes, coding: str, step: int) -> None:
    packed = web.encode(coding, body)
    pieces = [packed[at : at + step] for at in range(0, len(packed), step)]
    assert sum(decoded_sizes(pieces, [coding])) == len(decode_within(pieces, [coding], 10_000)) == len(body)


def test_a_bomb_that_comes_in_drops_holds_no_window_while_it_waits(tmp_path: Path) -> None:
    server = Server("127.0.0.2", {"/bomb": web.bomb("br", 4_000_000), "/zero": web.coded("gzip", b"")})

    async def main() -> list[Result]:
        async with serving(server), open_crawler(tmp_path, SETTINGS) as crawler:
            found = [await fetch(crawler.client, f"{server.url}/{name}") for name in ("bomb", "zero")]
            assert found[0].last.truncated == "length" and found[0].last.decoded > SETTINGS.max_bytes
            assert "decoded" in found[0].detail and 0 < found[0].last.seconds < SETTINGS.timeout_seconds
            for one in found:
                one.close()
            return [one.result for one in found]

    assert asyncio.run(main()) == [Result.TOO_LARGE, Result.FETCHED]


# what is kept twice


def answer(body: bytes, status: int = 200, url: str = "https://herald.example/a") -> Exchange:
    head = f'HTTP/1.1 {status} X\r\nETag: "1"\r\nX-Odd:no space\r\n\r\n'.encode()
    return Exchange(
        url, NOW, b"GET /a HTTP/1.1\r\n\r\n", head, status, {}, io.BytesIO(body), len(body), len(body)
    )


def test_what_repeats_itself_is_kept_as_a_revisit_and_nothing_else_is(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "r1", "test/0")
    first = archive.keep(answer(b"words"))
    assert first is not None and not first.is_revisit
    earlier = Earlier("https://herald.example/a", first.digest, NOW.timestamp())
    kept = [
        archive.keep(answer(b"words"), earlier),
        archive.keep(answer(b"other words"), earlier),
        archive.keep(answer(b"words", url="https://herald.example/b"), earlier),
        archive.keep(answer(b"words", 404), earlier),
        archive.keep(answer(b"", 304), earlier),
        archive.keep(answer(b"", 304)),
    ]
    cut = answer(b"words")
    cut.truncated = "time"
    kept.append(archive.keep(cut, earlier))
    archive.close()
    assert [one.is_revisit for one in kept if one] == [True, False, False, False, True, True, False]
    records = [one for one in read_kept(archive.finished[0]) if one.kind in ("response", "revisit")]
    assert [one.kind for one in records[1:]] == [
        "revisit",
        "response",
        "response",
        "response",
        "revisit",
        "revisit",
        "response",
    ]
    assert records[1].digest == records[5].digest == first.digest
    assert records[0].headers["etag"] == '"1"' and records[0].headers["x-odd"] == "no space"
    assert records[0].body == b"words" and records[0].at == NOW.timestamp()


def test_rotated_archives_of_feeds_stay_archives_of_feeds(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "r1-feeds", "test/0", rotate_at=500)
    for _ in range(4):
        archive.keep(answer(b"words" * 50))
    archive.close()
    assert len(archive.finished) >= 2 and all(is_feeds(path) for path in archive.finished)
    assert not is_feeds(Path("r1-feeds-of-cattle.warc.gz")) and not is_feeds(Path("r1-2.warc.gz"))
