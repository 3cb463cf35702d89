"""Outlets found from one address, written into sources.toml without a byte of it changing, and checked."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows.cli import app
from tasks.config import CrawlSettings, Source, load_sources
from tasks.crawl.discover import Clues, clue_feed, clue_page
from tasks.crawl.look import check_sources, look_at, read_any_date
from tasks.crawl.sources_file import add_block, source_block
from tasks.crawl.zones import find_zone, zones_of
from tasks.errors import ConfigError, UnitError
from tests.unit.crawl import crawl_server as web
from tests.unit.crawl.crawl_server import Server, serving_in_thread

SETTINGS = CrawlSettings(
    contact="test@example.org", delay_seconds=0, timeout_seconds=3.0, allow_hosts=("127.0.0.2", "127.0.0.3")
)
PAGES = [f"/2025/09/0{day}/the-quay-opens-on-day-{day}" for day in range(1, 6)]
HEAD = '<link rel="alternate" type="application/rss+xml" title="All" href="/news.xml">'
HOME = (
    '<!doctype html><html lang="en-IE"><head><title>Home | The Quay Gazette</title>'
    '<meta content="The Quay &amp; Gazette" property="og:site_name">{head}</head><body>'
    + "".join(f'<p><a href="{page}">A headline of five words here</a></p>' for page in PAGES)
    + '<a href="/about">About us</a></body></html>'
)


def outlet(head: str = HEAD, host: str = "127.0.0.2") -> Server:
    server = Server(host, {page: web.article_page(page) for page in PAGES})
    server.answers["/"] = HOME.format(head=head).encode()
    return server


@contextmanager
def on_air(server: Server, *, feed: bool = True, named: bool = False) -> Iterator[Server]:
    """The outlet with its feed, and its sitemap named in robots.txt or in the usual place."""
    with serving_in_thread(server):
        links = [f"{server.url}{page}" for page in PAGES]
        if feed:
            server.answers["/news.xml"] = web.rss(*links)
        if named:
            server.answers["/robots.txt"] = (200, {}, f"Sitemap: {server.url}/maps/today.xml\n".encode())
            body = "".join(f"<url><loc>{link}</loc></url>" for link in links)
            server.answers["/maps/today.xml"] = (200, {}, f"<urlset>{body}</urlset>".encode())
        yield server


def test_feeds_sitemaps_name_language_and_zone_are_found() -> None:
    with on_air(outlet(), named=True) as server:
        found = look_at(server.url, SETTINGS)
    assert found.source() == Source(
        name="The Quay & Gazette", hosts=("127.0.0.2",), feeds=(f"{server.url}/news.xml",),
        sitemaps=(f"{server.url}/maps/today.xml",), timezone="Europe/Dublin", language="en", country="IE",
    )  # fmt: skip
    assert [(one.kind, one.entries) for one in found.lists] == [("feed", 5), ("sitemap", 5)]


def test_a_feed_where_it_usually_is_is_found_without_a_link() -> None:
    server = outlet(head="")
    with on_air(server, feed=False):
        server.answers["/rss.xml"] = web.rss(*(f"{server.url}{page}" for page in PAGES))
        server.answers["/feed"] = server.answers["/rss.xml"]
        found = look_at(server.url, SETTINGS)
    assert [one.url for one in found.lists] == [f"{server.url}/feed"]  # the same again is no second feed


def test_a_feed_leads_to_its_outlet() -> None:
    with on_air(outlet()) as server:
        found = look_at(f"{server.url}/news.xml", SETTINGS)
    assert found.name == "The Quay & Gazette" and found.source().feeds == (f"{server.url}/news.xml",)


def test_a_feed_of_another_outlet_and_one_of_comments_are_left_out() -> None:
    head = '<link rel="alternate" type="application/rss+xml" href="/{}">'
    server = outlet(head.format("partner.xml") + head.format("comments/feed.xml") + HEAD)
    with on_air(server):
        server.answers["/partner.xml"] = web.rss("http://elsewhere.example/2025/09/02/an-article-of-theirs")
        server.answers["/comments/feed.xml"] = web.rss(f"{server.url}/x")
        found = look_at(server.url, SETTINGS)
    assert found.source().feeds == (f"{server.url}/news.xml",)
    assert "/comments/feed.xml" not in server.counts


def test_without_feed_and_sitemap_the_front_page_remains() -> None:
    with on_air(outlet(head=""), feed=False) as server:
        source = look_at(server.url, SETTINGS).source()
    assert (source.feeds, source.sitemaps, source.front_pages) == ((), (), (f"{server.url}/",))


def test_robots_and_private_addresses_hold_for_a_look_too() -> None:
    server = outlet()
    server.answers["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /")
    with on_air(server), pytest.raises(ConfigError, match="robots"):
        look_at(server.url, SETTINGS)
    assert set(server.counts) == {"/robots.txt"}
    with pytest.raises(ConfigError, match="not a public address"):
        look_at("http://127.0.0.9/", SETTINGS)
    with pytest.raises(ConfigError, match="contact"):
        look_at("http://127.0.0.2/", CrawlSettings())


SOURCE = Source(
    name='He said "no"', hosts=("a.example", "b.example"), feeds=("https://a.example/é",), language="fr"
)


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"# mine only\n\n",
        b'# a\r\n[[source]]\r\nname = "X"  # keep\r\n',
        '[[source]]\nname="Ünï"\nhosts = [\n  "c.example", # main\n]'.encode(),
    ],
)
def test_a_block_is_added_and_nothing_else_changes(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "sources.toml"
    if before:
        path.write_bytes(before)
    add_block(path, SOURCE, ("found\nby hand",))
    after = path.read_bytes()
    assert after.startswith(before)
    assert (b"\r\n" in before) == (b"\r\n" in after) and after.count(b"\r\n") in (0, after.count(b"\n"))
    assert load_sources(path)[SOURCE.name] == SOURCE
    with pytest.raises(ConfigError, match="already"):
        add_block(path, SOURCE)
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (b"source = []\n", "by hand"),
        (b"[[source]\n", "not valid TOML"),
        (b'[[source]]\nname = "Y"\nhosts = ["www.b.example"]\n', "'Y' already"),
        (b'[[source]]\nname = "Z"\nfeeds = ["https://a.example/rss"]\n', "'Z' already"),
    ],
)
def test_a_file_that_cannot_take_the_block_stays_as_it_is(
    tmp_path: Path, before: bytes, message: str
) -> None:
    path = tmp_path / "sources.toml"
    path.write_bytes(before)
    with pytest.raises(ConfigError, match=message):
        add_block(path, SOURCE)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="/\\\x00", exclude_categories=["Cs"]),
    min_size=1,
    max_size=30,
)


@given(TEXT, st.lists(TEXT, max_size=3), st.lists(TEXT, max_size=2))
def test_whatever_an_outlet_is_called_its_block_reads_back(
    name: str, hosts: list[str], notes: list[str]
) -> None:
    source = Source(name=name, hosts=tuple(hosts))
    (read,) = tomllib.loads(source_block(source, tuple(notes)))["source"]
    assert Source.model_validate(read) == source


@pytest.mark.parametrize(
    ("country", "offsets", "zone"),
    [
        ("IE", [], "Europe/Dublin"),
        ("AT", [("+02", "00")], "Europe/Vienna"),
        ("US", [("-05", "00"), ("-04", "00")], "America/New_York"),
        ("US", [("+00", "00")], "America/New_York"),
        ("AU", [], "Australia/Sydney"),
        ("NZ", [("+13", "00")], "Pacific/Auckland"),
        ("XX", [("+01", "00")], None),
        (None, [("+01", "00")], None),
    ],
)
def test_the_zone_is_that_of_the_country(
    country: str | None, offsets: list[tuple[str, str]], zone: str | None
) -> None:
    assert find_zone(country, offsets)[0] == zone


def test_offsets_that_only_another_zone_has_decide() -> None:
    zone, hint = find_zone("US", [("-08", "00"), ("-07", "00")])
    assert zone in zones_of("US") and zone == "America/Los_Angeles" and "offsets" in str(hint)


def test_clues_come_from_pages_and_feeds() -> None:
    clues = Clues()
    clue_page(
        clues,
        '<html dir="ltr" lang="pt-BR"><meta property="og:locale" content="pt_BR">2025-09-02T08:00:00-03:00',
    )
    clue_feed(
        clues, b"<rss><channel><language>pt-br</language><pubDate>Tue, 02 Sep 2025 08:00:00 -0300</pubDate>"
    )
    assert clues.languages == ["pt-BR", "pt_BR", "pt-br"] and set(clues.offsets) == {("-03", "00")}


def test_each_list_is_said_to_be_as_it_is() -> None:
    server = outlet()
    now = datetime(2025, 9, 3, tzinfo=UTC)
    with on_air(server):
        dated = "<rss><channel><item><link>{}/x</link><pubDate>{}</pubDate></item></channel></rss>"
        server.answers |= {
            "/fresh.xml": dated.format(server.url, "Tue, 02 Sep 2025 08:00:00 +0200").encode(),
            "/old.xml": dated.format(server.url, "Tue, 02 Jan 2024 08:00:00 GMT").encode(),
            "/none.xml": b"<rss><channel></channel></rss>",
            "/theirs.xml": web.rss("https://elsewhere.example/a"),
            "/moved.xml": web.moved("/fresh.xml"),
            "/broken.xml": (500, {}, b""),
            "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /closed"),
        }
        names = ["fresh", "old", "none", "theirs", "moved", "broken", "gone", "closed"]
        source = Source(
            name="Q", hosts=("127.0.0.2",), feeds=tuple(f"{server.url}/{name}.xml" for name in names)
        )
        found = check_sources([source], SETTINGS, now)
    assert {one.url.rpartition("/")[2][:-4]: one.verdict for one in found} == {
        "fresh": "ok", "old": "stale", "none": "empty", "theirs": "other hosts", "moved": "ok",
        "broken": "server_error", "gone": "client_error", "closed": "robots",
    }  # fmt: skip
    fresh, moved = found[0], found[4]
    assert fresh.newest == datetime(2025, 9, 2, 6, tzinfo=UTC) and fresh.is_ok and not found[2].is_ok
    assert moved.detail == f"moved to {server.url}/fresh.xml"


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2025-13-01", "Tue, 99 Sep 2025 08:00:00", "0000", "9" * 400]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_any_date(text) is None


CORPUS = '[crawl]\ncontact = "test@example.org"\ndelay_seconds = 0\nallow_hosts = ["127.0.0.2"]\n'


def command(*words: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout, result.exception


def test_the_commands_find_write_list_and_check(tmp_path: Path) -> None:
    settings, file = tmp_path / "corpus.toml", tmp_path / "sources.toml"
    settings.write_text(CORPUS)
    file.write_text("# mine\n")
    common = ("--sources", str(file), "--settings", str(settings))
    with on_air(outlet()) as server:
        code, said, _ = command("sources", "add", server.url, "--dry-run", *common)
        assert code == 0 and '[[source]]\nname = "The Quay & Gazette"' in said
        assert file.read_text() == "# mine\n"
        code, said, _ = command("sources", "add", server.url, "--name", "Quay", "--json", *common)
        assert code == 0 and json.loads(said)["source"]["name"] == "Quay" and json.loads(said)["written"]
        code, said, _ = command("sources", "check", "--json", *common)
        assert code == 0 and [one["verdict"] for one in json.loads(said)] == ["ok"]
        server.answers.pop("/news.xml")
        code, said, error = command("sources", "check", *common)
        assert isinstance(error, UnitError) and "Quay" in str(error) and "feed" in said
        again = command("sources", "add", server.url, "--name", "Quay", *common)[2]
    assert isinstance(again, ConfigError | UnitError)
    assert file.read_text().startswith("# mine\n") and list(load_sources(file)) == ["Quay"]
    code, said, _ = command("sources", "list", "--json", "--sources", str(file), "--lake", str(tmp_path))
    assert [(one["source"], one["fetched"]) for one in json.loads(said)] == [("Quay", 0)]
    _, _, error = command("sources", "check", "--source", "Nowhere", *common)
    assert isinstance(error, ConfigError)
