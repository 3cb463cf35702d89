"""Enrichment as Prefect sees it: the articles of one unit through document workers, a few at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.contracts import REJECTS
from tasks.enrich.gazetteer import choose_gazetteer
from tasks.enrich.gazetteer_lake import lake_gazetteer
from tasks.enrich.keys import enrichment_settings
from tasks.enrich.merging import merge_lake
from tasks.enrich.orders import Batch, enrich_batch
from tasks.enrich.tables import read_articles, tables
from tasks.enrich.values import ArticleText, Enrichment
from tasks.enrich.version import VERSION
from tasks.job import Job, document_workers
from tasks.progress import Step, counted, report_step
from tasks.reasons import Reason
from tasks.receipts import Receipt
from tasks.store import Work
from tasks.units import Unit
from tasks.workers import Failure, Pool, map_documents

_AT_ONCE = 16
"""Articles that a worker gets together: enough for topics in one matrix product, few enough for one CPU deadline."""


@task(name="enrich", task_run_name="enrich {unit.unit_id}", cache_policy=NO_CACHE, tags=["cpu"])
def enrich_unit(job: Job, unit: Unit) -> Receipt:
    """Enrich one unit: every article gets its language, topics, actors, quotes, places and tone, or a reject."""
    cleaned = job.lake.require("clean", unit.unit_id)
    receipt, _ = job.lake.commit(
        "enrich",
        unit.unit_id,
        cleaned.digest,
        VERSION,
        enrichment_settings(job),
        lambda run_id: _enrich(job, unit, run_id),
    )
    report_step(Step("enrich", unit.unit_id, receipt.rows_in, is_done=True))
    return receipt


def _enrich(job: Job, unit: Unit, run_id: str) -> Work:
    articles = list(
        read_articles(job.lake.read("cleaned", unit.unit_id), job.lake.read("texts", unit.unit_id))
    )
    urls = dict(
        zip(
            (a.article_id for a in articles),
            job.lake.read("cleaned", unit.unit_id)["url"].to_pylist(),
            strict=True,
        )
    )
    folder, _ = lake_gazetteer(job.lake.root)
    choose_gazetteer(folder)
    first = Batch((), job.settings.enrich.topic_threshold, job.settings.enrich.tagger, folder)
    kept: list[tuple[ArticleText, Enrichment]] = []
    rejects = []
    with document_workers(job.settings) as pool:
        for article, made in counted(_through_workers(pool, articles, first), "enrich", unit.unit_id):
            refusal = _refusal(made, job.languages)
            if refusal is None and isinstance(made, Enrichment):
                kept.append((article, made))
            elif refusal is not None:
                reason, detail = refusal
                url = urls[article.article_id]
                rejects.append(
                    {
                        "stage": "enrich",
                        "unit_id": unit.unit_id,
                        "url": url,
                        "reason": reason.value,
                        "detail": detail,
                        "run_id": run_id,
                    }
                )
    made_tables = tables([article for article, _ in kept], [made for _, made in kept])
    return Work(
        {**made_tables, "rejects": REJECTS.table(rejects)},
        rows_in=len(articles),
        rows_out=len(kept),
        counts=Counter(str(row["reason"]) for row in rejects),
        months=Counter(f"{article.published_on:%Y-%m}" for article, _ in kept if article.published_on),
        meta={"languages": list(job.languages)},
    )


@task(name="merge", cache_policy=NO_CACHE, tags=["lake"])
def merge_actors(job: Job) -> int:
    """Spellings of unknown persons over all units; returns how many ids become another's.  The caller holds the lake's lock."""
    folder, _ = lake_gazetteer(job.lake.root)
    choose_gazetteer(folder)
    return merge_lake(job.lake)


def _through_workers(
    pool: Pool, articles: list[ArticleText], first: Batch
) -> Iterator[tuple[ArticleText, Enrichment | Failure]]:
    """Each article with its enrichment, asked for as *first* is; copies of one text share one answer."""
    copies: dict[ArticleText, list[ArticleText]] = {}
    for article in articles:
        copies.setdefault(replace(article, article_id=0, source=""), []).append(article)
    for text, made in _enrich_texts(pool, list(copies), first):
        for article in copies[text]:
            yield article, made if isinstance(made, Failure) else replace(made, article_id=article.article_id)


def _enrich_texts(
    pool: Pool, texts: list[ArticleText], first: Batch
) -> Iterator[tuple[ArticleText, Enrichment | Failure]]:
    """Each text with its enrichment; those of a batch that failed go again one by one."""
    batches = [
        replace(first, articles=tuple(texts[at : at + _AT_ONCE])) for at in range(0, len(texts), _AT_ONCE)
    ]
    for batch, made in map_documents(pool, enrich_batch, batches, chunk=1):
        if not isinstance(made, Failure):
            yield from zip(batch.articles, made, strict=True)
            continue
        singles = [replace(batch, articles=(text,)) for text in batch.articles]
        for single, one in map_documents(pool, enrich_batch, singles, chunk=1):
            yield single.articles[0], one if isinstance(one, Failure) else one[0]


def _refusal(made: Enrichment | Failure, languages: tuple[str, ...]) -> tuple[Reason, str] | None:
    if isinstance(made, Failure):
        return Reason.OVER_LIMIT, made.detail
    if languages and made.language not in languages:
        return Reason.LANGUAGE, f"{made.language} ({made.language_score:.2f})"
    return None
