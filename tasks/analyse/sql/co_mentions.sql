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
-- example: actor=Hungary top=5
WITH
  found AS (SELECT f.actor_id FROM find_actor($actor) AS f),
  wanted AS (SELECT m.article_id FROM actor_hits($actor, $start, $until, $sources, $language, $count) AS m),
  pairs AS (
    SELECT m.actor_id, count(*) AS both_count
    FROM mentions AS m
    WHERE ($start IS NULL OR m.published_on >= CAST($start AS DATE))
      AND ($until IS NULL OR m.published_on < CAST($until AS DATE))
      AND m.article_id IN (SELECT w.article_id FROM wanted AS w)
    GROUP BY m.actor_id
  ),
  singles AS (
    SELECT c.subject_id AS actor_id, CAST(sum(c.hit_count) AS BIGINT) AS other_count
    FROM daily_counts('actors', $start, $until, $sources, $language, $count) AS c
    GROUP BY c.subject_id
  ),
  totals AS (
    SELECT
      (SELECT sum(v.total_count) FROM daily_volume($start, $until, $sources, $language, $count) AS v) AS total_count,
      (SELECT count(*) FROM wanted AS w) AS named_count
  ),
  joined AS (
    SELECT o.*, s.other_count, t.*, t.named_count / CAST(t.total_count AS DOUBLE) AS part
    FROM pairs AS o
    INNER JOIN singles AS s ON s.actor_id = o.actor_id
    CROSS JOIN totals AS t
    WHERE o.actor_id <> $actor
      AND o.actor_id NOT IN (SELECT f.actor_id FROM found AS f)
      AND t.named_count < t.total_count
  ),
  weighed AS (
    SELECT j.*, j.both_count + 4 * j.part AS weight, j.other_count + 4.0 AS all_weight, j.both_count - 1.0 AS x, CAST(j.other_count AS DOUBLE) AS n
    FROM joined AS j
  ),
  bounded AS (
    SELECT
      w.*,
      scaled_low(w.weight, w.all_weight, 1.0) AS low,
      w.weight / w.all_weight / w.part AS lift,
      peizer((w.x + 0.5) / (w.n * w.part)) AS g_low,
      peizer((w.n - w.x - 0.5) / (w.n * (1 - w.part))) AS g_high
    FROM weighed AS w
  ),
  deviates AS (SELECT b.*, binomial_deviate(b.x, b.n, b.part, b.g_low, b.g_high) AS z FROM bounded AS b),
  tested AS (SELECT d.*, binomial_tail(d.x, d.n, d.part, d.z) AS p_value FROM deviates AS d),
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
