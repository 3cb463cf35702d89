"""Feeds of every kind, well-formed or not, to the links they list; hostile ones to nothing worse than nothing."""

from __future__ import annotations

import json
import time
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.crawl.feed_xml import read_xml
from tasks.crawl.feeds import MOST_ENTRIES, FeedEntry, read_feed

AT = "https://herald.example/feeds/news.xml"


def links(body: bytes | str, url: str = AT) -> list[str]:
    return [entry.url for entry in read_feed(body.encode() if isinstance(body, str) else body, url)]


RSS2 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Herald</title><link>https://herald.example/</link><atom:link href="https://herald.example/feeds/news.xml" rel="self"/>
<item><title>Ferry &amp; quay</title><link> https://herald.example/a?x=1&amp;y=2 </link><pubDate>Tue, 02 Sep 2025 08:00:00 +0200</pubDate></item>
<item><title>By guid</title><guid>https://herald.example/b</guid><dc:date>2025-09-02T09:00:00Z</dc:date></item>
<item><title>No link</title><guid isPermaLink="false">tag:herald.example,2025:c</guid></item>
<item><title><![CDATA[<b>Raw</b>]]></title><link><![CDATA[/relative/d]]></link></item>
</channel></rss>"""


def test_rss_2() -> None:
    assert read_feed(RSS2.encode(), AT) == [
        FeedEntry("https://herald.example/a?x=1&y=2", "Ferry & quay", "Tue, 02 Sep 2025 08:00:00 +0200"),
        FeedEntry("https://herald.example/b", "By guid", "2025-09-02T09:00:00Z"),
        FeedEntry("https://herald.example/relative/d", "<b>Raw</b>"),
    ]


def test_atom_with_bases_and_relations() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/"><title>x</title><link href="/"/>
    <entry xml:base="2025/"><title type="html">One &lt;i&gt;two&lt;/i&gt;</title><link rel="edit" href="edit/1"/>
      <link rel="enclosure" href="/sound.mp3"/><link href="1"/><published>2025-09-01T00:00:00Z</published><updated>2025-09-02T00:00:00Z</updated></entry>
    <entry><link rel="http://www.iana.org/assignments/relation/alternate" href="//other.example/2"/></entry>
    <entry><id>https://herald.example/3</id><updated>2025-09-03</updated></entry>
    <entry><id>urn:uuid:0</id></entry></feed>"""
    entries = read_feed(body.encode(), AT)
    assert [entry.url for entry in entries] == [
        "https://herald.example/blog/2025/1",
        "https://other.example/2",
        "https://herald.example/3",
    ]
    assert (entries[0].published, entries[0].updated) == ("2025-09-01T00:00:00Z", "2025-09-02T00:00:00Z")


