-- actor_days: articles or groups per day that name an actor, or each actor.
-- parameters:
--   wanted VARCHAR: id, name or alias; null: all actors
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT h.subject_id AS actor_id, h.on_day, h.hit_count
FROM daily_counts('actors', $first_day, $day_after, $outlets, $spoken, $unit) AS h
WHERE $wanted IS NULL
UNION ALL
SELECT d.actor_id, d.on_day, d.hit_count
FROM one_actor_days($wanted, $first_day, $day_after, $outlets, $spoken, $unit) AS d
WHERE $wanted IS NOT NULL
