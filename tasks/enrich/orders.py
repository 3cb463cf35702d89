"""What document workers are asked in enrichment.  Apart from the task, so that no worker loads Prefect (0.8 s, 60 MB each)."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.enrich.batch import enrich_articles
from tasks.enrich.gazetteer import choose_gazetteer
from tasks.enrich.tagging import OWN
from tasks.enrich.values import ArticleText, Enrichment


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles for one call, the topic threshold, which tagger reads them, and the folder of the gazetteer if not the shipped one."""

    articles: tuple[ArticleText, ...]
    threshold: float | None
    tagger: str = OWN
    gazetteer: str | None = None


def enrich_batch(batch: Batch) -> list[Enrichment]:
    """In a worker: what each article of the batch says."""
    choose_gazetteer(batch.gazetteer)
    return enrich_articles(batch.articles, batch.threshold, batch.tagger)
