"""Storylines as a mart: the features of a month's reports out of the other marts, and the table of who follows whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tasks.contracts import STORYLINES, TABLES
from tasks.marts.storylines import DAYS, PARTS, Reports, follow_events, scale_features

WORDS = 60
"""Rarest words of a report that are compared."""
LARGEST_SHARE = 0.2
"""Words that stand in more of the reports than this say nothing of an event."""
ONCE = 0.1
"""Weight of what stands in one report alone, in parts of its own: it is like nothing, and makes all else look small."""
NAMES = r"[\p{Ll}\p{N},;:] ((?:\p{Lu}[\p{L}\p{N}]*[ ]?)+)"
"""Words in a row with capitals within a sentence: most of them are names, known or not."""
_REPORTS = """
    create or replace temp table reports as
    select a.article_id, a.number, a.published_on, a.title, a.topics,
           case when a.published_on < $first then coalesce(s.storyline_id, a.article_id) else -1 end as storyline,
           row_number() over (order by a.published_on, a.published_at nulls first, a.article_id) - 1 as report
    from (select * from read_parquet($articles)) as a
    left join (select article_id, storyline_id from read_parquet($storylines)) as s using (article_id)
    where a.is_canonical and a.enrich_version is not null and a.published_on >= $first - $days::integer"""
_FEATURES = """
    with
      size as (select count(*)::double as reports from reports),
      titled as (
        select distinct report, unnest(regexp_split_to_array(lower(title), '[^\\p{{L}}\\p{{N}}]+')) as term
        from reports where title is not null
      ),
      words as (
        select r.report, p.term, (1 + ln(p.count)) * (case when t.term is null then 1 else 2 end) as weight
        from read_parquet($postings) as p
        join reports as r on r.number = p.number
        left join titled as t on t.report = r.report and t.term = p.term
        where length(p.term) > 2
      ),
      given as (
        select report, 'word' as part, term as name, weight from words
        union all
        select report, 'name', lower(name), 1 + ln(count(*))
        from (
            select r.report, unnest(string_split(array_to_string(regexp_extract_all(t.text, '{names}', 1), ' '), ' ')) as name
            from read_parquet($texts) as t join reports as r on r.article_id = t.article_id
        )
        where length(name) > 1
        group by all
        union all
        select r.report, 'actor', m.actor_id, 0.3 + m.salience
        from read_parquet($mentions) as m join reports as r on r.article_id = m.article_id
        union all
        select distinct r.report, 'place', p.place_id, 1.0
        from read_parquet($places) as p join reports as r on r.article_id = p.article_id
        union all
        select report, 'topic', topic.code, topic.score from (select report, unnest(topics) as topic from reports)
      ),
      known as (
        select part, name, count(*) as reports, ln((any_value(s.reports) + 1) / (count(*) + 1)) * (case when count(*) = 1 then {once} else 1 end) as idf
        from given cross join size as s
        group by part, name
        having part <> 'word' or count(*) <= greatest(5, {share} * any_value(s.reports))
      ),
      weighed as (
        select g.report, g.part, (hash(g.part, g.name) >> 1)::bigint as feature, g.weight * greatest(k.idf, 0.05) as weight
        from given as g join known as k using (part, name)
        qualify g.part <> 'word' or row_number() over (partition by g.report, g.part order by g.weight * k.idf desc, g.name) <= {words}
      )
    select report, list_position({parts}, part) - 1 as part, feature, weight
    from weighed
    order by report, feature"""


def build_storylines(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]], first: date
) -> pa.Table:
    """The ``storylines`` of the month that begins on *first*.

    *files* are the mart files of articles, postings, mentions and places of that month and the month before, and of
    storylines of the month before; none may be missing from the mapping, and each list may be empty.
    """
    for name in ("articles", "texts", "postings", "mentions", "places", "storylines"):
        if not files[name]:
            connection.register(f"no_{name}", TABLES[name].empty())
    given = {name: [str(path) for path in paths] for name, paths in files.items() if paths}
    _execute(connection, _REPORTS, files, {**given, "first": first, "days": DAYS})
    sql = _FEATURES.format(share=LARGEST_SHARE, words=WORDS, names=NAMES, once=ONCE, parts=list(PARTS))
    features = _execute(connection, sql, files, given).fetchnumpy()
    listed = connection.sql(
        "select article_id, published_on, storyline from reports order by report"
    ).to_arrow_table()
    report, part, feature = (np.asarray(features[name], np.int64) for name in ("report", "part", "feature"))
    weight = np.asarray(features["weight"], np.float64)
    sides, shares = zip(*PARTS.values(), strict=True)
    known = listed["storyline"].to_numpy()
    home, alike = follow_events(
        Reports(
            listed["article_id"].to_numpy(),
            listed["published_on"].cast(pa.int32()).to_numpy().astype(np.int64),
            known,
            report,
            feature,
            np.asarray(sides, np.int64)[part],
            scale_features(report, part, weight, sides, shares),
        )
    )
    follows = pa.array((known < 0) & (home != listed["article_id"].to_numpy()))
    table = listed.set_column(2, "storyline_id", pa.array(home)).append_column(
        "similarity", pa.array(alike.round(3))
    )
    return STORYLINES.check(table.filter(follows))


def _execute(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    files: Mapping[str, Sequence[Path]],
    values: Mapping[str, object],
) -> duckdb.DuckDBPyConnection:
    """Run *sql*; a table without files is read from the empty table registered in its place."""
    for name, paths in files.items():
        if not paths:
            sql = sql.replace(f"read_parquet(${name})", f"no_{name}")
    return connection.execute(sql, {k: v for k, v in values.items() if f"${k}" in sql})


def first_day(month: str) -> date:
    """The first day of a month written YYYY-MM."""
    return date.fromisoformat(f"{month}-01")


def month_before(month: str) -> str:
    """The month before, written YYYY-MM."""
    return f"{first_day(month) - timedelta(days=1):%Y-%m}"
