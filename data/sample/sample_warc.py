"""Writes WARC 1.1 with digests, one gzip member per record and no clock, so that the same pages give the same bytes.

The format is ISO 28500:2017.  Members are deflated by :mod:`zlib`; another build of zlib may deflate the same
records into other bytes, never into other records.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

_SPACE = uuid.UUID("6f1c2f5e-8f0a-4f7e-9f3b-0c01a9e3d0aa")


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered: URL, time (UTC), status, headers that matter and the body before any coding.

    ``coding`` is ``gzip`` (content coding), ``chunked`` (transfer coding) or empty.  ``record`` is the WARC type.
    """

    url: str
    at: datetime
    body: bytes
    status: int = 200
    mime: str = "text/html; charset=utf-8"
    coding: str = ""
    record: str = "response"
    headers: Mapping[str, str] = field(default_factory=dict)


def digest(data: bytes) -> str:
    """``sha1:`` and the SHA-1 in base 32, the form that archives use."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def pack(data: bytes) -> bytes:
    """One gzip member without name or time."""
    return gzip.compress(data, compresslevel=9, mtime=0)


def build_record(kind: str, at: datetime, block: bytes, headers: Mapping[str, str]) -> bytes:
    """One record of type *kind* as a gzip member; its id comes from type, time and contents."""
    key = uuid.uuid5(_SPACE, f"{kind} {at.isoformat()} {headers.get('WARC-Target-URI', '')} {digest(block)}")
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{key}>",
        "WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **headers,
        "WARC-Block-Digest": digest(block),
        "Content-Length": str(len(block)),
    }
    head = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    return pack(head.encode() + block + b"\r\n\r\n")


def build_info(at: datetime, name: str) -> bytes:
    """The ``warcinfo`` record that opens a file."""
    block = f"software: columninch sample generator\r\nformat: WARC File Format 1.1\r\nisPartOf: {name}\r\nrobots: obey\r\n"
    return build_record(
        "warcinfo", at, block.encode(), {"WARC-Filename": name, "Content-Type": "application/warc-fields"}
    )


def build_request(page: Page) -> bytes:
    """The request that a polite crawler would have sent for *page*."""
    host, path = page.url.split("//", 1)[1].split("/", 1)
    block = (
        f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: columninch-sample\r\nAccept: text/html\r\n\r\n"
    )
    return build_record(
        "request",
        page.at,
        block.encode(),
        {"WARC-Target-URI": page.url, "Content-Type": "application/http; msgtype=request"},
    )


def build_response(page: Page) -> bytes:
    """The record of *page*: a response with its HTTP headers, or a revisit that has headers alone."""
    body = page.body
    headers = {
        "Content-Type": page.mime,
        "Date": page.at.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        **page.headers,
    }
    if page.coding == "gzip":
        body = pack(body)
        headers["Content-Encoding"] = "gzip"
    payload = body
    if page.coding == "chunked":
        headers["Transfer-Encoding"] = "chunked"
        chunks = [body[i : i + 4096] for i in range(0, len(body), 4096)]
        body = b"".join(f"{len(c):x}\r\n".encode() + c + b"\r\n" for c in chunks) + b"0\r\n\r\n"
    else:
        headers["Content-Length"] = str(len(body))
    start = f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}\r\n"
    head = start + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    fields = {
        "WARC-Target-URI": page.url,
        "WARC-Payload-Digest": digest(payload),
        "Content-Type": "application/http; msgtype=response",
    }
    if page.record == "revisit":
        fields["WARC-Profile"] = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
        return build_record("revisit", page.at, head.encode(), fields)
    return build_record("response", page.at, head.encode() + body, fields)


def damage(member: bytes) -> bytes:
    """*member* with a stretch in its middle overwritten, as a bad disk block leaves it."""
    middle = len(member) // 2
    return member[:middle] + bytes((b * 7 + 13) % 256 for b in range(96)) + member[middle + 96 :]
