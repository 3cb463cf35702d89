"""Pages of one invented outlet with gold: the furniture of a large news site around different articles.

Menus, consent, share bars, boxes inside the text, author boxes, teasers, a footer and scripts take most of each page, as
they do on the web; every article ends with lines that the outlet repeats.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

_WORDS = str.split(
    "harbour bridge council ferry market school storm river mayor budget vote road fish boat winter spring north south bank stone work "
    "plan year month people town coast line train price report answer question morning evening garden library bread paper light glass "
    "island captain engineer teacher doctor letter winter tower museum orchard signal copper timber barley lantern quarry tide ledger"
)
_SECTIONS = ("News", "Town", "Coast", "Business", "Culture", "Sport", "Opinion", "Travel")
NOTES = (
    "The Harbour Herald reports on the coast every day since the year the ferry began to run.",
    "Readers who saw something we should know can write to the town desk in confidence at any hour.",
)
"""Sentences with which every article ends and that are none of its text."""


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page: address, bytes, and the text that should come out of it, a paragraph per line."""

    url: str
    html: bytes
    text: str


def make_site(count: int, seed: int = 11) -> list[SitePage]:
    """*count* pages; the same *seed* gives the same pages."""
    source = random.Random(seed)
    return [_page(number, source) for number in range(count)]


def _sentence(source: random.Random) -> str:
    words = " ".join(source.choices(_WORDS, k=source.randint(8, 22)))
    return f"{words.capitalize()}."


def _paragraph(source: random.Random) -> str:
    return " ".join(_sentence(source) for _ in range(source.randint(2, 4)))


def _page(number: int, source: random.Random) -> SitePage:
    """One article with a standfirst, paragraphs, headings, a list now and then, and a box of other articles inside."""
    title = " ".join(source.choices(_WORDS, k=7)).capitalize()
    lead = _paragraph(source)
    body: list[tuple[str, str]] = []
    for place in range(source.randint(6, 16)):
        if place and place % 5 == 0:
            body.append(("h2", " ".join(source.choices(_WORDS, k=4)).capitalize()))
        body.append(("p", _paragraph(source)))
        if source.random() < 0.06:
            body.extend(("li", _sentence(source)) for _ in range(3))
    inside = len(body) // 2
    parts = [f"<ul><li>{text}</li></ul>" if tag == "li" else f"<{tag}>{text}</{tag}>" for tag, text in body]
    parts.insert(inside, _inline_box(source))
    parts.extend(f"<p>{note}</p>" for note in NOTES)
    linked = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "description": lead,
        "datePublished": f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}T08:00:00+00:00",
        "author": [{"@type": "Person", "name": source.choice(("Mara Quill", "Jonas Reed", "Ida Thorn"))}],
    }  # fmt: skip
    html = "".join(
        (
            f"<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'><title>{title} | Harbour Herald</title>",
            f"<meta property='og:title' content='{title}'><meta property='og:type' content='article'>",
            f"<script type='application/ld+json'>{json.dumps(linked)}</script>{''.join(_scripts(source))}</head><body>",
            "<div class='cookie-layer' id='consent'><p>We use cookies to make this site work and to count visits. You can agree or choose.</p></div>",
            _menu(source), f"<main id='content' class='page page--article'><article class='story story-{number}'>",
            f"<header class='story__head'><p class='kicker'>{source.choice(_SECTIONS)}</p><h1>{title}</h1><p class='standfirst'>{lead}</p>",
            f"<div class='byline'>By <a rel='author' href='/people/x'>{linked['author'][0]['name']}</a></div></header>{_share(source)}",  # type: ignore[index]
            f"<div class='story__body'>{''.join(parts)}</div>{_share(source)}</article></main>", _teasers(source), _footer(source), "</body></html>",
        )
    )  # fmt: skip
    text = "\n".join((lead, *(text for _, text in body)))
    return SitePage(
        f"https://harbourherald.example/2024/{number}/{title.lower().replace(' ', '-')}", html.encode(), text
    )


def _scripts(source: random.Random) -> Iterator[str]:
    for _ in range(6):
        data = {word: source.random() for word in source.choices(_WORDS, k=120)}
        yield f"<script>window.config = {json.dumps(data)};</script>"


def _menu(source: random.Random) -> str:
    """A header with a menu of two levels."""
    lists = "".join(
        f"<li class='menu__item'><a href='/{section}'>{section}</a><ul class='menu__sub'>"
        + "".join(
            f"<li><a href='/{section}/{word}'><span>{word.title()}</span></a></li>"
            for word in source.choices(_WORDS, k=10)
        )
        + "</ul></li>"
        for section in _SECTIONS
    )
    return f"<header class='site-header'><a class='logo' href='/'>Harbour Herald</a><nav><ul class='menu'>{lists}</ul></nav></header>"


def _share(source: random.Random) -> str:
    names = ("Mail", "Print", "Copy link", "Save")
    items = "".join(
        f"<li class='share__item share__item--{name.split()[0]}'><a href='#'><span>{name}</span></a></li>"
        for name in names
    )
    return f"<div class='share-bar' data-n='{source.randint(1, 99)}'><span>Share</span><ul>{items}</ul></div>"


def _inline_box(source: random.Random) -> str:
    return f"<aside class='inline-related'><h3>Read also</h3><ul><li><a href='/r'>{_sentence(source)}</a></li><li><a href='/s'>{_sentence(source)}</a></li></ul></aside>"


def _teasers(source: random.Random) -> str:
    """Columns of other articles, as cards."""
    cards = "".join(
        f"<div class='card card--{n % 3}'><a href='/n/{n}'><div class='card__image'><img src='/i/{n}.jpg' alt=''></div><h3 class='card__title'>{_sentence(source)}</h3></a>"
        f"<p class='card__text'>{_sentence(source)}</p><div class='card__meta'><span>{source.choice(_SECTIONS)}</span><time>3 h</time></div></div>"
        for n in range(48)
    )
    ranks = "".join(f"<li><a href='/m/{n}'>{_sentence(source)}</a></li>" for n in range(10))
    return f"<section class='more'><h2>More from the coast</h2><div class='cards'>{cards}</div></section><aside class='ranks'><h2>Most read</h2><ol>{ranks}</ol></aside>"


def _footer(source: random.Random) -> str:
    columns = "".join(
        f"<div class='footer__column'><h4>{section}</h4><ul>"
        + "".join(f"<li><a href='/f/{word}'>{word.title()}</a></li>" for word in source.choices(_WORDS, k=9))
        + "</ul></div>"
        for section in _SECTIONS
    )
    return f"<footer class='site-footer'>{columns}<p>© Harbour Herald, all rights reserved.</p></footer>"
