-- counted_articles: enriched articles that a filter lets through, one row per article or per duplicate group.
--
-- A group is counted by its canonical member; where only some outlets are asked for and none of them ran that one, by the
-- first member that they ran within the period, so that an outlet's agency copy counts for that outlet.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT a.article_id, a.group_id, a.published_on, a.published_at, a.source, a.language, a.topics, a.tone, a.number, a.word_count
FROM articles AS a
WHERE a.enrich_version IS NOT NULL
  AND a.published_on IS NOT NULL
  AND ($first_day IS NULL OR a.published_on >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR a.published_on < CAST($day_after AS DATE))
  AND ($outlets IS NULL OR list_contains(CAST($outlets AS VARCHAR[]), a.source))
  AND ($spoken IS NULL OR a.language = CAST($spoken AS VARCHAR))
  AND ($unit = 'articles' OR a.is_canonical)
UNION ALL
SELECT a.article_id, a.group_id, a.published_on, a.published_at, a.source, a.language, a.topics, a.tone, a.number, a.word_count
FROM articles AS a
WHERE $unit = 'groups'
  AND $outlets IS NOT NULL
  AND a.enrich_version IS NOT NULL
  AND a.published_on IS NOT NULL
  AND ($first_day IS NULL OR a.published_on >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR a.published_on < CAST($day_after AS DATE))
  AND ($outlets IS NULL OR list_contains(CAST($outlets AS VARCHAR[]), a.source))
  AND ($spoken IS NULL OR a.language = CAST($spoken AS VARCHAR))
  AND NOT a.is_canonical
  AND a.article_id IN (SELECT f.article_id FROM first_copies($first_day, $day_after, $outlets, $spoken) AS f)
