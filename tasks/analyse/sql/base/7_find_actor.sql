-- find_actor: the actor with that id, name or alias, whatever the case; the lowest id when several share a name.
-- parameters:
--   wanted VARCHAR: id, name or alias
SELECT a.actor_id, a.name
FROM (
  SELECT
    x.actor_id,
    x.name,
    CASE
      WHEN lower(x.actor_id) = lower($wanted) THEN 1
      WHEN lower(x.name) = lower($wanted) THEN 2
      WHEN list_contains(string_split(lower(array_to_string(x.aliases, chr(10))), chr(10)), lower($wanted)) THEN 3
    END AS how
  FROM actors AS x
) AS a
WHERE a.how IS NOT NULL
ORDER BY a.how, a.actor_id
LIMIT 1
