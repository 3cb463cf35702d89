"""Tables made of a month's other tables, so that counting and searching read little."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from tasks.contracts import ACTOR_VOLUMES, VOLUMES

LONGEST = 64
"""Letters of a word that are kept; the query cuts what it is asked for alike."""
BATCH_ROWS = 122_880
"""Postings handed over at a time."""


def count_volumes(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The ``volumes`` of the articles registered as ``month_articles``."""
    return VOLUMES.check(
        connection.sql(
            """
            select published_on, source, language, count(*)::integer as article_count,
                   count(*) filter (where is_canonical)::integer as canonical_count
            from month_articles
            where published_on is not null and enrich_version is not null
            group by all order by all
            """
        ).to_arrow_table()
    )


def count_actors(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """The ``actor_volumes`` of the mentions registered as ``month_mentions``."""
    return ACTOR_VOLUMES.check(
        connection.sql(
            """
            select actor_id, published_on, count(*)::integer as article_count,
                   count(*) filter (where is_canonical)::integer as canonical_count
            from month_mentions
            where published_on is not null
            group by all order by all
            """
        ).to_arrow_table()
    )


def list_postings(connection: duckdb.DuckDBPyConnection) -> pa.RecordBatchReader:
    """The ``postings`` of the articles and texts registered as ``month_articles`` and ``month_texts``, in order of term and number.

    A word is letters and digits in a row, in lower case; marks such as accents written on their own part words here as in
    the query.  Enriched articles with a text are listed, copies too.
    """
    return connection.sql(
        f"""
        with words as (
            select a.number, unnest(regexp_split_to_array(lower(concat_ws(' ', a.title, t.text)), '[^\\p{{L}}\\p{{N}}]+')) as word
            from month_articles as a
            join month_texts as t on t.article_id = a.article_id
            where a.enrich_version is not null
        )
        select left(word, {LONGEST}) as term, number, least(count(*), 32767)::smallint as count
        from words
        where word <> ''
        group by term, number
        order by term, number
        """
    ).to_arrow_reader(BATCH_ROWS)
