"""What the crawl knows of URLs: one SQLite file, in WAL mode, that can be thrown away and made again.

The archives are the truth.  A URL stays due until its response is in an archive, so that a run that was killed loses
nothing; what was in flight is fetched again.  Lists and hosts are in :mod:`tasks.crawl.states`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tasks.crawl.schema import open_database

FILE = "frontier.sqlite"
MOST_ATTEMPTS = 4
"""Tries of a URL that fails for passing reasons; after that it has failed."""
RETRY_SECONDS = (600.0, 3600.0, 21600.0)
"""Pause after the first, second and third failed try."""
MOST_VISITS = 12
"""Times that a page is fetched at most, however often its outlet says that it has changed."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What the last retrieval of a page said: when, for asking whether it has changed, and the digest of its payload.

    ``number`` counts retrievals, this one included.  ``next_at`` is when the page is asked for again, 0 when it is not.
    """

    at: float
    number: int = 1
    etag: str | None = None
    modified: str | None = None
    digest: str | None = None
    next_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Due:
    """A URL to fetch: its canonical form (the key), the address as listed, how often it was tried, its last visit if any."""

    key: str
    url: str
    attempts: int
    last: Visit | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished archive of pages: path below the lake, the unit it makes, its outlet, bytes and SHA-256 (hexadecimal)."""

    path: str
    unit_id: str
    source: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Frontier:
    """An open frontier; used by one thread.  Times are seconds since 1970 (UTC)."""

    connection: sqlite3.Connection

    def list_urls(self, source: str, urls: Iterable[tuple[str, str]], now: float) -> int:
        """Enter (key, address) pairs that are not known yet, as due; returns how many are new."""
        with self.connection:
            before = self.connection.total_changes
            self.connection.executemany(
                "insert or ignore into urls (key, url, source, listed_at) values (?, ?, ?, ?)",
                [(key, url, source, now) for key, url in urls],
            )
            return self.connection.total_changes - before

    def note_changes(self, changes: Iterable[tuple[str, str]], now: float) -> None:
        """Take in (key, date of change as ISO 8601 in UTC); a page whose date has moved on since it was fetched is due again."""
        rows = [{"key": key, "changed": changed, "now": now, "most": MOST_VISITS} for key, changed in changes]
        with self.connection:
            self.connection.executemany(
                "update urls set changed = :changed, due_at = case when state = 'fetched' and changed is not null"
                " and visits < :most then :now else due_at end"
                " where key = :key and (changed is null or changed < :changed)",
                rows,
            )

    def due(self, source: str, now: float, limit: int) -> list[Due]:
        """URLs of *source* to be fetched now: those never tried first, newest listed first; then pages to be looked at again."""
        rows = self.connection.execute(
            "select key, url, attempts from urls where source = ? and state = 'due' and due_at <= ?"
            " order by attempts, listed_at desc, key limit ?",
            (source, now, limit),
        )
        found = [Due(*row) for row in rows]
        again = self.connection.execute(
            "select key, url, attempts, fetched_at, visits, etag, modified, digest from urls"
            " where source = ? and state = 'fetched' and due_at > 0 and due_at <= ? order by due_at, key limit ?",
            (source, now, limit - len(found)),
        )
        return found + [Due(key, url, attempts, Visit(*last)) for key, url, attempts, *last in again]

    def settle(self, key: str, state: str, reason: str | None = None) -> None:
        """The URL is done with: ``fetched``, ``refused`` (robots.txt, a private address) or ``failed`` for good."""
        with self.connection:
            self.connection.execute(
                "update urls set state = ?, reason = ?, attempts = attempts + 1, due_at = 0 where key = ?",
                (state, reason, key),
            )

    def mark_fetched(self, keys: Iterable[str], source: str, now: float, visit: Visit | None = None) -> None:
        """These URLs are in an archive, whether they were listed or not (redirects, archives found after a crash).

        *visit* is what to remember of the retrieval; it holds for the first key, the others are not asked for again.
        """
        seen = visit or Visit(now)
        rows = [
            (key, key, source, now, seen.at, seen.number, seen.etag, seen.modified, seen.digest, next_at)
            for key, next_at in zip(keys, (seen.next_at, 0.0, 0.0), strict=False)
        ]
        with self.connection:
            self.connection.executemany(
                "insert into urls (key, url, source, listed_at, fetched_at, visits, etag, modified, digest, due_at, state)"
                " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'fetched') on conflict (key) do update set state = 'fetched',"
                " reason = null, fetched_at = excluded.fetched_at, visits = excluded.visits, etag = excluded.etag,"
                " modified = excluded.modified, digest = excluded.digest, due_at = excluded.due_at",
                rows,
            )

    def look_later(self, key: str, number: int, next_at: float, reason: str | None = None) -> None:
        """A page that was fetched before is as it was, or could not be had now; ask again at *next_at* (0: no more)."""
        with self.connection:
            self.connection.execute(
                "update urls set visits = ?, due_at = ?, reason = ? where key = ? and state = 'fetched'",
                (number, next_at, reason, key),
            )

    def visit(self, key: str) -> Visit | None:
        """The last retrieval of a page that is in an archive."""
        row = self.connection.execute(
            "select fetched_at, visits, etag, modified, digest, due_at from urls where key = ? and state = 'fetched'",
            (key,),
        ).fetchone()
        return Visit(*row) if row else None

    def is_fetched(self, key: str) -> bool:
        """Whether the URL is in an archive."""
        found = self.connection.execute("select 1 from urls where key = ? and state = 'fetched'", (key,))
        return found.fetchone() is not None

    def retry(self, key: str, attempts: int, reason: str, now: float, wait: float | None = None) -> bool:
        """Try the URL again later: after the *wait* its host asked for, in seconds, or as its tries so far suggest.

        False when it has failed for good.
        """
        is_left = attempts + 1 < MOST_ATTEMPTS
        pause = RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)] if wait is None else wait
        with self.connection:
            self.connection.execute(
                "update urls set state = ?, attempts = ?, due_at = ?, reason = ? where key = ?",
                ("due" if is_left else "failed", attempts + 1, now + pause, reason, key),
            )
        return is_left

    def postpone(self, key: str, now: float, wait: float) -> None:
        """Leave the URL for later without counting a try: nobody asked for it."""
        with self.connection:
            self.connection.execute("update urls set due_at = ? where key = ?", (now + wait, key))

    def add_archive(self, kept: Kept) -> None:
        """A finished archive waits to be worked through."""
        with self.connection:
            self.connection.execute(
                "insert or ignore into archives (path, source, unit_id, size, sha256) values (?, ?, ?, ?, ?)",
                (kept.path, kept.source, kept.unit_id, kept.size, kept.sha256),
            )

    def waiting_archives(self, source: str) -> list[Kept]:
        """Archives of *source* whose units are not done, oldest first."""
        rows = self.connection.execute(
            "select path, unit_id, source, size, sha256 from archives where source = ? and not is_done order by path",
            (source,),
        )
        return [Kept(*row) for row in rows]

    def finish_archives(self, unit_ids: Iterable[str]) -> None:
        """The units of these archives are in the lake."""
        with self.connection:
            self.connection.executemany(
                "update archives set is_done = 1 where unit_id = ?", [(unit,) for unit in unit_ids]
            )

    def counts(self, source: str) -> dict[str, int]:
        """URLs of *source* by state."""
        return dict(
            self.connection.execute(
                "select state, count(*) from urls where source = ? group by state", (source,)
            )
        )

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        """The frontier itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()


def open_frontier(root: Path, name: str = FILE) -> Frontier:
    """The frontier of the lake at *root*, made when there is none."""
    root.mkdir(parents=True, exist_ok=True)
    return Frontier(open_database(root / name))
