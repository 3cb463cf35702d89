-- tone_trend: how kindly articles speak where they name an actor, per day, week or month.
-- parameters:
--   actor VARCHAR: actor id, name or alias, whatever the case
--   @filter
--   bucket day|week|month = week: step of time; weeks begin on Monday
-- columns:
--   bucket_on: first day of the bucket
--   actor_id: the actor
--   name: its name
--   toned_count: articles or groups that name it and whose language has a word list
--   tone: mean tone of the sentences that name it, -1 to 1; null without any
--   tone_low: lower end of the 95 % interval of the mean; null with fewer than two
--   tone_high: upper end of that interval
--   usual_tone: mean tone of all articles of the bucket under the same filter
--   named_count: articles or groups that name it
--   @share
--   @bucket
-- method: mean and normal interval over articles or groups. Tone is counted by word lists: compare it over time or with usual_tone, not between languages.
-- example: actor=Hungary bucket=month
WITH
  found AS (SELECT f.actor_id, f.name FROM find_actor($actor) AS f),
  named AS (
    SELECT
      CAST(date_trunc($bucket, h.published_on) AS DATE) AS bucket_on,
      count(*) AS named_count,
      count(h.tone) AS toned_count,
      avg(h.tone) AS tone,
      1.959963984540054 * stddev_samp(h.tone) / sqrt(count(h.tone)) AS half
    FROM actor_hits($actor, $start, $until, $sources, $language, $count) AS h
    GROUP BY CAST(date_trunc($bucket, h.published_on) AS DATE)
  ),
  usual AS (
    SELECT CAST(date_trunc($bucket, d.on_day) AS DATE) AS bucket_on, sum(d.tones) / sum(d.number) AS usual_tone
    FROM (
      SELECT c.published_on AS on_day, sum(c.tone) AS tones, count(c.tone) AS number
      FROM counted_articles($start, $until, $sources, $language, $count) AS c
      WHERE c.tone IS NOT NULL
      GROUP BY c.published_on
    ) AS d
    GROUP BY CAST(date_trunc($bucket, d.on_day) AS DATE)
  )
SELECT
  b.bucket_on,
  coalesce((SELECT f.actor_id FROM found AS f), $actor) AS actor_id,
  (SELECT f.name FROM found AS f) AS name,
  coalesce(n.toned_count, 0) AS toned_count,
  n.tone,
  n.tone - n.half AS tone_low,
  n.tone + n.half AS tone_high,
  u.usual_tone,
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
LEFT JOIN usual AS u ON u.bucket_on = b.bucket_on
ORDER BY b.bucket_on
