"""Storylines as a mart: the features of a month's reports out of the other marts, and the table of who follows whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.contracts import STORYLINES
from tasks.marts.storylines import DAYS, PARTS, Floats, Ints, Reports, follow_events, scale_features

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
    select w.period, a.article_id, a.number, a.published_on, a.title, a.topics,
           row_number() over (order by w.period, a.published_on, a.published_at nulls first, a.article_id) - 1 as report
    from read_parquet($articles) as a
    join (select unnest($firsts::date[]) as first, generate_subscripts($firsts::date[], 1) - 1 as period) as w
      on a.published_on >= w.first - $days::integer and a.published_on < w.first + interval 1 month
    where a.is_canonical and a.enrich_version is not null and a.published_on >= $firsts[1]::date - $days::integer"""
_FEATURES = """
    with
      size as (select period, count(*)::double as reports from reports group by period),
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
      named as (
        select t.article_id, array_to_string(regexp_extract_all(t.text, '{names}', 1), ' ') as names
        from read_parquet($texts) as t semi join reports as r on r.article_id = t.article_id
      ),
      given as (
        select report, 'word' as part, term as name, weight from words
        union all
        select report, 'name', lower(name), 1 + ln(count(*))
        from (
            select r.report, unnest(string_split(t.names, ' ')) as name
            from named as t join reports as r on r.article_id = t.article_id
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
      placed as (select r.period, g.* from given as g join reports as r using (report)),
      known as (
        select period, part, name, count(*) as reports, ln((any_value(s.reports) + 1) / (count(*) + 1)) * (case when count(*) = 1 then {once} else 1 end) as idf
        from placed join size as s using (period)
        group by period, part, name
        having part <> 'word' or count(*) <= greatest(5, {share} * any_value(s.reports))
      ),
      weighed as (
        select g.report, g.part, (hash(g.part, g.name) >> 1)::bigint as feature, g.weight * greatest(k.idf, 0.05) as weight
        from placed as g join known as k using (period, part, name)
        qualify g.part <> 'word' or row_number() over (partition by g.report, g.part order by g.weight * k.idf desc, g.name) <= {words}
      )
    select report, list_position({parts}, part) - 1 as part, feature, weight
    from weighed
    order by report, feature"""


class Period(NamedTuple):
    """The reports of a month and of the days before it, in order of publication, and their features sorted by report."""

    reports: pa.Table
    report: Ints
    part: Ints
    feature: Ints
    weight: Floats


def gather_periods(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Sequence[Path]], months: Sequence[str]
) -> dict[str, Period]:
    """The reports and features of some months.

    *files* are the mart files of articles, texts, postings, mentions and places of those months and the months before them.
    """
    given = {name: [str(path) for path in paths] for name, paths in files.items()}
    firsts = [first_day(month) for month in months]
    connection.execute(_REPORTS, {"articles": given.pop("articles"), "firsts": firsts, "days": DAYS})
    sql = _FEATURES.format(share=LARGEST_SHARE, words=WORDS, names=NAMES, once=ONCE, parts=list(PARTS))
    features = connection.execute(sql, given).fetchnumpy()
    listed = connection.sql(
        "select period, article_id, published_on from reports order by report"
    ).to_arrow_table()
    report, part, feature = (np.asarray(features[name], np.int64) for name in ("report", "part", "feature"))
    weight = np.asarray(features["weight"], np.float64)
    bounds = np.searchsorted(listed["period"].to_numpy(), np.arange(len(months) + 1))
    cuts = np.searchsorted(report, bounds)
    return {
        month: Period(
            listed.slice(first, last - first).drop_columns(["period"]),
            report[low:high] - first, part[low:high], feature[low:high], weight[low:high],
        )
        for month, first, last, low, high in zip(months, bounds, bounds[1:], cuts, cuts[1:], strict=False)
    }  # fmt: skip


def build_storylines(period: Period, month: str, before: pa.Table) -> pa.Table:
    """The ``storylines`` of a month; *before* are those of the month before, which they go on from."""
    sides, shares = zip(*PARTS.values(), strict=True)
    known = _known_storylines(period.reports, first_day(month), before)
    ids = period.reports["article_id"].to_numpy()
    home, alike = follow_events(
        Reports(
            ids,
            period.reports["published_on"].cast(pa.int32()).to_numpy().astype(np.int64),
            known,
            period.report,
            period.feature,
            np.asarray(sides, np.int64)[period.part],
            scale_features(period.report, period.part, period.weight, sides, shares),
        )
    )
    follows = pa.array((known < 0) & (home != ids))
    table = period.reports.append_column("storyline_id", pa.array(home))
    return STORYLINES.check(table.append_column("similarity", pa.array(alike.round(3))).filter(follows))


def _known_storylines(reports: pa.Table, first: date, before: pa.Table) -> Ints:
    """Of each report from before *first* its storyline, which may be its own; −1 of the others."""
    found = before["storyline_id"].take(pc.index_in(reports["article_id"], before["article_id"]))
    known = pc.if_else(
        pc.less(reports["published_on"], pa.scalar(first)), pc.coalesce(found, reports["article_id"]), -1
    )
    return np.asarray(known, np.int64)


def first_day(month: str) -> date:
    """The first day of a month written YYYY-MM."""
    return date.fromisoformat(f"{month}-01")


def month_before(month: str) -> str:
    """The month before, written YYYY-MM."""
    return f"{first_day(month) - timedelta(days=1):%Y-%m}"
