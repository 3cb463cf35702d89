"""Captures in, articles out: the stage as pure functions over one capture, over many, and as tables of one unit.

This is the one border of cleaning where any error of a third-party parser becomes a reject.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa

from tasks.clean.article import Cleaned, CleanOptions, from_page, from_scraped
from tasks.clean.encoding import decode
from tasks.clean.guard import admit
from tasks.clean.html import LEARNED, Reader, read_page
from tasks.clean.pagetype import judge_page
from tasks.clean.scraped import clean_scraped
from tasks.clean.site import VERSION as SITE_VERSION
from tasks.clean.site import Site, Study, take_lesson
from tasks.contracts import CLEANED, REJECTS, SITES, TEXTS
from tasks.reasons import Reason
from tasks.units import Capture, Refusal, Unit

_MAX_DAMAGE = 0.05
_LATEST = datetime.max.replace(tzinfo=UTC)

__all__ = [
    "CleanOptions",
    "Cleaned",
    "Tables",
    "clean_captures",
    "clean_document",
    "study_document",
    "tables",
]


def clean_document(capture: Capture, options: CleanOptions) -> Cleaned | Refusal:
    """The article that *capture* holds, or the reason why it holds none.  Never raises on account of the bytes.

    Pure: depends on its arguments only.  CPU time and memory are limited from outside; sizes and depths in here.
    """
    try:
        return _clean(capture, options)
    except Exception as error:  # noqa: BLE001 - the one broad border: a hostile page costs one reject
        return _refuse(capture, Reason.PARSER_FAILED, f"{type(error).__name__}: {error}"[:200])


def _clean(capture: Capture, options: CleanOptions) -> Cleaned | Refusal:
    """Admit, decode, and hand over to the cleaner of pages or of plain text."""
    admitted = admit(capture.payload, options.max_bytes)
    if admitted.reason is not None:
        return _refuse(capture, admitted.reason, admitted.detail)
    decoded = decode(admitted.payload, capture.charset)
    if decoded.damaged > _MAX_DAMAGE:
        return _refuse(
            capture,
            Reason.UNDECODABLE,
            f"{decoded.damaged:.0%} of the characters, read as {decoded.encoding}",
        )
    if capture.payload_kind == "text":
        return _clean_text(capture, decoded.text, options)
    return _clean_page(capture, decoded.text, options)


def _clean_page(capture: Capture, text: str, options: CleanOptions) -> Cleaned | Refusal:
    """The article of a web page."""
    url = capture.url or ""
    language = options.language or _given_text(capture, "language") or None
    page = read_page(text, url, options.zone, language, capture.captured_at, options.thorough, options.frame)
    if page is None:
        return _refuse(capture, Reason.NO_TEXT, "nothing could be parsed")
    verdict = judge_page(page, url, options.min_words)
    if verdict is not None and page.mode == LEARNED:
        return _clean_page(capture, text, replace(options, frame=""))
    if verdict is not None:
        if capture.truncated and verdict[0] in (Reason.NO_TEXT, Reason.TOO_SHORT):
            return _refuse(capture, Reason.TRUNCATED, verdict[1])
        return _refuse(capture, *verdict)
    return from_page(capture, page, options)


def _clean_text(capture: Capture, text: str, options: CleanOptions) -> Cleaned | Refusal:
    """The article of a page that came as plain text."""
    language = options.language or _given_text(capture, "language") or None
    scraped = clean_scraped(text, options.zone, language, options.known_lines)
    given = bool(_given_text(capture, "title"))
    if scraped.drop_reason is not None and not given:
        return _refuse(capture, scraped.drop_reason, f"{len(scraped.text)} characters kept")
    article = from_scraped(capture, scraped, text, options)
    if article.word_count < (1 if given else options.min_words):
        reason = Reason.TOO_SHORT if article.word_count else Reason.NO_TEXT
        return _refuse(capture, reason, f"{article.word_count} words")
    return article


def study_document(capture: Capture, options: CleanOptions) -> Study:
    """The article that *capture* holds, and what its page teaches about its site; never raises on account of the bytes."""
    result = clean_document(capture, replace(options, frame=""))
    if not isinstance(result, Cleaned) or result.extractor != "blocks":
        return Study(result)
    text = decode(admit(capture.payload, options.max_bytes).payload, capture.charset).text
    language = options.language or _given_text(capture, "language") or None
    reader = Reader(capture.url or "", options.zone, language, capture.captured_at, options.thorough)
    return Study(result, take_lesson(text, reader))


def _given_text(capture: Capture, name: str) -> str:
    value = capture.given.get(name)
    return value.strip() if isinstance(value, str) else ""


def _refuse(capture: Capture, reason: Reason, detail: str) -> Refusal:
    return Refusal(reason, detail, capture.url, capture.file, capture.offset, capture.length)


def clean_captures(captures: Iterable[Capture], options: CleanOptions) -> Iterator[Cleaned | Refusal]:
    """One result per capture, in order; for tests and benchmarks (units go through worker processes instead)."""
    for capture in captures:
        yield clean_document(capture, options)


@dataclass(frozen=True, slots=True)
class Tables:
    """What cleaning makes of one unit: articles, their texts, and what was not kept."""

    cleaned: pa.Table
    texts: pa.Table
    rejects: pa.Table


def tables(
    unit: Unit,
    results: Iterable[Cleaned | Refusal],
    run_id: str | None = None,
    capture_ids: Mapping[tuple[str, int, int], int] | None = None,
) -> Tables:
    """The tables of one unit; every result becomes one row of ``cleaned`` or of ``rejects``.

    *capture_ids* gives the key of the capture at each (file, offset, length).

    Of two captures that give the same article the earlier one is kept, by time of capture, then URL; the order in which
    results arrive makes no difference.
    """
    kept: dict[int, Cleaned] = {}
    refused: list[Refusal] = []
    for result in results:
        if isinstance(result, Refusal):
            refused.append(result)
            continue
        other = kept.get(result.article_id)
        if other is None:
            kept[result.article_id] = result
            continue
        first, second = sorted((other, result), key=_arrival)
        kept[result.article_id] = first
        refused.append(_repeat(second, first))
    rows = [asdict(article) for _, article in sorted(kept.items())]
    texts = [{name: row[name] for name in ("article_id", "published_on", "text")} for row in rows]
    places = ("file", "offset", "length", "text")
    cleaned = [
        {name: value for name, value in row.items() if name not in places}
        | {"unit_id": unit.unit_id, "run_id": run_id}
        | {"capture_id": (capture_ids or {}).get((row["file"], row["offset"], row["length"]))}
        for row in rows
    ]
    return Tables(
        CLEANED.table(cleaned), TEXTS.table(texts), REJECTS.table(_reject_rows(unit, refused, run_id))
    )


def _arrival(article: Cleaned) -> tuple[datetime, str, str, int]:
    return article.captured_at or _LATEST, article.url or "", article.file, article.offset


def _repeat(later: Cleaned, first: Cleaned) -> Refusal:
    detail = f"same article as {first.url or first.file}"
    return Refusal(Reason.DUPLICATE_CAPTURE, detail, later.url, later.file, later.offset, later.length)


def _reject_rows(unit: Unit, refused: Sequence[Refusal], run_id: str | None) -> list[dict[str, object]]:
    """Rows of the rejects table in a total order."""
    rows: list[dict[str, object]] = [
        {
            "stage": "clean", "unit_id": unit.unit_id, "url": one.url, "file": one.file, "offset": one.offset, "length": one.length,
            "reason": one.reason.value, "detail": one.detail, "run_id": run_id,
        }
        for one in refused
    ]  # fmt: skip
    return sorted(
        rows,
        key=lambda row: (
            str(row["file"] or ""),
            int(str(row["offset"] or 0)),
            str(row["url"] or ""),
            str(row["reason"]),
        ),
    )


def sites_table(unit: Unit, sites: Iterable[Site], run_id: str | None = None) -> pa.Table:
    """The rows of ``sites`` for one unit: what was learned of each source that had enough pages."""
    return SITES.table(
        [
            {
                "source": site.source, "frame": site.frame or None, "lines": list(site.lines), "page_count": site.pages,
                "studied_count": site.studied, "checked_count": site.checked, "agreed_count": site.agreed,
                "reason": site.why or None, "version": SITE_VERSION, "unit_id": unit.unit_id, "run_id": run_id,
            }
            for site in sorted(sites, key=lambda site: site.source)
        ]
    )  # fmt: skip


def with_known_lines(options: CleanOptions, lines: Iterable[str]) -> CleanOptions:
    """*options* with the lines that the source repeats, for plain text."""
    return replace(options, known_lines=tuple(lines))
