-- one_actor_days: articles or groups per day that name one actor; without outlets and language asked for, out of actor_volumes.
-- parameters:
--   wanted VARCHAR: id, name or alias
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT v.actor_id, v.published_on AS on_day, CASE WHEN $unit = 'groups' THEN v.canonical_count ELSE v.article_count END AS hit_count
FROM actor_volumes AS v
WHERE $outlets IS NULL
  AND $spoken IS NULL
  AND v.actor_id = (SELECT coalesce(min(f.actor_id), $wanted) FROM find_actor($wanted) AS f)
  AND ($first_day IS NULL OR v.published_on >= CAST($first_day AS DATE))
  AND ($day_after IS NULL OR v.published_on < CAST($day_after AS DATE))
  AND CASE WHEN $unit = 'groups' THEN v.canonical_count ELSE v.article_count END > 0
UNION ALL
SELECT h.actor_id, h.published_on AS on_day, count(*) AS hit_count
FROM actor_hits($wanted, $first_day, $day_after, $outlets, $spoken, $unit) AS h
WHERE $outlets IS NOT NULL OR $spoken IS NOT NULL
GROUP BY h.actor_id, h.published_on
