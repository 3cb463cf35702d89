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
    root = parse_html(f"<html><body><article><h1>Bridge</h1>{TEXT}</article></body></html>")
    assert root is not None
    first = Opinion(SENTENCES[0], "blocks", "", "")
    kept = choose(first, "little text", root, read_head(root), "", "Bridge")
    assert (kept.extractor, kept.mode, kept.fallback_reason) == ("trafilatura", "balanced", "little text")
    assert kept.text.split("\n") == SENTENCES


def test_an_answer_that_is_no_better_is_not_taken() -> None:
    root = parse_html(f"<html><body><article><h1>Bridge</h1>{TEXT}</article></body></html>")
    assert root is not None
    first = Opinion(FULL, "blocks", "", "")
    assert choose(first, "much was cut", root, read_head(root), "", "Bridge") is first


def test_the_answer_that_agrees_with_json_ld_is_kept() -> None:
    block = json.dumps({"@type": "NewsArticle", "headline": "Bridge", "articleBody": FULL})
    root = parse_html(
        f"<html><head><script type='application/ld+json'>{block}</script></head><body><article>{TEXT}</article></body></html>"
    )
    assert root is not None
    first = Opinion("\n".join(SENTENCES[:2]), "blocks", "", "")
    assert choose(first, "differs from json-ld body", root, read_head(root), "", "Bridge").text == FULL


def test_a_page_of_very_many_elements_gets_no_second_opinion() -> None:
    root = parse_html("<html><body>" + "<i>x</i>" * 20_000 + TEXT + "</body></html>")
    assert root is not None
    first = Opinion("", "blocks", "", "")
    assert choose(first, "little text", root, read_head(root), "", "") is first


def test_the_tree_is_left_as_it_was() -> None:
    root = parse_html(f"<html><body><nav>menu</nav><article>{TEXT}</article></body></html>")
    assert root is not None
    before = sum(1 for _ in root.iter())
    choose(Opinion("", "blocks", "", ""), "little text", root, read_head(root), "", "")
    assert sum(1 for _ in root.iter()) == before


def test_a_page_says_who_answered() -> None:
    found = read_page(f"<html><body><h1>Bridge</h1>{TEXT}</body></html>")
    assert found is not None
    assert (found.extractor, found.mode, found.fallback_reason) == ("blocks", "", "")
