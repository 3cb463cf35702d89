"""The values that pass between stages: what a unit is, what a reader yields, what a stage refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from tasks.reasons import Reason

Kind = Literal["warc", "html", "text", "jsonl", "parquet", "crawl"]
"""What a unit's inputs are; decides the reader."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file that a unit reads: where it is, how large it is, and what it holds (SHA-256, hexadecimal).

    ``name`` is what its captures say of their file, the path when null: a file from elsewhere lies here only while it
    is read, and its name is the same whichever mirror it came from (``url``).
    """

    path: str
    size: int
    sha256: str
    name: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """The atom of work, retry and commit: one archive file, one crawl run of one source, one shard of a folder.

    ``unit_id`` comes from the contents of the inputs, so that a renamed file is the same unit.
    ``source`` is the outlet when the caller named one, else null: then each capture's host is its source.
    ``only`` names the hosts (without ``www.``) whose pages are taken out of an archive of many; all of them when empty.
    """

    unit_id: str
    kind: Kind
    inputs: tuple[Input, ...]
    source: str | None = None
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Capture:
    """One retrieval as a reader yields it: metadata and decoded bytes.

    ``payload`` is the body after transfer and content decoding; ``charset`` is only what HTTP declared.
    ``given`` holds what a table or feed already knew: any of title, published, modified, authors, section, language.
    ``offset`` is a byte offset, or a line or row number for JSON lines and Parquet.
    """

    url: str | None
    captured_at: datetime | None
    status: int | None
    mime: str | None
    charset: str | None
    payload: bytes
    payload_kind: Literal["html", "text"]
    file: str
    offset: int
    length: int
    source: str | None = None
    truncated: bool = False
    damage: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something read and not kept: becomes a row in ``rejects``."""

    reason: Reason
    detail: str = ""
    url: str | None = None
    file: str | None = None
    offset: int | None = None
    length: int | None = None
