-- storyline: the reports of one storyline in order of publication.
-- parameters:
--   storyline VARCHAR = NULL: article_id of any of its reports; null: the storyline with most reports
--   actor VARCHAR = NULL: actor id, name or alias that its reports name; null: any
--   @filter
--   top INTEGER = 50: rows to return
-- columns:
--   place: rank by time of publication
--   storyline_id: article_id of the first report that the lake has
--   article_id: the report
--   published_on: day it was published
--   published_at: when (UTC); null when only the day is known
--   source: outlet
--   title: headline
--   url: where it was
--   similarity: how like it is to the reports before it, 0–1; 0 for the first
--   copy_count: articles in its duplicate group
--   report_count: reports of the storyline under the filter (of which these are the first)
--   total_count: articles or groups under the same filter, enriched only (the denominator)
--   share: report_count / total_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
-- method: see storylines.
-- example: top=5
WITH
  reports AS (SELECT r.* FROM storyline_reports($actor, $start, $until, $sources, $language, $count) AS r),
  largest AS (
    SELECT x.storyline_id
    FROM (SELECT r.storyline_id, count(*) AS report_count FROM reports AS r GROUP BY r.storyline_id) AS x
    ORDER BY x.report_count DESC, x.storyline_id
    LIMIT 1
  ),
  wanted AS (
    SELECT l.storyline_id FROM largest AS l WHERE $storyline IS NULL
    UNION
    SELECT s.storyline_id
    FROM storylines AS s
    WHERE s.article_id = TRY_CAST($storyline AS BIGINT) OR s.storyline_id = TRY_CAST($storyline AS BIGINT)
  ),
  members AS (SELECT r.*, count(*) OVER () AS report_count FROM reports AS r WHERE r.storyline_id IN (SELECT w.storyline_id FROM wanted AS w)),
  ranked AS (
    SELECT m.*, row_number() OVER (ORDER BY m.published_on, m.published_at NULLS FIRST, m.article_id) AS place FROM members AS m
  ),
  totals AS (SELECT CAST(sum(v.total_count) AS BIGINT) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v)
SELECT
  r.place,
  r.storyline_id,
  r.article_id,
  r.published_on,
  r.published_at,
  r.source,
  a.title,
  coalesce(a.canonical_url, a.url) AS url,
  r.similarity,
  coalesce(g.size, 1) AS copy_count,
  r.report_count,
  t.total_count,
  r.report_count / t.total_count AS share,
  share_low(r.report_count, t.total_count) AS share_low,
  share_high(r.report_count, t.total_count) AS share_high
FROM ranked AS r
INNER JOIN articles AS a ON a.article_id = r.article_id AND a.published_on = r.published_on
LEFT JOIN groups AS g ON g.group_id = r.group_id
CROSS JOIN totals AS t
WHERE r.place <= CAST($top AS INTEGER)
ORDER BY r.place
