"""What classes and ids say about a part of a page, and when they are not believed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.clean.blocks import read_blocks
from tasks.clean.flags import judge_flags
from tasks.clean.guard import parse_html
from tasks.clean.markup import class_role, is_body_label, is_hidden, label_of, split_humps
from tasks.clean.rolewords import role_of_words

FEW = settings(max_examples=50, deadline=None)

ROLES = {
    "comment": ["comments", "comment-list", "disqus_thread disqus", "reader-letters", "Kommentare", "commentSection", "replies", "page-comments"],
    "related": [
        "related", "related-articles", "relatedStories", "read-more", "readMore", "more-from-us", "also-read", "see-also", "most-read", "mostPopular",
        "trending", "teaser", "teaser--small", "article-teaser", "promo-box", "recommended", "recirc__list", "outbrain", "taboola", "next-article", "linklist",
        "inline-story", "latest-news", "zum-thema", "empfehlungen", "relacionados",
    ],
    "advert": ["ad", "ads", "advert", "advertisement", "ad-slot", "adContainer", "banner", "sponsored", "anzeige", "partner-links", "affiliate-box"],
    "signup": ["newsletter", "news-letter", "newsletterSignup", "subscribe", "subscription-box", "sign-up", "login", "membership", "donate", "cta", "app-promo"],
    "paywall": ["paywall", "paywall-content", "premium-content", "paywalled"],
    "share": ["share", "share-bar", "shareButtons", "social", "socialMedia", "follow-us", "addthis_toolbox", "article-actions", "toolbar"],
    "nav": ["nav", "main-nav", "navigation", "breadcrumb", "breadcrumbs", "menu", "pagination", "skip-link", "site-header", "masthead", "table-of-contents", "toc"],
    "side": ["sidebar", "side-bar", "right-rail", "rightColumn", "widget", "widget_text", "rail"],
    "foot": ["footer", "site-footer", "article-foot", "copyright", "disclaimer"],
    "tags": ["tags", "tag-list", "tagCloud", "keywords", "categories", "topic-list", "post-tags"],
    "byline": ["byline", "by-line", "author", "author-box", "authorInfo", "autor", "post-meta", "entry-meta", "dateline", "timestamp", "publish-date", "singlepostmeta", "bio"],
    "caption": ["caption", "wp-caption-text", "photo-credit", "imageCaption", "gallery", "slideshow", "carousel", "figure", "bildunterschrift"],
    "media": ["video", "video-player", "jwplayer", "podcast-box", "audio-player"],
    "form": ["poll", "quiz", "survey", "feedback", "search-form", "contact-form"],
    "overlay": ["cookie-banner", "consent", "gdpr", "modal", "popup", "pop-up", "overlay", "tooltip"],
    "hidden": ["hidden", "visually-hidden", "sr-only", "screen-reader-text", "print-only", "hide"],
}  # fmt: skip
PLAIN = [
    "article", "article-body", "story", "storyBody", "content", "entry-content", "post", "main", "text", "paragraph", "lead", "standfirst", "col-md-8",
    "container", "wrapper", "row", "section", "headline", "title", "grid", "c-1", "advance", "shadow", "header-text", "broad", "madam", "navy", "booking",
    "a1b2c3", "css-1x2y3z", "body__inner-container", "richtext", "quote", "summary",
]  # fmt: skip


def role_of(label: str, tag: str = "div", attributes: str = "") -> str:
    """What an element with this class is."""
    root = parse_html(f"<body><{tag} class='{label}' {attributes}>x</{tag}></body>")
    assert root is not None
    return class_role(root.find(f".//{tag}"), tag)


@pytest.mark.parametrize(
    ("role", "label"), [(role, label) for role, labels in ROLES.items() for label in labels]
)
def test_a_class_says_what_the_part_is(role: str, label: str) -> None:
    assert role_of(label) == role


@pytest.mark.parametrize("label", PLAIN)
def test_a_class_of_running_text_says_nothing(label: str) -> None:
    assert role_of(label) == ""


@pytest.mark.parametrize(
    ("tag", "role"),
    [
        ("footer", "foot"),
        ("aside", "aside"),
        ("figure", "caption"),
        ("figcaption", "caption"),
        ("address", "byline"),
        ("form", "form"),
        ("p", ""),
        ("section", ""),
    ],
)
def test_some_tags_say_it_by_themselves(tag: str, role: str) -> None:
    assert role_of("x", tag) == role


def test_an_id_counts_like_a_class() -> None:
    assert role_of("", attributes="id='sidebar'") == "side"


@pytest.mark.parametrize(
    "attributes", ["hidden", "style='display:none'", "style='visibility: hidden; color: red'"]
)
def test_what_is_hidden_is_told_by_its_attributes(attributes: str) -> None:
    assert role_of("x", attributes=attributes) == "hidden"


@pytest.mark.parametrize("attributes", ["hidden='until-found'", "style='display: block'", "data-hidden=1"])
def test_what_is_shown_is_not_hidden(attributes: str) -> None:
    root = parse_html(f"<body><div {attributes}>x</div></body>")
    assert root is not None
    assert not is_hidden(root.find(".//div"))


@pytest.mark.parametrize(
    "label",
    [
        "article-body",
        "articleBody",
        "story-content",
        "entry-content",
        "post_text",
        "body-copy",
        "richtext",
        "article__content",
        "news-text",
    ],
)
def test_a_body_calls_itself_one(label: str) -> None:
    root = parse_html(f"<body><div class='{label}'>x</div></body>")
    assert root is not None
    assert is_body_label(root.find(".//div"))


def test_a_marked_up_body_is_one() -> None:
    root = parse_html("<body><div itemprop='articleBody'>x</div><div class='sidebar'>y</div></body>")
    assert root is not None
    first, second = root.findall(".//div")
    assert is_body_label(first)
    assert not is_body_label(second)


def test_labels_are_split_at_humps_and_underscores() -> None:
    root = parse_html("<body><div class='relatedStories Big_Box' id='theEnd' role='note'>x</div></body>")
    assert root is not None
    assert label_of(root.find(".//div")) == "related-stories big-box the-end note"
    assert split_humps("plain-class") == "plain-class"


@FEW
@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12), max_size=6))
def test_any_words_give_a_role_or_none(words: list[str]) -> None:
    assert role_of_words(words) in {"", *ROLES}


TEXT = "".join(
    f"<p>The bridge opened on Tuesday, ten years after the first stone was laid, said number {n}.</p>"
    for n in range(6)
)
SHORT = "<p>A few words about the river, which is forty miles long and flows to the sea.</p>"


def roles_of(html: str) -> list[str]:
    """The verdicts on the blocks of a page."""
    root = parse_html(f"<body>{html}</body>")
    assert root is not None
    blocks = read_blocks(root.find("body"))
    judge_flags(blocks)
    return [block.role for block in blocks]


@pytest.mark.parametrize(
    "label",
    ["sidebar", "related", "share", "widget", "footer", "tags", "byline", "hidden", "form", "gallery"],
)
def test_a_part_that_holds_most_of_the_text_cannot_be_what_its_class_says(label: str) -> None:
    assert set(roles_of(f"<div class='{label}'>{TEXT}</div>{SHORT}")) == {""}


@pytest.mark.parametrize(
    "label",
    ["sidebar", "related", "share", "widget", "footer", "tags", "byline", "hidden", "form", "gallery"],
)
def test_a_small_part_is_what_its_class_says(label: str) -> None:
    assert roles_of(f"{TEXT}<div class='{label}'>{SHORT}</div>")[-1] != ""


def test_parts_inside_a_pardoned_wrapper_are_judged_by_themselves() -> None:
    roles = roles_of(f"<div class='has-sidebar'>{TEXT}<div class='sidebar'>{SHORT}</div></div>")
    assert roles == [""] * 6 + ["side"]


def test_a_class_that_pieces_of_the_body_share_is_not_believed() -> None:
    pieces = "".join(f"<div class='widget-text'>{SHORT.replace('few', str(n))}</div>" for n in range(6))
    assert set(roles_of(pieces)) == {""}


def test_comments_are_comments_however_long() -> None:
    roles = roles_of(f"{SHORT * 2}<div class='comments'>{TEXT}</div>")
    assert roles == ["", ""] + ["comment"] * 6


def test_comments_are_the_text_where_there_is_no_other() -> None:
    assert set(roles_of(f"<div class='comments'>{TEXT * 3}</div>")) == {""}


@pytest.mark.parametrize("label", ["paywall", "ad-after", "related-p", "share-me", "premium-content"])
def test_a_paragraph_of_running_text_is_not_judged_by_its_own_class(label: str) -> None:
    html = (
        TEXT
        + f"<p class='{label}'>The ferry will go on for walkers until the end of the summer, the council said.</p>"
    )
    assert roles_of(html)[-1] == ""


def test_a_paywalled_part_with_text_is_text() -> None:
    assert set(roles_of(f"{TEXT * 3}<div class='paywall'>{TEXT}</div>")) == {""}


def test_a_quote_inside_a_figure_is_text() -> None:
    roles = roles_of(
        f"{TEXT}<figure><blockquote><p>I did not believe that I would live to see it.</p></blockquote><figcaption>A ferryman</figcaption></figure>"
    )
    assert roles[-2:] == ["", "caption"]
