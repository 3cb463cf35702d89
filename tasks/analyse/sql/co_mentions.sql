-- co_mentions: who is named together with an actor, more often than chance would have it.
-- parameters:
--   actor VARCHAR: actor id, name or alias, whatever the case
--   @filter
--   top INTEGER = 20: rows to return
-- columns:
--   place: rank by lift_low
--   actor_id: the other actor
--   name: its name
--   kind: person, organisation, state or group
--   both_count: articles or groups that name both
--   named_count: articles or groups that name the actor asked for (the denominator of share)
--   other_count: articles or groups that name the other
--   total_count: articles or groups under the same filter
--   share: both_count / named_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   lift: how many times as often together as if they were independent, drawn towards 1 by four pseudo-counts
--   lift_low: lower end of the 95 % interval of lift: the rank
--   p_value: chance of so many together if they were independent
--   q_value: the same after Benjamini–Hochberg over all others
-- method: share with the actor against share without it, as in rising_actors.
-- example: actor='Actor 00012' top=5
WITH
  found AS (
    SELECT f.actor_id FROM find_actor($actor) AS f
    UNION ALL
    SELECT $actor AS actor_id WHERE NOT EXISTS (SELECT 1 FROM find_actor($actor) AS f)
  ),
  pool AS (SELECT m.actor_id, m.article_id FROM counted_mentions($start, $until, $sources, $language, $count) AS m),
  wanted AS (SELECT p.article_id FROM pool AS p WHERE p.actor_id IN (SELECT f.actor_id FROM found AS f)),
  pairs AS (
    SELECT p.actor_id, count(*) AS both_count
    FROM pool AS p
    WHERE p.article_id IN (SELECT w.article_id FROM wanted AS w)
    GROUP BY p.actor_id
  ),
  singles AS (
    SELECT p.actor_id, count(*) AS other_count
    FROM pool AS p
    WHERE p.actor_id IN (SELECT q.actor_id FROM pairs AS q)
    GROUP BY p.actor_id
  ),
  totals AS (
    SELECT
      (SELECT sum(v.total_count) FROM daily_volume($start, $until, $sources, $language, $count) AS v) AS total_count,
      (SELECT count(*) FROM wanted AS w) AS named_count
  ),
  joined AS (
    SELECT
      q.actor_id,
      q.both_count,
      s.other_count,
      t.named_count,
      t.total_count,
      t.named_count / CAST(t.total_count AS DOUBLE) AS part
    FROM pairs AS q
    INNER JOIN singles AS s ON s.actor_id = q.actor_id
    CROSS JOIN totals AS t
    WHERE q.actor_id NOT IN (SELECT f.actor_id FROM found AS f) AND t.named_count < t.total_count
  ),
  tested AS (
    SELECT
      j.*,
      scaled_low(j.both_count + 4 * j.part, j.other_count + 4.0, 1.0) AS low,
      (j.both_count + 4 * j.part) / (j.other_count + 4.0) / j.part AS lift,
      binomial_tail(CAST(j.both_count AS DOUBLE), CAST(j.other_count AS DOUBLE), j.part) AS p_value
    FROM joined AS j
  ),
  ordered AS (
    SELECT t.*, row_number() OVER (ORDER BY t.p_value, t.actor_id) AS step, count(*) OVER () AS tests FROM tested AS t
  ),
  adjusted AS (
    SELECT o.*, least(1.0, min(o.p_value * o.tests / o.step) OVER (ORDER BY o.step DESC ROWS UNBOUNDED PRECEDING)) AS q_value
    FROM ordered AS o
  )
SELECT
  row_number() OVER (ORDER BY j.low / j.part DESC, j.both_count DESC, j.actor_id) AS place,
  j.actor_id,
  a.name,
  a.kind,
  j.both_count,
  j.named_count,
  j.other_count,
  CAST(j.total_count AS BIGINT) AS total_count,
  j.both_count / j.named_count AS share,
  share_low(j.both_count, j.named_count) AS share_low,
  share_high(j.both_count, j.named_count) AS share_high,
  j.lift,
  j.low / j.part AS lift_low,
  j.p_value,
  j.q_value
FROM adjusted AS j
LEFT JOIN actors AS a ON a.actor_id = j.actor_id
QUALIFY row_number() OVER (ORDER BY j.low / j.part DESC, j.both_count DESC, j.actor_id) <= CAST($top AS INTEGER)
ORDER BY place
