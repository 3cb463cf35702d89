"""What the crawl knows of URLs and feeds: one SQLite file, in WAL mode, that can be thrown away and made again.

The archives are the truth.  A URL stays due until its response is in an archive, so that a run that was killed loses
nothing; what was in flight is fetched again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Self

FILE = "frontier.sqlite"
MOST_ATTEMPTS = 4
"""Tries of a URL that fails for passing reasons; after that it has failed."""
RETRY_SECONDS = (600.0, 3600.0, 21600.0)
"""Pause after the first, second and third failed try."""

_SCHEMA = """
create table if not exists urls (
    key text primary key, url text not null, source text not null,
    state text not null default 'due' check (state in ('due', 'fetched', 'refused', 'failed')),
    attempts integer not null default 0, due_at real not null default 0, reason text, listed_at real not null
) without rowid;
create index if not exists urls_due on urls (source, due_at) where state = 'due';
create table if not exists feeds (
    url text primary key, source text not null, etag text, modified text, checked_at real, status text,
    children text not null default ''
) without rowid;
create table if not exists archives (
    path text primary key, source text not null, unit_id text not null, size integer not null, sha256 text not null,
    is_done integer not null default 0
) without rowid;
pragma user_version = 1;
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A URL to fetch: its canonical form (the key), the address as listed, and how often it was tried."""

    key: str
    url: str
    attempts: int


@dataclass(frozen=True, slots=True)
class FeedState:
    """What a feed or sitemap said when it was last read, for asking whether it has changed; ``children`` of an index."""

    etag: str | None = None
    modified: str | None = None
    children: tuple[str, ...] = ()


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

    def due(self, source: str, now: float, limit: int) -> list[Due]:
        """URLs of *source* to be fetched now, those that were never tried first, newest listed first."""
        rows = self.connection.execute(
            "select key, url, attempts from urls where source = ? and state = 'due' and due_at <= ?"
            " order by attempts, listed_at desc, key limit ?",
            (source, now, limit),
        )
        return [Due(*row) for row in rows]

    def settle(self, key: str, state: str, reason: str | None = None) -> None:
        """The URL is done with: ``fetched``, ``refused`` (robots.txt, a private address) or ``failed`` for good."""
        with self.connection:
            self.connection.execute(
                "update urls set state = ?, reason = ?, attempts = attempts + 1 where key = ?",
                (state, reason, key),
            )

    def mark_fetched(self, keys: Iterable[str], source: str, now: float) -> None:
        """These URLs are in an archive, whether they were listed or not (redirects, archives found after a crash)."""
        with self.connection:
            self.connection.executemany(
                "insert into urls (key, url, source, state, listed_at) values (:key, :key, :source, 'fetched', :now)"
                " on conflict (key) do update set state = 'fetched', reason = null",
                [{"key": key, "source": source, "now": now} for key in keys],
            )

    def is_fetched(self, key: str) -> bool:
        """Whether the URL is in an archive."""
        found = self.connection.execute("select 1 from urls where key = ? and state = 'fetched'", (key,))
        return found.fetchone() is not None

    def retry(self, key: str, attempts: int, reason: str, now: float, wait: float | None = None) -> bool:
        """Try the URL again later, after *wait* seconds or as its tries so far suggest; false when it has failed for good."""
        is_left = attempts + 1 < MOST_ATTEMPTS
        pause = max(wait or 0.0, RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)])
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

    def feed(self, url: str) -> FeedState:
        """What is known of a feed."""
        row = self.connection.execute(
            "select etag, modified, children from feeds where url = ?", (url,)
        ).fetchone()
        return FeedState(row[0], row[1], tuple(row[2].split())) if row else FeedState()

    def save_feed(self, url: str, source: str, state: FeedState, status: str, now: float) -> None:
        """Keep what a feed said; called after its URLs were entered."""
        with self.connection:
            self.connection.execute(
                "insert or replace into feeds values (?, ?, ?, ?, ?, ?, ?)",
                (url, source, state.etag, state.modified, now, status, " ".join(state.children)),
            )

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


def open_frontier(root: Path) -> Frontier:
    """The frontier of the lake at *root*, made when there is none."""
    root.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(root / FILE, timeout=60.0)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    with closing(connection.cursor()) as cursor:
        cursor.executescript(_SCHEMA)
    return Frontier(connection)
