-- daily_counts: articles or groups per day and actor or topic.
-- parameters:
--   what VARCHAR: actors or topics
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT v.actor_id AS subject_id, v.published_on AS on_day, CASE WHEN $unit = 'groups' THEN v.canonical_count ELSE v.article_count END AS hit_count
FROM actor_volumes AS v
WHERE $what = 'actors'
  AND $outlets IS NULL
  AND $spoken IS NULL
  AND ($first_day IS NULL OR v.published_on >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR v.published_on < CAST($day_after AS DATE))
  AND CASE WHEN $unit = 'groups' THEN v.canonical_count ELSE v.article_count END > 0
UNION ALL
SELECT m.actor_id AS subject_id, m.published_on AS on_day, count(*) AS hit_count
FROM counted_mentions($first_day, $day_after, $outlets, $spoken, $unit) AS m
WHERE $what = 'actors' AND ($outlets IS NOT NULL OR $spoken IS NOT NULL)
GROUP BY m.actor_id, m.published_on
UNION ALL
SELECT t.given.code AS subject_id, t.published_on AS on_day, count(*) AS hit_count
FROM (
  SELECT unnest(c.topics) AS given, c.published_on
  FROM counted_articles($first_day, $day_after, $outlets, $spoken, $unit) AS c
  WHERE $what = 'topics'
) AS t
GROUP BY t.given.code, t.published_on
