"""Pages of one invented outlet with gold: the furniture of a large news site around different articles.

Menus, consent, share bars, boxes inside the text, author boxes, teasers, a footer and scripts take most of each page, as
they do on the web; every article ends with lines that the outlet repeats.

    python -m benchmarks.one_site [--pages 240]

learns the site from a sample as the pipeline does, then sets the other pages beside trafilatura with metadata.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document, study_document
from tasks.clean.site import Site, draw_sample, learn_site, settle
from tasks.units import Capture

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


@dataclass(frozen=True, slots=True)
class SiteScore:
    """The pages that were not studied: F1 of four-word shingles (0–1) learned, read whole, and of trafilatura; speed of
    both of ours as multiples of trafilatura's pages per CPU second.
    """

    learned_f1: float
    whole_f1: float
    peer_f1: float
    learned_speed: float
    whole_speed: float


def capture_of(page: SitePage) -> Capture:
    """A page as a reader yields it."""
    return Capture(
        page.url, None, 200, "text/html", None, page.html, "html", "f", 0, len(page.html), "herald.example"
    )


def learn(pages: Sequence[SitePage]) -> tuple[Site, list[SitePage]]:
    """What the pages teach, and those that were not studied."""
    by_digest = {hashlib.sha256(page.html).hexdigest(): page for page in pages}
    [(source, sample)] = draw_sample({"herald.example": list(by_digest)}).items()
    studies = [study_document(capture_of(by_digest[digest]), CleanOptions()) for digest in sample]
    rest = [page for digest, page in by_digest.items() if digest not in sample]
    return learn_site(source, len(by_digest), studies), rest


def measure_site(count: int = 240, peer_every: int = 4) -> SiteScore:
    """Learn *count* pages and measure the rest; trafilatura reads every *peer_every*-th of them."""
    import trafilatura

    site, rest = learn(make_site(count))
    options = CleanOptions()

    def learned(page: SitePage) -> str:
        made = clean_document(capture_of(page), replace(options, frame=site.frame))
        return settle(made, site, options.min_words).text if isinstance(made, Cleaned) else ""

    def whole(page: SitePage) -> str:
        made = clean_document(capture_of(page), options)
        return made.text if isinstance(made, Cleaned) else ""

    def peer(page: SitePage) -> str:
        made = trafilatura.bare_extraction(
            page.html, url=page.url, with_metadata=True, include_comments=False
        )
        return getattr(made, "text", None) or ""

    (ours, our_cost), (plain, plain_cost), (theirs, their_cost) = (
        _run(learned, rest), _run(whole, rest), _run(peer, rest[::peer_every]),
    )  # fmt: skip
    return SiteScore(ours, plain, theirs, their_cost / our_cost, their_cost / plain_cost)


def _run(extract: Callable[[SitePage], str], pages: Sequence[SitePage]) -> tuple[float, float]:
    """Shingle F1 over *pages* and CPU seconds per page; three pages warm up."""
    for page in pages[:3]:
        extract(page)
    start = time.process_time()
    texts = [extract(page) for page in pages]
    spent = (time.process_time() - start) / len(pages)
    precision = recall = 0.0
    for text, page in zip(texts, pages, strict=True):
        wanted, found = _shingles(page.text), _shingles(text)
        shared = (wanted & found).total()
        precision += shared / max(1, found.total()) / len(pages)
        recall += shared / wanted.total() / len(pages)
    return 2 * precision * recall / max(1e-9, precision + recall), spent


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = text.split()
    return Counter(tuple(words[n : n + 4]) for n in range(max(1, len(words) - 3)))


def main() -> None:
    """Print one line."""
    parser = argparse.ArgumentParser(description="One invented outlet, learned from a sample of its pages.")
    parser.add_argument("--pages", type=int, default=240)
    made = measure_site(parser.parse_args().pages)
    print(
        f"learned F1 {made.learned_f1:.4f} at {made.learned_speed:.1f} x, read whole F1 {made.whole_f1:.4f} at {made.whole_speed:.1f} x "
        f"trafilatura with metadata (F1 {made.peer_f1:.4f})"
    )


if __name__ == "__main__":
    main()
