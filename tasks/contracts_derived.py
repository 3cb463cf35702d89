"""Contracts of the tables that are made of other marts: what counting, searching and following events read."""

from __future__ import annotations

import pyarrow as pa

from tasks.contract import Column, Contract

VOLUMES = Contract(
    "volumes",
    "enriched articles per day, source and language: the denominators",
    (
        Column("published_on", pa.date32(), "day they were published (UTC)", True),
        Column("source", pa.string(), "outlet", True),
        Column("language", pa.string(), "ISO 639-1 code, or und", True),
        Column("article_count", pa.int32(), "articles", True),
        Column("canonical_count", pa.int32(), "canonical members of their groups among them", True),
    ),
    key=("published_on", "source", "language"),
    sort=("published_on", "source", "language"),
    partition="month",
    month_from="published_on",
)

ACTOR_VOLUMES = Contract(
    "actor_volumes",
    "articles per actor and day: what is counted when neither outlet nor language is asked for",
    (
        Column("actor_id", pa.string(), "actor", True),
        Column("published_on", pa.date32(), "day the articles were published (UTC)", True),
        Column("article_count", pa.int32(), "articles that name the actor", True),
        Column("canonical_count", pa.int32(), "canonical members of their groups among them", True),
    ),
    key=("actor_id", "published_on"),
    sort=("actor_id", "published_on"),
    partition="month",
    month_from="published_on",
)

POSTINGS = Contract(
    "postings",
    "which words stand in which articles, for search: lower case, headline and text",
    (
        Column("term", pa.string(), "word: letters and digits in a row, lower case", True),
        Column("number", pa.int64(), "number of the article in articles", True),
        Column("count", pa.int16(), "times the word stands in headline and text", True),
    ),
    key=("term", "number"),
    sort=("term", "number"),
    partition="month",
    month_from="number",
)

STORYLINES = Contract(
    "storylines",
    "reports that follow up an event: which storyline each belongs to",
    (
        Column(
            "storyline_id", pa.int64(), "article_id of the first report, which has no row of its own", True
        ),
        Column("published_on", pa.date32(), "day the report was published (UTC)", True),
        Column("article_id", pa.int64(), "the report: the canonical article of a group", True),
        Column(
            "similarity",
            pa.float32(),
            "how like it is to the storyline's reports of the days before, 0–1",
            True,
        ),
    ),
    key=("article_id",),
    sort=("storyline_id", "published_on", "article_id"),
    partition="month",
    month_from="published_on",
)
