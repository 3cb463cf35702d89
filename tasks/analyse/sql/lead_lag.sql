-- lead_lag: which outlet runs a report first when two of them run it, and by how many hours.
-- parameters:
--   actor VARCHAR = NULL: only reports that name this actor (id, name or alias); null: all
--   @period
--   sources VARCHAR[] = NULL: outlets to compare; null: all
--   language VARCHAR = NULL: ISO 639-1 code of the articles; null: all
--   top INTEGER = 50: rows to return
-- columns:
--   place: rank by share_low
--   first_source: the outlet that leads
--   later_source: the outlet that follows
--   first_count: groups that the first ran before the other
--   shared_count: groups that both ran (the denominator)
--   share: first_count / shared_count
--   share_low: lower end of the 95 % interval of share: over .5 the lead is no accident
--   share_high: upper end of that interval
--   median_hours: median lead, over the groups in which the first led
-- method: duplicate groups, by each outlet's first article in them; publication to the same second leads nobody. Wilson interval.
-- example: top=5
WITH
  members AS (SELECT g.* FROM group_members($actor, $start, $until, $sources, $language) AS g),
  pairs AS (
    SELECT
      a.source AS first_source,
      b.source AS later_source,
      count(*) FILTER (WHERE a.ran_at < b.ran_at) AS first_count,
      count(*) AS shared_count,
      median((epoch_us(b.ran_at) - epoch_us(a.ran_at)) / 3.6e9) FILTER (WHERE a.ran_at < b.ran_at) AS median_hours
    FROM members AS a
    INNER JOIN members AS b ON b.group_id = a.group_id AND b.source <> a.source
    GROUP BY a.source, b.source
  ),
  bounded AS (
    SELECT
      p.*,
      p.first_count / p.shared_count AS share,
      share_low(p.first_count, p.shared_count) AS share_low,
      share_high(p.first_count, p.shared_count) AS share_high
    FROM pairs AS p
    WHERE p.first_count > 0
  )
SELECT
  row_number() OVER (ORDER BY b.share_low DESC, b.shared_count DESC, b.first_source, b.later_source) AS place,
  b.first_source,
  b.later_source,
  b.first_count,
  b.shared_count,
  b.share,
  b.share_low,
  b.share_high,
  b.median_hours
FROM bounded AS b
QUALIFY row_number() OVER (ORDER BY b.share_low DESC, b.shared_count DESC, b.first_source, b.later_source) <= CAST($top AS INTEGER)
ORDER BY place
