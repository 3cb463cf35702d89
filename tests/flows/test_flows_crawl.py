"""The crawl flow from a feed to the marts, over a news server on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from flows.backfill import make_job
from flows.crawl import choose_sources, crawl, crawl_notes
from flows.sitemaps import backfill_sitemaps
from tasks.backfill.gaps import archive_coverage
from tasks.errors import ConfigError
from tasks.store import Lake
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving_in_thread

SETTINGS = """
[crawl]
contact = "test@example.org"
delay_seconds = 0
allow_hosts = ["127.0.0.2"]
[runner]
workers = 1
"""


def write(folder: Path, server: Server, settings: str = SETTINGS) -> tuple[str, str]:
    sources, corpus = folder / "sources.toml", folder / "corpus.toml"
    sources.write_text(
        f'[[source]]\nname = "The Quay Gazette"\nfeeds = ["{server.url}/feed.xml"]\n'
        f'[[source]]\nname = "The Shut Door"\nfeeds = ["{server.url}/no-such-feed"]\n'
    )
    corpus.write_text(settings)
    return str(sources), str(corpus)


def test_without_a_contact_nothing_is_requested(tmp_path: Path) -> None:
    server = Server("127.0.0.2", {})
    with serving_in_thread(server):
        sources, corpus = write(tmp_path, server, "")
        with pytest.raises(ConfigError, match="contact"):
            crawl.fn(sources, None, str(tmp_path / "lake"), settings_file=corpus)
    assert not server.asked


def test_a_source_that_is_not_listed_is_an_error(tmp_path: Path) -> None:
    sources, corpus = write(tmp_path, Server("127.0.0.2", {}))
    job = make_job(str(tmp_path / "lake"), corpus, sources, [])
    with pytest.raises(ConfigError, match="Nowhere Times"):
        choose_sources(job, ["Nowhere Times"], sources)
    assert [source.name for source in choose_sources(job, None, sources)] == [
        "The Quay Gazette",
        "The Shut Door",
    ]


def test_what_a_person_should_know_of_a_run_is_noted() -> None:
    meta = {
        "source": "Q",
        "feeds": {"https://q.example/a": "3 entries", "https://q.example/b": "server_error: status 500"},
        "trapped": {"calendar": 1200},
        "waiting": 7,
        "recovered": 2,
    }
    assert list(crawl_notes(meta)) == [
        "Q: https://q.example/b: server_error: status 500",
        "Q: left out as endless: calendar 1,200",
        "Q: 2 pages that an earlier crawl had fetched before it was killed are taken in",
        "Q: 7 addresses wait for a later crawl",
    ]
    assert not list(crawl_notes({**meta, "feeds": {}, "trapped": {}, "waiting": 0, "recovered": 0}))


@pytest.mark.slow
def test_what_a_feed_lists_is_in_the_marts_and_a_second_crawl_fetches_nothing(tmp_path: Path) -> None:
    import duckdb

    pages = {
        f"/{name}": web.article_page(f"The {name} pier is closed", name)
        for name in ("north", "south", "east")
    }
    server = Server("127.0.0.2", {"/robots.txt": (404, {}, b""), **pages})
    lake = tmp_path / "lake"
    with serving_in_thread(server), prefect_test_harness(server_startup_timeout=180):
        server.answers["/feed.xml"] = web.conditional(web.rss(*(f"{server.url}{path}" for path in pages)))
        sources, corpus = write(tmp_path, server)
        first = crawl(sources, None, str(lake), settings_file=corpus)
        asked = len(server.asked)
        second = crawl(sources, None, str(lake), settings_file=corpus)
    assert first.rows["crawl"] == {"rows_in": 3, "rows_out": 3, "rejected": 0}
    assert first.rows["capture"]["rows_out"] == 3 and first.units == 1
    assert (
        list(first.failed) == ["The Shut Door"] and "no feed could be read" in first.failed["The Shut Door"]
    )
    assert second.rows["crawl"]["rows_in"] == 0 and second.units == 0
    assert sorted(one.path for one in server.asked[asked:]) == ["/feed.xml", "/no-such-feed", "/robots.txt"]
    files = str(lake / "marts" / "articles" / "*" / "*.parquet")
    rows = duckdb.sql(f"select source, count(*) from read_parquet('{files}') group by all").fetchall()
    assert rows == [("The Quay Gazette", 3)]


@pytest.mark.slow
def test_the_pages_that_sitemaps_date_to_a_span_are_in_the_lake_and_counted_by_day(tmp_path: Path) -> None:
    pages = {
        f"/2019/03/{day}/{name}": web.article_page(f"The {name} pier is closed", name)
        for day, name in (("01", "north"), ("31", "south"))
    }
    later = {"/2019/04/01/east": web.article_page("The east pier is closed", "east")}
    server = Server("127.0.0.2", {"/robots.txt": (404, {}, b""), **pages, **later})
    lake, command = (
        tmp_path / "lake",
        {"first": "2019-03-01", "end": "2019-04-01", "lake": str(tmp_path / "lake")},
    )
    with serving_in_thread(server), prefect_test_harness(server_startup_timeout=180):
        links = "".join(
            f"<url><loc>{server.url}{path}</loc></url>" for path in (*pages, *later, "/2019/03/05/gone")
        )
        server.answers["/sitemap.xml"] = f"<urlset>{links}</urlset>".encode()
        _, corpus = write(tmp_path, server)
        sources = tmp_path / "with-sitemaps.toml"
        sources.write_text(
            f'[[source]]\nname = "The Quay Gazette"\nsitemaps = ["{server.url}/sitemap.xml"]\n'
        )
        first = backfill_sitemaps(
            "The Quay Gazette", sources_file=str(sources), settings_file=corpus, refresh=False, **command
        )
        asked = len(server.asked)
        second = backfill_sitemaps(
            "The Quay Gazette", sources_file=str(sources), settings_file=corpus, refresh=False, **command
        )
    assert first.rows["crawl"] == {"rows_in": 3, "rows_out": 2, "rejected": 1}
    assert first.rows["enrich"]["rows_out"] == 2
    assert first.notes == ("1 pages of other days",)
    assert "/2019/04/01/east" not in server.counts
    assert second.rows["crawl"]["rows_in"] == 0
    assert {one.path for one in server.asked[asked:]} == {"/robots.txt", "/sitemap.xml"}
    found = {
        one.day.isoformat(): (one.expected, one.got, one.problem) for one in archive_coverage(Lake(lake))
    }
    assert found == {"2019-03-01": (1, 1, "ok"), "2019-03-05": (1, 0, "missing"), "2019-03-31": (1, 1, "ok")}
