"""Backfill as Prefect sees it: index the captures of one unit."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.backfill.batch import captures_table
from tasks.backfill.read import read_unit
from tasks.job import Job
from tasks.progress import Step, counted, report_step
from tasks.receipts import Receipt
from tasks.store import Work
from tasks.units import Unit

VERSION = "1"


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
    captures, rejects, _ = captures_table(unit, counted(read_unit(unit), "capture", unit.unit_id), run_id)
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
            "inputs": [[i.path, i.size, i.sha256] for i in unit.inputs],
        },
    )
