"""The books of a crawl: what was asked for is fetched or a row with its reason, and commands say the same."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from flows.cli import app
from tasks.config import CrawlSettings, Source
from tasks.crawl.books import crawl_books
from tasks.crawl.crawler import open_crawler
from tasks.crawl.exchange import Result
from tasks.crawl.frontier import FILE
from tasks.crawl.listing import is_problem
from tasks.crawl.run import Crawled, crawl
from tasks.crawl.task import _save
from tasks.reasons import REASONS, Reason
from tasks.receipts import damaged_files
from tasks.store import Lake
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving

SETTINGS = CrawlSettings(
    contact="test@example.org",
    delay_seconds=0,
    timeout_seconds=1.0,
    allow_hosts=("127.0.0.2",),
)


def crawl_mixed(lake: Path) -> tuple[Crawled, Source]:
    """One run of an outlet with pages that end in every ordinary way."""
    server = Server(
        "127.0.0.2",
        {
            "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /closed"),
            "/a": web.article_page("a"),
            "/gone": (404, {}, b"gone"),
            "/broken": (500, {}, b"oops"),
            "/inner": web.moved("http://127.0.0.9/"),
            "/loop": web.moved("/loop"),
            "/slow": web.silent,
            "/garbage": web.garbage,
            "/closed": b"no",
        },
    )

    async def main() -> tuple[Crawled, Source]:
        async with serving(server), open_crawler(lake, SETTINGS) as crawler:
            links = [f"{server.url}{path}" for path in server.answers if path != "/robots.txt"]
            server.answers["/feed"] = web.rss(*links, f"{server.url}/calendar/2030/01")
            source = Source(name="Mixed", feeds=(f"{server.url}/feed",))
            return await crawl(crawler, source, "r1"), source

    return asyncio.run(main())


def test_every_page_that_was_not_fetched_is_a_row_with_its_reason(tmp_path: Path) -> None:
    done, _ = crawl_mixed(tmp_path)
    lake = Lake(tmp_path)
    receipt = _save(lake, done)
    assert (receipt.rows_in, receipt.rows_out, receipt.rejected) == (8, 1, 7)
    (path,) = (tmp_path / "units" / "rejects").glob("*.parquet")
    rows = pq.read_table(path).to_pylist()
    assert Counter(row["reason"] for row in rows) == Counter(receipt.counts)
    assert {row["url"].rpartition("/")[2]: row["reason"] for row in rows} == {
        "gone": "client_error",
        "broken": "server_error",
        "inner": "blocked",
        "loop": "redirects",
        "slow": "timed_out",
        "garbage": "broken",
        "closed": "robots",
    }
    assert all(row["stage"] == "crawl" and row["unit_id"] == receipt.unit_id for row in rows)
    assert receipt.meta["trapped"] == {"calendar": 1} and receipt.meta["waiting"] == 3
    assert not list(damaged_files(tmp_path, receipt, deep=True))
    assert lake.receipt("crawl", receipt.unit_id) == receipt


@pytest.mark.parametrize("result", [one for one in Result if one not in (Result.FETCHED, Result.POSTPONED)])
def test_every_way_a_page_may_end_is_explained(result: Result) -> None:
    assert REASONS[Reason(str(result))]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("12 entries", False),
        ("0 entries, 4 older or without a date", False),
        ("not_modified", False),
        ("unchanged", False),
        ("not due", False),
        ("postponed: the host wants to be left alone for 300 s", False),
        ("server_error: status 500", True),
        ("blocked: 127.0.0.9 is not a public address", True),
        ("not read: more than 40 sitemaps, or nested deeper than 3", True),
    ],
)
def test_what_is_wrong_with_a_list_is_told_from_what_is_not(status: str, problem: bool) -> None:
    assert is_problem(status) is problem


def test_the_frontier_is_made_anew_by_a_command(tmp_path: Path) -> None:
    _, source = crawl_mixed(tmp_path)
    (tmp_path / FILE).unlink()
    file = tmp_path / "sources.toml"
    file.write_text(f'[[source]]\nname = "Mixed"\nfeeds = ["{source.feeds[0]}"]\n')
    common = ["--lake", str(tmp_path), "--sources", str(file), "--json"]
    made = CliRunner().invoke(app, ["frontier", "rebuild", *common])
    assert json.loads(made.stdout) == {"archives": 1, "pages": 1}
    (listed,) = json.loads(CliRunner().invoke(app, ["sources", "list", *common]).stdout)
    # What no archive tells (robots.txt, private addresses, silence) is found out again.
    assert {name: listed[name] for name in ("fetched", "failed", "due")} == {
        "fetched": 1,
        "failed": 1,
        "due": 6,
    }


def test_status_says_what_crawling_has_done(tmp_path: Path) -> None:
    assert crawl_books(Lake(tmp_path)) == []
    done, source = crawl_mixed(tmp_path)
    _save(Lake(tmp_path), done)
    (book,) = crawl_books(Lake(tmp_path))
    assert (book.source, book.runs, book.listed, book.asked, book.fetched) == ("Mixed", 1, 8, 8, 1)
    assert book.asked == book.fetched + sum(book.rejected.values()) and book.waiting == 3
    assert book.trapped == {"calendar": 1}
    (feed,) = book.lists
    assert feed.url == source.feeds[0] and feed.status == "9 entries, 1 left out (calendar)"
    assert feed.checked_at and feed.due_at and feed.due_at > feed.checked_at
    said = CliRunner().invoke(app, ["status", "--lake", str(tmp_path), "--json"])
    (plain,) = json.loads(said.stdout)["crawl"]
    assert plain["rejected"] == book.rejected and plain["waiting"] == 3
    page = CliRunner().invoke(app, ["status", "--lake", str(tmp_path)], env={"COLUMNS": "200"})
    assert "timed_out 1" in page.stdout and "calendar 1" in page.stdout
