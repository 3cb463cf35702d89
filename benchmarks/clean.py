"""Cleaning beside trafilatura with metadata: CPU time per page as a ratio, and agreement of the texts.

    python -m benchmarks.clean [--pages 200]

Two sets: pages of one invented outlet made here, and the evaluation pages beside the project where they are present.
Only ratios are printed, since seconds belong to a machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tasks.clean.encoding import decode
from tasks.clean.guard import parse_html
from tasks.clean.html import read_page

Pages = Sequence[tuple[str, bytes]]
"""Addresses and bodies."""

_EVALUATION = Path(__file__).parents[2] / "shared" / "eval" / "extraction"
_WORDS = str.split(
    "harbour bridge council ferry market school storm river mayor budget vote road fish boat winter spring north south "
    "bank stone work plan year month people town coast line train price report answer question morning evening"
)


def make_pages(count: int, seed: int = 7) -> Pages:
    """Pages of one invented outlet: the same template, menus, teasers and share boxes around different texts."""
    random_source = random.Random(seed)

    def sentence() -> str:
        words = random_source.choices(_WORDS, k=random_source.randint(8, 22))
        return f"{' '.join(words).capitalize()}."

    def paragraph() -> str:
        return "<p>" + " ".join(sentence() for _ in range(random_source.randint(2, 5))) + "</p>"

    menu = "".join(f"<li><a href='/s/{word}'>{word.title()}</a></li>" for word in _WORDS)
    pages = []
    for number in range(count):
        title = " ".join(random_source.choices(_WORDS, k=6)).capitalize()
        teasers = "".join(
            f"<div class='teaser'><h3><a href='/n/{n}'>{sentence()}</a></h3><p>{sentence()}</p></div>"
            for n in range(20)
        )
        linked = {
            "@type": "NewsArticle",
            "headline": title,
            "datePublished": f"2024-03-{number % 28 + 1:02d}T08:00:00Z",
            "author": {"name": "Mara Quill"},
        }
        body = "".join(paragraph() for _ in range(random_source.randint(8, 20)))
        html = (
            f"<html lang='en'><head><title>{title} | Harbour Herald</title><script type='application/ld+json'>{json.dumps(linked)}</script></head>"
            f"<body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1><div class='share'>Share this</div>"
            f"<div class='story-body'>{body}</div></article><aside>{teasers}</aside></main><footer><ul>{menu}</ul></footer></body></html>"
        )
        pages.append((f"https://harbour.example/news/{number}", html.encode()))
    return pages


def evaluation_pages() -> Pages:
    """The evaluation pages beside the project; none where they are absent."""
    gold = _EVALUATION / "gold.jsonl"
    if not gold.exists():
        return []
    rows = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    return [(row["url"] or "", gzip.decompress((_EVALUATION / row["html"]).read_bytes())) for row in rows]


def seconds(runs: Sequence[Callable[[str, bytes], object]], pages: Pages) -> list[float]:
    """CPU seconds of this process for each of *runs* over all pages, page by page in turn; three pages warm up.

    Turns make the ratios hold on a machine whose load changes.
    """
    spent = [0.0] * len(runs)
    for url, body in (*pages[:3], *pages):
        for number, run in enumerate(runs):
            start = time.process_time()
            run(url, body)
            spent[number] += time.process_time() - start
    return spent


def clean(url: str, body: bytes) -> object:
    """A page through our cleaner, with metadata and second opinion."""
    return read_page(decode(body).text, url)


def parse(_: str, body: bytes) -> object:
    """A page through lxml only: the floor."""
    return parse_html(decode(body).text)


def peer(url: str, body: bytes) -> object:
    """A page through trafilatura with metadata, comments off, its usual fallbacks."""
    import trafilatura

    return trafilatura.bare_extraction(body, url=url, with_metadata=True, include_comments=False)


def main() -> None:
    """Print one line per set: how many times faster than the peer, and how far from the floor."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--pages", type=int, default=200)
    count = arguments.parse_args().pages
    for name, pages in (("one outlet", make_pages(count)), ("evaluation pages", evaluation_pages())):
        if not pages:
            print(f"{name}: absent")
            continue
        ours, theirs, floor = seconds((clean, peer, parse), pages)
        print(
            f"{name}: {len(pages)} pages, {theirs / ours:.1f} x trafilatura with metadata, {ours / floor:.1f} x the cost of parsing alone"
        )


if __name__ == "__main__":
    main()
