-- quote_share: who gets to speak: articles that quote an actor against articles that name it.
-- parameters:
--   actor VARCHAR = NULL: actor id, name or alias; null: every actor
--   @filter
--   top INTEGER = 20: rows to return
-- columns:
--   place: rank by quoted_count
--   actor_id: the actor
--   name: its name
--   kind: person, organisation, state or group
--   quoted_count: articles or groups that quote it
--   named_count: articles or groups that name it (the denominator of share)
--   share: quoted_count / named_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   voice_share: its part of all quoted actors under the same filter
--   total_count: articles or groups under the same filter
-- method: an actor counts as quoted where it speaks at least once; Wilson interval.
-- example: top=5
WITH
  counts AS (
    SELECT m.actor_id, count(*) AS named_count, count(*) FILTER (WHERE m.is_quoted) AS quoted_count
    FROM counted_mentions($start, $until, $sources, $language, $count) AS m
    GROUP BY m.actor_id
  ),
  voiced AS (SELECT c.*, sum(c.quoted_count) OVER () AS voices FROM counts AS c),
  wanted AS (
    SELECT v.*
    FROM voiced AS v
    WHERE $actor IS NULL OR v.actor_id = $actor OR v.actor_id IN (SELECT f.actor_id FROM find_actor($actor) AS f)
  ),
  totals AS (SELECT sum(v.total_count) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v)
SELECT
  row_number() OVER (ORDER BY w.quoted_count DESC, w.named_count DESC, w.actor_id) AS place,
  w.actor_id,
  a.name,
  a.kind,
  w.quoted_count,
  w.named_count,
  w.quoted_count / w.named_count AS share,
  share_low(w.quoted_count, w.named_count) AS share_low,
  share_high(w.quoted_count, w.named_count) AS share_high,
  w.quoted_count / nullif(w.voices, 0) AS voice_share,
  CAST(t.total_count AS BIGINT) AS total_count
FROM wanted AS w
CROSS JOIN totals AS t
LEFT JOIN actors AS a ON a.actor_id = w.actor_id
QUALIFY row_number() OVER (ORDER BY w.quoted_count DESC, w.named_count DESC, w.actor_id) <= CAST($top AS INTEGER)
ORDER BY place
