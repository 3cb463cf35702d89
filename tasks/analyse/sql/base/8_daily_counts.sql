-- daily_counts: articles or groups per day and actor or topic.
-- parameters:
--   what VARCHAR: actors or topics
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT m.actor_id AS subject_id, m.published_on AS on_day, count(*) AS hit_count
FROM counted_mentions($first_day, $day_after, $outlets, $spoken, $unit) AS m
WHERE $what = 'actors'
GROUP BY m.actor_id, m.published_on
UNION ALL
SELECT t.given.code AS subject_id, t.published_on AS on_day, count(*) AS hit_count
FROM (
  SELECT unnest(c.topics) AS given, c.published_on
  FROM counted_articles($first_day, $day_after, $outlets, $spoken, $unit) AS c
  WHERE $what = 'topics'
) AS t
GROUP BY t.given.code, t.published_on
