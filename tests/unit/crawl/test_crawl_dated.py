"""Sitemaps to the pages of a span of days: none of them lost, none of other days, and no sitemap asked for in vain."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from tasks.config import CrawlSettings, Source
from tasks.crawl.crawler import open_crawler
from tasks.crawl.dated import DEPTH, Dated, check_read, count_fetched, day_of, list_dated, may_hold
from tasks.crawl.sitemaps import Listed
from tasks.errors import ConfigError
from tests.unit.crawl.crawl_server import Server, serving

SETTINGS = CrawlSettings(contact="test@example.org", delay_seconds=0, allow_hosts=("127.0.0.2",))
DAYS = st.dates(date(2005, 1, 1), date(2030, 12, 31))


def urlset(*pages: tuple[str, str | None]) -> bytes:
    rows = (f"<url><loc>{url}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>" for url, at in pages)
    return f"<urlset>{''.join(rows)}</urlset>".encode()


def index(*maps: tuple[str, str | None]) -> bytes:
    rows = (
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</sitemap>" for url, at in maps
    )
    return f"<sitemapindex>{''.join(rows)}</sitemapindex>".encode()


def listed(
    answers: dict, folder: Path, first: str, end: str, enter: bool = True, hosts: tuple[str, ...] = ()
) -> tuple[Dated, Server, list[str]]:
    """What the sitemaps of a test server list for a span, the server, and the addresses that are due afterwards."""
    server = Server("127.0.0.2", answers)
    source = Source(name="The Quay Gazette", sitemaps=("http://127.0.0.2/sitemap.xml",), hosts=hosts)

    async def main() -> tuple[Dated, list[str]]:
        async with serving(server), open_crawler(folder, SETTINGS) as crawler:
            here = source.model_copy(update={"sitemaps": (f"{server.url}/sitemap.xml",)})
            found = await list_dated(
                crawler, here, date.fromisoformat(first), date.fromisoformat(end), "run", enter
            )
            due = [one.url for one in crawler.frontier.due(source.name, crawler.clock() + 1, 100)]
            assert count_fetched(crawler.frontier, found.pages) == dict.fromkeys(found.pages, 0)
            return found, due

    found, due = asyncio.run(main())
    return found, server, due


def test_pages_of_the_days_wanted_become_due_and_no_others(tmp_path):
    pages = [("/a", "2019-03-01"), ("/b", "2019-03-31T23:59:59Z"), ("/c", "2019-04-01T00:00:00Z"), ("/d", "2019-02-28T23:59:59Z"), ("/e", None),
             ("/f", "2019-04-01T01:00:00+02:00"), ("/2019/03/15/g", "2021-01-01"), ("/2018/03/15/h", "2019-03-15")]  # fmt: skip
    found, _, due = listed({"/sitemap.xml": urlset(*pages)}, tmp_path, "2019-03-01", "2019-04-01")
    assert sorted(url.partition("/")[2].rpartition("/")[2] for url in due) == ["a", "b", "f", "g"]
    assert {day.isoformat(): len(keys) for day, keys in found.pages.items()} == {
        "2019-03-01": 1,
        "2019-03-31": 2,
        "2019-03-15": 1,
    }
    assert (found.undated, dict(found.others)) == (1, {"of other days": 3})
    assert found.notes() == ["1 pages without a date left out", "3 pages of other days"]


def test_sitemaps_that_hold_nothing_of_the_span_are_not_asked_for(tmp_path):
    maps = [
        ("/2019-02.xml", None),
        ("/2019-03.xml", None),
        ("/2019-05.xml", None),
        ("/old.xml", "2018-12-31"),
        ("/all.xml", "2024-01-01"),
        ("/plain.xml", None),
    ]
    answers = {f"{name}": urlset((f"/page{name}", "2019-03-05")) for name, _ in maps}
    found, server, due = listed(
        {"/sitemap.xml": index(*maps), **answers}, tmp_path, "2019-03-05", "2019-03-20"
    )
    asked = {one.path for one in server.asked} - {"/robots.txt"}
    assert asked == {"/sitemap.xml", "/2019-03.xml", "/all.xml", "/plain.xml"}
    assert len(due) == 3
    assert found.is_read


def test_a_plan_enters_nothing(tmp_path):
    found, _, due = listed(
        {"/sitemap.xml": urlset(("/a", "2019-03-01"))}, tmp_path, "2019-03-01", "2019-03-02", enter=False
    )
    assert due == []
    assert sum(map(len, found.pages.values())) == 1


def test_circles_nests_and_sitemaps_that_are_gone_end_and_are_said(tmp_path):
    deep = {f"/{n}.xml": index((f"/{n + 1}.xml", None)) for n in range(DEPTH + 3)}
    answers = {
        "/sitemap.xml": index(
            ("/sitemap.xml", None), ("/0.xml", None), ("/gone.xml", None), ("/page.xml", None)
        ),
        "/page.xml": urlset(("/a", "2019-03-01")),
        **deep,
    }
    found, server, due = listed(answers, tmp_path, "2019-03-01", "2019-03-02")
    assert max(server.counts[path] for path in server.counts) == 1
    assert len(due) == 1
    notes = "\n".join(found.notes())
    assert "/gone.xml: client_error: status 404" in notes
    assert f"nested deeper than {DEPTH}" in notes


def test_pages_of_other_hosts_and_robots_are_heeded(tmp_path):
    answers = {"/robots.txt": b"User-agent: *\nDisallow: /sitemap.xml"}
    found, server, _ = listed(answers, tmp_path, "2019-03-01", "2019-03-02")
    assert [one.path for one in server.asked] == ["/robots.txt"]
    with pytest.raises(ConfigError, match="no sitemap could be read"):
        check_read(found, "The Quay Gazette")
    pages = urlset(("http://elsewhere.example/a", "2019-03-01"), ("/b", "2019-03-01"))
    found, _, due = listed(
        {"/sitemap.xml": pages}, tmp_path / "2", "2019-03-01", "2019-03-02", hosts=("127.0.0.2",)
    )
    assert len(due) == 1
    assert found.others["of other hosts"] == 1


def test_what_was_read_is_kept(tmp_path):
    listed({"/sitemap.xml": urlset(("/a", "2019-03-01"))}, tmp_path, "2019-03-01", "2019-03-02")
    assert [path.name for path in tmp_path.rglob("*.warc.gz*")] == ["run-dated-feeds.warc.gz"]


@examples(max_examples=200)
@given(
    DAYS,
    DAYS,
    st.integers(1, 60),
    st.sampled_from(["%Y-%m", "%Y/%m", "%Y%m", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"]),
)
def test_a_sitemap_named_after_a_time_is_read_whenever_it_may_hold_a_page(page, first, length, form):
    """Whatever zone its days are of: the page may be a day before or after the one that the name says."""
    end = first + timedelta(length)
    sitemap = Listed(f"https://h.example/sitemap-{page.strftime(form)}.xml", None)
    for away in (-1, 0, 1):
        if first <= page + timedelta(away) < end:
            assert may_hold(sitemap, first, end)
    if page < first - timedelta(40) or page > end + timedelta(40):
        assert not may_hold(sitemap, first, end)


@examples(max_examples=100)
@given(DAYS, DAYS, st.integers(1, 60))
def test_a_sitemap_changed_before_the_span_holds_nothing_of_it(changed, first, length):
    sitemap = Listed(
        "https://h.example/s.xml", datetime(changed.year, changed.month, changed.day, tzinfo=UTC)
    )
    assert may_hold(sitemap, first, first + timedelta(length)) == (changed >= first)


@pytest.mark.parametrize(
    ("url", "at", "day"),
    [
        ("https://h/2019/03/31/pier", None, date(2019, 3, 31)),
        ("https://h/news/20190331-pier", None, date(2019, 3, 31)),
        ("https://h/2019/02/30/pier", datetime(2019, 3, 1, tzinfo=UTC), date(2019, 3, 1)),
        ("https://h/2019/03/pier", None, None),
        ("https://h/article-1201903310", None, None),
        ("https://h/pier", None, None),
    ],
)
def test_the_day_of_a_page(url, at, day):
    assert day_of(Listed(url, at)) == day
