"""Archives into the frontier: those that a crash left open, and all of them when the frontier is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote, unquote

from tasks.crawl.archive import FEEDS
from tasks.crawl.frontier import FILE, Frontier, Kept, open_frontier
from tasks.crawl.recover import read_kept, recover_archives
from tasks.receipts import file_sha256
from tasks.urls import canonical_url


def source_folder(root: Path, name: str) -> Path:
    """Where the archives of a source are: its name, with what a file name cannot hold written as ``%XX``."""
    safe = quote(name, safe=" ")
    return root / "raw" / (safe if safe.strip(".") else safe.replace(".", "%2E"))


def take_up(frontier: Frontier, root: Path, source: str, found: Iterable[Path], now: float) -> int:
    """Enter archives that the frontier does not know and the pages they hold; returns how many pages these are."""
    pages = 0
    for path in found:
        if path.name.removesuffix(".warc.gz").endswith(FEEDS):
            continue
        keys = [
            canonical_url(kept.url)
            for kept in read_kept(path)
            if kept.kind == "response" and 200 <= kept.status < 300
        ]
        frontier.mark_fetched(keys, source, now)
        enter_archives(frontier, root, source, [path])
        pages += len(keys)
    return pages


def enter_archives(frontier: Frontier, root: Path, source: str, paths: Iterable[Path]) -> None:
    """Enter finished archives of pages as units that wait.  A unit's identity comes from its contents and its outlet."""
    for path in paths:
        sha256 = file_sha256(path)
        unit = "crawl-" + hashlib.sha256(f"{source}\0{sha256}".encode()).hexdigest()[:16]
        frontier.add_archive(Kept(str(path.relative_to(root)), unit, source, path.stat().st_size, sha256))


def rebuild_frontier(root: Path, now: float) -> tuple[int, int]:
    """Make the frontier of the lake at *root* anew from its archives; returns archives and pages found.

    Every page that is in an archive counts as fetched, every archive waits to be worked through (receipts skip what was),
    and what was only listed is listed again by the next crawl.  Nobody may crawl meanwhile.
    """
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        (root / name).unlink(missing_ok=True)
    archives = pages = 0
    with open_frontier(root) as frontier:
        for folder in sorted(path for path in (root / "raw").glob("*") if path.is_dir()):
            recover_archives(folder)
            found = [
                path for path in sorted(folder.glob("*/*.warc.gz")) if not path.stem.endswith(f"{FEEDS}.warc")
            ]
            archives += len(found)
            pages += take_up(frontier, root, unquote(folder.name), found, now)
    return archives, pages
