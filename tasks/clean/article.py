"""The row that cleaning makes of one capture, and how pages and plain text fill it."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tasks.clean.authors import clean_authors
from tasks.clean.dates import parse_date
from tasks.clean.html import Page
from tasks.clean.pagetype import count_words
from tasks.clean.scraped import Scraped
from tasks.dates import ParsedDate, is_plausible
from tasks.units import Capture
from tasks.urls import canonical_url, source_of


@dataclass(frozen=True, slots=True)
class CleanOptions:
    """How to clean the captures of one source.

    ``zone`` (IANA) and ``language`` (ISO 639-1) are the source's own, for dates without a zone and in words;
    ``min_words`` is the least an article has; ``known_lines`` are lines that the source repeats, for plain text;
    ``thorough`` allows a second opinion on doubtful pages; ``max_bytes`` is where a body is cut; ``frame`` names the
    element in which the source keeps its articles, where its other pages taught that (:mod:`tasks.clean.site`).
    """

    zone: str | None = None
    language: str | None = None
    min_words: int = 40
    max_bytes: int = 16_000_000
    known_lines: tuple[str, ...] = ()
    thorough: bool = True
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """One article: the columns of the cleaned table but for unit and run, its text, and where its capture lies."""

    article_id: int
    url: str | None
    canonical_url: str | None
    source: str
    title: str | None
    lead: str | None
    authors: tuple[str, ...]
    section: str | None
    tags: tuple[str, ...]
    published_at: datetime | None
    published_on: date | None
    published_precision: str | None
    published_from: str | None
    modified_at: datetime | None
    captured_at: datetime | None
    word_count: int
    extractor: str
    extractor_mode: str | None
    fallback_reason: str | None
    page_language: str | None
    captions: tuple[str, ...]
    text: str
    file: str
    offset: int
    length: int


def article_id(canonical: str | None, text: str) -> int:
    """63-bit BLAKE2b of canonical URL, a null and the normalised text; of the normalised text alone without a URL."""
    key = normalise(text)
    if canonical:
        key = f"{canonical}\0{key}"
    digest = hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def normalise(text: str) -> str:
    """*text* as NFKC, case folded, white space as single spaces: equal for two captures of the same words."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def from_page(capture: Capture, page: Page, options: CleanOptions) -> Cleaned:
    """The row of a web page; what the capture was given goes before what the page says."""
    meta = page.metadata
    published, published_from = _given_date(capture, "published", options), "given"
    if published is None:
        published, published_from = meta.published, meta.published_from
    modified = _given_date(capture, "modified", options) or meta.modified
    return _row(
        capture,
        title=_given(capture, "title") or meta.title,
        lead=page.lead,
        authors=_given_authors(capture) or meta.authors,
        section=_given(capture, "section") or meta.section,
        tags=meta.tags,
        published=published,
        published_from=published_from,
        modified_at=modified.at if modified else None,
        text=page.text,
        extractor=page.extractor,
        mode=page.mode,
        fallback_reason=page.fallback_reason,
        language=_given(capture, "language") or meta.language or options.language or "",
    )


def from_scraped(capture: Capture, scraped: Scraped, text: str, options: CleanOptions) -> Cleaned:
    """The row of a page of plain text; with a given title the text is believed where the cleaner found none."""
    given = _given(capture, "title")
    published, published_from = _given_date(capture, "published", options), "given"
    if published is None and scraped.published:
        published, published_from = (
            parse_date(scraped.published, options.zone, options.language, capture.captured_at),
            "text",
        )
    modified = _given_date(capture, "modified", options)
    modified_at = modified.at if modified else scraped.modified_at
    body = scraped.text
    if given and not body:
        body = "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)
    return _row(
        capture,
        title=given or scraped.title or "",
        lead=scraped.lead or "",
        authors=_given_authors(capture) or tuple(scraped.authors),
        section=_given(capture, "section") or scraped.section or "",
        tags=tuple(scraped.tags),
        published=published,
        published_from=published_from,
        modified_at=modified_at,
        text=body,
        extractor="given" if given else "scraped",
        mode="",
        fallback_reason="",
        language=_given(capture, "language") or options.language or "",
        captions=scraped.captions,
    )


def _row(
    capture: Capture,
    *,
    title: str,
    lead: str,
    authors: Sequence[str],
    section: str,
    tags: Sequence[str],
    published: ParsedDate | None,
    published_from: str,
    modified_at: datetime | None,
    text: str,
    extractor: str,
    mode: str,
    fallback_reason: str,
    language: str,
    captions: Sequence[str] = (),
) -> Cleaned:
    """Assemble a row: ids, canonical URL, source, word count; empty strings become null."""
    canonical = canonical_url(capture.url) if capture.url else None
    # A page without a date was published by the day it was fetched, and says that this is all we know.
    fetched_on = capture.captured_at.astimezone(UTC).date() if capture.captured_at else None
    return Cleaned(
        article_id=article_id(canonical, text),
        url=capture.url,
        canonical_url=canonical,
        source=capture.source or (source_of(capture.url) if capture.url else "") or "unknown",
        title=title or None,
        lead=lead or None,
        authors=tuple(authors),
        section=section or None,
        tags=tuple(tags),
        published_at=published.at if published else None,
        published_on=published.on if published else fetched_on,
        published_precision=published.precision if published else "day" if fetched_on else None,
        published_from=published_from if published else "capture" if fetched_on else None,
        modified_at=modified_at,
        captured_at=capture.captured_at,
        word_count=count_words(text),
        extractor=extractor,
        extractor_mode=mode or None,
        fallback_reason=fallback_reason or None,
        page_language=(language[:2].lower() if language else None),
        captions=tuple(captions),
        text=text,
        file=capture.file,
        offset=capture.offset,
        length=capture.length,
    )


def _given(capture: Capture, name: str) -> str:
    """A text that came with the capture, or an empty string."""
    value: Any = capture.given.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _given_authors(capture: Capture) -> tuple[str, ...]:
    value: Any = capture.given.get("authors")
    values = [value] if isinstance(value, str) else list(value or ())
    return tuple(clean_authors(str(one) for one in values if one))


def _given_date(capture: Capture, name: str, options: CleanOptions) -> ParsedDate | None:
    """A date that came with the capture, when it is plausible."""
    value: Any = capture.given.get(name)
    if isinstance(value, datetime | date):
        value = value.isoformat()
    if not isinstance(value, str) or not value.strip():
        return None
    parsed = parse_date(value, options.zone, options.language, capture.captured_at)
    return parsed if parsed is not None and is_plausible(parsed, capture.captured_at) else None
