"""The second opinion: when the fast answer is doubted, and which of two answers is kept."""

from __future__ import annotations

import json

import pytest

from tasks.clean.body import Region, find_region
from tasks.clean.guard import parse_html
from tasks.clean.head import Head, read_head
from tasks.clean.html import read_page
from tasks.clean.second import Opinion, choose, coverage, doubts

SENTENCES = [
    f"The bridge opened on Tuesday, ten years after the first stone was laid in the mud, said witness number {n}."
    for n in range(8)
]
TEXT = "".join(f"<p>{text}</p>" for text in SENTENCES)
FULL = "\n".join(SENTENCES)


def parts(body: str, linked_body: str = "") -> tuple[Region, Head]:
    """The region and declarations of a page."""
    head = ""
    if linked_body:
        block = json.dumps({"@type": "NewsArticle", "headline": "Bridge", "articleBody": linked_body})
        head = f'<script type="application/ld+json">{block}</script>'
    root = parse_html(f"<html><head>{head}</head><body>{body}</body></html>")
    assert root is not None
    declared = read_head(root)
    return find_region(root.find("body"), declared.titles), declared


def chosen(first: Opinion, reason: str, page: str) -> Opinion:
    """What :func:`choose` makes of a first answer to *page*."""
    root = parse_html(page)
    assert root is not None
    head = read_head(root)
    return choose(first, reason, root, head, "", "Bridge", find_region(root.find("body"), head.titles))


def test_a_full_answer_is_not_doubted() -> None:
    assert doubts(FULL, *parts(TEXT)) == ""
    assert doubts(FULL, *parts(TEXT, FULL)) == ""


def test_a_body_in_json_ld_that_the_answer_lacks_is_a_reason() -> None:
    assert doubts(SENTENCES[0], *parts(TEXT, FULL)) == "differs from json-ld body"


def test_little_text_on_a_page_that_has_some_is_a_reason() -> None:
    assert doubts("", *parts(TEXT)) == "little text"


def test_a_page_of_links_is_no_reason() -> None:
    links = "".join(
        f"<p><a href=/{n}>Harbour fair draws crowds from all over the coast</a></p>" for n in range(100)
    )
    assert doubts("", *parts(links)) == ""


def test_most_of_the_region_cut_is_a_reason() -> None:
    assert doubts("\n".join(SENTENCES[:3]) + "x" * 200, *parts(TEXT * 2)) == "much was cut"


def test_text_in_flagged_parts_is_a_reason() -> None:
    body = f"<div class=story>{TEXT[:700]}</div>" + "".join(
        f"<div class='widget w{n}'>{TEXT}</div>" for n in range(4)
    )
    region, head = parts(body)
    answer = "\n".join(
        block.text for block in region.blocks[region.first : region.last + 1] if not block.role
    )
    assert doubts(answer, region, head) in ("text in flagged parts", "")


@pytest.mark.parametrize(
    ("text", "of", "expected"),
    [("a b c", "a b c", 1.0), ("", "a b c", 0.0), ("a b", "a b c", 0.5), ("x y", "", 0.0)],
)
def test_coverage_is_the_share_of_word_pairs(text: str, of: str, expected: float) -> None:
    assert coverage(text, of) == expected


def test_coverage_counts_signs_where_there_are_no_spaces() -> None:
    assert coverage("桥梁开放", "桥梁开放") == 1.0
    assert 0 < coverage("桥梁开", "桥梁开放") < 1


def test_the_longer_answer_that_holds_the_shorter_is_kept_with_the_reason() -> None:
    first = Opinion(SENTENCES[0], "blocks", "", "")
    kept = chosen(first, "little text", f"<html><body><article><h1>Bridge</h1>{TEXT}</article></body></html>")
    assert (kept.extractor, kept.mode, kept.fallback_reason) == ("trafilatura", "balanced", "little text")
    assert kept.text.split("\n") == SENTENCES


def test_an_answer_that_is_no_better_is_not_taken() -> None:
    first = Opinion(FULL, "blocks", "", "")
    page = f"<html><body><article><h1>Bridge</h1>{TEXT}</article></body></html>"
    assert chosen(first, "much was cut", page) is first


def test_the_answer_that_agrees_with_json_ld_is_kept() -> None:
    block = json.dumps({"@type": "NewsArticle", "headline": "Bridge", "articleBody": FULL})
    page = f"<html><head><script type='application/ld+json'>{block}</script></head><body><article>{TEXT}</article></body></html>"
    first = Opinion("\n".join(SENTENCES[:2]), "blocks", "", "")
    assert chosen(first, "differs from json-ld body", page).text == FULL


def test_a_page_of_very_many_elements_gets_no_second_opinion() -> None:
    first = Opinion("", "blocks", "", "")
    assert (
        chosen(first, "little text", "<html><body>" + "<i>x</i>" * 20_000 + TEXT + "</body></html>") is first
    )


