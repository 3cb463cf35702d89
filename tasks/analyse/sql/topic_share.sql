-- topic_share: what share of coverage is about a topic, or about each topic, per day, week or month.
-- parameters:
--   topic VARCHAR = NULL: topic code or name, whatever the case; null: every topic that occurs
--   @filter
--   bucket day|week|month = week: step of time; weeks begin on Monday
-- columns:
--   bucket_on: first day of the bucket
--   topic_code: IPTC Media Topic
--   name: its name
--   topic_count: articles or groups that were given the topic
--   @share
--   @bucket
-- method: an article counts for each of its topics, so the shares of a bucket may add up to more than 1; Wilson interval.
-- example: topic=medtop:17000000 bucket=month
WITH
  wanted AS (SELECT f.topic_code FROM find_topic($topic) AS f WHERE $topic IS NOT NULL),
  daily AS (
    SELECT h.subject_id, h.on_day, h.hit_count
    FROM daily_counts('topics', $start, $until, $sources, $language, $count) AS h
    WHERE $topic IS NULL OR h.subject_id IN (SELECT w.topic_code FROM wanted AS w)
  ),
  given AS (
    SELECT d.subject_id, CAST(date_trunc($bucket, d.on_day) AS DATE) AS bucket_on, CAST(sum(d.hit_count) AS BIGINT) AS topic_count
    FROM daily AS d
    GROUP BY d.subject_id, CAST(date_trunc($bucket, d.on_day) AS DATE)
  ),
  codes AS (SELECT g.subject_id FROM given AS g UNION SELECT w.topic_code AS subject_id FROM wanted AS w)
SELECT
  b.bucket_on,
  k.subject_id AS topic_code,
  t.name,
  coalesce(g.topic_count, 0) AS topic_count,
  b.total_count,
  coalesce(g.topic_count, 0) / nullif(b.total_count, 0) AS share,
  share_low(coalesce(g.topic_count, 0), b.total_count) AS share_low,
  share_high(coalesce(g.topic_count, 0), b.total_count) AS share_high,
  b.day_count,
  b.completeness,
  b.is_gap
FROM buckets($start, $until, $sources, $language, $count, $bucket) AS b
CROSS JOIN codes AS k
LEFT JOIN given AS g ON g.bucket_on = b.bucket_on AND g.subject_id = k.subject_id
LEFT JOIN topics AS t ON t.topic_code = k.subject_id
ORDER BY b.bucket_on, topic_count DESC, k.subject_id
