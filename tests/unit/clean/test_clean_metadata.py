"""Headline, authors and dates: where each is read, in which order, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.authors import clean_authors, looks_like_name
from tasks.clean.body import find_region
from tasks.clean.guard import parse_html
from tasks.clean.head import Head, read_head
from tasks.clean.metadata import Metadata, read_metadata
from tasks.clean.titles import pick_title, strip_site
from tasks.clean.words import letters_of

FEW = settings(max_examples=40, deadline=None)
URL = "https://www.harbour-herald.example/news/new-bridge-opens"
NOW = datetime(2024, 3, 10, tzinfo=UTC)
TEXT = (
    "<p>The new bridge opened on Tuesday after ten years of work, and the mayor walked over it first.</p>" * 4
)


def head_of(head: str = "", body: str = "", url: str = URL) -> Head:
    """The declarations of a page with these parts."""
    root = parse_html(f"<html><head>{head}</head><body>{body}</body></html>")
    assert root is not None
    return read_head(root, url)


def metadata_of(
    head: str = "", body: str = "", url: str = URL, zone: str | None = None, now: datetime | None = NOW
) -> Metadata:
    """The metadata of a page with these parts and an article's text."""
    root = parse_html(f"<html lang='en'><head>{head}</head><body>{body}{TEXT}</body></html>")
    assert root is not None
    declared = read_head(root, url)
    region = find_region(root.find("body"), declared.titles)
    return read_metadata(declared, region.blocks[:20], url, zone, "en", now)


def linked(**fields: Any) -> str:
    """A JSON-LD block of an article with these fields."""
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "New bridge opens"} | fields)}</script>'


def meta(name: str, content: str) -> str:
    """One meta tag."""
    attribute = "property" if ":" in name else "name"
    return f'<meta {attribute}="{name}" content="{content}">'


# headlines


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("New bridge opens | Harbour Herald", "New bridge opens"),
        ("New bridge opens - Harbour Herald", "New bridge opens"),
        ("New bridge opens \u2013 Harbour Herald", "New bridge opens"),
        ("New bridge opens | Local | Harbour Herald", "New bridge opens"),
        ("New bridge opens | Local", "New bridge opens"),
        ("Harbour Herald | New bridge opens", "New bridge opens"),
        ("New bridge opens - harbour-herald.example", "New bridge opens"),
        ("New bridge opens :: Harbour Herald", "New bridge opens"),
        ("New bridge opens\uff1aHarbour Herald", "New bridge opens"),
        ("New bridge opens", "New bridge opens"),
        ("Bridge opens - and closes again", "Bridge opens - and closes again"),
        ("Bridge: what we know", "Bridge: what we know"),
        ("Ten-year wait ends", "Ten-year wait ends"),
        ("  New   bridge\n opens ", "New bridge opens"),
        ("", ""),
    ],
)
def test_the_sites_name_is_no_part_of_the_headline(title: str, expected: str) -> None:
    assert strip_site(title, frozenset({"harbourherald", "harbourheraldexample"})) == expected


def test_a_headline_that_the_page_shows_ends_where_it_ends_there() -> None:
    assert (
        strip_site("New bridge opens - Around the coast", frozenset(), ["newbridgeopens"])
        == "New bridge opens"
    )
    assert (
        strip_site("New bridge opens - at last", frozenset(), ["newbridgeopensatlast"])
        == "New bridge opens - at last"
    )


def test_a_very_long_title_costs_little() -> None:
    assert len(strip_site("word - " * 100_000, frozenset({"word"}))) <= 600


def test_the_order_of_trust_is_json_ld_meta_heading_title() -> None:
    title, heading = "<title>From title tag | Harbour Herald</title>", "<h1>From the heading</h1>"
    og = meta("og:title", "From open graph")
    assert pick_title(head_of(linked(headline="From linked data") + og + title, heading), URL) == (
        "From linked data",
        "json-ld",
    )
    assert pick_title(head_of(og + title, heading), URL) == ("From open graph", "meta")
    assert pick_title(head_of(title, heading), URL) == ("From the heading", "markup")
    assert pick_title(head_of(title), URL) == ("From title tag", "title")
    assert pick_title(head_of(), URL) == ("", "")


def test_of_several_headings_the_one_in_the_page_title_is_taken() -> None:
    page = head_of(
        "<title>New bridge opens | Harbour Herald</title>", "<h1>Log in</h1><h1>New bridge opens</h1>"
    )
    assert pick_title(page, URL)[0] == "New bridge opens"


