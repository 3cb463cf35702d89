"""Pages that were made to hurt, or might have been: what each of them costs, in CPU seconds and peak memory.

    python -m benchmarks.hostile

Every page is cleaned in a process of its own; peak memory includes the interpreter and all libraries.
"""

from __future__ import annotations

import gzip
import multiprocessing
import resource
import time
from collections.abc import Callable

from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document
from tasks.reasons import Reason
from tasks.units import Capture, Refusal

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
    "mail addresses and brackets": lambda: page(TEXT + "<p>" + "a@b.example <" * 100_000 + "</p>"),
    "an entity bomb": lambda: page(TEXT, "<!DOCTYPE x [" + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)) + "]>") + b"&e11;" * 1000,
    "nested tables": lambda: page("<table><tr><td>" * 3_000 + TEXT + "</td></tr></table>" * 3_000),
    "json-ld with a body of eight megabytes": lambda: page(TEXT, '<script type="application/ld+json">{"@type":"NewsArticle","articleBody":"' + SENTENCE * 70_000 + '"}</script>'),
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
    "pdf bytes without their mark": (
        lambda: b"\n\n" + b"1 0 obj <</Length 5>> stream\n" + bytes(range(256)) * 4000,
        Reason.UNDECODABLE,
    ),
    "binary bytes": (
        lambda: bytes((n * 7919 + n // 256) % 256 for n in range(1_000_000)),
        Reason.UNDECODABLE,
    ),
}


def capture_of(payload: bytes) -> Capture:
    """*payload* as a reader yields it."""
    return Capture(
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


def all_pages() -> dict[str, Callable[[], bytes]]:
    """Every page by name: those whose text is to be kept, then those to be refused."""
    return {**KEPT, **{name: make for name, (make, _) in REFUSED.items()}}


def cost_of(name: str) -> tuple[float, float, float, Cleaned | Refusal]:
    """(megabytes, CPU seconds, peak memory of this process in MiB, result) of one page."""
    capture = capture_of(all_pages()[name]())
    start = time.process_time()
    result = clean_document(capture, CleanOptions())
    spent = time.process_time() - start
    return (
        len(capture.payload) / 1e6,
        spent,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        result,
    )


def main() -> None:
    """Print a Markdown table, one page a row."""
    print("| page | MB | CPU s | peak MiB | result |\n| --- | --- | --- | --- | --- |")
    context = multiprocessing.get_context("spawn")
    for name in all_pages():
        with context.Pool(1) as pool:
            size, spent, peak, result = pool.apply(cost_of, (name,))
        answer = f"{result.word_count:,} words" if isinstance(result, Cleaned) else result.reason.value
        print(f"| {name} | {size:.1f} | {spent:.2f} | {peak:.0f} | {answer} |", flush=True)


if __name__ == "__main__":
    main()
