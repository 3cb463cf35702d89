"""Interim."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.contracts import GROUPED, GROUPS
from tasks.dedupe.batch import dedupe_articles
from tasks.job import Job
from tasks.receipts import Receipt, write_atomically
from tasks.store import parquet_bytes
from tasks.units import Unit


@dataclass(frozen=True, slots=True)
class FoundGroups:
    grouped: str
    groups: str
    group_count: int


@task(name="sketch", cache_policy=NO_CACHE)
def sketch_unit(job: Job, unit: Unit) -> Receipt:
    return job.lake.require("clean", unit.unit_id)


@task(name="dedupe", cache_policy=NO_CACHE)
def group_articles(job: Job) -> FoundGroups:
    rows = {}
    for r in job.lake.receipts("clean"):
        c = job.lake.read("cleaned", r.unit_id).to_pylist()
        t = dict(zip(*(job.lake.read("texts", r.unit_id)[n].to_pylist() for n in ("article_id", "text"))))
        for x in c:
            rows.setdefault(
                x["article_id"],
                dict(
                    id=x["article_id"],
                    url=x["canonical_url"],
                    site=x["source"],
                    published=x["published_at"] or x["captured_at"],
                    crawled=x["captured_at"],
                    title=x["title"],
                    text=t[x["article_id"]],
                ),
            )
    listed = list(rows.values())
    table = pa.Table.from_pylist(
        listed,
        schema=pa.schema(
            [
                ("id", pa.int64()),
                ("url", pa.string()),
                ("site", pa.string()),
                ("published", pa.timestamp("us", tz="UTC")),
                ("crawled", pa.timestamp("us", tz="UTC")),
                ("title", pa.string()),
                ("text", pa.string()),
            ]
        ),
    )
    ids = dedupe_articles(table) if listed else []
    canon = {}
    for row, g in zip(listed, ids):
        canon.setdefault(g, listed[g]["id"] if g < len(listed) else row["id"])
    out = [
        dict(
            article_id=r["id"],
            group_id=canon[g],
            is_canonical=canon[g] == r["id"],
            copy_of=None if canon[g] == r["id"] else canon[g],
        )
        for r, g in zip(listed, ids)
    ]
    sizes = {}
    for o in out:
        sizes[o["group_id"]] = sizes.get(o["group_id"], 0) + 1
    gs = [dict(group_id=g, canonical_id=g, size=n, sources=1) for g, n in sizes.items()]
    p = job.lake.root / "index"
    write_atomically(p / "grouped.parquet", parquet_bytes(GROUPED, GROUPED.table(out)))
    write_atomically(p / "groups.parquet", parquet_bytes(GROUPS, GROUPS.table(gs)))
    return FoundGroups(str(p / "grouped.parquet"), str(p / "groups.parquet"), len(gs))
