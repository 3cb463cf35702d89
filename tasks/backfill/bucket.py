"""Files in an S3-compatible bucket, by Arrow's own client: listing in pages, signed or anonymous ranged reads.

``s3://bucket/key?region=…&endpoint_override=http://host:port&anonymous=true``: the query says what the environment
(``AWS_ACCESS_KEY_ID``, ``AWS_ENDPOINT_URL``, ``~/.aws``) does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pyarrow import fs

from tasks.backfill.remote import Found, Part
from tasks.backfill.web import MissingError, RefusedError
from tasks.errors import TransientError, UnitError

READ = 8 << 20
"""Bytes of one ranged read: each is a request of its own."""
_KNOWN = frozenset({"region", "endpoint_override", "anonymous"})
_REFUSALS = ("ACCESS_DENIED", "AWS Error INVALID_ACCESS_KEY_ID", "SIGNATURE_DOES_NOT_MATCH", "code: 403")


class BucketReader:
    """Files of one bucket.  See :class:`tasks.backfill.remote.Reader`."""

    def __init__(self, url: str) -> None:
        """Connect as *url* says; UnitError for a query that nobody knows."""
        parts = urlsplit(url)
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        if unknown := sorted(options.keys() - _KNOWN):
            raise UnitError(f"{url}: {unknown[0]} is not known; use {', '.join(sorted(_KNOWN))}")
        if "anonymous" in options:
            options["anonymous"] = options["anonymous"].lower() in ("1", "true", "yes")
        scheme, is_split, host = options.get("endpoint_override", "").partition("://")
        if is_split:
            options |= {"scheme": scheme, "endpoint_override": host}
        self._files = fs.S3FileSystem(**options, connect_timeout=10, request_timeout=60)
        self._query = f"?{parts.query}" if parts.query else ""

    def find(self, url: str) -> Found:
        """Size and time of change."""
        info = _said(url, lambda: self._files.get_file_info(_path(url)))
        if info.type != fs.FileType.File:
            raise MissingError(f"{url}: not there; check the address and the dates")
        return Found(info.size, str(info.mtime_ns or ""))

    def list(self, url: str) -> Iterator[tuple[str, Found]]:
        """(URL, size and time of change) of every file directly in the folder *url*, all pages of it, in order of names."""
        folder = fs.FileSelector(_path(url).rstrip("/"), allow_not_found=True)
        found = _said(url, lambda: self._files.get_file_info(folder))
        for info in sorted(found, key=lambda one: str(one.path)):
            if info.type == fs.FileType.File:
                yield f"s3://{info.path}{self._query}", Found(info.size, str(info.mtime_ns or ""))

    def read(self, url: str, limit: int) -> bytes:
        """All of a small file."""
        with self.stream(url, 0) as part:
            if (part.found.size or 0) > limit:
                raise UnitError(f"{url}: more than {limit} bytes; this is not the list it should be")
            return b"".join(part.body)

    @contextmanager
    def stream(self, url: str, start: int, end: int | None = None) -> Iterator[Part]:
        """The bytes from *start* up to *end*, in ranged reads."""
        found = self.find(url)
        stop = min(end or found.size or 0, found.size or 0)
        file = _said(url, lambda: self._files.open_input_file(_path(url)))

        def pieces() -> Iterator[bytes]:
            """The bytes asked for, a read at a time."""
            for at in range(start, stop, READ):
                yield _said(url, lambda at=at: file.read_at(min(READ, stop - at), at))

        with file:
            yield Part(found, start, pieces())

    def close(self) -> None:
        """Nothing is kept open between reads."""


def _path(url: str) -> str:
    """``bucket/key`` of an address."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"


def _said(url: str, action: Any) -> Any:
    """What *action* returns; what Arrow's client raises as the errors that readers raise."""
    try:
        return action()
    except FileNotFoundError as error:
        raise MissingError(f"{url}: not there; check the address and the dates") from error
    except OSError as error:
        words = str(error)
        if any(word in words for word in _REFUSALS):
            raise RefusedError(
                f"{url}: refused ({words[:200]}); check the keys, or add ?anonymous=true"
            ) from error
        raise TransientError(f"{url}: {words[:300]}") from error
