"""Which units need no work: every stage committed at this version, with these settings, and its files are there."""

from __future__ import annotations

from tasks.backfill.task import VERSION as CAPTURE_VERSION
from tasks.clean.task import VERSION as CLEAN_VERSION
from tasks.config import settings_digest
from tasks.dedupe.task import VERSION as SKETCH_VERSION
from tasks.enrich.keys import enrichment_settings
from tasks.enrich.version import VERSION as ENRICH_VERSION
from tasks.job import Job
from tasks.receipts import Receipt, is_intact, receipt_key
from tasks.units import Unit


def current_receipts(job: Job, unit: Unit) -> dict[str, Receipt] | None:
    """The receipts of all stages of *unit* when not one of them has anything to do; else None.

    Keys are made here as the stages make them.  Should a stage change and this not, its keys differ and the unit is
    worked through once more, which costs time and nothing else.
    """
    found: dict[str, Receipt] = {}
    for stage in ("capture", "clean", "sketch", "enrich"):
        receipt = job.lake.receipt(stage, unit.unit_id)
        if receipt is None or receipt.key != _key(job, unit, stage, found):
            return None
        if not is_intact(job.lake.root, receipt):
            return None
        found[stage] = receipt
    return found


def _key(job: Job, unit: Unit, stage: str, before: dict[str, Receipt]) -> str:
    """The key that *stage* would give its receipt."""
    settings = job.settings
    if stage == "capture":
        inputs = "\n".join(sorted(one.sha256 for one in unit.inputs))
        return receipt_key(stage, unit.unit_id, inputs, CAPTURE_VERSION, job.sources_digest)
    if stage == "clean":
        digest = settings_digest(settings.clean, settings.limits, job.sources_digest)
        return receipt_key(stage, unit.unit_id, before["capture"].digest, CLEAN_VERSION, digest)
    cleaned = before["clean"].digest
    if stage == "sketch":
        return receipt_key(stage, unit.unit_id, cleaned, SKETCH_VERSION, "")
    return receipt_key(stage, unit.unit_id, cleaned, ENRICH_VERSION, enrichment_settings(job))
