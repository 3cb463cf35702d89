-- actor_trend: what share of coverage names an actor, per day, week or month.
-- parameters:
--   actor VARCHAR: actor id, name or alias, whatever the case
--   @filter
--   bucket day|week|month = week: step of time; weeks begin on Monday
-- columns:
--   bucket_on: first day of the bucket
--   actor_id: the actor
--   name: its name
--   named_count: articles or groups that name it
--   @share
--   @bucket
-- method: shares are of enriched articles under the same filter; Wilson interval. Read a fall where is_gap is true as a hole in the crawl.
-- example: actor=Hungary bucket=month
WITH
  found AS (SELECT f.actor_id, f.name FROM find_actor($actor) AS f),
  daily AS (SELECT h.on_day, h.hit_count FROM one_actor_days($actor, $start, $until, $sources, $language, $count) AS h),
  named AS (
    SELECT CAST(date_trunc($bucket, d.on_day) AS DATE) AS bucket_on, CAST(sum(d.hit_count) AS BIGINT) AS named_count
    FROM daily AS d
    GROUP BY CAST(date_trunc($bucket, d.on_day) AS DATE)
  )
SELECT
  b.bucket_on,
  coalesce(f.actor_id, $actor) AS actor_id,
  f.name,
  coalesce(n.named_count, 0) AS named_count,
  b.total_count,
  coalesce(n.named_count, 0) / nullif(b.total_count, 0) AS share,
  share_low(coalesce(n.named_count, 0), b.total_count) AS share_low,
  share_high(coalesce(n.named_count, 0), b.total_count) AS share_high,
  b.day_count,
  b.completeness,
  b.is_gap
FROM buckets($start, $until, $sources, $language, $count, $bucket) AS b
LEFT JOIN named AS n ON n.bucket_on = b.bucket_on
LEFT JOIN found AS f ON TRUE
ORDER BY b.bucket_on
