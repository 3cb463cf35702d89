"""Duplicate search as the rest of the project calls it: sketches per unit, groups per refresh, and all at once for evaluation."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tasks.dedupe.candidates import find_candidates
from tasks.dedupe.common import update_common
from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.index import Index
from tasks.dedupe.output import Groups, read_grouped, read_groups, read_ids
from tasks.dedupe.rebuild import rebuild_groups, rebuild_index
from tasks.dedupe.replay import Replay
from tasks.dedupe.sketching import sketch_articles, sketch_unit
from tasks.dedupe.sources import FetchTexts, FoundNeighbours, PackedProfiles
from tasks.dedupe.state import acknowledge
from tasks.dedupe.tables import SKETCHES
from tasks.dedupe.update import arrive, take_units, update_groups

__all__ = [
    "SKETCHES",
    "DedupeOptions",
    "FetchTexts",
    "Groups",
    "acknowledge",
    "dedupe_articles",
    "read_grouped",
    "read_groups",
    "read_ids",
    "rebuild_groups",
    "rebuild_index",
    "sketch_unit",
    "take_units",
    "update_groups",
]


def dedupe_articles(table: pa.Table, options: DedupeOptions | None = None) -> list[int]:
    """The duplicate group of each row, all rows at once and nothing kept: the evaluation seam.

    Columns: id, url, site, published, crawled, title, text.  Returns a group per row, in row order, named by the number of the
    row that is its canonical article.
    """
    columns = {name: table.column(name) for name in ("id", "text", "site", "url", "published", "crawled")}
    sketched = sketch_articles(
        columns["id"],
        columns["text"],
        columns["site"],
        columns["url"],
        pa.chunked_array([pa.nulls(len(table), pa.string())]),
        columns["published"],
        columns["crawled"],
    )
    index = Index(options=options or DedupeOptions())
    fresh, queries = arrive(index, sketched.table)
    index.common, _ = update_common(index, index.shelves[fresh])
    asked, others = find_candidates(index, queries, fresh)
    neighbours = FoundNeighbours(index, asked, others, 0, None)
    places = Replay(index, PackedProfiles(sketched.packed), neighbours).run(np.arange(len(table)), [])
    return [places[row].canonical for row in range(len(table))]
