-- find_topic: the topic with that code or name, whatever the case.
-- parameters:
--   wanted VARCHAR: code or name
SELECT t.topic_code
FROM (
  SELECT x.topic_code, CASE WHEN lower(x.topic_code) = lower($wanted) THEN 1 WHEN lower(x.name) = lower($wanted) THEN 2 END AS how
  FROM topics AS x
  UNION ALL
  SELECT lower($wanted) AS topic_code, 3 AS how
) AS t
WHERE t.how IS NOT NULL
ORDER BY t.how, t.topic_code
LIMIT 1
