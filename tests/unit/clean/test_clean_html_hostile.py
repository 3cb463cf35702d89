"""Pages that were made to hurt, or might have been: each is answered within bounds, and its text is kept where there is any."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable

import pytest

from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document
from tasks.reasons import Reason
from tasks.units import Capture, Refusal

pytestmark = pytest.mark.slow

CPU_SECONDS = 10.0
SENTENCE = "The council voted on Tuesday to approve the new budget, which the mayor called a turning point for the town. "
TEXT = "".join(f"<p>{SENTENCE}It was vote number {number}.</p>" for number in range(12))
LINKS = '<a href="/x">A headline that links somewhere else</a> '


def page(body: str, head: str = "") -> bytes:
    """A page with a headline."""
    return f"<!DOCTYPE html><html lang=en><head><title>Council approves budget</title>{head}</head><body><h1>Council approves budget</h1>{body}</body></html>".encode()


KEPT: dict[str, Callable[[], bytes]] = {
    "ten megabytes of paragraphs": lambda: page("".join(f"<p>{SENTENCE * 3}{n}</p>" for n in range(30_000))),
    "ten megabytes in one paragraph": lambda: page(f"<p>{SENTENCE * 95_000}</p>"),
    "links before an article": lambda: page(f"<div>{LINKS * 200_000}</div><div class=story>{TEXT}</div>"),
    "table cells before an article": lambda: page("<table>" + "<tr><td>1</td><td>2</td></tr>" * 50_000 + f"</table><div>{TEXT}</div>"),
    "five thousand nested divs": lambda: page("<div>" * 5_000 + TEXT + "</div>" * 5_000),
    "a hundred thousand nested divs": lambda: page("<div>" * 100_000 + TEXT + "</div>" * 100_000),
    "fifty thousand unclosed tags": lambda: page("<b><i><font>" * 17_000 + TEXT),
    "unclosed paragraphs": lambda: page("<p><span>" * 25_000 + TEXT),
    "ten megabytes of json-ld": lambda: page(TEXT, '<script type="application/ld+json">{"x": [' + "{}," * 3_000_000 + "1]}</script>"),
    "deep json-ld": lambda: page(TEXT, '<script type="application/ld+json">' + "[" * 100_000 + "</script>"),
    "many json-ld blocks": lambda: page(TEXT, '<script type="application/ld+json">{"@type": "Article"}</script>' * 20_000),
    "entities": lambda: page("<p>" + "&lt;&amp;" * 1_000_000 + "</p>" + TEXT),
    "gzip bytes": lambda: gzip.compress(page(TEXT)),
    "a cut page": lambda: page(TEXT)[:-300],
    "a tag with many attributes": lambda: page("<div " + " ".join(f'a{n}="x"' for n in range(100_000)) + f">{TEXT}</div>"),
    "a class of three megabytes": lambda: page(f"<div class='{'comment-x ' * 300_000}'>{TEXT}</div>"),
    "a hundred thousand headings": lambda: page("<h1>Council approves budget</h1>" * 100_000 + TEXT),
    "many meta tags": lambda: page(TEXT, '<meta name="author" content="A B">' * 100_000),
    "many time elements": lambda: page('<time datetime="2020-01-01">x</time>' * 100_000 + TEXT),
    "a title of three megabytes": lambda: page(TEXT, f'<meta property="og:title" content="{"word - " * 400_000}">'),
    "only punctuation": lambda: page("<p>" + "(" * 3_000_000 + "</p>" + TEXT),
    "null bytes": lambda: page(TEXT).replace(b"council", b"coun\0cil"),
}  # fmt: skip
REFUSED: dict[str, tuple[Callable[[], bytes], Reason]] = {
    "two hundred thousand links": (lambda: page(LINKS * 200_000), Reason.INDEX_PAGE),
    "table cells only": (
        lambda: page("<table>" + "<tr><td>1</td><td>2</td></tr>" * 50_000 + "</table>"),
        Reason.NO_TEXT,
    ),
    "a gzip bomb": (lambda: gzip.compress(b"<p>aaaa</p>" * 5_000_000), Reason.NO_TEXT),
    "a document of another kind": (lambda: b"%PDF-1.4\n" + bytes(range(256)) * 4000, Reason.NOT_HTML),
    "binary bytes": (
        lambda: bytes((n * 7919 + n // 256) % 256 for n in range(1_000_000)),
        Reason.UNDECODABLE,
    ),
}


def clean_within_bounds(payload: bytes) -> Cleaned | Refusal:
    """The answer, which must come within ten seconds of CPU time."""
    capture = Capture(
        url="https://town.example/news/council-approves-budget",
        captured_at=None,
        status=200,
        mime="text/html",
        charset=None,
        payload=payload,
        payload_kind="html",
        file="hostile",
        offset=0,
        length=len(payload),
    )
    start = time.process_time()
    result = clean_document(capture, CleanOptions())
    assert time.process_time() - start < CPU_SECONDS
    return result


@pytest.mark.parametrize("kind", KEPT)
def test_text_is_kept_where_a_reader_would_see_it(kind: str) -> None:
    result = clean_within_bounds(KEPT[kind]())
    assert isinstance(result, Cleaned), result
    assert SENTENCE.strip() in result.text


@pytest.mark.parametrize("kind", REFUSED)
def test_where_there_is_no_text_there_is_a_reason(kind: str) -> None:
    payload, reason = REFUSED[kind]
    result = clean_within_bounds(payload())
    assert isinstance(result, Refusal)
    assert result.reason is reason
