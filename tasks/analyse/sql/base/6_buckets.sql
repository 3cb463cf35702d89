-- buckets: every day, week or month of a period with its denominator, how complete it is and whether a gap lies in it.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
--   step VARCHAR: day, week or month
WITH
  volume AS (SELECT v.on_day, v.total_count FROM daily_volume($first_day, $day_after, $outlets, $spoken, $unit) AS v),
  care AS (SELECT g.* FROM day_coverage($first_day, $day_after, $outlets) AS g),
  span AS (
    SELECT min(b.on_day) AS first_on, max(b.on_day) AS last_on
    FROM (SELECT v.on_day FROM volume AS v UNION ALL SELECT g.on_day FROM care AS g) AS b
  ),
  calendar AS (SELECT CAST(unnest(generate_series(s.first_on, s.last_on, INTERVAL 1 DAY)) AS DATE) AS on_day FROM span AS s)
SELECT
  CAST(date_trunc($step, d.on_day) AS DATE) AS bucket_on,
  count(*) AS day_count,
  CAST(coalesce(sum(v.total_count), 0) AS BIGINT) AS total_count,
  sum(g.kept_count) / sum(g.expected_count) AS completeness,
  coalesce(bool_or(g.is_gap), FALSE) AS is_gap
FROM calendar AS d
LEFT JOIN volume AS v ON v.on_day = d.on_day
LEFT JOIN care AS g ON g.on_day = d.on_day
GROUP BY CAST(date_trunc($step, d.on_day) AS DATE)
