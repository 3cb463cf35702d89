"""JSON-LD as pages write it: whole, broken, nested, doubled, hostile."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.jsonld import LinkedArticle, parse_lenient, read_json_ld
from tasks.clean.jsonld_values import unescape

FEW = settings(max_examples=40, deadline=None)
URL = "https://harbour.example/news/new-bridge-opens"
ARTICLE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "New bridge opens",
    "alternativeHeadline": "Bridge at last",
    "description": "Ten years late.",
    "articleBody": "The bridge opened.\nPeople walked over it.",
    "datePublished": "2024-03-05T10:00:00+01:00",
    "dateModified": "2024-03-05T12:00:00+01:00",
    "author": [{"@type": "Person", "name": "Mara Quill"}],
    "publisher": {"@type": "Organization", "name": "Harbour Herald"},
    "articleSection": "Local",
    "keywords": "bridge, harbour",
    "inLanguage": "en",
    "isAccessibleForFree": "False",
}


def read(*values: Any, url: str = "", headlines: tuple[str, ...] = ()) -> LinkedArticle:
    """The article in these values, each a JSON-LD block of its own."""
    blocks = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return read_json_ld(blocks, url, headlines)


def test_every_field_of_a_plain_article_is_read() -> None:
    found = read(ARTICLE)
    assert found.headline == "New bridge opens"
    assert found.alternative == "Bridge at last"
    assert found.description == "Ten years late."
    assert found.body.startswith("The bridge opened.\n")
    assert found.published == "2024-03-05T10:00:00+01:00"
    assert found.modified == "2024-03-05T12:00:00+01:00"
    assert found.authors == ("Mara Quill",)
    assert found.publisher == "Harbour Herald"
    assert found.section == "Local"
    assert found.keywords == ("bridge", "harbour")
    assert found.language == "en"
    assert found.is_free is False
    assert found.kind == "NewsArticle"


@pytest.mark.parametrize(
    "kind",
    [
        "Article",
        "NewsArticle",
        "ReportageNewsArticle",
        "OpinionNewsArticle",
        "BlogPosting",
        "LiveBlogPosting",
        "Report",
        "TechArticle",
    ],
)
def test_all_kinds_of_articles_count(kind: str) -> None:
    assert read(ARTICLE | {"@type": kind}).headline == "New bridge opens"
    assert read(ARTICLE | {"@type": ["Thing", kind]}).headline == "New bridge opens"
    assert read(ARTICLE | {"@type": f"https://schema.org/{kind}"}).kind == kind


@pytest.mark.parametrize("kind", ["WebPage", "Organization", "BreadcrumbList", "Person", "Product"])
def test_what_is_no_article_gives_its_type_only(kind: str) -> None:
    found = read(ARTICLE | {"@type": kind})
    assert found.headline == ""
    assert kind in found.types


def test_a_graph_is_searched_and_references_are_followed() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "@id": "#page"},
            ARTICLE | {"author": {"@id": "#mara"}, "publisher": {"@id": "#herald"}},
            {"@type": "Person", "@id": "#mara", "name": "Mara Quill"},
            {"@type": "Organization", "@id": "#herald", "name": "Harbour Herald"},
        ]
    }
    found = read(graph)
    assert found.authors == ("Mara Quill",)
    assert found.publisher == "Harbour Herald"


def test_an_article_inside_the_main_entity_is_found() -> None:
    assert read({"@type": "WebPage", "mainEntity": ARTICLE}).headline == "New bridge opens"


@pytest.mark.parametrize("field", ["itemListElement", "isPartOf", "citation", "comment"])
def test_articles_that_the_page_only_points_to_do_not_count(field: str) -> None:
    assert read({"@type": "CollectionPage", field: [ARTICLE]}).headline == ""


def test_of_several_articles_the_one_at_this_address_is_taken() -> None:
    other = ARTICLE | {"headline": "Another story", "url": "https://harbour.example/news/another"}
    assert read(other, ARTICLE | {"url": URL}, url=URL).headline == "New bridge opens"
    assert (
        read(other, ARTICLE | {"mainEntityOfPage": {"@id": URL + "#top"}}, url=URL).headline
        == "New bridge opens"
    )


def test_of_several_articles_the_one_with_the_pages_headline_is_taken() -> None:
    other = ARTICLE | {"headline": "Another story"}
    assert read(other, ARTICLE, headlines=("NEW BRIDGE: opens!",)).headline == "New bridge opens"


def test_of_equal_articles_the_first_is_taken() -> None:
    assert (
        read(ARTICLE | {"headline": "First one"}, ARTICLE | {"headline": "Second one"}).headline
        == "First one"
    )


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Mara Quill", ("Mara Quill",)),
        (["Mara Quill", "Tor Brandt"], ("Mara Quill", "Tor Brandt")),
        ({"name": "Mara Quill"}, ("Mara Quill",)),
        ({"givenName": "Mara", "familyName": "Quill"}, ("Mara Quill",)),
        ([[{"name": "Mara Quill"}], {"name": "Tor Brandt"}], ("Mara Quill", "Tor Brandt")),
        ([{"name": "Mara Quill"}, {"name": "Mara Quill"}], ("Mara Quill",)),
        ({"name": ["Mara Quill"]}, ("Mara Quill",)),
        ({"@type": "Person", "byline": "Mara Quill"}, ("Mara Quill",)),
        ("https://harbour.example/people/mara", ()),
        ({"@id": "#nobody"}, ()),
        (None, ()),
        (7, ()),
        ({"name": "  Mara &amp; Co  "}, ("Mara & Co",)),
    ],
)
def test_authors_in_all_the_shapes_they_come_in(author: Any, expected: tuple[str, ...]) -> None:
    assert read(ARTICLE | {"author": author}).authors == expected


@pytest.mark.parametrize(
    "broken",
    [
        json.dumps(ARTICLE)[:-1] + ",}",
        "<!--\n" + json.dumps(ARTICLE) + "\n-->",
        "//<![CDATA[\n" + json.dumps(ARTICLE) + "\n//]]>",
        json.dumps(ARTICLE) + ";",
        json.dumps(ARTICLE).replace("Ten years late.", "Ten years\nlate.\t"),
        json.dumps(ARTICLE).replace('"', "&quot;"),
        "\ufeff" + json.dumps(ARTICLE),
    ],
)
def test_common_faults_are_repaired(broken: str) -> None:
    assert read(broken).headline == "New bridge opens"


@pytest.mark.parametrize(
    "hopeless", ["", "{", "not json", "[" * 50_000, '{"a":' * 20_000, "null", "7", '"text"']
)
def test_hopeless_blocks_are_passed_over(hopeless: str) -> None:
    assert read(hopeless, ARTICLE).headline == "New bridge opens"


def test_a_block_over_a_megabyte_is_not_read() -> None:
    assert read(json.dumps(ARTICLE | {"x": "y" * 1_100_000})).headline == ""


def test_many_nodes_end_the_reading_not_the_process() -> None:
    assert read([{"@type": "Thing"}] * 6000, ARTICLE).headline == ""


def test_tags_and_entities_are_no_part_of_a_headline() -> None:
    assert read(ARTICLE | {"headline": "New <em>bridge</em> &amp;amp; road"}).headline == "New bridge & road"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), ("true", True), ("False", False), ("maybe", None), (None, None)],
)
def test_free_or_not_in_all_its_spellings(value: Any, expected: bool | None) -> None:
    assert read(ARTICLE | {"isAccessibleForFree": value}).is_free is expected


def test_entities_escaped_twice_are_resolved() -> None:
    assert unescape("Bridge &amp;#8211; open") == "Bridge \u2013 open"
    assert unescape("plain") == "plain"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(["@type", "@id", "@graph", "headline", "author", "name", "publisher", "x"]),
            children,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@FEW
@given(_JSON)
def test_any_json_gives_an_article_or_none(value: Any) -> None:
    assert isinstance(read(value), LinkedArticle)


@FEW
@given(_JSON)
def test_valid_json_is_read_as_it_is(value: Any) -> None:
    assert parse_lenient(json.dumps(value)) == value


@FEW
@given(st.text(max_size=100))
def test_any_text_is_parsed_or_passed_over(text: str) -> None:
    parse_lenient(text)
