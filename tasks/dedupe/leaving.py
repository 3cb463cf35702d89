"""What the index holds of articles that leave it: needed to see which shingles are common no more."""

from __future__ import annotations

from typing import Final

import numpy as np

from tasks.dedupe.index import Index
from tasks.dedupe.shelves import Shelf, fill_shelf
from tasks.dedupe.shingles import read
from tasks.dedupe.sources import FetchTexts
from tasks.dedupe.words import I64, U32

SCANNED: Final = 1 << 22
"""Entries of a shelf that are scanned at once."""


def shelf_of(index: Index, ordinals: I64, fetch: FetchTexts) -> Shelf:
    """The entries of some articles: read from their texts again, or found by a scan of the index where a text is gone."""
    rows = index.rows(ordinals)
    texts = fetch(rows["id"].tolist())
    has_text = np.array([i in texts for i in rows["id"].tolist()], np.bool_)
    found = [_scan(index, ordinals[~has_text])] if not has_text.all() else []
    spans = zip(*(rows[has_text][name].tolist() for name in ("id", "start", "end")), strict=True)
    sampled = read([texts[i][start:end] for i, start, end in spans]).sampled
    found.append((sampled.hashes.astype(np.uint32), np.repeat(ordinals[has_text], np.diff(sampled.starts))))
    keys, owners = np.concatenate([part[0] for part in found]), np.concatenate([part[1] for part in found])
    return fill_shelf(keys, np.searchsorted(ordinals, owners), ordinals, rows["at"])


def _scan(index: Index, ordinals: I64) -> tuple[U32, I64]:
    """Keys and ordinals of all entries of some articles."""
    keys, owners = [np.zeros(0, np.uint32)], [np.zeros(0, np.int64)]
    for shelf in index.shelves.values():
        wanted = np.isin(shelf.ordinals, ordinals)
        for first in range(0, len(shelf.entries) if wanted.any() else 0, SCANNED):
            entries = shelf.entries[first : first + SCANNED]
            places = (entries & np.uint64(0xFFFFFFFF)).astype(np.int64)
            hit = wanted[places]
            keys.append((entries[hit] >> np.uint64(32)).astype(np.uint32))
            owners.append(shelf.ordinals[places[hit]].astype(np.int64))
    return np.concatenate(keys), np.concatenate(owners)
