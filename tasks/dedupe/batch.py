"""Duplicate search as the rest of the project calls it: sketches per unit, groups per refresh, and all at once for evaluation."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from tasks.dedupe.candidates import Queries, find_candidates
from tasks.dedupe.common import update_common
from tasks.dedupe.compare import DedupeOptions
from tasks.dedupe.index import Index
from tasks.dedupe.paragraphs import body_spans, cut_bodies
from tasks.dedupe.replay import Replay
from tasks.dedupe.shingles import Packed, read, sketch_table
from tasks.dedupe.sources import FoundNeighbours, PackedProfiles
from tasks.dedupe.tables import SKETCHES, article_rows, listed, short_hashes
from tasks.dedupe.words import offsets

AT_ONCE: Final = 1000
"""Texts read at once."""


def dedupe_articles(table: pa.Table, options: DedupeOptions | None = None) -> list[int]:
    """The duplicate group of each row, all rows at once and nothing kept: the evaluation seam.

    Columns: id, url, site, published, crawled, title, text.  Returns a group id per row, in row order.
    """
    index = Index(options=options or DedupeOptions())
    sketches, packed = _sketch_rows(table)
    rows = article_rows(sketches)
    hashes, starts = listed(sketches)
    ordinals = np.repeat(np.arange(len(rows)), np.diff(starts))
    keys = hashes.astype(np.uint32)
    compared = rows["words"][ordinals] >= index.options.min_words
    fresh = index.add(rows, keys[compared], ordinals[compared])
    index.common, _ = update_common(index, index.shelves[fresh])
    own = np.arange(len(rows))
    counts = np.bincount(ordinals[compared], minlength=len(rows))
    asked, others = find_candidates(index, Queries(own, keys[compared], offsets(counts)), fresh)
    replay = Replay(index, PackedProfiles(packed), FoundNeighbours(index, asked, others, 0, None))
    places = replay.run(own, [])
    return [places[o].canonical for o in range(len(rows))]


def _sketch_rows(table: pa.Table) -> tuple[pa.Table, list[Packed]]:
    """Sketches of the rows, and what the exact check needs of their texts."""
    texts: list[str] = table.column("text").fill_null("").to_pylist()
    sources: list[str] = table.column("site").fill_null("").to_pylist()
    spans = body_spans(sources, texts)
    bodies = cut_bodies(texts, spans)
    readings = [read(bodies[first : first + AT_ONCE]) for first in range(0, len(bodies), AT_ONCE)]
    ids = table.column("id").to_pylist()
    parts = [
        sketch_table(ids[at * AT_ONCE : (at + 1) * AT_ONCE], reading) for at, reading in enumerate(readings)
    ]
    sketched = pa.concat_tables(parts).combine_chunks()
    more = {
        "source": pa.array(sources, pa.string()),
        "url_hash": pa.array(short_hashes(table.column("url").to_pylist())),
        "lead_hash": pa.array(np.zeros(len(ids), np.uint32)),
        "published_at": table.column("published").cast(pa.timestamp("us", tz="UTC")),
        "captured_at": table.column("crawled").cast(pa.timestamp("us", tz="UTC")),
        "start": pa.array([s.start for s in spans], pa.int32()),
        "end": pa.array([s.end for s in spans], pa.int32()),
    }
    for name, column in more.items():
        sketched = sketched.append_column(name, column)
    return SKETCHES.check(sketched), [reading.packed for reading in readings]
