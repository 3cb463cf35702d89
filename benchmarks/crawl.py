"""What crawling costs: CPU seconds per 1,000 pages fetched and archived, and memory at 200 connections.

    python -m benchmarks.crawl [--pages 2000] [--hosts 40] [--connections 50] [--scrapy] [--hostile] [--command]

The news server runs in a process of its own on 127.0.0.x; only the time of the process that crawls counts, its start included.  ``--scrapy`` runs Scrapy on the
same pages where it is installed (without archiving: Scrapy keeps nothing).  ``--hostile`` crawls
a town of hostile outlets over 200 connections and reports memory, deadlines, the limit per host, and whether a secret was asked for.
``--command`` runs ``columninch crawl`` itself on slow outlets and reports the peaks of its two processes.
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
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tasks.config import CrawlSettings, Source
from tasks.crawl.apart import crawl_in_background
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


def crawl_all(lake: Path, urls: list[str], feeds: int, connections: int) -> tuple[int, int]:
    """Crawl every outlet at once, in the process that crawls; returns pages fetched and its peak in KiB."""
    sources = [
        Source(name=f"outlet {number}", feeds=tuple(f"{url}/feed-{feed}" for feed in range(feeds)))
        for number, url in enumerate(urls)
    ]
    with (
        crawl_in_background(lake, settings_for(urls, connections)) as background,
        ThreadPoolExecutor(len(sources)) as threads,
    ):
        done = list(threads.map(lambda source: background.crawl(source, "r1"), sources))
        peak = _peak_kib(background.process.pid)
    for one in done:
        if one.failures or one.waiting:
            print(f"{one.source}: {one.counts}, {one.waiting} waiting, {one.failures[:3]}")
    return sum(one.fetched for one in done), peak


class Slow:
    """An article that is a while in coming, of which it is counted how many are asked for at once, on all hosts."""

    def __init__(self, seconds: float, page: bytes) -> None:
        self.seconds, self.page, self.busy, self.most = seconds, page, 0, 0

    async def __call__(self, server: Server, asked: web.Asked, writer: asyncio.StreamWriter) -> None:
        """Send half of it, and the rest later."""
        self.busy += 1
        self.most = max(self.most, self.busy)
        try:
            half = len(self.page) // 2
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(self.page)}\r\n\r\n"
            writer.write(head.encode() + self.page[:half])
            await writer.drain()
            await asyncio.sleep(self.seconds)
            writer.write(self.page[half:])
            await writer.drain()
        finally:
            self.busy -= 1


def serve_slowly(hosts: int, pages: int, ready: multiprocessing.connection.Connection) -> None:
    """The process of the slow outlets."""

    async def main() -> None:
        slow = Slow(2.0, web.article_page("Quay") + b"<!-- " + b"advert " * 30_000 + b"-->")
        servers = [Server(f"127.0.2.{number + 1}", {}) for number in range(hosts)]
        async with serving(*servers):
            for server in servers:
                paths = [f"/{page}" for page in range(pages // hosts)]
                server.answers = {**dict.fromkeys(paths, slow), "/robots.txt": (404, {}, b"")}
                server.answers["/feed"] = web.rss(*(server.url + path for path in paths))
            ready.send([server.url for server in servers])
            while not ready.poll():
                await asyncio.sleep(0.2)
            ready.send(slow.most)

    asyncio.run(main())


def run_command(hosts: int, pages: int, connections: int) -> None:
    """Run ``columninch crawl`` on slow outlets and print what its processes used at most."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve_slowly, args=(hosts, pages, theirs))
    server.start()
    urls = ours.recv()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_for(urls, connections)
        allowed = ", ".join(f'"{host}"' for host in settings.allow_hosts)
        (folder / "corpus.toml").write_text(
            f'[crawl]\ncontact = "bench@example.org"\ndelay_seconds = 0\nper_host = {settings.per_host}\n'
            f"connections = {connections}\nallow_hosts = [{allowed}]\n"
        )
        (folder / "sources.toml").write_text(
            "".join(
                f'[[source]]\nname = "outlet {at}"\nfeeds = ["{url}/feed"]\n' for at, url in enumerate(urls)
            )
        )
        command = [
            sys.executable, "-m", "flows.cli", "crawl", "--sources", str(folder / "sources.toml"),
            "--settings", str(folder / "corpus.toml"), "--lake", str(folder / "lake"), "--no-refresh",
        ]  # fmt: skip
        peaks: dict[str, int] = {}
        with subprocess.Popen(command) as process:
            while process.poll() is None:
                children = [
                    pid for pid in _children(process.pid) if "tasks.crawl.child" in _said(pid, "cmdline")
                ]
                for what, pids in (("parent", [process.pid]), ("child", children)):
                    peaks[what] = max([peaks.get(what, 0), *map(_peak_kib, pids)])
                if children:
                    peaks["fetching"] = peaks["parent"]
                time.sleep(0.1)
    ours.send(None)
    print(
        f"command: ended with {process.returncode}, {ours.recv()} pages of {hosts} outlets in flight at once;"
    )
    print(
        f"  peak of the process that crawls {peaks['child'] / 1024:.0f} MiB, of its parent {peaks['fetching'] / 1024:.0f} MiB"
        f" meanwhile, {peaks['parent'] / 1024:.0f} MiB in all"
    )
    server.join()


def _said(pid: int | str, what: str) -> str:
    """What ``/proc`` says of a process, nothing once it has ended."""
    try:
        return Path(f"/proc/{pid}/{what}").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*")
    return [int(one) for task in tasks for one in _said(pid, f"task/{task.name}/children").split()]


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


def of_children() -> float:
    """CPU seconds of the children that have ended so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Run what was asked for and print it, a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--hosts", type=int, default=40)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--scrapy", action="store_true")
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--command", action="store_true")
    given = parser.parse_args()
    if given.command:
        run_command(given.hosts, given.pages, given.connections)
        return
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
        before, ours_before, started = of_children(), used(), time.monotonic()
        fetched, peak = crawl_all(Path(folder), urls, feeds, given.connections)
        seconds, wall, waited = of_children() - before, time.monotonic() - started, used() - ours_before
    print(
        f"columninch: {fetched} pages, {1000 * seconds / fetched:.2f} CPU s per 1,000 (its start included), "
        f"{1000 * waited / fetched:.2f} in the parent, {fetched / wall:.0f} pages/s, {peak / 1024:.0f} MiB"
    )
    if given.scrapy and find_spec("scrapy"):
        starts = " ".join(f"{url}/feed-{feed}" for url in urls for feed in range(feeds))
        before = of_children()
        output = subprocess.run(
            [sys.executable, "-c", SPIDER, starts], capture_output=True, text=True, check=True
        ).stdout
        seconds = of_children() - before
        print(f"scrapy: {output.strip()} answers, {1000 * seconds / given.pages:.2f} CPU s per 1,000")
    ours.send(None)
    print(f"most requests at once to one host: {ours.recv()} of 4")
    server.join()


def _peak_kib(pid: int | str = "self") -> int:
    """Peak memory of a process alone, 0 once it has ended: ru_maxrss would carry over what its parent used."""
    _, _, rest = _said(pid, "status").partition("VmHWM:")
    return int(rest.split()[0]) if rest else 0


if __name__ == "__main__":
    main()
