"""One page to one article: templates of many kinds, all of our own writing, and laws that hold for any page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.blocks import read_blocks
from tasks.clean.body import find_region
from tasks.clean.guard import parse_html
from tasks.clean.html import Page, read_page
from tasks.clean.words import letters_of, size_of

FEW = settings(max_examples=40, deadline=None)
URL = "https://www.harbour-herald.example/news/new-bridge-opens"
TITLE = "New bridge opens after ten years"
LEAD = "The mayor walked first, and half of the town followed her across the river."
BODY = [
    "The new bridge over the river opened on Tuesday, ten years after the first stone was laid in the mud.",
    "Some four hundred people came to the north bank to see it, although it had been raining since the morning.",
    "\u201cI did not believe that I would live to see it,\u201d said a ferryman who has crossed here since he was a boy.",
    "The council paid eleven million for the work, two more than it had planned, and will pay for the road next year.",
    "Cars may use the bridge from Friday; the ferry will go on for walkers until the end of the summer.",
]
NOISE = [
    "Harbour fair draws crowds",
    "School roof repaired at last",
    "Fish market to move north",
    "Choir wins the coast prize",
]


def paragraphs(texts: list[str] = BODY, tag: str = "p", inner: str = "") -> str:
    """The texts as elements."""
    return "".join(f"<{tag}{inner}>{text}</{tag}>" for text in texts)


def links(tag: str = "li", count: int = 4) -> str:
    """Linked headlines of other articles."""
    return "".join(f'<{tag}><a href="/n/{number}">{NOISE[number % 4]}</a></{tag}>' for number in range(count))


def page(body: str, head: str = "") -> str:
    """A page with a title."""
    return f'<html lang="en"><head><title>{TITLE} | Harbour Herald</title>{head}</head><body>{body}</body></html>'


def lines_of(html: str, url: str = URL) -> list[str]:
    """The lines of the article that the page shows."""
    found = read_page(html, url)
    assert found is not None
    return found.text.split("\n") if found.text else []


TEMPLATES = {
    "plain": f"<h1>{TITLE}</h1>{paragraphs()}",
    "article": f"<header><nav>{links('span')}</nav></header><main><article><h1>{TITLE}</h1>{paragraphs()}</article></main><footer>{links()}</footer>",
    "divs as paragraphs": f"<div id=c><h1>{TITLE}</h1><div class=t>{paragraphs(tag='div')}</div></div>",
    "line breaks": f"<h1>{TITLE}</h1><div class=text>{'<br><br>'.join(BODY)}</div>",
    "table layout": f"<table><tr><td>{links('p')}</td><td><h1>{TITLE}</h1>{paragraphs()}</td></tr></table>",
    "font tags": f"<center><font size=5>{TITLE}</font></center><font>{paragraphs()}</font>",
    "each paragraph boxed": f"<h1>{TITLE}</h1><section>{''.join(f'<div class=row><div class=col><p>{text}</p></div></div>' for text in BODY)}</section>",
    "body in two pieces": f"<h1>{TITLE}</h1><div class='story-body'>{paragraphs(BODY[:2])}</div><div class='ad'>Buy now.</div><div class='story-body'>{paragraphs(BODY[2:])}</div>",
    "wrapper named after the sidebar": f"<div class='has-sidebar sidebar-layout'><h1>{TITLE}</h1>{paragraphs()}<div class='sidebar'><p>{NOISE[0]}, said everyone who was there, and more than once.</p></div></div>",
    "body class of a blog": f"<div class='post tag-bridge category-news author-mara'><h1>{TITLE}</h1><div class='entry'>{paragraphs()}</div></div>",
    "paragraphs named paywall": f"<h1>{TITLE}</h1><div>{paragraphs(inner=' class=paywall')}</div>",
    "streamed into a hidden element": f"<div id=root></div><div hidden id='S:0'><h1>{TITLE}</h1>{paragraphs()}</div>",
    "page in a form": f"<form action=/><div><h1>{TITLE}</h1>{paragraphs()}</div></form>",
    "comments below": f"<h1>{TITLE}</h1><div class=x>{paragraphs()}</div><div class='comments'>{paragraphs([text + ' I agree.' for text in BODY] * 3)}</div>",
    "sections with headings": f"<h1>{TITLE}</h1><div>{paragraphs(BODY[:2])}<h2>What it cost</h2>{paragraphs(BODY[2:])}</div>",
    "teasers above": f"<ul class=ticker>{links('li', 12)}</ul><h1>{TITLE}</h1><div>{paragraphs()}</div>",
    "teasers with texts below": f"<h1>{TITLE}</h1><div>{paragraphs()}</div><div>{''.join(f'<h3><a href=/x>{NOISE[n]}</a></h3><p>{NOISE[n]} was all that anyone could talk about on the coast this week.</p>' for n in range(4))}</div>",
}


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_paragraph_is_kept_in_order_and_nothing_else(template: str) -> None:
    found = lines_of(page(TEMPLATES[template]))
    assert [line for line in found if line != "What it cost"] == BODY


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_fast_extractor_is_enough_for_plain_templates(template: str) -> None:
    found = read_page(page(TEMPLATES[template]), URL)
    assert found is not None
    assert (found.extractor, found.fallback_reason) == ("blocks", "")


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_second_opinion_never_makes_a_plain_page_worse(template: str) -> None:
    html = page(TEMPLATES[template])
    thorough, fast = read_page(html, URL), read_page(html, URL, thorough=False)
    assert thorough is not None
    assert fast is not None
    assert thorough.text == fast.text


FURNITURE = {
    "share buttons": "<div class='share-bar'><p>Share this article with your friends and neighbours today.</p></div>",
    "related list": f"<div class='related'><h3>Related</h3><ul>{links()}</ul></div>",
    "unnamed list of links": f"<div><h3>More stories</h3><ul>{links()}</ul></div>",
    "link line": "<p>Read more: <a href=/x>The long way to the bridge and back again</a></p>",
    "newsletter": "<div class='newsletter-signup'><p>Get the news of the harbour every morning in your letterbox.</p></div>",
    "advertisement label": "<p>Advertisement</p>",
    "caption": "<figure><img src=x><figcaption>The bridge seen from the north bank on Tuesday morning.</figcaption></figure>",
    "photo credit": "<p>Photo: Tor Brandt / Harbour Herald</p>",
    "script": "<script>var x = 'The bridge will open, they said, and it did not.';</script>",
    "style": "<style>p:after { content: 'The bridge will open, they said.'; }</style>",
    "aside": "<aside><h4>About the river</h4><p>The river is forty miles long and flows to the sea near here.</p></aside>",
    "box with a heading": "<div><h4>About the river</h4><p>The river is forty miles long and flows to the sea near here.</p></div>",
    "poll": "<div class='poll'><p>Should the ferry go on for longer than the summer? Tell us.</p></div>",
    "video player": "<div class='video-player'><p>Watch: the opening in ninety seconds, with the mayor.</p></div>",
    "tags": f"<ul class='tags'>{links()}</ul>",
    "hidden text": "<p style='display: none'>The bridge was never built, some still say in the pubs.</p>",
    "cookie dialogue": "<div id='cookie-banner'><p>We use cookies to make the bridge work for you.</p></div>",
}


@pytest.mark.parametrize("where", ["middle", "end"])
@pytest.mark.parametrize("kind", FURNITURE)
def test_furniture_inside_the_text_is_cut(kind: str, where: str) -> None:
    cut = 3 if where == "middle" else len(BODY)
    body = f"<h1>{TITLE}</h1><div>{paragraphs(BODY[:cut])}{FURNITURE[kind]}{paragraphs(BODY[cut:])}</div>"
    assert lines_of(page(body)) == BODY


KEPT = {
    "list of sentences": (
        "<ul><li>The bridge is four hundred feet long.</li><li>It took ten years to build.</li></ul>",
        2,
    ),
    "quote": (
        "<blockquote><p>We will look back on this day as the one that changed the north bank.</p></blockquote>",
        1,
    ),
    "heading": ("<h2>What it cost</h2>", 1),
    "short answer": ("<p>It did.</p>", 1),
    "linked words": (
        "<p>The <a href=/c>council</a> and the <a href=/m>mayor</a> agreed on the plan in spring.</p>",
        1,
    ),
    "table": (
        "<table><tr><td>Cost in millions: eleven.</td></tr><tr><td>Length in feet: four hundred.</td></tr></table>",
        2,
    ),
    "bold sentence": ("<p><b>The ferry stays until the end of the summer, the council says.</b></p>", 1),
}


@pytest.mark.parametrize("kind", KEPT)
def test_what_belongs_to_the_text_is_kept(kind: str) -> None:
    html, count = KEPT[kind]
    body = f"<h1>{TITLE}</h1><div>{paragraphs(BODY[:3])}{html}{paragraphs(BODY[3:])}</div>"
    found = lines_of(page(body))
    assert len(found) == len(BODY) + count
    assert [line for line in found if line in BODY] == BODY


STANDFIRSTS = {
    "class": f"<header><h1>{TITLE}</h1><p class='standfirst'>{LEAD}</p></header><div>{paragraphs()}</div>",
    "subheading": f"<h1>{TITLE}</h1><h2 class='subtitle'>{LEAD}</h2><div>{paragraphs()}</div>",
    "plain paragraph": f"<div><h1>{TITLE}</h1><p>{LEAD}</p></div><div class='story-body'>{paragraphs()}</div>",
    "inside the text": f"<h1>{TITLE}</h1><div><p><b>{LEAD}</b></p>{paragraphs()}</div>",
}


@pytest.mark.parametrize("kind", STANDFIRSTS)
def test_a_standfirst_opens_the_text(kind: str) -> None:
    assert lines_of(page(STANDFIRSTS[kind])) == [LEAD, *BODY]


def test_a_line_that_the_description_repeats_is_the_standfirst() -> None:
    head = f'<meta name="description" content="{LEAD}">'
    body = f"<h1>{TITLE}</h1><div class='teaser'>{LEAD}</div><div class='story-body'>{paragraphs()}</div>"
    assert lines_of(page(body, head)) == [LEAD, *BODY]


def test_a_description_that_the_page_does_not_show_is_no_text() -> None:
    head = '<meta name="description" content="Nobody reads this but machines, and they believe it.">'
    assert lines_of(page(TEMPLATES["plain"], head)) == BODY


def test_the_headline_is_no_part_of_the_text() -> None:
    body = f"<div><h1>{TITLE}</h1><p>{TITLE}</p>{paragraphs()}</div>"
    assert lines_of(page(body)) == BODY


def test_a_line_is_said_once() -> None:
    body = f"<h1>{TITLE}</h1><div>{paragraphs([*BODY[:3], BODY[1], *BODY[3:]])}</div>"
    assert lines_of(page(body)) == BODY


def test_a_pull_quote_that_a_paragraph_holds_is_cut() -> None:
    quote = "<blockquote>I did not believe that I would live to see it</blockquote>"
    body = f"<h1>{TITLE}</h1><div>{paragraphs(BODY[:4])}{quote}{paragraphs(BODY[4:])}</div>"
    assert lines_of(page(body)) == BODY


def test_a_closing_run_of_short_lines_is_kept() -> None:
    dates = [f"{day} June: choir on the bridge, north end" for day in range(1, 8)]
    assert lines_of(page(f"<h1>{TITLE}</h1><div>{paragraphs([*BODY, *dates])}</div>")) == [*BODY, *dates]


@pytest.mark.parametrize(
    "note",
    [
        "Reporting by Mara Quill; editing by Tor Brandt.",
        "This article was first published in the Coast Courier.",
        "Subscribe to our newsletter and never miss a bridge again.",
        "Follow us on all the channels where bridges are talked about.",
        "\u00a9 2024 Harbour Herald. All rights reserved.",
    ],
)
def test_endnotes_are_cut(note: str) -> None:
    assert lines_of(page(f"<h1>{TITLE}</h1><div>{paragraphs([*BODY, note])}</div>")) == BODY


def test_a_text_in_a_script_without_spaces_is_found() -> None:
    texts = [
        "市议会昨天讨论了明年的预算，决定在河上修建一座新桥。",
        "市长说，这是城市发展的重要一步，工程将于明年春天开始。",
        "居民们对这一决定表示欢迎，他们已经等了十年。",
    ]
    html = f"<html lang=zh><head><title>新桥明年开工</title></head><body><ul>{links()}</ul><h1>新桥明年开工</h1><div>{paragraphs(texts)}</div></body></html>"
    assert lines_of(html) == texts


def test_json_ld_calls_for_a_second_opinion_when_it_disagrees() -> None:
    other = [
        text.replace("bridge", "tunnel").replace("river", "hill") + " That is what the papers say."
        for text in BODY
    ]
    block = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": " ".join(other)})}</script>'
    found = read_page(page(TEMPLATES["plain"], block), URL)
    assert found is not None
    assert found.text.split("\n") == BODY


def test_nothing_comes_of_nothing() -> None:
    assert read_page("") is None
    for html in (
        "<html></html>",
        "<html><body></body></html>",
        "<p></p>",
        "<frameset><frame src=x></frameset>",
    ):
        found = read_page(html)
        assert found is None or found.text == ""


def test_the_result_does_not_depend_on_what_was_read_before() -> None:
    first = {name: read_page(page(body), URL) for name, body in TEMPLATES.items()}
    for _ in range(2):
        for name in reversed(TEMPLATES):
            again, before = read_page(page(TEMPLATES[name]), URL), first[name]
            assert again is not None
            assert before is not None
            assert (again.text, again.metadata) == (before.text, before.metadata)


def test_blocks_know_their_links_and_emphasis() -> None:
    root = parse_html("<body><p>ab<a href=x>cd</a></p><p><b>bold</b></p><p>a<br>b</p></body>")
    assert root is not None
    found = read_blocks(root.find("body"))
    assert [(block.text, block.linked, block.bold) for block in found] == [
        ("abcd", 0.5, 0.0),
        ("bold", 0.0, 1.0),
        ("a", 0.0, 0.0),
        ("b", 0.0, 0.0),
    ]


@pytest.mark.parametrize(("text", "expected"), [("abc", 3), ("äbc", 3), ("桥梁", 5), ("", 0)])
def test_the_size_of_a_text_weighs_signs_of_scripts_without_spaces(text: str, expected: float) -> None:
    assert size_of(text) == expected


def test_letters_are_what_two_spellings_share() -> None:
    assert letters_of("New  Bridge \u2013 opens!") == letters_of("new bridge: OPENS")


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="<>&\0", exclude_categories=["Cs", "Cc"]), max_size=60
)
_TAG = st.sampled_from(
    [
        "p",
        "div",
        "li",
        "ul",
        "a",
        "b",
        "h2",
        "span",
        "table",
        "td",
        "article",
        "aside",
        "blockquote",
        "figure",
        "br",
    ]
)
_CLASS = st.sampled_from(
    ["", "comments", "article-body", "related", "sidebar", "paywall", "share", "byline", "x"]
)
_HTML = st.recursive(
    _TEXT,
    lambda inner: st.tuples(_TAG, _CLASS, st.lists(inner, max_size=4)).map(
        lambda part: f"<{part[0]} class='{part[1]}'>{''.join(part[2])}</{part[0]}>"
    ),
    max_leaves=25,
)


@FEW
@given(_HTML)
def test_any_page_gives_an_answer_whose_words_it_shows(body: str) -> None:
    found = read_page(f"<html><body>{body}</body></html>", thorough=False)
    if found is None:
        return
    assert isinstance(found, Page)
    root = parse_html(f"<html><body>{body}</body></html>")
    assert root is not None
    shown = letters_of("".join(root.itertext()))
    assert all(letters_of(line) in shown for line in found.text.split("\n"))


@FEW
@given(_HTML)
def test_regions_lie_within_their_blocks(body: str) -> None:
    root = parse_html(f"<html><body><p>{body}</p></body></html>")
    assert root is not None
    region = find_region(root.find("body"))
    assert 0 <= region.start <= max(region.first, 0)
    assert region.last < len(region.blocks)
    assert region.mass <= region.page_mass + 1e-6
    assert all(0 <= block.mass <= block.size for block in region.blocks)


@FEW
@given(_HTML, st.integers(0, 4))
def test_an_article_survives_what_stands_around_it(noise: str, position: int) -> None:
    flagged = f"<div class='sidebar'>{noise}</div>"
    parts = [f"<h1>{TITLE}</h1>", f"<div class='story-body'>{paragraphs()}</div>"]
    parts.insert(position % 3, flagged)
    found = lines_of(page("".join(parts)))
    assert [line for line in found if line in BODY] == BODY
