"""What crawling costs: CPU seconds per 1,000 pages fetched and archived, and memory at 200 connections.

    python -m benchmarks.crawl [--pages 2000] [--hosts 40] [--connections 50] [--scrapy] [--hostile]

The news server runs in a process of its own on 127.0.0.x; only the crawler's time counts.  ``--scrapy`` runs Scrapy on the
same pages where it is installed (without archiving: Scrapy keeps nothing).  ``--hostile`` opens 200 connections to
servers that drip, bloat and lie, and reports the most memory used.
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
from tasks.crawl.fetch import fetch
from tasks.crawl.run import crawl
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving

FEED = 50
HOSTILE = (
    "drip",
    "silent",
    "endless_body",
    "endless_chunks",
    "endless_headers",
    "one_long_header",
    "half_closed",
)


def serve(hosts: int, pages: int, ready: multiprocessing.connection.Connection) -> None:
    """The server process: outlets with feeds and pages, and one hostile host."""

    async def main() -> None:
        servers = []
        each = pages // hosts
        packed = web.coded("gzip", web.article_page("Quay") + b"<!-- " + b"advert " * 6_000 + b"-->")
        for number in range(hosts):
            server = Server(f"127.0.1.{number + 1}", {f"/{page}": packed for page in range(each)})
            server.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private\n")
            servers.append(server)
        hostile = Server("127.0.2.1", {f"/{name}": getattr(web, name) for name in HOSTILE})
        hostile.answers |= {
            f"/bomb-{coding}": web.bomb(coding, 60_000_000) for coding in ("gzip", "br", "zstd", "deflate")
        }
        async with serving(*servers, hostile):
            for server in servers:
                links = [f"{server.url}/{page}" for page in range(each)]
                for at in range(0, each, FEED):
                    server.answers[f"/feed-{at // FEED}"] = web.rss(*links[at : at + FEED])
            ready.send(([server.url for server in servers], hostile.url, -(-each // FEED)))
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
    return sum(one.fetched for one in done)


def settings_for(urls: list[str], connections: int, timeout: float = 30.0) -> CrawlSettings:
    """Settings that let loopback be reached without pauses."""
    hosts = tuple(url.removeprefix("http://").rpartition(":")[0] for url in urls)
    return CrawlSettings(
        contact="bench@example.org", delay_seconds=0, per_host=4, connections=connections, timeout_seconds=timeout,
        allow_hosts=hosts,
    )  # fmt: skip


async def suffer(lake: Path, url: str) -> float:
    """200 connections to hostile endpoints; returns the longest that one request took, in seconds."""
    settings = settings_for([url], 200, 5.0).model_copy(update={"per_host": 200})
    names = [*HOSTILE, "bomb-gzip", "bomb-br", "bomb-zstd", "bomb-deflate"]
    slowest = 0.0

    async def one(path: str) -> None:
        nonlocal slowest
        fetched = await fetch(crawler.client, f"{url}/{path}")
        slowest = max(slowest, *(exchange.seconds for exchange in fetched.exchanges))
        fetched.close()

    async with open_crawler(lake, settings) as crawler:
        await asyncio.gather(*(one(names[number % len(names)]) for number in range(200)))
    return slowest


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
print(crawler.stats.get_value("response_status_count/200"))
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
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(given.hosts, given.pages, theirs)
    )
    server.start()
    urls, hostile, feeds = ours.recv()
    with tempfile.TemporaryDirectory() as folder:
        if given.hostile:
            slowest = asyncio.run(suffer(Path(folder), hostile))
            peak = _peak_kib() / 1024
            print(f"hostile: peak {peak:.0f} MiB, slowest {slowest:.2f} s of 5, {used():.1f} CPU s")
        else:
            before, started = used(), time.monotonic()
            fetched = asyncio.run(crawl_all(Path(folder), urls, feeds, given.connections))
            seconds, wall = used() - before, time.monotonic() - started
            peak = _peak_kib() / 1024
            print(
                f"columninch: {fetched} pages, {1000 * seconds / fetched:.2f} CPU s per 1,000, {fetched / wall:.0f} pages/s, {peak:.0f} MiB"
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
