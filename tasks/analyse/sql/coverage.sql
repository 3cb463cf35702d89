-- coverage: what was got of what was to be expected, per source and day, week or month.
-- parameters:
--   @period
--   sources VARCHAR[] = NULL: outlets to count; null: all
--   bucket day|week|month = day: step of time; weeks begin on Monday
-- columns:
--   bucket_on: first day of the bucket
--   source: outlet
--   listed_count: URLs that feeds or archives listed
--   fetched_count: captures
--   extracted_count: captures an article was made of
--   kept_count: articles in the marts
--   enriched_count: articles with language, actors and topics (the denominator of every share)
--   expected_count: usual number of kept articles; null while too little is known
--   completeness: kept of the days with an expectation / expected
--   day_count: days of the bucket
--   gap_days: days on which far less than usual came in
--   worst_status: the worst of its days: gap, low, high, ok or unknown
--   is_gap: one of its days is a gap
-- method: expected is the median of the same weekday in the eight weeks before and after; a gap is under half of it and less likely than 1 in 100,000 by chance.
-- example: bucket=month
SELECT
  CAST(date_trunc($bucket, g.day) AS DATE) AS bucket_on,
  g.source,
  CAST(sum(g.listed) AS BIGINT) AS listed_count,
  CAST(sum(g.fetched) AS BIGINT) AS fetched_count,
  CAST(sum(g.extracted) AS BIGINT) AS extracted_count,
  CAST(sum(g.kept) AS BIGINT) AS kept_count,
  CAST(sum(g.enriched) AS BIGINT) AS enriched_count,
  sum(g.expected) AS expected_count,
  sum(g.kept) FILTER (WHERE g.expected IS NOT NULL) / nullif(sum(g.expected), 0) AS completeness,
  count(*) AS day_count,
  count(*) FILTER (WHERE g.is_gap) AS gap_days,
  CASE min(CASE g.status WHEN 'gap' THEN 1 WHEN 'low' THEN 2 WHEN 'high' THEN 3 WHEN 'ok' THEN 4 ELSE 5 END)
    WHEN 1 THEN 'gap' WHEN 2 THEN 'low' WHEN 3 THEN 'high' WHEN 4 THEN 'ok' ELSE 'unknown' END AS worst_status,
  bool_or(g.is_gap) AS is_gap
FROM coverage AS g
WHERE ($start IS NULL OR g.day >= CAST($start AS DATE))
  AND ($until IS NULL OR g.day < CAST($until AS DATE))
  AND ($sources IS NULL OR list_contains(CAST($sources AS VARCHAR[]), g.source))
GROUP BY CAST(date_trunc($bucket, g.day) AS DATE), g.source
ORDER BY bucket_on, g.source
