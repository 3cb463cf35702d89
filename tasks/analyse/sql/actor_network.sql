-- actor_network: who is named together with whom: the edges between the most named actors.
-- parameters:
--   @filter
--   nodes INTEGER = 50: most named actors to draw edges between
--   top INTEGER = 200: rows to return
-- columns:
--   place: rank by lift_low
--   actor_id: one actor: the lower id
--   name: its name
--   other_id: the other actor
--   other_name: its name
--   both_count: articles or groups that name both
--   named_count: articles or groups that name the one
--   other_count: articles or groups that name the other
--   total_count: articles or groups under the same filter (the denominator)
--   share: both_count / total_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   lift: how many times as often together as if they were independent, drawn towards 1 by four pseudo-counts
--   lift_low: lower end of the 95 % interval of lift: the rank
--   p_value: chance of so many together if they were independent
--   q_value: the same after Benjamini–Hochberg over all pairs of these actors
-- method: as in co_mentions, for every pair at once.
-- example: nodes=20 top=5
WITH
  counts AS (
    SELECT c.subject_id AS actor_id, CAST(sum(c.hit_count) AS BIGINT) AS named_count
    FROM daily_counts('actors', $start, $until, $sources, $language, $count) AS c
    GROUP BY c.subject_id
  ),
  ranked AS (SELECT c.*, row_number() OVER (ORDER BY c.named_count DESC, c.actor_id) AS node FROM counts AS c),
  chosen AS (SELECT r.* FROM ranked AS r WHERE r.node <= CAST($nodes AS INTEGER)),
  hits AS (
    SELECT n.node, m.article_id
    FROM counted_mentions($start, $until, $sources, $language, $count) AS m
    INNER JOIN chosen AS n ON n.actor_id = m.actor_id
  ),
  pairs AS (
    SELECT a.node AS one, b.node AS other, count(*) AS both_count
    FROM hits AS a
    INNER JOIN hits AS b ON b.article_id = a.article_id AND b.node > a.node
    GROUP BY a.node, b.node
  ),
  totals AS (SELECT sum(v.total_count) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v),
  family AS (SELECT count(*) * (count(*) - 1) / 2 AS tests FROM chosen AS n),
  joined AS (
    SELECT
      least(a.actor_id, b.actor_id) AS actor_id,
      greatest(a.actor_id, b.actor_id) AS other_id,
      CASE WHEN a.actor_id < b.actor_id THEN a.named_count ELSE b.named_count END AS named_count,
      CASE WHEN a.actor_id < b.actor_id THEN b.named_count ELSE a.named_count END AS other_count,
      p.both_count,
      t.total_count
    FROM pairs AS p
    INNER JOIN chosen AS a ON a.node = p.one
    INNER JOIN chosen AS b ON b.node = p.other
    CROSS JOIN totals AS t
  ),
  parts AS (
    SELECT j.*, j.named_count / CAST(j.total_count AS DOUBLE) AS part
    FROM joined AS j
    WHERE j.named_count < j.total_count
  ),
  weighed AS (
    SELECT p.*, p.both_count + 4 * p.part AS weight, p.other_count + 4.0 AS all_weight, p.both_count - 1.0 AS x,
      CAST(p.other_count AS DOUBLE) AS n
    FROM parts AS p
  ),
  bounded AS (
    SELECT
      w.*,
      w.weight / w.all_weight / w.part AS lift,
      scaled_low(w.weight, w.all_weight, 1.0) / w.part AS lift_low,
      peizer((w.x + 0.5) / (w.n * w.part)) AS g_low,
      peizer((w.n - w.x - 0.5) / (w.n * (1 - w.part))) AS g_high
    FROM weighed AS w
  ),
  deviates AS (SELECT b.*, binomial_deviate(b.x, b.n, b.part, b.g_low, b.g_high) AS z FROM bounded AS b),
  tested AS (SELECT d.*, binomial_tail(d.x, d.n, d.part, d.z) AS p_value FROM deviates AS d),
  ordered AS (SELECT t.*, row_number() OVER (ORDER BY t.p_value, t.actor_id, t.other_id) AS step FROM tested AS t),
  adjusted AS (
    SELECT
      o.*,
      least(1.0, min(o.p_value * f.tests / o.step) OVER (ORDER BY o.step DESC ROWS UNBOUNDED PRECEDING)) AS q_value
    FROM ordered AS o
    CROSS JOIN family AS f
  )
SELECT
  row_number() OVER (ORDER BY j.lift_low DESC, j.both_count DESC, j.actor_id, j.other_id) AS place,
  j.actor_id,
  a.name,
  j.other_id,
  b.name AS other_name,
  j.both_count,
  j.named_count,
  j.other_count,
  CAST(j.total_count AS BIGINT) AS total_count,
  j.both_count / j.total_count AS share,
  share_low(j.both_count, j.total_count) AS share_low,
  share_high(j.both_count, j.total_count) AS share_high,
  j.lift,
  j.lift_low,
  j.p_value,
  j.q_value
FROM adjusted AS j
LEFT JOIN actors AS a ON a.actor_id = j.actor_id
LEFT JOIN actors AS b ON b.actor_id = j.other_id
QUALIFY row_number() OVER (ORDER BY j.lift_low DESC, j.both_count DESC, j.actor_id, j.other_id) <= CAST($top AS INTEGER)
ORDER BY place
