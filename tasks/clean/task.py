"""Cleaning as Prefect sees it: the captures of one unit through document workers, articles and rejects out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import TypeGuard

import pyarrow as pa
import pyarrow.compute as pc
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.backfill.batch import capture_id, payload_sha256
from tasks.backfill.read import read_unit
from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import sites_table, tables
from tasks.clean.furniture import learn_furniture
from tasks.clean.orders import clean_order, study_order
from tasks.clean.site import FEWEST_PAGES, Site, Study, draw_sample, learn_site, settle
from tasks.config import settings_digest
from tasks.job import Job, document_workers
from tasks.progress import Step, counted, report_step
from tasks.reasons import Reason
from tasks.receipts import Receipt
from tasks.store import Work
from tasks.units import Capture, Refusal, Unit
from tasks.workers import Failure, Pool, map_documents

VERSION = "2"
_REASONS = {
    "cpu": Reason.OVER_LIMIT,
    "memory": Reason.OVER_LIMIT,
    "wall": Reason.OVER_LIMIT,
    "died": Reason.PARSER_FAILED,
}

Place = tuple[str, int, int]
"""File, offset and length of a capture."""
Sample = Mapping[str, tuple[str, ...]]
"""Payload digests of the pages to study, by source."""


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
    digests = _digests(captures) if captures.num_rows >= FEWEST_PAGES else {}
    sample = draw_sample(digests)
    places: dict[Place, int] = {}
    with document_workers(job.settings) as pool:
        studies = _study(job, unit, pool, sample, places)
        sites = {name: learn_site(name, len(digests[name]), studies[name]) for name in sample}
        results = [study.result for found in studies.values() for study in found]
        results += _clean_rest(job, unit, pool, sites, sample, places)
    least = job.settings.clean.min_words
    settled = [settle(one, sites[one.source], least) if _is_of(one, sites) else one for one in results]
    made = tables(unit, settled, run_id, places)
    months = Counter(pc.strftime(made.cleaned["published_on"], format="%Y-%m").to_pylist())
    return Work(
        {
            "cleaned": made.cleaned,
            "texts": made.texts,
            "rejects": made.rejects,
            "sites": sites_table(unit, sites.values(), run_id),
        },
        rows_in=captures.num_rows,
        rows_out=made.cleaned.num_rows,
        counts=Counter(made.rejects["reason"].to_pylist()),
        months={str(month): count for month, count in months.items()},
    )


def _study(
    job: Job, unit: Unit, pool: Pool, sample: Sample, places: dict[Place, int]
) -> dict[str, list[Study]]:
    """The studies of each source's sample in the sample's order; *places* gets the captures' keys."""
    found: dict[str, list[tuple[str, str, int, Study]]] = {source: [] for source in sample}
    if not sample:
        return {}
    orders = (
        (capture, options)
        for capture, options, digest in _orders(job, unit, {}, places)
        if digest in sample.get(str(capture.source), ())
    )
    for (capture, options), done in counted(map_documents(pool, study_order, orders), "clean", unit.unit_id):
        study = (
            done if isinstance(done, Study) else Study(_result(capture, _retry(pool, capture, options, done)))
        )
        digest = payload_sha256(capture.payload)
        found[str(capture.source)].append((digest, capture.url or "", capture.offset, study))
    return {
        source: [study for *_, study in sorted(rows, key=itemgetter(0, 1, 2))]
        for source, rows in found.items()
    }


def _clean_rest(
    job: Job, unit: Unit, pool: Pool, sites: Mapping[str, Site], sample: Sample, places: dict[Place, int]
) -> list[Cleaned | Refusal]:
    """What became of every capture that is not in the sample; *places* gets the captures' keys."""
    orders = (
        (capture, options)
        for capture, options, digest in _orders(job, unit, sites, places)
        if digest not in sample.get(str(capture.source), ())
    )
    done = counted(map_documents(pool, clean_order, orders), "clean", unit.unit_id)
    return [_result(capture, _retry(pool, capture, options, result)) for (capture, options), result in done]


def _is_of(result: Cleaned | Refusal, sites: Mapping[str, Site]) -> TypeGuard[Cleaned]:
    """Whether a result is an article of a page whose source was studied."""
    return (
        isinstance(result, Cleaned)
        and result.extractor not in ("scraped", "given")
        and result.source in sites
    )


def _digests(captures: pa.Table) -> dict[str, list[str]]:
    """Payload digests of the web pages among *captures* by source."""
    pages = captures.filter(pc.equal(captures["payload_kind"], "html"))
    found: dict[str, list[str]] = defaultdict(list)
    for source, digest in zip(pages["source"].to_pylist(), pages["payload_sha256"].to_pylist(), strict=True):
        found[str(source)].append(digest)
    return found


def _orders(
    job: Job, unit: Unit, sites: Mapping[str, Site], places: dict[Place, int]
) -> Iterator[tuple[Capture, CleanOptions, str]]:
    """Each capture once, under the name of its outlet, with that outlet's options and the digest of its body."""
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
                frame=sites[name].frame if name in sites else "",
            )
        digest = payload_sha256(capture.payload)
        key = capture_id(unit.unit_id, capture, digest)
        if key not in seen:
            seen.add(key)
            places[(capture.file, capture.offset, capture.length)] = key
            yield capture, options[name], digest


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
