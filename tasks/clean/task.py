"""Cleaning as Prefect sees it: the captures of one unit through document workers, articles and rejects out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow.compute as pc
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.backfill.batch import capture_id
from tasks.backfill.read import read_unit
from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document, tables
from tasks.clean.furniture import learn_furniture
from tasks.config import settings_digest
from tasks.job import Job, document_workers
from tasks.progress import Step, counted, report_step
from tasks.reasons import Reason
from tasks.receipts import Receipt
from tasks.store import Work
from tasks.units import Capture, Refusal, Unit
from tasks.workers import Failure, Pool, map_documents

VERSION = "1"
_REASONS = {
    "cpu": Reason.OVER_LIMIT,
    "memory": Reason.OVER_LIMIT,
    "wall": Reason.OVER_LIMIT,
    "died": Reason.PARSER_FAILED,
}

Order = tuple[Capture, CleanOptions]
"""What a worker gets: the bytes, and how the capture's source is to be cleaned."""


@task(name="clean", task_run_name="clean {unit.unit_id}", cache_policy=NO_CACHE, tags=["cpu"])
def clean_unit(job: Job, unit: Unit) -> Receipt:
    """Clean one unit: every capture becomes an article or a reject with its reason."""
    captured = job.lake.require("capture", unit.unit_id)
    settings = settings_digest(job.settings.clean, job.settings.limits, job.sources_digest)
    receipt, _ = job.lake.commit(
        "clean", unit.unit_id, captured.digest, VERSION, settings, lambda run_id: _clean(job, unit, run_id)
    )
    report_step(Step("clean", unit.unit_id, receipt.rows_in, is_done=True))
    return receipt


def _clean(job: Job, unit: Unit, run_id: str) -> Work:
    captures = job.lake.read("captures", unit.unit_id)
    results: list[Cleaned | Refusal] = []
    capture_ids: dict[tuple[str, int, int], int] = {}
    with document_workers(job.settings) as pool:
        done = map_documents(pool, clean_order, _orders(job, unit))
        for (capture, options), result in counted(done, "clean", unit.unit_id):
            results.append(_result(capture, _retry(pool, capture, options, result)))
            capture_ids[(capture.file, capture.offset, capture.length)] = capture_id(unit.unit_id, capture)
    made = tables(unit, results, run_id, capture_ids)
    months = Counter(pc.strftime(made.cleaned["published_on"], format="%Y-%m").to_pylist())
    return Work(
        {"cleaned": made.cleaned, "texts": made.texts, "rejects": made.rejects},
        rows_in=captures.num_rows,
        rows_out=made.cleaned.num_rows,
        counts=Counter(made.rejects["reason"].to_pylist()),
        months={str(month): count for month, count in months.items()},
    )


def clean_order(order: Order) -> Cleaned | Refusal:
    """In a worker: the article or the reason why there is none."""
    return clean_document(*order)


def _orders(job: Job, unit: Unit) -> Iterator[Order]:
    """Each capture once, under the name of its outlet, with that outlet's options."""
    options: dict[str, CleanOptions] = {}
    known = _known_lines(_captures(job, unit)) if unit.kind == "text" else {}
    seen: set[int] = set()
    for capture in _captures(job, unit):
        name = str(capture.source)
        if name not in options:
            source = job.sources.get(name)
            options[name] = CleanOptions(
                zone=source.timezone if source else None,
                language=source.language if source else None,
                min_words=job.settings.clean.min_words,
                known_lines=known.get(name, ()),
            )
        key = capture_id(unit.unit_id, capture)
        if key not in seen:
            seen.add(key)
            yield capture, options[name]


def _captures(job: Job, unit: Unit) -> Iterator[Capture]:
    for one in read_unit(unit):
        if isinstance(one, Capture):
            yield replace(one, source=job.source_name(one.source, one.url, one.file))


def _known_lines(captures: Iterable[Capture]) -> dict[str, tuple[str, ...]]:
    """Lines that each outlet of a unit of scraped texts repeats at its pages' heads and tails."""
    texts: dict[str, list[str]] = defaultdict(list)
    for capture in captures:
        texts[str(capture.source)].append(capture.payload.decode("utf-8", "replace"))
    return {name: tuple(sorted(learn_furniture(pages))) for name, pages in texts.items()}


def _retry(
    pool: Pool, capture: Capture, options: CleanOptions, result: Cleaned | Refusal | Failure
) -> Cleaned | Refusal | Failure:
    """A page over its limits once more, with the cheap extractor alone; what comes of it says why."""
    if not isinstance(result, Failure) or result.kind == "died" or not options.thorough:
        return result
    [(_, again)] = map_documents(pool, clean_order, [(capture, replace(options, thorough=False))], chunk=1)
    return (
        replace(again, fallback_reason=f"over_limit: {result.detail}")
        if isinstance(again, Cleaned)
        else again
    )


def _result(capture: Capture, result: Cleaned | Refusal | Failure) -> Cleaned | Refusal:
    if not isinstance(result, Failure):
        return result
    return Refusal(
        _REASONS[result.kind], result.detail, capture.url, capture.file, capture.offset, capture.length
    )
