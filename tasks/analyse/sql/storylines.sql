-- storylines: the events most reported on, each with its headline, first report, size and curve.
-- parameters:
--   actor VARCHAR = NULL: actor id, name or alias that its reports name; null: any
--   @filter
--   least INTEGER = 3: fewest reports; with 2, pairs are listed too, of which more are chance
--   top INTEGER = 20: rows to return
-- columns:
--   place: rank by report_count
--   storyline_id: article_id of the first report that the lake has
--   headline: of the report that most articles copy, the most typical one among equals
--   first_on: day of its first report under the filter
--   first_source: outlet of that report
--   first_url: where it was
--   last_on: day of its last report
--   report_count: articles or groups under the filter
--   source_count: outlets among them
--   copy_count: articles of the whole lake in the groups of these reports
--   total_count: articles or groups under the same filter, enriched only (the denominator)
--   share: report_count / total_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   peak_on: day with most of its reports
--   curve: reports per day in order: list of (on_day, report_count)
-- method: a report joins the storyline of the reports of the seven days before it that it is most like in rare words, names, actors, places and topics (single-pass clustering of topic detection and tracking: Allan, Papka and Lavrenko, 1998; tasks/marts/storylines.py). What joins are at least two reports; what is listed has at least $least.
-- example: top=3
WITH
  reports AS (SELECT r.* FROM storyline_reports($actor, $start, $until, $sources, $language, $count) AS r),
  sizes AS (
    SELECT r.storyline_id, count(*) AS report_count, count(DISTINCT r.source) AS source_count
    FROM reports AS r
    GROUP BY r.storyline_id
    HAVING count(*) >= CAST($least AS INTEGER)
  ),
  ranked AS (SELECT s.*, row_number() OVER (ORDER BY s.report_count DESC, s.source_count DESC, s.storyline_id) AS place FROM sizes AS s),
  first_ones AS (SELECT r.* FROM ranked AS r WHERE r.place <= CAST($top AS INTEGER)),
  members AS (SELECT r.* FROM reports AS r WHERE r.storyline_id IN (SELECT f.storyline_id FROM first_ones AS f)),
  told AS (
    SELECT m.*, a.title, coalesce(a.canonical_url, a.url) AS url, coalesce(g.size, 1) AS size
    FROM members AS m
    INNER JOIN articles AS a ON a.article_id = m.article_id AND a.published_on = m.published_on
    LEFT JOIN groups AS g ON g.group_id = m.group_id
  ),
  about AS (
    SELECT
      t.storyline_id,
      arg_max(t.title, (t.size, t.similarity, -t.article_id)) AS headline,
      min(t.published_on) AS first_on,
      arg_min(t.source, (t.published_on, coalesce(epoch_us(t.published_at), 0), t.article_id)) AS first_source,
      arg_min(t.url, (t.published_on, coalesce(epoch_us(t.published_at), 0), t.article_id)) AS first_url,
      max(t.published_on) AS last_on
    FROM told AS t
    GROUP BY t.storyline_id
  ),
  copies AS (
    SELECT g.storyline_id, CAST(sum(g.size) AS BIGINT) AS copy_count
    FROM (SELECT DISTINCT t.storyline_id, t.group_id, t.size FROM told AS t) AS g
    GROUP BY g.storyline_id
  ),
  daily AS (SELECT m.storyline_id, m.published_on AS on_day, count(*) AS report_count FROM members AS m GROUP BY m.storyline_id, m.published_on),
  curves AS (
    SELECT
      d.storyline_id,
      arg_max(d.on_day, (d.report_count, -date_diff('day', DATE '1970-01-01', d.on_day))) AS peak_on,
      list({'on_day': d.on_day, 'report_count': d.report_count} ORDER BY d.on_day) AS curve
    FROM daily AS d
    GROUP BY d.storyline_id
  ),
  totals AS (SELECT CAST(sum(v.total_count) AS BIGINT) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v)
SELECT
  f.place,
  f.storyline_id,
  b.headline,
  b.first_on,
  b.first_source,
  b.first_url,
  b.last_on,
  f.report_count,
  f.source_count,
  c.copy_count,
  t.total_count,
  f.report_count / t.total_count AS share,
  share_low(f.report_count, t.total_count) AS share_low,
  share_high(f.report_count, t.total_count) AS share_high,
  k.peak_on,
  k.curve
FROM first_ones AS f
INNER JOIN about AS b ON b.storyline_id = f.storyline_id
INNER JOIN copies AS c ON c.storyline_id = f.storyline_id
INNER JOIN curves AS k ON k.storyline_id = f.storyline_id
CROSS JOIN totals AS t
ORDER BY f.place
