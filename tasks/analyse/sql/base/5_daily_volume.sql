-- daily_volume: the denominator: enriched articles or groups per day under a filter.
-- parameters:
--   first_day DATE: first day or null
--   day_after DATE: day after the last or null
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
SELECT v.on_day, CAST(sum(v.total_count) AS BIGINT) AS total_count
FROM source_volume($first_day, $day_after, $outlets, $spoken, $unit) AS v
GROUP BY v.on_day
