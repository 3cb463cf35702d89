"""Units whose rows this version, these settings and this gazetteer would not have made as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tasks.enrich.keys import enrichment_settings
from tasks.enrich.version import VERSION
from tasks.job import Job
from tasks.receipts import Receipt, is_intact, receipt_key


@dataclass(frozen=True, slots=True)
class Stale:
    """A cleaned unit to be enriched again: its articles, the version that made its rows (empty: none), and why."""

    unit_id: str
    articles: int
    version: str
    why: str
    languages: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """A dictionary for JSON."""
        return {
            "unit": self.unit_id,
            "articles": self.articles,
            "version": self.version or None,
            "why": self.why,
        }


def find_stale(job: Job, since_version: int | None = None) -> list[Stale]:
    """Return the units to be enriched again, by unit id; with *since_version* only those made by a version before it."""
    found = []
    for cleaned in job.lake.receipts("clean"):
        known = job.lake.receipt("enrich", cleaned.unit_id)
        version = str(known.meta.get("version", "")) if known else ""
        if since_version is not None and version and _number(version) >= since_version:
            continue
        languages = tuple(known.meta.get("languages", ())) if known else ()
        why = _why(replace(job, languages=languages), cleaned, known)
        if why:
            found.append(Stale(cleaned.unit_id, cleaned.rows_out, version, why, languages))
    return found


def _number(version: str) -> int:
    """Return a version as a number; what is none is older than any."""
    return int(version) if version.isdigit() else 0


def _why(job: Job, cleaned: Receipt, known: Receipt | None) -> str:
    """Return why a unit has to be enriched again, empty when it does not."""
    if known is None:
        return "never enriched"
    if known.meta.get("version") != VERSION:
        return f"made by version {known.meta.get('version', '?')}, this is {VERSION}"
    if not is_intact(job.lake.root, known):
        return "a file is missing or damaged"
    key = receipt_key("enrich", cleaned.unit_id, cleaned.digest, VERSION, enrichment_settings(job))
    return "" if known.key == key else "other settings, gazetteer or texts"


def articles_of(stale: Sequence[Stale]) -> int:
    """Return how many articles are to be enriched again."""
    return sum(one.articles for one in stale)
