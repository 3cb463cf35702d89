"""A whole crawl through a town of hostile outlets: nothing secret, nothing endless, everything accounted for."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tasks.backfill.warc import read_warc
from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import open_crawler
from tasks.crawl.exchange import Result
from tasks.crawl.frontier import open_frontier
from tasks.crawl.run import Crawled, crawl
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl import hostile_town
from tests.unit.crawl.hostile_town import Town, town

SETTINGS = CrawlSettings(
    contact="test@example.org", delay_seconds=0, per_host=4, timeout_seconds=2.0, max_bytes=1_000_000, connections=60,
    allow_hosts=("127.0.3.1", "127.0.3.2", "127.0.3.3", "127.0.3.4"),
)  # fmt: skip


def sources_of(here: Town) -> list[Source]:
    return [
        Source(name=server.host, feeds=(f"{server.url}/feed.xml",), sitemaps=()) for server in here.outlets
    ]


def crawl_all(lake: Path, sources: list[Source]) -> list[Crawled]:
    async def main() -> list[Crawled]:
        async with open_crawler(lake, SETTINGS) as crawler:
            return list(await asyncio.gather(*(crawl(crawler, source, "r1") for source in sources)))

    return asyncio.run(main())


def check_accounts(lake: Path, done: Crawled, here: Town) -> None:
    """Every page that was asked for ended as it may, and is in the books once."""
    named = {one.url.rpartition("/")[2].partition("?")[0]: one.result for one in done.failures}
    fetched = done.asked - len(done.failures)
    assert done.counts.get(Result.FETCHED, 0) == fetched and sum(done.counts.values()) == done.asked
    assert Counter(one.result for one in done.failures) == Counter(
        {result: count for result, count in done.counts.items() if result != Result.FETCHED}
    )
    for name, ends in here.ends.items():
        assert (named.get(name) or Result.FETCHED) in ends, (name, named.get(name))
    with open_frontier(lake) as frontier:
        assert sum(frontier.counts(done.source).values()) == done.listed == done.asked


@pytest.mark.slow
def test_a_crawl_through_the_town_ends_well(tmp_path: Path) -> None:
    with town(2) as here:
        crawled = crawl_all(tmp_path, sources_of(here))
        assert not here.inner.asked
        assert max(server.most_busy for server in here.outlets) <= SETTINGS.per_host
        assert all("/robots-no" not in server.counts for server in here.outlets)
    assert len(here.ends) >= 39
    for done in crawled:
        check_accounts(tmp_path, done, here)
        for path in done.files:
            data = path.read_bytes()
            assert web.SECRET not in data
            assert not [one for one in read_warc(path) if web.SECRET in getattr(one, "body", b"")]


@pytest.mark.parametrize(
    "name",
    sorted(
        name
        for name in hostile_town.lists("http://h", "http://i")
        if "/map-" not in name and name != "/index.xml"
    ),
)
def test_a_hostile_feed_gives_its_honest_entry_and_no_more(tmp_path: Path, name: str) -> None:
    with town(1) as here:
        (server,) = here.outlets
        (done,) = crawl_all(tmp_path, [Source(name="x", feeds=(f"{server.url}{name}",))])
        assert not here.inner.asked
    assert done.fetched == 1 and "entries" in done.feeds[f"{server.url}{name}"]
    assert set(done.counts) <= {Result.FETCHED, Result.BLOCKED}


@pytest.mark.parametrize(
    "name", ["/map-xxe.xml", "/map-laughs.xml", "/map-wide.xml", "/map-ill.xml", "/map-packed.xml.gz"]
)
def test_a_hostile_sitemap_gives_its_honest_page_and_no_more(tmp_path: Path, name: str) -> None:
    with town(1) as here:
        (server,) = here.outlets
        (done,) = crawl_all(tmp_path, [Source(name="x", sitemaps=(f"{server.url}{name}",))])
        assert not here.inner.asked
    assert done.fetched == 1 and set(done.counts) <= {Result.FETCHED, Result.CLIENT_ERROR}


def test_a_bomb_of_a_sitemap_lists_nothing_and_an_index_without_end_is_reported(tmp_path: Path) -> None:
    with town(1) as here:
        (server,) = here.outlets
        maps = (f"{server.url}/map-bomb.xml.gz", f"{server.url}/index.xml")
        (done,) = crawl_all(tmp_path, [Source(name="x", sitemaps=maps)])
    assert done.feeds[maps[0]] == "0 entries" and done.asked == 0
    assert done.trapped["nested_sitemaps"] >= 1
    assert any(status.startswith("not read") for status in done.feeds.values())
    assert sum(server.counts.values()) <= 45


CORPUS = """
[crawl]
contact = "test@example.org"
delay_seconds = 0
per_host = 4
timeout_seconds = 2.0
max_bytes = 1_000_000
allow_hosts = ["127.0.3.1", "127.0.3.2"]
[runner]
workers = 1
"""


@pytest.mark.slow
def test_the_command_survives_the_town_and_accounts_for_every_page(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    settings, file, lake = tmp_path / "corpus.toml", tmp_path / "sources.toml", tmp_path / "lake"
    settings.write_text(CORPUS)
    command = [sys.executable, "-m", "flows.cli", "crawl", "--json", "--no-refresh", "--lake", str(lake)]
    command += ["--sources", str(file), "--settings", str(settings)]
    environment = {
        **os.environ,
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    root = Path(__file__).parents[3]
    with town(2) as here:
        file.write_text(
            "".join(
                f'[[source]]\nname = "{one.host}"\nfeeds = ["{one.url}/feed.xml"]\n' for one in here.outlets
            )
        )
        first = subprocess.run(
            command, capture_output=True, text=True, cwd=root, env=environment, timeout=240, check=False
        )
        assert first.returncode == 0, first.stderr
        asked = Counter(server.host for server in here.outlets for one in server.asked if one.path == "/ok")
        assert not here.inner.asked and set(asked.values()) == {1}
    summary = json.loads(first.stdout)
    rows = summary["rows"]["crawl"]
    assert rows["rows_in"] == 2 * (len(here.ends) + 1) == rows["rows_out"] + rows["rejected"]
    rejects = [
        row
        for path in (lake / "units" / "rejects").glob("*.crawl.parquet")
        for row in pq.read_table(path).to_pylist()
    ]
    assert len(rejects) == rows["rejected"] and all(row["url"] and row["reason"] for row in rejects)
    for row in rejects:
        assert row["reason"] in here.ends[row["url"].rpartition("/")[2]]
    assert "secret of the inner" not in first.stdout + first.stderr
