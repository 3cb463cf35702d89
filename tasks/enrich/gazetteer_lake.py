"""The gazetteer of one lake: the shipped one, brought up to date from the query files that were given to this lake.

The query files are the truth and lie in ``LAKE/gazetteer``; the tables made of them are made again whenever they, or the
shipped tables, change.  A lake without query files goes by what ships.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from tasks.enrich.gazetteer import Gazetteer, parse_gazetteer
from tasks.enrich.gazetteer_refresh import Refreshed, read_query, refresh
from tasks.receipts import file_sha256, write_atomically
from tasks.reference import data_file

FOLDER = "gazetteer"
_TABLES = ("actors.tsv", "actor_names.tsv")
_METHOD = "1"
"""Raise it when the same query files give other tables."""


def query_files(root: Path) -> list[Path]:
    """Return the query files of the lake at *root*, in the order in which they were given."""
    return sorted((root / FOLDER).glob("query-*.csv"))


def preview(root: Path, query: Path) -> Refreshed:
    """Return what the gazetteer of the lake at *root* would be with one more query file; writes nothing.

    Counts are those of the new file.  Raises ConfigError for a file that cannot be used.
    """
    rows = read_query(query)
    gazetteer, names = _folded(query_files(root))
    return refresh(rows, names, gazetteer)


def add_query(root: Path, query: Path) -> Refreshed:
    """Keep a copy of *query* in the lake at *root* and make its tables again; the same contents are kept once.

    Raises ConfigError for a file that cannot be used; nothing is written then.
    """
    result = preview(root, query)
    known = query_files(root)
    data = query.read_bytes()
    if all(path.read_bytes() != data for path in known):
        write_atomically(root / FOLDER / f"query-{len(known) + 1:04}.csv", data)
    lake_gazetteer(root)
    return result


def lake_gazetteer(root: Path) -> tuple[str | None, str]:
    """Return the folder of the lake's tables (null: those that ship) and a digest of what they say.

    Makes the tables first when they are missing or were made of something else.
    """
    queries = query_files(root)
    if not queries:
        return None, _METHOD
    shipped = [data_file("reference", name) for name in _TABLES]
    parts = [_METHOD, *map(file_sha256, (*shipped, *queries))]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    folder = root / FOLDER / digest[:16]
    if not all((folder / name).is_file() for name in _TABLES):
        gazetteer, names = _folded(queries)
        actors = "\n".join(gazetteer.rows[i] for i in sorted(gazetteer.rows)) + "\n"
        for name, text in zip(_TABLES, (actors, names), strict=True):
            write_atomically(folder / name, text.encode())
    return str(folder), digest


def _folded(queries: list[Path]) -> tuple[Gazetteer, str]:
    """Return the shipped gazetteer, and the text of its names, with each of the files taken in."""
    actors, names = (data_file("reference", name).read_text(encoding="utf-8") for name in _TABLES)
    for query in queries:
        result = refresh(read_query(query), names, parse_gazetteer(actors, names))
        actors, names = result.actors, result.names
    return parse_gazetteer(actors, names), names
