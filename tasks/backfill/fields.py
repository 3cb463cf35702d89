"""Which columns of a table mean what, and how a row becomes a capture."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tasks.backfill.sniff import is_binary, is_html
from tasks.reasons import Reason
from tasks.units import Capture, Refusal

NAMES: Mapping[str, tuple[str, ...]] = {
    "url": ("url", "link", "uri"),
    "html": ("html", "raw_html", "content_html"),
    "text": ("text", "body", "maintext", "article_text", "content"),
    "title": ("title", "headline"),
    "published": ("published", "published_at", "date", "date_publish", "publish_date", "pubdate"),
    "modified": ("modified", "modified_at", "date_modify", "updated"),
    "authors": ("authors", "author", "byline"),
    "section": ("section", "category"),
    "language": ("language", "lang"),
    "source": ("source", "site", "source_domain", "publisher"),
    "captured_at": ("captured_at", "crawled_at", "fetched_at", "crawled", "date_download"),
}
"""Our name of a field to the column names it is read from, best first; letter case does not matter.

Beside our own they are the columns that news-please, fundus and Common Crawl exports write.
"""
FIELDS = frozenset(name for names in NAMES.values() for name in names)
"""Every column name that is read."""
_GIVEN = ("title", "published", "modified", "section", "language")
_SECONDS = (10**8, 4 * 10**9)


def row_to_capture(
    row: Mapping[str, Any], file: str, number: int, size: int, limit: int
) -> Capture | Refusal:
    """The capture in one row; a refusal when it has neither page nor text, or one that cannot be read."""
    values = _values(row)
    url, kind = _text(values.get("url")), "html" if _filled(values.get("html")) else "text"
    body = values.get(kind, values.get("html"))
    payload = body.encode("utf-8", "replace") if isinstance(body, str) else body
    refused = _refuse_body(payload, kind, limit)
    if refused is not None or not isinstance(payload, bytes):
        reason, detail = refused or (Reason.BAD_ROW, "no body")
        return Refusal(reason, f"row {number}: {detail}", url, file, number, size)
    charset = "utf-8" if isinstance(body, str) else None
    mime = "text/html" if kind == "html" else "text/plain"
    return Capture(
        url, _captured_at(values.get("captured_at")), None, mime, charset, payload, "html" if kind == "html" else "text",
        file, number, size, _text(values.get("source")), False, None, _given(values),
    )  # fmt: skip


def _refuse_body(payload: object, kind: str, limit: int) -> tuple[Reason, str] | None:
    """Why the body of a row is no page or text, if so."""
    if not isinstance(payload, bytes):
        return (
            Reason.BAD_ROW,
            "neither html nor text" if payload is None else f"{kind} is {type(payload).__name__}",
        )
    if not payload.strip():
        return Reason.EMPTY, f"{kind} is blank"
    if len(payload) > limit:
        return Reason.OVER_LIMIT, f"more than {limit} bytes"
    if kind == "html" and not is_html("text/html", payload):
        return Reason.NOT_HTML, "html is not a web page"
    return (Reason.UNDECODABLE, "text is not text") if kind == "text" and is_binary(payload) else None


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Our field names to the first filled column that each is read from; a blank one when none is filled."""
    lowered = {str(key).lower(): value for key, value in row.items()}
    values: dict[str, Any] = {}
    for field, names in NAMES.items():
        present = [lowered[name] for name in names if lowered.get(name) is not None]
        if present:
            values[field] = next((value for value in present if _filled(value)), present[0])
    return values


def _filled(value: object) -> bool:
    """Whether a value says something."""
    return bool(value.strip()) if isinstance(value, str | bytes) else value is not None


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the row says of its article, as strings, and a list of authors; nothing that it leaves blank."""
    given: dict[str, Any] = {name: _when(values[name]) for name in _GIVEN if name in values}
    authors = values.get("authors")
    listed = authors if isinstance(authors, list | tuple) else [authors]
    given["authors"] = [name for name in map(_text, listed) if name] or None
    return {name: value for name, value in given.items() if value}


def _text(value: object) -> str | None:
    """A string without space around it; None for anything else, for a blank one."""
    if not isinstance(value, str):
        return None
    cleaned = value.encode("utf-8", "replace").decode("utf-8").strip()
    return cleaned or None


def _when(value: object) -> str | None:
    """A value as the string that cleaning reads: dates as ISO 8601, numbers that can be Unix times as such."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        seconds = value / 1000 if abs(value) >= _SECONDS[1] else value
        if _SECONDS[0] <= seconds < _SECONDS[1]:
            return datetime.fromtimestamp(seconds, UTC).isoformat()
        return str(value)
    return _text(value)


def _captured_at(value: object) -> datetime | None:
    """When the page was fetched; a time without zone is UTC, a day without time is not precise enough to be one."""
    if isinstance(value, str) and len(value) > 10:
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    return to_utc(value) if isinstance(value, datetime) else None


def to_utc(when: datetime) -> datetime | None:
    """A time in UTC; one without zone is taken to be so already.  None at the very ends of the calendar."""
    try:
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except OverflowError:
        return None
