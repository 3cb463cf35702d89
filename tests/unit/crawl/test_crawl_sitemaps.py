"""Sitemaps to pages and dates; hostile ones to nothing."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.crawl.sitemaps import Sitemap, read_date, read_sitemap

AT = "https://herald.example/sitemap.xml"
NEWS = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://herald.example/a?x=1&amp;y=2 </loc><image:image><image:loc>https://herald.example/p.jpg</image:loc></image:image>
<news:news><news:publication><news:name>Herald</news:name></news:publication><news:publication_date>2025-09-02T08:00:00+02:00</news:publication_date></news:news></url>
<url><loc>/b</loc><lastmod>2025-09-01</lastmod></url><url><lastmod>2025-09-01</lastmod></url><url><loc>mailto:x</loc></url>
</urlset>"""


def test_a_news_sitemap() -> None:
    found = read_sitemap(NEWS, AT, 10_000)
    assert [(page.url, page.at) for page in found.pages] == [
        ("https://herald.example/a?x=1&y=2", datetime(2025, 9, 2, 6, tzinfo=UTC)),
        ("https://herald.example/b", datetime(2025, 9, 1, 23, 59, 59, tzinfo=UTC)),
    ]
    assert read_sitemap(gzip.compress(NEWS), AT, 10_000) == found


def test_an_index() -> None:
    body = b"<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>2025-09-01T00:00:00Z</lastmod></sitemap><sitemap><loc>2.xml</loc></sitemap></sitemapindex>"
    found = read_sitemap(body, AT, 10_000)
    assert [one.url for one in found.sitemaps] == [
        "https://herald.example/1.xml",
        "https://herald.example/2.xml",
    ]
    assert not found.pages


@pytest.mark.parametrize(
    "text", ["", "soon", "2025-09", "2025-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None


@given(st.binary(max_size=300))
def test_junk_never_raises(body: bytes) -> None:
    read_sitemap(body, AT, 1000)
    read_sitemap(b"<urlset><url><loc>" + body + b"</loc></url></urlset>", AT, 1000)
    read_sitemap(b"\x1f\x8b" + body, AT, 1000)


def test_bombs_are_put_down() -> None:
    started = time.process_time()
    laughs = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    for body in (
        gzip.compress(b"<urlset>" + bytes(30_000_000)),
        f"<!DOCTYPE u [{laughs}]><urlset><url><loc>&a11;</loc></url></urlset>".encode(),
        b"<!DOCTYPE u [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><urlset><url><loc>&x;</loc></url></urlset>",
        b"<urlset>" + b"<url>" * 300_000,
    ):
        assert read_sitemap(body, AT, 1_000_000) == Sitemap()
    assert time.process_time() - started < 1.5
