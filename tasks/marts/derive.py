"""Tables made of a month's other tables, so that counting and searching read little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

LONGEST = 64
"""Letters of a word that are kept; the query cuts what it is asked for alike."""
_MONTH = "year(published_on) * 12 + month(published_on) - 1"


class Derived(NamedTuple):
    """The rows of a table as a query in brackets, over ``month_articles`` and the like, and the number of a row's month in SQL."""

    rows: str
    part: str


VOLUMES = Derived(
    """(
        select published_on, source, language, count(*)::integer as article_count,
               count(*) filter (where is_canonical)::integer as canonical_count
        from month_articles
        where published_on is not null and enrich_version is not null
        group by all
    )""",
    _MONTH,
)
ACTOR_VOLUMES = Derived(
    """(
        select actor_id, published_on, count(*)::integer as article_count,
               count(*) filter (where is_canonical)::integer as canonical_count
        from month_mentions
        where published_on is not null
        group by all
    )""",
    _MONTH,
)
POSTINGS = Derived(
    f"""(
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
    )""",
    "number >> 32",
)
"""A word is letters and digits in a row, in lower case; marks such as accents written on their own part words here as in
the query.  Enriched articles with a text are listed, copies too.
"""
DERIVED: Mapping[str, Derived] = {
    "volumes": VOLUMES,
    "actor_volumes": ACTOR_VOLUMES,
    "postings": POSTINGS,
}
