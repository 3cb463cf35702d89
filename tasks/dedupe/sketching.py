"""Sketches of many articles: what one unit leaves for the search of copies, computed without any other unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.dedupe.paragraphs import body_spans, cut_bodies
from tasks.dedupe.shingles import Packed, digests, read, sketch_table
from tasks.dedupe.tables import SKETCHES, short_hashes
from tasks.dedupe.words import U32, cut_words

AT_ONCE: Final = 1000
"""Texts read at once."""
LEAD_WORDS: Final = 5
"""Words that a lead needs before it can tell an update from another article of the same source."""


class Sketched(NamedTuple):
    """Sketches of several articles (contract SKETCHES), and what the exact check needs of their texts, AT_ONCE at a time."""

    table: pa.Table
    packed: list[Packed]


def sketch_articles(
    ids: pa.ChunkedArray,
    texts: pa.ChunkedArray,
    sources: pa.ChunkedArray,
    urls: pa.ChunkedArray,
    leads: pa.ChunkedArray,
    published: pa.ChunkedArray,
    captured: pa.ChunkedArray,
) -> Sketched:
    """Sketches of articles given as columns of equal length; nulls are allowed in all but the first."""
    listed: list[str] = texts.fill_null("").to_pylist()
    outlets: list[str] = sources.fill_null("").to_pylist()
    spans = body_spans(outlets, listed)
    bodies = cut_bodies(listed, spans)
    readings = [read(bodies[first : first + AT_ONCE]) for first in range(0, len(bodies), AT_ONCE)]
    numbers = ids.to_pylist()
    parts = [sketch_table(numbers[at * AT_ONCE : (at + 1) * AT_ONCE], one) for at, one in enumerate(readings)]
    columns: dict[str, Any] = {
        "source": pa.array(outlets, pa.string()),
        "url_hash": pa.array(short_hashes(urls.to_pylist())),
        "lead_hash": pa.array(lead_hashes(leads.fill_null("").to_pylist())),
        "published_at": published.cast(pa.timestamp("us", tz="UTC"), safe=False),
        "captured_at": captured.cast(pa.timestamp("us", tz="UTC"), safe=False),
        "start": pa.array([s.start for s in spans], pa.int32()),
        "end": pa.array([s.end for s in spans], pa.int32()),
    }
    table = (
        pa.concat_tables(parts)
        if parts
        else SKETCHES.empty().select(["article_id", "digest", "word_count", "shingles"])
    )
    for name, column in columns.items():
        table = table.append_column(name, column)
    return Sketched(SKETCHES.check(table.combine_chunks()), [reading.packed for reading in readings])


def lead_hashes(leads: Sequence[str]) -> U32:
    """A hash of the words of each lead, 0 for a lead of fewer than five."""
    words = cut_words(leads)
    found = (digests(words) >> np.uint64(32)).astype(np.uint32)
    found[words.counts < LEAD_WORDS] = 0
    return found


def sketch_unit(cleaned: pa.Table, texts: pa.Table) -> pa.Table:
    """Sketches (contract SKETCHES) of one unit's articles, from its tables ``cleaned`` and ``texts``, by article id.

    An article without a text is left out: it is nobody's copy.
    """
    names = ["article_id", "source", "canonical_url", "lead", "published_on", "published_at", "captured_at"]
    joined = (
        cleaned.select(names)
        .join(texts.select(["article_id", "text"]), "article_id", join_type="inner")
        .sort_by("article_id")
    )
    midnight = joined.column("published_on").cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))
    return sketch_articles(
        joined.column("article_id"),
        joined.column("text"),
        joined.column("source"),
        joined.column("canonical_url"),
        joined.column("lead"),
        pc.coalesce(joined.column("published_at"), midnight),
        joined.column("captured_at"),
    ).table
