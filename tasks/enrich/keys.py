"""What decides, beside texts and version, what enrichment says: part of a receipt's key.  Loads no model."""

from __future__ import annotations

from tasks.config import settings_digest
from tasks.enrich.gazetteer_lake import lake_gazetteer
from tasks.enrich.tagging import tagger_version
from tasks.job import Job


def enrichment_settings(job: Job) -> str:
    """SHA-256 (hexadecimal) of settings, tagger, gazetteer, limits and languages wanted.

    Raises ConfigError when the tagger that the settings name is not installed.
    """
    tagger = tagger_version(job.settings.enrich.tagger)
    _, gazetteer = lake_gazetteer(job.lake.root)
    return settings_digest(job.settings.enrich, tagger, gazetteer, job.settings.limits, job.languages)
