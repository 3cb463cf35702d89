-- actor_hits: the counted mentions of one actor.
-- parameters:
--   wanted VARCHAR: id, name or alias
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT m.*
FROM counted_mentions($first_day, $day_after, $outlets, $spoken, $unit) AS m
WHERE m.actor_id = (SELECT coalesce(min(f.actor_id), $wanted) FROM find_actor($wanted) AS f)