def test_a_title_that_is_only_the_sites_name_is_passed_over() -> None:
    page = head_of(
        meta("og:title", "Harbour Herald") + meta("og:site_name", "Harbour Herald"),
        "<h1>New bridge opens</h1>",
    )
    assert pick_title(page, URL)[0] == "New bridge opens"


@FEW
@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3))
def test_stripping_only_ever_takes_away(title: str, names: list[str]) -> None:
    stripped = strip_site(title, frozenset(map(letters_of, names)))
    assert stripped in " ".join(title.split())


# authors


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("Mara Quill", ["Mara Quill"]),
        ("By Mara Quill", ["Mara Quill"]),
        ("by MARA QUILL", ["MARA QUILL"]),
        ("Von Mara Quill", ["Mara Quill"]),
        ("Par Mara Quill", ["Mara Quill"]),
        ("Por Mara Quill", ["Mara Quill"]),
        ("Written by Mara Quill", ["Mara Quill"]),
        ("Text: Mara Quill", ["Mara Quill"]),
        ("By Mara Quill and Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill, Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill, Tor Brandt and Ida Voss", ["Mara Quill", "Tor Brandt", "Ida Voss"]),
        ("Mara Quill & Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill; Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill | Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill und Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill et Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill y Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill och Tor Brandt", ["Mara Quill", "Tor Brandt"]),
        ("Mara Quill, Staff Writer", ["Mara Quill"]),
        ("Mara Quill, political correspondent", ["Mara Quill"]),
        ("Mara Quill, professor of bridges at the university of the coast", ["Mara Quill"]),
        ("Mara Quill (mq)", ["Mara Quill"]),
        ("Mara Quill mara@harbour.example", ["Mara Quill"]),
        ("Mara Quill, dpa", ["Mara Quill", "dpa"]),
        ("Le Phare et XYZ", ["Le Phare et XYZ"]),
        ("https://harbour.example/people/mara", []),
        ("", []),
        ("Updated 5 March 2024 10:00", []),
        ("The bridge opened on Tuesday after a wait of more than ten long years.", []),
    ],
)
def test_bylines_become_names(byline: str, expected: list[str]) -> None:
    assert clean_authors([byline]) == expected


def test_a_name_is_listed_once_whatever_its_spelling() -> None:
    assert clean_authors(["Mara Quill", "MARA QUILL", "mara-quill"]) == ["Mara Quill"]


@pytest.mark.parametrize("text", ["Who did it?", "12 345", "x", "a b c d e f g h", "-" * 70])
def test_what_is_no_name(text: str) -> None:
    assert not looks_like_name(text)


@FEW
@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_bylines_give_names_at_most_once(bylines: list[str]) -> None:
    names = clean_authors(bylines)
    assert len(names) == len({name.casefold() for name in names}) <= 20
    assert all(map(looks_like_name, names))


def test_people_go_before_the_outlet() -> None:
    herald = linked(author={"@type": "Organization", "name": "Harbour Herald"})
    assert metadata_of(herald + meta("author", "Mara Quill")).authors == ("Mara Quill",)
    assert metadata_of(herald).authors == ("Harbour Herald",)
    assert metadata_of(linked(author={"name": "Tor Brandt"}) + meta("author", "Mara Quill")).authors == (
        "Tor Brandt",
    )


def test_a_link_is_no_author() -> None:
    assert metadata_of(meta("article:author", "https://social.example/herald")).authors == ()


def test_a_byline_of_the_page_is_read_when_nothing_is_declared() -> None:
    body = '<h1>New bridge opens</h1><div class="byline">By Mara Quill</div>'
    assert metadata_of(body=body).authors == ("Mara Quill",)


# dates


@pytest.mark.parametrize(
    ("head", "body", "origin"),
    [
        (linked(datePublished="2024-03-05T10:00:00Z"), "", "json-ld"),
        (meta("article:published_time", "2024-03-05T10:00:00Z"), "", "meta"),
        (meta("parsely-pub-date", "2024-03-05T10:00:00Z"), "", "meta"),
        (meta("date", "2024-03-05T10:00:00Z"), "", "meta"),
        ('<meta itemprop="datePublished" content="2024-03-05T10:00:00Z">', "", "meta"),
        ("", '<time datetime="2024-03-05T10:00:00Z" class="published">5 March</time>', "meta"),
        ("", '<span itemprop="datePublished" content="2024-03-05T10:00:00Z">5 March</span>', "meta"),
    ],
)
def test_a_declared_date_is_read_and_its_origin_kept(head: str, body: str, origin: str) -> None:
    found = metadata_of(head, body)
    assert found.published is not None
    assert found.published.at == datetime(2024, 3, 5, 10, tzinfo=UTC)
    assert found.published_from == origin


