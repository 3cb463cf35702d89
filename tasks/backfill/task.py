"""Backfill as Prefect sees it: bring an archive from elsewhere onto this disk, index the captures of one unit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.backfill.batch import captures_table
from tasks.backfill.fetched import FETCH, entry_of, fetch_id, fetched_unit, known_unit
from tasks.backfill.read import Chosen, read_unit
from tasks.backfill.remote import Remote, open_reader, patience_of
from tasks.backfill.shards import Shard, fetch_shard_file
from tasks.backfill.spool import download
from tasks.job import Job
from tasks.progress import Step, counted, report_step
from tasks.receipts import Receipt
from tasks.store import Work
from tasks.units import Unit

VERSION = "1"


@task(name="fetch", task_run_name="fetch {remote.name}", cache_policy=NO_CACHE, tags=["net"])
def fetch_archive(job: Job, remote: Remote) -> Unit:
    """Have *remote* on this disk until its unit is committed; returns the unit that its contents make.

    Raises UnitError when it cannot be had.
    """
    name = fetch_id(remote)
    known = known_unit(job.lake, remote)
    if known is not None and all(Path(one.path).is_file() for one in known.inputs):
        return known
    reader = open_reader(remote.url, job.settings)
    try:
        done = download(
            reader,
            remote,
            job.lake.root,
            patience_of(job.settings),
            lambda size: report_step(Step(FETCH, name, size)),
        )
    finally:
        reader.close()
    meta = {
        "name": remote.name, "url": remote.url, "size": done.size, "sha256": done.sha256, "etag": remote.etag,
        "source": remote.source, "collection": remote.collection,
        "days": {remote.day.isoformat(): 1} if remote.day else {},
    }  # fmt: skip
    receipt, _ = job.lake.commit(FETCH, name, done.sha256, VERSION, "", lambda _: Work({}, 0, 0, meta=meta))
    report_step(Step(FETCH, name, is_done=True))
    return fetched_unit(job.lake, receipt, remote.only)


@task(name="fetch-shard", task_run_name="fetch {shard.name}", cache_policy=NO_CACHE, tags=["net"])
def fetch_shard(job: Job, shard: Shard) -> Unit:
    """Have the captures of *shard* in an archive of the lake; returns the unit that its contents make.

    Raises UnitError when they cannot be had.
    """
    name = fetch_id(shard)
    known = known_unit(job.lake, shard)
    if known is not None and all(Path(one.path).is_file() for one in known.inputs):
        return known
    reader = open_reader(shard.base, job.settings)
    try:
        done = fetch_shard_file(
            reader, shard, job.lake.root, patience_of(job.settings), job.settings.backfill.delay_seconds,
            lambda size: report_step(Step(FETCH, name, size)),
        )  # fmt: skip
    finally:
        reader.close()
    meta = {
        "name": shard.path, "path": shard.path, "url": shard.base, "size": done.size, "sha256": done.sha256,
        "etag": "", "source": shard.source, "collection": shard.collection,
        "days": {shard.day.isoformat(): len(shard.records)}, "records": [one.key for one in shard.records],
    }  # fmt: skip
    receipt, _ = job.lake.commit(FETCH, name, done.sha256, VERSION, "", lambda _: Work({}, 0, 0, meta=meta))
    return fetched_unit(job.lake, receipt)


@task(name="capture", task_run_name="capture {unit.unit_id}", cache_policy=NO_CACHE, tags=["io"])
def capture_unit(job: Job, unit: Unit) -> Receipt:
    """Index one unit: every capture with where its bytes are, every damaged or unwanted record as a reject."""
    inputs = "\n".join(sorted(one.sha256 for one in unit.inputs))
    receipt, _ = job.lake.commit(
        "capture",
        unit.unit_id,
        inputs,
        VERSION,
        job.sources_digest,
        lambda run_id: _capture(job, unit, run_id),
    )
    report_step(Step("capture", unit.unit_id, receipt.rows_in, is_done=True))
    return receipt


def _capture(job: Job, unit: Unit, run_id: str) -> Work:
    chosen = Chosen(unit.only)
    read = counted(read_unit(unit, chosen), "capture", unit.unit_id)
    captures, rejects, counts = captures_table(unit, read, run_id)
    places = (captures[name].to_pylist() for name in ("source", "url", "file"))
    named = [job.source_name(given, url, file) for given, url, file in zip(*places, strict=True)]
    place = captures.schema.get_field_index("source")
    captures = captures.set_column(place, "source", pa.array(named, pa.string()))
    return Work(
        {"captures": captures, "rejects": rejects},
        rows_in=captures.num_rows + rejects.num_rows,
        rows_out=captures.num_rows,
        counts=Counter(rejects["reason"].to_pylist()),
        meta={
            "kind": unit.kind,
            "source": unit.source,
            "only": list(unit.only),
            "passed_over": chosen.passed_over,
            "damaged": counts.get("damaged", 0),
            "inputs": [entry_of(one) for one in unit.inputs],
        },
    )
