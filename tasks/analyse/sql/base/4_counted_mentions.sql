-- counted_mentions: mentions in the articles that counted_articles gives for the same filter.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT m.actor_id, m.published_on, m.article_id, m.source, m.salience, m.tone, m.in_title, m.is_quoted
FROM mentions AS m
WHERE m.published_on IS NOT NULL
  AND ($first_day IS NULL OR m.published_on >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR m.published_on < CAST($day_after AS DATE))
  AND ($outlets IS NULL OR list_contains(CAST($outlets AS VARCHAR[]), m.source))
  AND ($spoken IS NULL OR m.language = CAST($spoken AS VARCHAR))
  AND ($unit = 'articles' OR m.is_canonical)
UNION ALL
SELECT m.actor_id, m.published_on, m.article_id, m.source, m.salience, m.tone, m.in_title, m.is_quoted
FROM mentions AS m
WHERE $unit = 'groups'
  AND $outlets IS NOT NULL
  AND m.published_on IS NOT NULL
  AND ($first_day IS NULL OR m.published_on >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR m.published_on < CAST($day_after AS DATE))
  AND ($outlets IS NULL OR list_contains(CAST($outlets AS VARCHAR[]), m.source))
  AND ($spoken IS NULL OR m.language = CAST($spoken AS VARCHAR))
  AND NOT m.is_canonical
  AND m.article_id IN (SELECT f.article_id FROM first_copies($first_day, $day_after, $outlets, $spoken) AS f)
