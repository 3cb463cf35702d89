-- source_volume: enriched articles or groups per day and source under a filter.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT v.published_on AS on_day, v.source, CAST(sum(CASE WHEN $unit = 'groups' THEN v.canonical_count ELSE v.article_count END) AS BIGINT) AS total_count
FROM volumes AS v
WHERE ($unit = 'articles' OR $outlets IS NULL)
  AND ($first_day IS NULL OR v.published_on >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR v.published_on < CAST($day_after AS DATE))
  AND ($outlets IS NULL OR list_contains(CAST($outlets AS VARCHAR[]), v.source))
  AND ($spoken IS NULL OR v.language = CAST($spoken AS VARCHAR))
GROUP BY v.published_on, v.source
UNION ALL
SELECT c.published_on AS on_day, c.source, count(*) AS total_count
FROM counted_articles($first_day, $day_after, $outlets, $spoken, $unit) AS c
WHERE $unit = 'groups' AND $outlets IS NOT NULL
GROUP BY c.published_on, c.source
