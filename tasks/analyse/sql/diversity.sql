-- diversity: how many voices and subjects coverage is spread over, per day, week or month.
-- parameters:
--   @filter
--   bucket day|week|month = week: step of time; weeks begin on Monday
-- columns:
--   bucket_on: first day of the bucket
--   total_count: articles or groups under the same filter, enriched only (the denominator)
--   actor_count: actors named
--   effective_actors: exp of the Shannon entropy of mentions: as many equally named actors would be as diverse
--   top_actor_share: part of all mentions that goes to the ten most named actors
--   source_count: outlets that published
--   effective_sources: the same for outlets
--   effective_topics: the same for topics
--   @bucket
-- method: Hill number of order 1 (Shannon, 1948; Hill, 1973). It grows with the number of articles: compare buckets of like size.
-- example: bucket=month
WITH
  hits AS (
    SELECT h.subject_id, CAST(date_trunc($bucket, h.on_day) AS DATE) AS bucket_on, CAST(sum(h.hit_count) AS DOUBLE) AS n
    FROM daily_counts('actors', $start, $until, $sources, $language, $count) AS h
    GROUP BY h.subject_id, CAST(date_trunc($bucket, h.on_day) AS DATE)
  ),
  ranked AS (
    SELECT h.*, sum(h.n) OVER (PARTITION BY h.bucket_on) AS total,
      row_number() OVER (PARTITION BY h.bucket_on ORDER BY h.n DESC, h.subject_id) AS place
    FROM hits AS h
  ),
  actors_of AS (
    SELECT r.bucket_on, count(*) AS actor_count, exp(-sum(r.n / r.total * ln(r.n / r.total))) AS effective_actors,
      sum(r.n) FILTER (WHERE r.place <= 10) / max(r.total) AS top_actor_share
    FROM ranked AS r
    GROUP BY r.bucket_on
  ),
  topics_in AS (
    SELECT h.subject_id, CAST(date_trunc($bucket, h.on_day) AS DATE) AS bucket_on, CAST(sum(h.hit_count) AS DOUBLE) AS n
    FROM daily_counts('topics', $start, $until, $sources, $language, $count) AS h
    GROUP BY h.subject_id, CAST(date_trunc($bucket, h.on_day) AS DATE)
  ),
  topics_of AS (
    SELECT t.bucket_on, exp(-sum(t.n / t.total * ln(t.n / t.total))) AS effective_topics
    FROM (SELECT i.*, sum(i.n) OVER (PARTITION BY i.bucket_on) AS total FROM topics_in AS i) AS t
    GROUP BY t.bucket_on
  ),
  sources_in AS (
    SELECT v.source, CAST(date_trunc($bucket, v.on_day) AS DATE) AS bucket_on, CAST(sum(v.total_count) AS DOUBLE) AS n
    FROM source_volume($start, $until, $sources, $language, $count) AS v
    WHERE v.total_count > 0
    GROUP BY v.source, CAST(date_trunc($bucket, v.on_day) AS DATE)
  ),
  sources_of AS (
    SELECT s.bucket_on, count(*) AS source_count, exp(-sum(s.n / s.total * ln(s.n / s.total))) AS effective_sources
    FROM (SELECT i.*, sum(i.n) OVER (PARTITION BY i.bucket_on) AS total FROM sources_in AS i) AS s
    GROUP BY s.bucket_on
  )
SELECT
  b.bucket_on,
  b.total_count,
  coalesce(a.actor_count, 0) AS actor_count,
  a.effective_actors,
  a.top_actor_share,
  coalesce(s.source_count, 0) AS source_count,
  s.effective_sources,
  t.effective_topics,
  b.day_count,
  b.completeness,
  b.is_gap
FROM buckets($start, $until, $sources, $language, $count, $bucket) AS b
LEFT JOIN actors_of AS a ON a.bucket_on = b.bucket_on
LEFT JOIN sources_of AS s ON s.bucket_on = b.bucket_on
LEFT JOIN topics_of AS t ON t.bucket_on = b.bucket_on
ORDER BY b.bucket_on