def test_rss_1_and_0_9() -> None:
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
    <channel rdf:about="https://herald.example/"><items><rdf:Seq><rdf:li resource="https://herald.example/1"/></rdf:Seq></items></channel>
    <item rdf:about="https://herald.example/1"><title>One</title><link>https://herald.example/1</link></item>
    <item rdf:about="https://herald.example/2"><title>Two</title></item></rdf:RDF>"""
    assert links(rdf) == ["https://herald.example/1", "https://herald.example/2"]
    old = "<rss version='0.91'><channel><item><title>x</title><link>http://herald.example/1</link></item></channel></rss>"
    assert links(old) == ["http://herald.example/1"]


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {"id": "1", "url": "/1", "title": "One", "date_published": "2025-09-02T08:00:00Z"},
            {"id": "https://herald.example/2", "date_modified": "2025-09-03"},
            {"id": "3", "external_url": "https://elsewhere.example/3"},
            {"id": 4}, "no entry", None,
        ],
    }  # fmt: skip
    assert links(json.dumps(feed)) == [
        "https://herald.example/1", "https://herald.example/2", "https://elsewhere.example/3",
    ]  # fmt: skip
    for junk in ("{", "{}", '{"items": 3}', '{"items": [[]]}', "[" * 100_000, '{"items":' * 50_000):
        assert links(junk) == []


ILL_FORMED = {
    "bare ampersand": "<link>https://herald.example/a?x=1&y=2</link>",
    "unknown entity": "<title>Caf&eacute; &nbsp;</title><link>https://herald.example/a?x=1&amp;y=2</link>",
    "unclosed tag": "<title>One<link>https://herald.example/a?x=1&amp;y=2</link>",
    "control character": "<title>One\x0b\x01</title><link>https://herald.example/a?x=1&amp;y=2</link>",
    "html inside": "<description><p>One<br>two</description><link>https://herald.example/a?x=1&amp;y=2</link>",
    "undeclared prefix": "<media:x foo:bar='1'/><link>https://herald.example/a?x=1&amp;y=2</link>",
    "unquoted attribute": "<source url=x>y</source><link>https://herald.example/a?x=1&amp;y=2</link>",
}


@pytest.mark.parametrize("name", ILL_FORMED)
def test_a_feed_that_is_not_well_formed_is_read(name: str) -> None:
    body = f"<rss version='2.0'><channel><item>{ILL_FORMED[name]}</item></channel></rss>"
    assert links(body) == ["https://herald.example/a?x=1&y=2"]


def test_what_comes_before_and_after_a_feed_does_not_matter() -> None:
    assert len(links("\n \ufeff" + RSS2)) == 3
    assert len(links(RSS2 + "\n<!-- made in 0.1 s --><script>x</script>")) == 3
    assert len(links(RSS2[: RSS2.rindex("</item>")])) == 3


@pytest.mark.parametrize(
    "declared", ["utf-8", "iso-8859-1", "windows-1252", "us-ascii", "no-such-charset", "utf-16"]
)
def test_a_wrong_encoding_costs_no_link(declared: str) -> None:
    body = RSS2.replace("utf-8", declared).replace("Ferry", "Fähre 渡し船").encode()
    assert [entry.url for entry in read_feed(body, AT)] == links(RSS2)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16", "utf-8-sig"])
def test_a_right_encoding_is_believed(encoding: str) -> None:
    body = RSS2.replace("utf-8", encoding.removesuffix("-sig")).replace("Ferry", "Fähre").encode(encoding)
    assert read_feed(body, AT)[0].title == "Fähre & quay"


def test_no_file_is_read_and_no_entity_unfolds(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("https://herald.example/inner-secret")
    outer = f"<!DOCTYPE rss [<!ENTITY x SYSTEM '{secret.as_uri()}'>]>"
    for doctype in (
        outer,
        "<!-- -->" * 10_000 + outer,
        f"<!DOCTYPE rss SYSTEM '{secret.as_uri()}'>",
        outer + outer,
    ):
        body = f"{doctype}<rss><channel><item><title>&x;</title><link>&x;</link><link>https://herald.example/a</link></item></channel></rss>"
        for entry in read_feed(body.encode(), AT):
            assert "secret" not in entry.url and "secret" not in (entry.title or "")


def bombs() -> dict[str, bytes]:
    laughs = "<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    entry = "<item><title>&a11;</title><link>https://herald.example/a</link></item>"
    quadratic = f"<!ENTITY b '{'x' * 50_000}'>"
    return {
        "laughs": f"<!DOCTYPE r [{laughs}]><rss><channel>{entry}</channel></rss>".encode(),
        "quadratic": f"<!DOCTYPE r [{quadratic}]><rss><channel><item><title>{'&b;' * 50_000}</title></item></channel></rss>".encode(),
        "late": (
            "<!-- -->" * 20_000 + f"<!DOCTYPE r [{laughs}]><rss><channel>{entry}</channel></rss>"
        ).encode(),
        "deep": b"<rss><channel><item>" + b"<a>" * 200_000,
        "doctypes": b"<!DOCTYPE [" * 200_000,
        "attributes": b"<rss " + b" ".join(b"a%d='1'" % n for n in range(50_000)) + b"/>",
        "wide": b"<rss><channel>" + b"<item/>" * 300_000 + b"</channel></rss>",
        "links": b"<rss><channel><item>"
        + b"<link>https://herald.example/a</link>" * 50_000
        + b"</item></channel></rss>",
        "cdata": b"<rss><![CDATA[" * 100_000,
        "zeros": bytes(2_000_000),
        "brackets": b"<" * 1_000_000,
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_costs_little(name: str) -> None:
    body, started = bombs()[name], time.process_time()
    assert set(links(body)) <= {"https://herald.example/a"}
    assert time.process_time() - started < 2.5


def test_a_feed_has_an_end() -> None:
    body = "".join(
        f"<item><link>https://herald.example/{number}</link></item>" for number in range(MOST_ENTRIES + 50)
    )
    assert len(links(f"<rss><channel>{body}</channel></rss>")) == MOST_ENTRIES


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "mailto:x@y.example",
        "file:///etc/passwd",
        "http://",
        "http://[",
        "http://x:99999999/",
        "data:,x",
        "ftp://x.example/",
    ],
)
def test_what_is_no_address_of_the_web_is_no_entry(link: str) -> None:
    assert links(f"<rss><channel><item><title>x</title><link>{link}</link></item></channel></rss>") == []


@given(st.binary(max_size=400))
def test_junk_never_raises(body: bytes) -> None:
    read_feed(body, AT)
    read_feed(b"<rss><channel><item><link>" + body, AT)
    read_feed(b"<feed><entry " + body + b"><link href='/a'/></entry></feed>", AT)


WORD = st.text("abcdefghij", min_size=1, max_size=8)
TITLE = st.text(
    st.characters(codec="utf-8", exclude_characters="<&\r\x00", exclude_categories=["Cc", "Cs"]), max_size=20
)
FAULT = st.sampled_from(["", "", "", "&", "&nbsp;", "\x0c", "<br>", "<x:y>", "</p>"])


@st.composite
def feeds(draw: st.DrawFn) -> bytes:
    """RSS and Atom with the faults that publishers make."""
    is_atom = draw(st.booleans())
    parts = []
    for _ in range(draw(st.integers(1, 6))):
        host, path = draw(WORD), draw(WORD)
        link = draw(
            st.sampled_from(
                [f"https://{host}.example/{path}", f"/{path}", f"http://{host}.example/?id={path}&amp;x=1"]
            )
        )
        where = f"<link href='{link}'/>" if is_atom else f"<link>{link}</link>"
        title = f"<title>{draw(TITLE)}{draw(FAULT)}</title>"
        inside = [where, title] if draw(st.booleans()) else [title, where]
        parts.append(("<entry>{}</entry>" if is_atom else "<item>{}</item>").format("".join(inside)))
    body = "".join(parts)
    whole = (
        f"<feed xmlns='http://www.w3.org/2005/Atom'>{body}</feed>"
        if is_atom
        else f"<rss version='2.0'><channel>{body}</channel></rss>"
    )
    return whole.encode()


@settings(max_examples=30, deadline=None)
@given(feeds())
def test_no_link_that_feedparser_finds_is_missed(body: bytes) -> None:
    check_against_feedparser(body)


def check_against_feedparser(body: bytes) -> None:
    import io

    theirs = feedparser.parse(
        io.BytesIO(body), response_headers={"content-location": AT, "content-type": "text/xml"}
    )
    expected = {entry.link for entry in theirs.entries if entry.get("link", "").startswith("http")}
    assert expected <= set(links(body))


def test_lxml_reads_ordinary_feeds_so_that_feedparser_is_not_asked() -> None:
    assert len(list(read_xml(RSS2.encode()))) == 3
