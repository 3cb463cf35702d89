"""What crawling costs: CPU seconds per 1,000 pages fetched and archived, and memory at 200 connections.

    python -m benchmarks.crawl [--pages 2000] [--hosts 40] [--connections 50] [--scrapy] [--hostile]

The news server runs in a process of its own on 127.0.0.x; only the crawler's time counts.  ``--scrapy`` runs Scrapy on the
same pages where it is installed (without archiving: Scrapy keeps nothing).  ``--hostile`` crawls
a town of hostile outlets over 200 connections and reports memory, deadlines, the limit per host, and whether a secret was asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import open_crawler
from tasks.crawl.exchange import Exchange
from tasks.crawl.run import crawl
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving
from tests.unit.crawl.hostile_town import lists, town

FEED = 50
DEADLINE = 5.0


def serve(hosts: int, pages: int, ready: multiprocessing.connection.Connection) -> None:
    """The server process: outlets with feeds and pages."""

    async def main() -> None:
        servers = []
        each = pages // hosts
        packed = web.coded("gzip", web.article_page("Quay") + b"<!-- " + b"advert " * 6_000 + b"-->")
        for number in range(hosts):
            server = Server(f"127.0.1.{number + 1}", {f"/{page}": packed for page in range(each)})
            server.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
            servers.append(server)
        async with serving(*servers):
            for server in servers:
                links = [f"{server.url}/{page}" for page in range(each)]
                for at in range(0, each, FEED):
                    server.answers[f"/feed-{at // FEED}"] = web.rss(*links[at : at + FEED])
            ready.send(([server.url for server in servers], -(-each // FEED)))
            while not ready.poll():
                await asyncio.sleep(0.2)
            ready.send(max(server.most_busy for server in servers))

    asyncio.run(main())


async def crawl_all(lake: Path, urls: list[str], feeds: int, connections: int) -> int:
    """Crawl every outlet at once; returns pages fetched."""
    settings = settings_for(urls, connections)
    async with open_crawler(lake, settings) as crawler:
        sources = [
            Source(name=f"outlet {number}", feeds=tuple(f"{url}/feed-{feed}" for feed in range(feeds)))
            for number, url in enumerate(urls)
        ]
        done = await asyncio.gather(*(crawl(crawler, source, "r1") for source in sources))
    for one in done:
        if one.failures or one.waiting:
            print(f"{one.source}: {one.counts}, {one.waiting} waiting, {one.failures[:3]}")
    return sum(one.fetched for one in done)


def settings_for(urls: list[str], connections: int, timeout: float = 30.0) -> CrawlSettings:
    """Settings that let loopback be reached without pauses."""
    hosts = tuple(url.removeprefix("http://").rpartition(":")[0] for url in urls)
    return CrawlSettings(
        contact="bench@example.org", delay_seconds=0, per_host=4, connections=connections, timeout_seconds=timeout,
        allow_hosts=hosts,
    )  # fmt: skip


async def suffer(lake: Path, urls: list[str], limit: int) -> tuple[int, float, float]:
    """Crawl a town of hostile outlets over 200 connections, archives and all.

    Returns pages asked for, the longest that one request took on the wire, and the longest that the loop was busy, in seconds.
    """
    settings = settings_for(urls, 200, DEADLINE).model_copy(update={"per_host": limit})
    longest, busiest, before = 0.0, 0.0, Exchange.close

    def close(exchange: Exchange) -> None:
        nonlocal longest
        longest = max(longest, exchange.seconds)
        before(exchange)

    async def watch() -> None:
        nonlocal busiest
        while True:
            started = time.monotonic()
            await asyncio.sleep(0.01)
            busiest = max(busiest, time.monotonic() - started - 0.01)

    Exchange.close = close  # type: ignore[method-assign]
    async with open_crawler(lake, settings) as crawler:
        watching = asyncio.create_task(watch())
        maps = [f"{name}" for name in lists("", "") if "/map-" not in name or not name[5].isdigit()]
        sources = [
            Source(
                name=f"outlet {number}", feeds=(f"{url}/feed.xml", *(url + name for name in maps if "map" not in name)),
                sitemaps=tuple(url + name for name in maps if "map" in name or name == "/index.xml"),
            )
            for number, url in enumerate(urls)
        ]  # fmt: skip
        done = await asyncio.gather(*(crawl(crawler, source, "r1") for source in sources))
        watching.cancel()
    return sum(one.asked for one in done), longest, busiest


def serve_town(hosts: int, ready: multiprocessing.connection.Connection) -> None:
    """The process of the hostile town."""
    with town(hosts) as here:
        ready.send([server.url for server in here.outlets])
        ready.recv()
        ready.send((max(server.most_busy for server in here.outlets), len(here.inner.asked)))


def be_hostile(hosts: int) -> None:
    """Run the hostile town and print what it did to the crawl."""
    limit = -(-200 // hosts)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve_town, args=(hosts, theirs))
    server.start()
    urls = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        asked, longest, busiest = asyncio.run(suffer(Path(folder), urls, limit))
    ours.send(None)
    most, leaked = ours.recv()
    print(
        f"hostile: {asked} pages of {hosts} outlets, peak {_peak_kib() / 1024:.0f} MiB, slowest {longest:.2f} s of {DEADLINE:g},"
    )
    print(
        f"  loop busy {busiest:.2f} s at most, {used():.1f} CPU s; most requests at once to one host {most} of {limit}; secrets asked for: {leaked}"
    )
    server.join()


SPIDER = """
import resource, sys, scrapy
from scrapy.crawler import CrawlerProcess
class Spider(scrapy.Spider):
    name = "bench"
    start_urls = sys.argv[1].split()
    def parse(self, response):
        for link in response.xpath("//item/link/text()").getall():
            yield scrapy.Request(link, self.keep)
    def keep(self, response):
        len(response.body)
process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS": 50,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "TELNETCONSOLE_ENABLED": False, "DOWNLOAD_DELAY": 0})
crawler = process.create_crawler(Spider)
process.crawl(crawler)
process.start()
print(crawler.stats.get_value("downloader/response_status_count/200"))
"""


def used() -> float:
    """CPU seconds of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Run what was asked for and print it, a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--scrapy", action="store_true")
    parser.add_argument("--hostile", action="store_true")
    given = parser.parse_args()
    if given.hostile:
        be_hostile(given.hosts)
        return
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(given.hosts, given.pages, theirs)
    )
    server.start()
    urls, feeds = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        before, started = used(), time.monotonic()
        fetched = asyncio.run(crawl_all(Path(folder), urls, feeds, given.connections))
        seconds, wall = used() - before, time.monotonic() - started
    print(
        f"columninch: {fetched} pages, {1000 * seconds / fetched:.2f} CPU s per 1,000, {fetched / wall:.0f} pages/s, {_peak_kib() / 1024:.0f} MiB"
    )
    if given.scrapy and find_spec("scrapy"):
        starts = " ".join(f"{url}/feed-{feed}" for url in urls for feed in range(feeds))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        output = subprocess.run(
            [sys.executable, "-c", SPIDER, starts], capture_output=True, text=True, check=True
        ).stdout
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"scrapy: {output.strip()} answers, {1000 * seconds / given.pages:.2f} CPU s per 1,000")
    ours.send(None)
    print(f"most requests at once to one host: {ours.recv()} of 4")
    server.join()


def _peak_kib() -> int:
    """Peak memory of this process alone: ru_maxrss would carry over what its parent used."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    main()