def test_linked_data_goes_before_meta_tags() -> None:
    found = metadata_of(
        linked(datePublished="2024-03-05T10:00:00Z") + meta("article:published_time", "2024-03-04T10:00:00Z")
    )
    assert found.published is not None
    assert found.published.on.day == 5


def test_a_date_near_the_headline_is_read_from_the_text() -> None:
    found = metadata_of(body="<h1>New bridge opens</h1><p>5 March 2024, 10:00</p>")
    assert found.published is not None
    assert (found.published.on.isoformat(), found.published_from) == ("2024-03-05", "text")


def test_the_day_in_the_address_is_the_last_resort() -> None:
    found = metadata_of(url="https://harbour.example/2024/03/05/new-bridge-opens")
    assert found.published is not None
    assert (found.published.on.isoformat(), found.published_from) == ("2024-03-05", "url")
    assert found.published.at is None


def test_a_time_in_the_text_refines_the_day_in_the_address() -> None:
    found = metadata_of(
        body="<h1>New bridge opens</h1><p>5 March 2024, 10:00</p>", url="https://harbour.example/2024/03/05/x"
    )
    assert found.published is not None
    assert found.published_from == "text"
    assert found.published.precision == "minute"


@pytest.mark.parametrize("value", ["2031-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01", "soon", ""])
def test_an_implausible_date_is_refused_and_the_next_one_taken(value: str) -> None:
    found = metadata_of(linked(datePublished=value) + meta("date", "2024-03-05"))
    assert found.published is not None
    assert found.published.on.isoformat() == "2024-03-05"


def test_no_date_is_ever_invented() -> None:
    found = metadata_of()
    assert found.published is None
    assert found.published_from == ""


def test_a_time_without_zone_is_read_in_the_sources_zone() -> None:
    head = linked(datePublished="2024-03-05T00:30:00")
    found = metadata_of(head, zone="Europe/Berlin")
    assert found.published is not None
    assert found.published.at == datetime(2024, 3, 4, 23, 30, tzinfo=UTC)


def test_published_and_modified_are_kept_apart() -> None:
    found = metadata_of(linked(datePublished="2024-03-05T10:00:00Z", dateModified="2024-03-06T10:00:00Z"))
    assert found.published is not None
    assert found.modified is not None
    assert found.modified.on > found.published.on


# the rest


def test_section_tags_language_and_description() -> None:
    found = metadata_of(
        linked(articleSection="Local", keywords=["bridge", "Bridge", "harbour"])
        + meta("description", "Ten years late.")
    )
    assert found.section == "Local"
    assert found.tags == ("bridge", "harbour")
    assert found.language == "en"
    assert found.description == "Ten years late."


@pytest.mark.parametrize(
    ("attributes", "head", "expected"),
    [
        ('lang="de"', "", "de"),
        ('lang="pt-BR"', "", "pt"),
        ('xml:lang="fr"', "", "fr"),
        ("", meta("og:locale", "es_MX"), "es"),
        ('lang="x"', meta("content-language", "it"), "it"),
        ("", "", ""),
    ],
)
def test_the_declared_language_is_two_letters(attributes: str, head: str, expected: str) -> None:
    root = parse_html(f"<html {attributes}><head>{head}</head><body></body></html>")
    assert root is not None
    assert read_head(root).language == expected


def test_the_canonical_link_is_kept() -> None:
    assert (
        head_of('<link rel="canonical" href="https://harbour.example/a">').canonical
        == "https://harbour.example/a"
    )


def test_much_json_ld_keeps_the_small_blocks() -> None:
    large = f'<script type="application/ld+json">{{"x": "{"y" * 1_500_000}"}}</script>'
    assert head_of(large + large + linked()).linked.headline == "New bridge opens"


@FEW
@given(
    st.dictionaries(
        st.sampled_from(["author", "date", "og:title", "article:published_time", "keywords"]),
        st.text(max_size=40),
    )
)
def test_any_meta_tags_give_metadata(values: dict[str, str]) -> None:
    tags = "".join(meta(name, value.replace('"', "").replace("<", "")) for name, value in values.items())
    assert isinstance(metadata_of(tags), Metadata)
