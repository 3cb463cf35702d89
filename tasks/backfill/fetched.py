"""What is known of files from elsewhere that were fetched before: which unit each of them is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from tasks.backfill.plan import unit_id
from tasks.backfill.remote import Remote
from tasks.backfill.shards import Shard
from tasks.backfill.spool import spool_path
from tasks.receipts import Receipt
from tasks.store import Lake
from tasks.units import Input, Unit

FETCH = "fetch"
"""The stage whose receipts say what a file from elsewhere holds."""


def fetch_id(remote: Remote | Shard) -> str:
    """``fetch-`` and 16 hexadecimal digits, from the file's name and the outlet it was named for."""
    state = hashlib.sha256(f"{remote.source or ''}\0{remote.name}".encode())
    return f"{FETCH}-{state.hexdigest()[:16]}"


def fetched_unit(lake: Lake, receipt: Receipt, only: tuple[str, ...] = ()) -> Unit:
    """The unit of a file that was fetched, of the hosts *only*; its input is kept in the lake, or lies in the spool, or did."""
    meta = receipt.meta
    sha256, source = str(meta["sha256"]), meta["source"]
    path = str(lake.root / meta["path"] if meta.get("path") else spool_path(lake.root, sha256))
    given = Input(path, int(meta["size"]), sha256, str(meta["name"]), str(meta["url"]))
    return Unit(unit_id("warc", [sha256], source, only), "warc", (given,), source, only)


def known_unit(lake: Lake, remote: Remote | Shard) -> Unit | None:
    """The unit of *remote* when it was fetched before and, as far as can be seen, has not changed since."""
    receipt = lake.receipt(FETCH, fetch_id(remote))
    if isinstance(remote, Shard):
        return fetched_unit(lake, receipt) if receipt is not None else None
    if receipt is None or remote.size not in (None, int(receipt.meta["size"])):
        return None
    if remote.etag and receipt.meta["etag"] and remote.etag != receipt.meta["etag"]:
        return None
    return fetched_unit(lake, receipt, remote.only)


def entry_of(given: Input) -> Sequence[str | int]:
    """An input as receipts write it down: path, size, SHA-256, and name and address when it came from elsewhere."""
    entry: list[str | int] = [given.path, given.size, given.sha256]
    if given.name is not None and given.url is not None:
        entry += [given.name, given.url]
    return entry
