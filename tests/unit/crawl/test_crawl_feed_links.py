"""Over a thousand generated feeds, as publishers write them: every planted link comes out, and all that feedparser finds."""

from __future__ import annotations

import io
import json
import random
from html import escape

import feedparser
import pytest

from tasks.crawl.feed_xml import read_xml
from tasks.crawl.feeds import read_feed

AT = "https://herald.example/feeds/news.xml"
WORDS = "harbour quay council bridge market rain vote tariff school ferry strike budget museum river award storm".split()
ODD = [
    "Café",
    "Žižkov",
    "渡し船",
    "naïve “quotes”",
    "100 % & more",
    "a < b",
    "R&D",
    "emoji 🚢",
    "tab\there",
    "Ærø",
]


class Writer:
    """Writes one feed after a seed: kind, namespaces, order, escapes, dates and faults all vary."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.links: list[str] = []

    def link(self) -> str:
        pick = self.random
        path = "/".join(pick.choices(WORDS, k=pick.randint(1, 3)))
        host = pick.choice(["herald.example", "www.herald.example", "news.herald.example:8443"])
        query = pick.choice(
            ["", "", f"?id={pick.randint(1, 9999)}", f"?a={pick.choice(WORDS)}&b={pick.randint(1, 99)}"]
        )
        link = f"{pick.choice(['http', 'https'])}://{host}/{path}-{len(self.links)}.html{query}"
        self.links.append(link)
        return link

    def title(self) -> str:
        return " ".join(self.random.choices(WORDS + ODD, k=self.random.randint(1, 8)))

    def text(self, text: str) -> str:
        """Text as XML: escaped, as character data, or escaped twice over as some systems do for titles."""
        return self.random.choice([escape(text), f"<![CDATA[{text}]]>"])

    def extras(self) -> list[str]:
        body = f"<p>{self.title()}</p><a href='https://other.example/x'>more</a>"
        return self.random.sample(
            [
                f"<description>{escape(body)}</description>",
                f"<content:encoded><![CDATA[{body}]]></content:encoded>",
                "<dc:creator>A. Writer</dc:creator>",
                "<pubDate>Tue, 02 Sep 2025 08:00:00 +0200</pubDate>",
                "<dc:date>2025-09-02T08:00:00Z</dc:date>",
                "<category domain='https://herald.example/tags'>News</category>",
                "<media:content url='https://img.example/1.jpg' medium='image'><media:title>Ship</media:title></media:content>",
                "<enclosure url='https://img.example/1.mp3' length='1' type='audio/mpeg'/>",
                "<comments>https://herald.example/c#1</comments>",
                "<guid isPermaLink='false'>urn:x:1</guid>",
                "<source url='https://wire.example/rss'>The Wire</source>",
            ],
            self.random.randint(0, 5),
        )

    def rss(self) -> str:
        entries = []
        for _ in range(self.random.randint(1, 12)):
            link = self.link()
            where = self.random.choice(
                [
                    f"<link>{escape(link)}</link>",
                    f"<link>\n  {escape(link)}\n</link>",
                    f"<link><![CDATA[{link}]]></link>",
                    f"<guid>{escape(link)}</guid>",
                ]
            )
            parts = [where, f"<title>{self.text(self.title())}</title>", *self.extras()]
            if where.startswith("<guid"):
                parts = [part for part in parts if "isPermaLink" not in part]
            self.random.shuffle(parts)
            entries.append(f"<item>{''.join(parts)}</item>")
        names = (
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom"'
        )
        head = "<title>Herald</title><link>https://herald.example/</link><image><url>https://herald.example/i.png</url></image>"
        head += '<atom:link rel="self" href="https://herald.example/feeds/news.xml"/>'
        return f'<rss version="2.0" {names}><channel>{head}{"".join(entries)}</channel></rss>'

    def atom(self) -> str:
        entries = []
        for _ in range(self.random.randint(1, 12)):
            link = self.link()
            where = self.random.choice(
                [
                    f'<link href="{escape(link)}"/>',
                    f'<link rel="alternate" type="text/html" href="{escape(link)}" />',
                    f"<link href='{escape(link)}'></link>",
                ]
            )
            others = [
                '<link rel="edit" href="https://herald.example/edit/1"/>',
                '<link rel="enclosure" href="https://img.example/1.mp3"/>',
            ]
            parts = [
                where, f'<title type="html">{self.text(self.title())}</title>', "<id>urn:uuid:1</id>", "<updated>2025-09-02T08:00:00Z</updated>",
                f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(self.title())}</p></div></content>',
                *self.random.sample(others, self.random.randint(0, 2)),
            ]  # fmt: skip
            self.random.shuffle(parts)
            entries.append(f"<entry>{''.join(parts)}</entry>")
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title><link rel="self" href="{AT}"/>{"".join(entries)}</feed>'

    def rdf(self) -> str:
        links = [self.link() for _ in range(self.random.randint(1, 8))]
        entries = "".join(
            f'<item rdf:about="{escape(one)}"><title>{self.text(self.title())}</title><link>{escape(one)}</link></item>'
            for one in links
        )
        return f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://herald.example/"><title>H</title></channel>{entries}</rdf:RDF>'

    def feed(self) -> bytes:
        """A well-formed feed, with or without a declaration, in some encoding."""
        text = getattr(self, self.random.choice(["rss", "rss", "atom", "rdf"]))()
        encoding = self.random.choice(["utf-8", "utf-8", "utf-8", "iso-8859-1", "utf-16"])
        declared = (
            f'<?xml version="1.0" encoding="{encoding}"?>\n'
            if encoding != "utf-8" or self.random.random() < 0.7
            else ""
        )
        return (declared + text).encode(encoding, "xmlcharrefreplace")

    def faulty(self) -> bytes:
        """The same with one or two of the faults that publishers make; none of them hides a link."""
        text = getattr(self, self.random.choice(["rss", "rss", "atom", "rdf"]))()
        for fault in self.random.sample(FAULTS, self.random.randint(1, 2)):
            text = fault(text, self.random)
        return text.encode("utf-8", "replace")


def bare_ampersands(text: str, pick: random.Random) -> str:
    return text.replace("&amp;", "&") if "&amp;" in text else text.replace("<title>", "<title>R&D ", 1)


def unknown_entity(text: str, pick: random.Random) -> str:
    return text.replace("<title>", "<title>&nbsp;&hellip;", 3)


def control_characters(text: str, pick: random.Random) -> str:
    return text.replace("<title>", "<title>\x0b\x02", 2)


def junk_before(text: str, pick: random.Random) -> str:
    return "\n\n<br />\n<b>Warning</b>: include() in /srv/x.php\n" + text


def junk_after(text: str, pick: random.Random) -> str:
    return text + "\n<!-- served in 0.1 s -->\n<script>x()</script>"


def wrong_declaration(text: str, pick: random.Random) -> str:
    return (
        f'<?xml version="1.0" encoding="{pick.choice(["us-ascii", "iso-8859-1", "x-unknown", "utf-16"])}"?>'
        + text
    )


def undeclared_prefix(text: str, pick: random.Random) -> str:
    return text.replace("<title>", "<georss:point>1 2</georss:point><title>", 2)


def unclosed_break(text: str, pick: random.Random) -> str:
    return text.replace("</title>", "<br></title>", 2)


def truncated(text: str, pick: random.Random) -> str:
    """The end is missing, after the last entry."""
    ends = [text.rfind(mark) + len(mark) for mark in ("</item>", "</entry>") if mark in text]
    return text[: max(ends)] if ends else text


FAULTS = [
    bare_ampersands, unknown_entity, control_characters, junk_before, junk_after, wrong_declaration, undeclared_prefix, unclosed_break, truncated,
]  # fmt: skip


def found(body: bytes) -> set[str]:
    return {entry.url for entry in read_feed(body, AT)}


def by_feedparser(body: bytes) -> set[str]:
    """What feedparser finds, where it is an address of the web."""
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers={"content-location": AT, "content-type": "application/xml"}
    )
    links = (entry.get("link", "") for entry in parsed.entries)
    return {link for link in links if link.startswith(("http://", "https://"))}


def count(kind: str, seeds: range) -> tuple[int, int, list[int]]:
    """(links planted, links of feedparser, seeds of feeds that miss one of either or hold another one)."""
    planted = theirs = 0
    wrong = []
    for seed in seeds:
        writer = Writer(seed)
        body = getattr(writer, kind)()
        ours, expected, peer = found(body), set(writer.links), by_feedparser(body)
        planted, theirs = planted + len(expected), theirs + len(peer & expected)
        if ours != expected or (peer & expected) - ours:
            wrong.append(seed)
    return planted, theirs, wrong


@pytest.mark.parametrize("kind", ["feed", "faulty"])
def test_every_link_of_generated_feeds_comes_out(kind: str) -> None:
    assert count(kind, range(25))[2] == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["feed", "faulty"])
def test_every_link_of_a_thousand_generated_feeds_comes_out(kind: str) -> None:
    planted, theirs, wrong = count(kind, range(100, 600))
    assert planted > 2_000 and theirs > 0.5 * planted
    assert wrong == []


def test_well_formed_feeds_need_no_second_reader() -> None:
    bodies = [Writer(seed).feed() for seed in range(40)]
    assert all(list(read_xml(body)) for body in bodies)


def test_a_json_feed_says_the_same_as_its_xml() -> None:
    for seed in range(10):
        writer = Writer(seed)
        writer.rss()
        items = [{"id": str(number), "url": link, "title": "x"} for number, link in enumerate(writer.links)]
        body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
        assert found(body) == set(writer.links)


@pytest.mark.parametrize("link", ["\ud800", "https://herald.example/\ud800", "&x;", "  &amp;x; "])
def test_a_link_that_no_address_can_hold_is_left_out(link: str) -> None:
    body = json.dumps({"items": [{"url": link}, {"url": "/a"}]}).encode()
    assert found(body) == {"https://herald.example/a"}


def test_a_json_bomb_costs_no_memory() -> None:
    import tracemalloc

    body = b'{"items":[' + b"{}," * 1_000_000 + b"{}]}"
    tracemalloc.start()
    assert found(body) == set()
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
