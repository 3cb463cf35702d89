-- pickup: how far and how fast single reports spread from outlet to outlet.
-- parameters:
--   actor VARCHAR = NULL: only reports that name this actor (id, name or alias); null: all
--   @period
--   sources VARCHAR[] = NULL: outlets to count; null: all
--   language VARCHAR = NULL: ISO 639-1 code of the articles; null: all
--   top INTEGER = 20: rows to return
-- columns:
--   place: rank by source_count, then by speed
--   group_id: the report: a duplicate group
--   title: headline of its first article
--   first_source: outlet that ran it first
--   first_at: when (UTC)
--   article_count: articles of the group under the same filter
--   source_count: outlets that ran it
--   active_count: outlets that published anything under the same filter (the denominator)
--   share: source_count / active_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   hours_to_half: hours until half of its outlets had run it
--   hours_to_last: hours until the last of them had
-- method: duplicate groups with two or more outlets; each outlet counts by its first article. Wilson interval.
-- example: top=5
WITH
  members AS (SELECT g.* FROM group_members($actor, $start, $until, $sources, $language) AS g),
  timed AS (
    SELECT m.*, (epoch_us(m.ran_at) - min(epoch_us(m.ran_at)) OVER (PARTITION BY m.group_id)) / 3.6e9 AS hours
    FROM members AS m
  ),
  spread AS (
    SELECT
      t.group_id,
      arg_min(t.source, (t.ran_at, t.source)) AS first_source,
      min(t.ran_at) AS first_at,
      CAST(sum(t.article_count) AS BIGINT) AS article_count,
      count(*) AS source_count,
      quantile_disc(t.hours, 0.5) AS hours_to_half,
      max(t.hours) AS hours_to_last
    FROM timed AS t
    GROUP BY t.group_id
  ),
  active AS (
    SELECT count(DISTINCT v.source) AS active_count
    FROM source_volume($start, $until, $sources, $language, 'articles') AS v
    WHERE v.total_count > 0
  ),
  ranked AS (
    SELECT
      s.*,
      row_number() OVER (ORDER BY s.source_count DESC, s.hours_to_half, s.hours_to_last, s.group_id) AS place
    FROM spread AS s
  ),
  first_ones AS (SELECT r.* FROM ranked AS r WHERE r.place <= CAST($top AS INTEGER)),
  titles AS (
    SELECT a.group_id, arg_min(a.title, (a.published_at, a.article_id)) AS title
    FROM articles AS a
    WHERE a.published_at IS NOT NULL AND a.group_id IN (SELECT f.group_id FROM first_ones AS f)
    GROUP BY a.group_id
  )
SELECT
  f.place,
  f.group_id,
  t.title,
  f.first_source,
  f.first_at,
  f.article_count,
  f.source_count,
  v.active_count,
  f.source_count / v.active_count AS share,
  share_low(f.source_count, v.active_count) AS share_low,
  share_high(f.source_count, v.active_count) AS share_high,
  f.hours_to_half,
  f.hours_to_last
FROM first_ones AS f
CROSS JOIN active AS v
LEFT JOIN titles AS t ON t.group_id = f.group_id
ORDER BY f.place
