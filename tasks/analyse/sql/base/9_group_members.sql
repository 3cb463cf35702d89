-- group_members: the first article of each outlet in each duplicate group that two or more of the outlets ran.
-- parameters:
--   wanted VARCHAR: actor that the group must name (id, name or alias); null: any
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
WITH
  first_ones AS (
    SELECT c.group_id, c.source, min(c.published_at) AS ran_at, count(*) AS article_count
    FROM counted_articles($first_day, $day_after, $outlets, $spoken, 'articles') AS c
    WHERE c.published_at IS NOT NULL
      AND ($wanted IS NULL OR c.article_id IN (
        SELECT h.article_id FROM actor_hits($wanted, $first_day, $day_after, $outlets, $spoken, 'articles') AS h
      ))
    GROUP BY c.group_id, c.source
  )
SELECT f.group_id, f.source, f.ran_at, f.article_count
FROM first_ones AS f
QUALIFY count(*) OVER (PARTITION BY f.group_id) > 1
