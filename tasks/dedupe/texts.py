"""Where the lake keeps the texts that duplicate search compares."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache

import pyarrow.parquet as pq

from tasks.store import Lake


def fetch_texts(lake: Lake, units: Sequence[str]) -> Callable[[Sequence[int]], dict[int, str]]:
    """A function that reads the texts of articles by id, each from its unit; ids nobody has are left out."""

    @cache
    def homes() -> dict[int, str]:
        found: dict[int, str] = {}
        for unit in units:
            ids = pq.read_table(lake.table_path("texts", unit), columns=["article_id"], partitioning=None)[
                "article_id"
            ]
            found.update(dict.fromkeys(ids.to_pylist(), unit))
        return found

    def fetch(article_ids: Sequence[int]) -> dict[int, str]:
        by_unit: dict[str, list[int]] = defaultdict(list)
        for article_id in article_ids:
            if article_id in homes():
                by_unit[homes()[article_id]].append(article_id)
        texts: dict[int, str] = {}
        for unit, ids in by_unit.items():
            rows = pq.read_table(
                lake.table_path("texts", unit),
                columns=["article_id", "text"],
                filters=[("article_id", "in", ids)],
                partitioning=None,
            )
            texts.update(zip(rows["article_id"].to_pylist(), rows["text"].to_pylist(), strict=True))
        return texts

    return fetch
