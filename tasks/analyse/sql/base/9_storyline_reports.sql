-- storyline_reports: counted articles that belong to a storyline; a copy belongs where the canonical article of its group does.
-- parameters:
--   wanted VARCHAR: actor that the report must name (id, name or alias); null: any
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
WITH
  homes AS (
    SELECT s.article_id, s.storyline_id, s.similarity FROM storylines AS s
    UNION ALL
    SELECT DISTINCT s.storyline_id AS article_id, s.storyline_id, CAST(0 AS FLOAT) AS similarity FROM storylines AS s
  ),
  grouped AS (
    SELECT a.group_id, any_value(h.storyline_id) AS storyline_id, any_value(h.similarity) AS similarity
    FROM homes AS h
    INNER JOIN articles AS a ON a.article_id = h.article_id
    WHERE a.is_canonical
    GROUP BY a.group_id
  )
SELECT g.storyline_id, g.similarity, c.article_id, c.group_id, c.source, c.published_on, c.published_at
FROM counted_articles($first_day, $day_after, $outlets, $spoken, $unit) AS c
INNER JOIN grouped AS g ON g.group_id = c.group_id
WHERE $wanted IS NULL OR c.article_id IN (
  SELECT h.article_id FROM actor_hits($wanted, $first_day, $day_after, $outlets, $spoken, $unit) AS h
)