def test_the_tree_is_left_as_it_was() -> None:
    root = parse_html(f"<html><body><nav>menu</nav><article>{TEXT}</article></body></html>")
    assert root is not None
    before = sum(1 for _ in root.iter())
    head = read_head(root)
    region = find_region(root.find("body"), head.titles)
    choose(Opinion("", "blocks", "", ""), "little text", root, head, "", "", region)
    assert sum(1 for _ in root.iter()) == before


def test_a_page_says_who_answered() -> None:
    found = read_page(f"<html><body><h1>Bridge</h1>{TEXT}</body></html>")
    assert found is not None
    assert (found.extractor, found.mode, found.fallback_reason) == ("blocks", "", "")


ASIDE = "The author has kept this page for many years and writes about rivers, books and music, mostly in the evening, alone."
OTHERS = "".join(
    f"<h4><a href='/{n}'>A headline of another page {n}</a></h4><p>{ASIDE} Number {n}.</p>" for n in range(4)
)


@pytest.mark.parametrize("paragraphs", [1, 2, 3])
@pytest.mark.parametrize("beside", ["sidebar", "related-posts", "widget-area"])
def test_a_short_article_beside_a_long_sidebar_keeps_its_own_text(paragraphs: int, beside: str) -> None:
    own = SENTENCES[:paragraphs]
    body = "".join(f"<p>{text}</p>" for text in own)
    page = read_page(
        f"<html><head><title>The bridge is open again | A blog</title></head><body><div><h2>The bridge is open again</h2>{body}</div>"
        f"<div class='{beside}'>{OTHERS}</div></body></html>"
    )
    assert page is not None
    assert page.text.split("\n") == own


@pytest.mark.parametrize(
    "label", ["author-bio", "topic-page", "readmore-box", "video-page", "post-meta-wrap"]
)
def test_what_holds_the_headline_and_text_is_no_furniture_whatever_it_is_called(label: str) -> None:
    page = read_page(
        f"<html><head><title>The bridge is open again</title></head><body><div class='{label}'><h1>The bridge is open again</h1>"
        f"<div class='{label}-inner'><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p></div></div><div class='related'>{OTHERS}</div></body></html>"
    )
    assert page is not None
    assert page.text.split("\n") == SENTENCES[:2]


def test_lines_without_full_stops_are_not_given_up_for_the_comments_below() -> None:
    poem = [
        "In the garden stands a tree",
        "no one planted it for me",
        "and a bird up in its crown",
        "looks on all the little town",
    ]
    page = read_page(
        f"<html><body><article><h1>An old tree in the garden</h1><p>{'<br>'.join(poem)}</p></article>"
        f"<div id='comments'><p>{SENTENCES[0]}</p></div></body></html>"
    )
    assert page is not None
    assert set(poem) <= set(page.text.split("\n"))


def test_headings_that_link_to_their_own_place_or_quote_the_text_stay() -> None:
    page = read_page(
        f"<html><body><h1>The bridge is open again</h1><p>{SENTENCES[0]}</p><h2><a href='#c'>What the witness saw that day</a></h2>"
        f"<p>{SENTENCES[1]}</p><h2>ten years after the first stone</h2><p>{SENTENCES[2]}</p></body></html>"
    )
    assert page is not None
    lines = page.text.split("\n")
    assert lines == [
        SENTENCES[0],
        "What the witness saw that day",
        SENTENCES[1],
        "ten years after the first stone",
        SENTENCES[2],
    ]


def test_a_list_between_headline_and_text_is_part_of_it() -> None:
    points = [
        "The bridge has four lanes now",
        "Boats pass below it all year",
        "Walking across it costs nothing",
    ]
    page = read_page(
        f"<html><body><h1>The bridge is open again</h1><h2>In short</h2><ul><li>{'</li><li>'.join(points)}</li></ul>{TEXT}</body></html>"
    )
    assert page is not None
    assert page.text.split("\n") == ["In short", *points, *SENTENCES]


def test_full_posts_under_linked_headings_are_more_than_teasers() -> None:
    posts = "".join(
        f"<div><h2><a href='/{n}'>A headline for post number {n}</a></h2><p>{SENTENCES[n]}</p><p>{SENTENCES[n + 4]}</p></div>"
        for n in range(4)
    )
    page = read_page(f"<html><body>{posts}</body></html>")
    assert page is not None
    assert set(SENTENCES) <= set(page.text.split("\n"))


def test_a_list_of_articles_is_asked_about_only_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("tasks.clean.second._trafilatura", lambda *_: asked.append(1) or "")
    menu = "".join(f"<p><a href='/{n}'>A headline of another page, number {n}</a></p>" for n in range(80))
    page = f"<html><body>{menu}{OTHERS}{OTHERS}</body></html>"
    read_page(page)
    assert not asked
    read_page(page, lists_too=True)
    assert asked
