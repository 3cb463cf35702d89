-- mix_adjusted_trend: an actor's share as it would be had every outlet kept its weight.
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
--   adjusted_share: mean of the outlets' shares, each weighted by its part of the whole period
--   adjusted_low: lower end of its 95 % interval
--   adjusted_high: upper end of that interval
--   source_count: outlets that published in the bucket
--   covered_share: weight of those outlets; under 1 the mean is over fewer outlets than the period has
--   @bucket
-- method: direct standardisation. Where share moves and adjusted_share does not, the mix of outlets changed, not their interest. Variance is the sum of w² p (1 - p) / n with p = (k + ½) / (n + 1).
-- example: actor=Hungary bucket=month
WITH
  found AS (SELECT f.actor_id, f.name FROM find_actor($actor) AS f),
  named AS (
    SELECT CAST(date_trunc($bucket, h.published_on) AS DATE) AS bucket_on, h.source, count(*) AS hit_count
    FROM actor_hits($actor, $start, $until, $sources, $language, $count) AS h
    GROUP BY CAST(date_trunc($bucket, h.published_on) AS DATE), h.source
  ),
  volume AS (
    SELECT CAST(date_trunc($bucket, v.on_day) AS DATE) AS bucket_on, v.source, sum(v.total_count) AS source_total
    FROM source_volume($start, $until, $sources, $language, $count) AS v
    GROUP BY CAST(date_trunc($bucket, v.on_day) AS DATE), v.source
  ),
  weights AS (
    SELECT v.source, sum(v.source_total) / (SELECT sum(t.source_total) FROM volume AS t) AS weight FROM volume AS v GROUP BY v.source
  ),
  parts AS (
    SELECT
      v.bucket_on,
      w.weight,
      v.source_total,
      coalesce(n.hit_count, 0) AS hit_count,
      coalesce(n.hit_count, 0) / v.source_total AS part,
      (coalesce(n.hit_count, 0) + 0.5) / (v.source_total + 1) AS smooth
    FROM volume AS v
    INNER JOIN weights AS w ON w.source = v.source
    LEFT JOIN named AS n ON n.bucket_on = v.bucket_on AND n.source = v.source
    WHERE v.source_total > 0
  ),
  means AS (
    SELECT
      p.bucket_on,
      CAST(sum(p.hit_count) AS BIGINT) AS named_count,
      sum(p.weight * p.part) / sum(p.weight) AS adjusted,
      1.959963984540054 * sqrt(sum(p.weight * p.weight * p.smooth * (1 - p.smooth) / p.source_total)) / sum(p.weight) AS half,
      count(*) AS source_count,
      sum(p.weight) AS covered_share
    FROM parts AS p
    GROUP BY p.bucket_on
  )
SELECT
  b.bucket_on,
  coalesce(f.actor_id, $actor) AS actor_id,
  f.name,
  coalesce(m.named_count, 0) AS named_count,
  b.total_count,
  coalesce(m.named_count, 0) / nullif(b.total_count, 0) AS share,
  share_low(coalesce(m.named_count, 0), b.total_count) AS share_low,
  share_high(coalesce(m.named_count, 0), b.total_count) AS share_high,
  m.adjusted AS adjusted_share,
  greatest(0.0, m.adjusted - m.half) AS adjusted_low,
  least(1.0, m.adjusted + m.half) AS adjusted_high,
  coalesce(m.source_count, 0) AS source_count,
  coalesce(m.covered_share, 0.0) AS covered_share,
  b.day_count,
  b.completeness,
  b.is_gap
FROM buckets($start, $until, $sources, $language, $count, $bucket) AS b
LEFT JOIN means AS m ON m.bucket_on = b.bucket_on
LEFT JOIN found AS f ON TRUE
ORDER BY b.bucket_on
