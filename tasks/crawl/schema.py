"""The frontier's tables, and how a file of an earlier version becomes one of today's."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

VERSION = 2
_TABLES = """
create table if not exists urls (
    key text primary key, url text not null, source text not null,
    state text not null default 'due' check (state in ('due', 'fetched', 'refused', 'failed')),
    attempts integer not null default 0, due_at real not null default 0, reason text, listed_at real not null,
    changed text, fetched_at real, visits integer not null default 0, etag text, modified text, digest text
) without rowid;
create index if not exists urls_due on urls (source, due_at) where state = 'due';
create index if not exists urls_again on urls (source, due_at) where state = 'fetched' and due_at > 0;
create table if not exists feeds (
    url text primary key, source text not null, etag text, modified text, checked_at real, status text,
    children text not null default '', digest text, kept_at real, pause real not null default 0,
    due_at real not null default 0, entries integer not null default 0, failures integer not null default 0
) without rowid;
create table if not exists hosts (
    host text primary key, paused_until real not null default 0, wanted real not null default 0,
    penalty real not null default 0, latency real not null default 0
) without rowid;
create table if not exists archives (
    path text primary key, source text not null, unit_id text not null, size integer not null, sha256 text not null,
    is_done integer not null default 0
) without rowid;
"""
_SINCE_1 = {
    "urls": (
        "changed text", "fetched_at real", "visits integer not null default 0", "etag text", "modified text", "digest text",
    ),
    "feeds": (
        "digest text", "kept_at real", "pause real not null default 0", "due_at real not null default 0",
        "entries integer not null default 0", "failures integer not null default 0",
    ),
}  # fmt: skip
"""Columns that version 1 did not have."""


def open_database(path: Path) -> sqlite3.Connection:
    """The file at *path* with all tables, made or brought up to date where that is needed."""
    connection = sqlite3.connect(path, timeout=60.0)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    with closing(connection.cursor()) as cursor:
        (version,) = cursor.execute("pragma user_version").fetchone()
        if version != VERSION:
            changes = [
                f"alter table {table} add column {column};"
                for table, columns in _SINCE_1.items()
                for column in columns
            ]
            # A page of version 1 is not asked for again: nobody knows when it was fetched.
            older = "".join(changes) + "update urls set due_at = 0 where state = 'fetched';"
            cursor.executescript(
                f"begin;{older if version == 1 else ''}{_TABLES}pragma user_version = {VERSION};commit;"
            )
    return connection
