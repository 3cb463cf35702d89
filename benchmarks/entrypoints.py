"""Plain functions over the real stages, for measurement from outside.  Nothing here decides anything."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # as in document workers: one core's figures
    os.environ.setdefault(_name, "1")

import pyarrow.parquet as pq

from tasks.clean.article import Cleaned, CleanOptions, from_page
from tasks.clean.batch import clean_document
from tasks.clean.encoding import decode
from tasks.clean.html import read_page
from tasks.clean.scraped import clean_scraped as clean_scraped_text
from tasks.dedupe.batch import dedupe_articles
from tasks.enrich.batch import enrich_articles
from tasks.enrich.language import detect_languages
from tasks.enrich.tables import tables as enrichment_tables
from tasks.enrich.tagger import tag as tag_texts
from tasks.enrich.topics import rank_topics
from tasks.enrich.values import ArticleText
from tasks.reasons import Reason
from tasks.units import Capture

_OPTIONS = CleanOptions(min_words=1)
_PAGE_TYPES = frozenset(Reason) - {
    Reason.PARSER_FAILED,
    Reason.UNDECODABLE,
    Reason.NOT_HTML,
    Reason.EMPTY,
    Reason.OVER_LIMIT,
}


def extract(html: bytes, url: str | None = None) -> dict[str, Any]:
    """Title, text, date (ISO 8601) and authors of one page; empty values where there are none."""
    capture = Capture(url, None, 200, "text/html", None, html, "html", "page", 0, len(html))
    result = clean_document(capture, _OPTIONS)
    if not isinstance(result, Cleaned) and result.reason in _PAGE_TYPES:
        # Asked what the text of a page is, not whether it is an article: what was read before the page was judged.
        page = read_page(decode(html, None).text, url or "", lists_too=True)
        result = from_page(capture, page, _OPTIONS) if page is not None else result
    if not isinstance(result, Cleaned):
        return {"title": None, "text": "", "date": None, "authors": [], "reason": result.reason.value}
    date = result.published_at or result.published_on
    return {
        "title": result.title,
        "text": result.text,
        "date": date.isoformat() if date else None,
        "authors": list(result.authors),
    }


def clean_scraped(text: str) -> dict[str, Any]:
    """Parts of a page that came as plain text: title, section, published, modified, lead, text, tags."""
    made = clean_scraped_text(text)
    names = ("title", "section", "published", "modified", "lead", "text")
    return {**{name: getattr(made, name) for name in names}, "tags": list(made.tags)}


def article(text: str) -> dict[str, Any]:
    """What enrichment says of one scraped page, cleaned first: lang, published, actors, topics, quotes, dates."""
    made = clean_scraped_text(text)
    whole = ArticleText(
        0,
        made.title or "",
        made.text,
        made.published_on,
        section=made.section,
        tags=tuple(made.tags),
        captions=made.captions,
    )
    [found] = enrich_articles([whole])
    names = {
        row["actor_id"]: row["name"] for row in enrichment_tables([whole], [found])["actors"].to_pylist()
    }
    return {
        "lang": found.language,
        "published": made.published,
        "actors": [{"id": row["actor_id"], "name": names.get(row["actor_id"], "")} for row in found.mentions],
        "topics": [code for code, _ in found.topics if code.endswith("000000")],
        "quotes": [{"text": quote.text, "speaker_id": quote.speaker_id} for quote in found.quotes],
        "dates": list(found.dates),
    }


def tag(texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
    """(start, end, label) spans of persons (PER), organisations (ORG) and places (LOC) in each text."""
    return tag_texts(texts)


def topics(texts: Sequence[str]) -> list[list[tuple[str, float]]]:
    """(IPTC code, score) of each text, best first, scores under the threshold included; articles carry those above it."""
    return rank_topics([""] * len(texts), texts)


def language(texts: Sequence[str]) -> list[str]:
    """ISO 639-1 code of each text, ``und`` when unsure."""
    return [code for code, _ in detect_languages(texts)]


def dedupe(parquet_in: str, parquet_out: str) -> None:
    """Read id, url, site, published, crawled, title, text; write id, cluster."""
    table = pq.read_table(parquet_in)
    clusters = dedupe_articles(table)
    pq.write_table(table.select(["id"]).append_column("cluster", [clusters]), parquet_out)
