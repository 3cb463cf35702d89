-- source_volume: enriched articles or groups per day and source under a filter.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT x.on_day, x.source, CAST(sum(x.number) AS BIGINT) AS total_count
FROM (
  SELECT v.published_on AS on_day, v.source, CASE WHEN $unit = 'groups' THEN v.canonical_count ELSE v.article_count END AS number
  FROM volumes AS v
  WHERE ($first_day IS NULL OR v.published_on >= CAST($first_day AS DATE))
    AND ($day_after IS NULL OR v.published_on < CAST($day_after AS DATE))
    AND ($outlets IS NULL OR list_contains(CAST($outlets AS VARCHAR[]), v.source))
    AND ($spoken IS NULL OR v.language = CAST($spoken AS VARCHAR))
  UNION ALL
  SELECT f.published_on AS on_day, f.source, 1 AS number
  FROM first_copies($first_day, $day_after, $outlets, $spoken) AS f
  WHERE $unit = 'groups' AND $outlets IS NOT NULL
) AS x
GROUP BY x.on_day, x.source
