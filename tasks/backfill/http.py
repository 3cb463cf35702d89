"""The head of an archived HTTP response: status and the few fields that reading needs, forgiving about everything else."""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD_LIMIT = 1 << 16
"""Longest HTTP head read, in bytes."""
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?!\d)")
_NUMBER = re.compile(rb"(?<!\d)([1-5]\d\d)(?!\d)")
_FIELD = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+[ \t]*:")
_FIELDS = re.compile(
    rb"\n(content-type|content-encoding|transfer-encoding|content-length|location)[ \t]*:[ \t]*([^\r\n]*)",
    re.IGNORECASE,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)


class Head(NamedTuple):
    """What an HTTP head says.  ``body`` is the index of the first byte after it; ``damage`` what was wrong with it."""

    status: int | None
    mime: str | None
    charset: str | None
    codings: tuple[str, ...]
    is_chunked: bool
    length: int | None
    location: str | None
    body: int
    damage: str | None = None


def parse_head(data: bytes, begin: int, end: int) -> Head:
    """The head of the response in *data* from *begin* to *end*; ``body`` is an index into *data*.

    A block without a head is all body, and says so in ``damage``.
    """
    stop = min(end, begin + HEAD_LIMIT)
    line_end = data.find(b"\n", begin, stop)
    first = data[begin : max(begin, line_end)]
    found = _STATUS.match(first)
    if not found and not _is_head(data, begin, line_end):
        return Head(None, None, None, (), False, None, None, begin, "no HTTP head")
    empty = b"\r\n\r\n" if first.endswith(b"\r") else b"\n\n"
    empty_at = data.find(empty, begin, stop)
    body = empty_at + len(empty) if empty_at >= 0 else stop
    wrong = [] if empty_at >= 0 else ["the HTTP head has no end"]
    status = int(found[1]) if found else None
    if not found:
        number = _NUMBER.search(first)
        status = int(number[1]) if number else None
        wrong.append(f"bad status line {first[:60].decode('ascii', 'replace').strip()!r}")
    lines = b"\n" + data[begin:body] if not found and _FIELD.match(first) else data[line_end:body]
    return _head(lines, status, body, "; ".join(wrong) or None)


def _is_head(data: bytes, begin: int, line_end: int) -> bool:
    """Whether the bytes from *begin* are header fields, with or without a broken status line before them."""
    if line_end < 0 or data.startswith(b"<", begin):
        return False
    return bool(_FIELD.match(data, line_end + 1) or _FIELD.match(data, begin))


def _head(lines: bytes, status: int | None, body: int, damage: str | None) -> Head:
    """The head made of the given field lines; the first field of a name counts, but codings add up."""
    values: dict[bytes, str] = {}
    for name, value in _FIELDS.findall(lines):
        key, text = name.lower(), value.decode("latin-1").strip()
        if key in values and key.endswith(b"encoding"):
            values[key] += "," + text
        else:
            values.setdefault(key, text)
    kind, _, parameters = values.get(b"content-type", "").partition(";")
    charset = _CHARSET.search(parameters)
    length = values.get(b"content-length", "")
    codings = [c.strip().lower() for c in values.get(b"content-encoding", "").split(",")]
    transfers = [c.strip().lower() for c in values.get(b"transfer-encoding", "").split(",")]
    return Head(
        status,
        kind.split(",")[0].strip().lower() or None,
        charset[1] if charset else None,
        tuple(c for c in (*codings, *transfers) if c and c not in ("identity", "chunked", "none")),
        "chunked" in transfers,
        int(length) if length.isdecimal() and len(length) < 19 else None,
        values.get(b"location"),
        body,
        damage,
    )
