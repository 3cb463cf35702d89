-- first_copies: of groups whose canonical member a filter leaves out, the first member that it lets through.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources
--   spoken VARCHAR: language or null
WITH
  passed AS (
    SELECT a.article_id, a.group_id, a.source, a.published_on, a.published_at, a.is_canonical
    FROM articles AS a
    WHERE a.enrich_version IS NOT NULL
      AND a.published_on IS NOT NULL
      AND ($first_day IS NULL OR a.published_on >= CAST($first_day AS DATE))
      AND ($day_after IS NULL OR a.published_on < CAST($day_after AS DATE))
      AND list_contains(CAST($outlets AS VARCHAR[]), a.source)
      AND ($spoken IS NULL OR a.language = CAST($spoken AS VARCHAR))
  )
SELECT p.article_id, p.source, p.published_on
FROM passed AS p
WHERE NOT p.is_canonical AND p.group_id NOT IN (SELECT c.group_id FROM passed AS c WHERE c.is_canonical)
QUALIFY row_number() OVER (PARTITION BY p.group_id ORDER BY p.published_on, p.published_at NULLS LAST, p.article_id) = 1
