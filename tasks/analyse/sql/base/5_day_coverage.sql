-- day_coverage: what was kept and expected per day under a filter, and whether the day is a gap.
--
-- A day is a gap when the outlets that had a gap lost a fifth or more of all that was expected of the outlets asked for.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
SELECT
  g.day AS on_day,
  sum(g.kept) FILTER (WHERE g.expected IS NOT NULL) AS kept_count,
  sum(g.expected) AS expected_count,
  coalesce(sum(g.expected - g.kept) FILTER (WHERE g.is_gap) >= 0.2 * sum(g.expected), FALSE) AS is_gap
FROM coverage AS g
WHERE ($first_day IS NULL OR g.day >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR g.day < CAST($day_after AS DATE))
  AND ($outlets IS NULL OR list_contains(CAST($outlets AS VARCHAR[]), g.source))
GROUP BY g.day
