"""Lists of captures (CDX) to what they name: a page, when it was captured, and where its record lies.

Read are CDXJ (key, time, JSON; Common Crawl, pywb), JSON lines and the JSON table of index servers, and the plain forms with
7 fields (Wayback Machine) and 11 fields (``N b a m s k r M S V g``).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

LINE_LIMIT = 1 << 16
"""Bytes of one line, at most."""
_STAMP = re.compile(r"\d{14}")
_PLAIN_7 = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length")
_PLAIN_11 = (
    "urlkey", "timestamp", "url", "mime", "status", "digest", "redirect", "meta", "length", "offset", "filename",
)  # fmt: skip
_ALIASES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", "unk", "-", ""})


@dataclass(frozen=True, slots=True)
class CdxRecord:
    """One capture that a list names.

    ``filename``, ``offset`` and ``length`` say where its record lies in an archive; null in lists of the Wayback
    Machine, whose captures are asked for by ``stamp`` (14 digits, UTC) and ``url``.
    """

    url: str
    stamp: str
    status: int | None
    mime: str
    digest: str = ""
    filename: str | None = None
    offset: int | None = None
    length: int | None = None

    @property
    def at(self) -> datetime:
        """When the page was captured."""
        return datetime.strptime(self.stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)

    @property
    def key(self) -> str:
        """16 hexadecimal digits that tell it from every other capture."""
        parts = f"{self.url}\0{self.stamp}\0{self.filename or ''}\0{self.offset or 0}"
        return hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def is_page(self) -> bool:
        """Whether the list says that it is a web page that was got: status 200, HTML or of unknown type."""
        return self.status in (200, None) and self.mime.lower() in _PAGE_TYPES


class BadLineError(ValueError):
    """The line names no capture."""


def parse_line(line: str) -> CdxRecord | None:
    """The capture that a line names; None for blank lines, headers and comments.  BadLineError for anything else."""
    text = line.strip().rstrip(",")
    if not text or text in ("[", "]") or text.startswith(("CDX ", "#", "!")):
        return None
    if text.startswith("["):
        row = _json(text.removeprefix("[") if text.startswith("[[") else text)
        if not isinstance(row, list) or not all(isinstance(one, str) for one in row):
            raise BadLineError("not a row of names and values")
        return None if "timestamp" in row else _record(_named(row))
    if text.startswith("{"):
        return _record(_object(text))
    key, _, rest = text.partition(" ")
    stamp, _, more = rest.partition(" ")
    if more.startswith("{"):
        return _record({"urlkey": key, "timestamp": stamp, **_object(more)})
    return _record(_named(text.split(" ")))


def _named(values: list[str]) -> dict[str, Any]:
    """The fields of a plain line by name."""
    for names in (_PLAIN_7, _PLAIN_11):
        if len(values) == len(names):
            return dict(zip(names, values, strict=True))
    raise BadLineError(f"{len(values)} fields; 7 or 11 are known")


def _json(text: str) -> object:
    try:
        return json.loads(text if not text.endswith("]]") else text[:-1])
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON: {error}"[:200]) from error


def _object(text: str) -> dict[str, Any]:
    found = _json(text)
    if not isinstance(found, dict):
        raise BadLineError("not an object")
    return {_ALIASES.get(str(name), str(name)): value for name, value in found.items()}


def _record(fields: Mapping[str, Any]) -> CdxRecord:
    """The capture that named fields describe."""
    url, stamp = str(fields.get("url") or ""), str(fields.get("timestamp") or "")
    if not url.lower().startswith(("http://", "https://")) or not _is_printable(url):
        raise BadLineError(f"no address of the web: {url[:100]!r}")
    if not _STAMP.fullmatch(stamp):
        raise BadLineError(f"no time of 14 digits: {stamp[:30]!r}")
    status = str(fields.get("status") or "")
    name = str(fields.get("filename") or "-")
    record = CdxRecord(
        url, stamp, int(status) if status.isdigit() and len(status) == 3 else None, str(fields.get("mime") or ""),
        str(fields.get("digest") or ""), None if name == "-" else name,
        _number(fields.get("offset")), _number(fields.get("length")),
    )  # fmt: skip
    try:
        _ = record.at
    except ValueError as error:
        raise BadLineError(f"no such time: {stamp}") from error
    if record.filename is not None and (record.offset is None or not record.length):
        raise BadLineError("an archive is named, but no place in it")
    if record.filename is not None and not _is_below(record.filename):
        raise BadLineError(f"leads out of the archive: {record.filename[:100]!r}")
    return record


def _is_printable(text: str) -> bool:
    return text.isprintable() and " " not in text


def _is_below(name: str) -> bool:
    """Whether a file name stays below the address it is joined to."""
    is_plain = _is_printable(name) and "://" not in name and not name.startswith("/") and "\\" not in name
    return is_plain and ".." not in name.split("/") and not set(name) & set("?#")


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def runs_of(records: Iterable[CdxRecord], gap: int = 1 << 16, most: int = 8 << 20) -> list[list[CdxRecord]]:
    """Records of one archive file that are read with one request: those less than *gap* bytes apart, *most* bytes in all.

    Records in the order of their places; an overlapping one begins a run of its own.
    """
    runs: list[list[CdxRecord]] = []
    start = end = -1
    for one in sorted(records, key=lambda one: (one.offset or 0, one.length or 0)):
        offset, length = one.offset or 0, one.length or 0
        if runs and 0 <= offset - end <= gap and offset + length - start <= most:
            runs[-1].append(one)
        else:
            runs.append([one])
            start = offset
        end = offset + length
    return runs
