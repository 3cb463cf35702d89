"""Keeping a lake in order: receipts against files, leftovers of what was killed, builds to finish, and where the bytes are."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tasks.analyse.lake import write_views
from tasks.backfill.spool import spool_folder
from tasks.crawl.frontier import FILE as FRONTIER
from tasks.crawl.rebuild import rebuild_frontier
from tasks.marts.publish import roll_forward
from tasks.receipts import Receipt, damaged_files, receipt_path
from tasks.store import Lake

_OWN = ("units", "marts")
_YOUNG_SECONDS = 3600.0
"""A file without a receipt that is younger may belong to a unit that is just being committed."""
_FORGOTTEN_SECONDS = 7 * 86400.0
"""A download that nobody went on with for so long, from an archive that is not wanted any more or has changed."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look at a lake found.

    ``damaged`` are files that are missing or not as their receipts say; ``leftovers`` files that no receipt names and
    temporary ones, with their bytes; ``unfinished`` mart partitions whose build was interrupted; ``disk`` bytes per
    folder or table; ``frontier`` what is wrong with the crawl's memory, if anything.
    """

    receipts: int
    damaged: tuple[str, ...]
    leftovers: Mapping[str, int]
    unfinished: tuple[str, ...]
    disk: Mapping[str, int]
    frontier: str | None = None


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What was done about the *findings*: leftovers removed, builds finished, receipts withdrawn, pages of a new frontier."""

    findings: Findings
    removed: int = 0
    freed_bytes: int = 0
    finished: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = field(default=())
    frontier_pages: int | None = None


def look_over(lake: Lake, deep: bool = False, now: float | None = None) -> Findings:
    """Compare every receipt with its files (*deep*: by SHA-256) and list what nobody needs; changes nothing."""
    receipts = [receipt for stage in _stages(lake) for receipt in lake.receipts(stage)]
    damaged = tuple(path for receipt in receipts for path in damaged_files(lake.root, receipt, deep))
    named = {file.path for receipt in receipts for file in receipt.files}
    builds = sorted((lake.root / "staging").glob("build-*"))
    unfinished = tuple(build.name.removeprefix("build-") for build in builds)
    leftovers = dict(_leftovers(lake.root, named, now or time.time()))
    return Findings(
        len(receipts), damaged, leftovers, unfinished, disk_use(lake.root), _frontier_fault(lake.root)
    )


def keep_up(lake: Lake, deep: bool = False, repair: bool = False, now: float | None = None) -> Upkeep:
    """Finish what was interrupted, remove leftovers, make the frontier anew where it is gone, write the views.

    Takes the lake's lock.  With *repair* the receipts of damaged files are withdrawn, so that the run that made those
    files makes them again; a unit whose inputs are gone would then be missing, so it is not done unasked.
    """
    with lake.lock():
        finished = tuple(roll_forward(lake))
        found = look_over(lake, deep, now)
        for path in found.leftovers:
            (lake.root / path).unlink(missing_ok=True)
        shutil.rmtree(lake.root / "staging", ignore_errors=True)
        withdrawn = tuple(_withdraw(lake, set(found.damaged))) if repair else ()
        pages = rebuild_frontier(lake.root, now or time.time())[1] if found.frontier else None
        if (lake.root / "marts").is_dir():
            write_views(lake.root)
    return Upkeep(found, len(found.leftovers), sum(found.leftovers.values()), finished, withdrawn, pages)


def _stages(lake: Lake) -> list[str]:
    """Every stage that left a receipt here."""
    return sorted(path.name for path in (lake.root / "units" / "receipts").glob("*") if path.is_dir())


def disk_use(root: Path) -> dict[str, int]:
    """Bytes per table of units and marts and per other folder of a lake, largest first."""
    sizes: Counter[str] = Counter()
    for path in root.rglob("*"):
        if path.is_file():
            parts = path.relative_to(root).parts
            name = "/".join(parts[:2]) if parts[0] in _OWN and len(parts) > 2 else parts[0]
            sizes[name] += path.stat().st_size
    return dict(sizes.most_common())


def _leftovers(root: Path, named: set[str], now: float) -> Iterator[tuple[str, int]]:
    """Tables that no receipt names and temporary files older than an hour, and downloads forgotten in the spool."""
    for path in sorted(spool_folder(root).glob("*")):
        stat = path.stat()
        if now - stat.st_mtime > _FORGOTTEN_SECONDS:
            yield str(path.relative_to(root)), stat.st_size
    for folder in _OWN:
        for path in sorted((root / folder).rglob("*")):
            is_temporary = path.name.startswith(".") and path.suffix == ".tmp"
            name = str(path.relative_to(root))
            if not (is_temporary or (path.suffix == ".parquet" and name not in named)) or not path.is_file():
                continue
            stat = path.stat()
            if now - stat.st_mtime > _YOUNG_SECONDS:
                yield name, stat.st_size


def _withdraw(lake: Lake, damaged: set[str]) -> Iterator[str]:
    for stage in _stages(lake):
        for receipt in lake.receipts(stage):
            if not damaged.isdisjoint(file.path for file in receipt.files):
                receipt_path(lake.root, stage, receipt.unit_id).unlink(missing_ok=True)
                yield _name(receipt)


def _name(receipt: Receipt) -> str:
    return f"{receipt.stage}/{receipt.unit_id}"


def _frontier_fault(root: Path) -> str | None:
    """Why the frontier must be made anew: it is gone or damaged while there are archives."""
    if not any((root / "raw").glob("*/*/*.warc.gz")):
        return None
    path = root / FRONTIER
    if not path.is_file():
        return "missing"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened:
            said = str(opened.execute("pragma quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == "ok" else said
