"""Archives into the frontier: those that a crash left open, and all of them when the frontier is lost."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, unquote

from filelock import FileLock, Timeout

from tasks.config import CrawlSettings, Source
from tasks.crawl.archive import is_feeds
from tasks.crawl.entries import own_entries
from tasks.crawl.exchange import Exchange
from tasks.crawl.frontier import FILE, Frontier, Kept, Visit, open_frontier
from tasks.crawl.listing import Read, read_feed_list, read_front_list, read_sitemap_list
from tasks.crawl.recover import Stored, read_kept, recover_archives
from tasks.crawl.revisit import FIRST, next_look
from tasks.crawl.states import ListState, save_list
from tasks.errors import CorpusError
from tasks.receipts import file_sha256
from tasks.urls import canonical_url

LOCK = ".crawl.lock"


def source_folder(root: Path, name: str) -> Path:
    """Where the archives of a source are: its name, with what a file name cannot hold written as ``%XX``."""
    safe = quote(name, safe=" ")
    return root / "raw" / (safe if safe.strip(".") else safe.replace(".", "%2E"))


def take_up(
    frontier: Frontier,
    root: Path,
    source: Source,
    found: Iterable[Path],
    now: float,
    settings: CrawlSettings | None = None,
) -> int:
    """Enter archives that the frontier does not know and what they hold; returns how many pages these are."""
    settings, pages = settings or CrawlSettings(), 0
    for path in found:
        if is_feeds(path):
            for stored in read_kept(path, settings.max_bytes + (1 << 16)):
                _take_list(frontier, source, stored, settings)
            continue
        for stored in read_kept(path):
            pages += _take_page(frontier, source.name, stored, now, settings)
        for kept in archive_kept(root, source.name, [path]):
            frontier.add_archive(kept)
    return pages


def _take_page(frontier: Frontier, source: str, stored: Stored, now: float, settings: CrawlSettings) -> bool:
    """Remember what a record says of its page; whether the page is in the archive."""
    key, at = canonical_url(stored.url), stored.at
    known = frontier.visit(key)
    number = (known.number if known else 0) + 1
    later = next_look(at, number, settings.look_again_hours)
    if stored.kind == "revisit":
        frontier.look_later(key, number, later)
    elif stored.kind == "response" and 200 <= stored.status < 300 and not stored.fields.get("warc-truncated"):
        headers = stored.headers
        visit = Visit(at, number, headers.get("etag"), headers.get("last-modified"), stored.digest, later)
        frontier.mark_fetched([key], source, now, visit)
        return True
    elif stored.kind == "response" and 400 <= stored.status < 500 and stored.status not in (408, 425, 429):
        frontier.list_urls(source, [(key, stored.url)], at)
        if known is None:
            frontier.settle(key, "failed", "client_error")
    return False


def _take_list(frontier: Frontier, source: Source, stored: Stored, settings: CrawlSettings) -> None:
    """Enter what a kept list says, as on the day when it was read, and what to ask it with the next time."""
    if stored.kind != "response" or not 200 <= stored.status < 300 or stored.url.endswith("/robots.txt"):
        return
    day = datetime.fromtimestamp(stored.at, UTC)
    body = BytesIO(stored.body)
    exchange = Exchange(
        stored.url, day, status=stored.status, headers=stored.headers, body=body, size=len(stored.body)
    )
    found = own_entries(source, _reader(source, stored)(exchange, settings.max_bytes, day), day)
    frontier.list_urls(source.name, [(key, url) for key, url, _ in found.pages], stored.at)
    frontier.note_changes([(key, changed) for key, _, changed in found.pages if changed], stored.at)
    state = ListState(
        stored.headers.get("etag"), stored.headers.get("last-modified"), found.children, stored.digest, stored.at, FIRST,
        stored.at + FIRST, found.listed, 0, stored.at, found.status,
    )  # fmt: skip
    save_list(frontier, stored.url, source.name, state)


def _reader(source: Source, stored: Stored) -> Read:
    """What reads a list: as the outlet names it, else by what it looks like."""
    if stored.url in source.feeds:
        return read_feed_list
    fronts = (*source.front_pages, *(f"https://{host}/" for host in source.hosts))
    if stored.url in fronts:
        return read_front_list
    is_page = stored.url not in source.sitemaps and "html" in stored.headers.get("content-type", "")
    return read_front_list if is_page else read_sitemap_list


def archive_kept(root: Path, source: str, paths: Sequence[Path]) -> list[Kept]:
    """Finished archives of pages as units that wait.  A unit's identity comes from its contents and its outlet."""
    made = []
    for path in paths:
        sha256 = file_sha256(path)
        unit = "crawl-" + hashlib.sha256(f"{source}\0{sha256}".encode()).hexdigest()[:16]
        made.append(Kept(str(path.relative_to(root)), unit, source, path.stat().st_size, sha256))
    return made


def rebuild_frontier(
    root: Path,
    now: float,
    sources: Mapping[str, Source] | None = None,
    settings: CrawlSettings | None = None,
) -> tuple[int, int]:
    """Make the frontier of the lake at *root* anew from its archives; returns archives of pages, and pages found.

    Every page that is in an archive counts as fetched and is looked at again when it would have been; what a kept list
    named and no archive holds is due.  Every archive waits to be worked through (receipts skip what was).  The old
    frontier is replaced at the end.  Raises CorpusError while somebody crawls into the lake.
    """
    known, archives, pages = sources or {}, 0, 0
    name = f"{FILE}.new"
    try:
        with FileLock(root / LOCK, timeout=0):
            _remove(root, name)
            with open_frontier(root, name) as frontier:
                for folder in sorted(path for path in (root / "raw").glob("*") if path.is_dir()):
                    outlet = unquote(folder.name)
                    recover_archives(folder)
                    found = sorted(folder.glob("*/*.warc.gz"), key=lambda path: (path.parent.name, path.name))
                    archives += sum(not is_feeds(path) for path in found)
                    pages += take_up(
                        frontier, root, known.get(outlet) or Source(name=outlet), found, now, settings
                    )
                frontier.connection.execute("pragma wal_checkpoint(truncate)")
            _remove(root, FILE)
            (root / name).replace(root / FILE)
            _remove(root, name)
    except Timeout as error:
        raise CorpusError(f"{root}: a crawl is running; let it finish first") from error
    return archives, pages


def _remove(root: Path, name: str) -> None:
    for end in ("", "-wal", "-shm"):
        (root / (name + end)).unlink(missing_ok=True)
