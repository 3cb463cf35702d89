-- bursts: days on which an actor was named far more often than around them.
-- parameters:
--   actor VARCHAR = NULL: actor id, name or alias; null: every actor
--   @filter
--   top INTEGER = 50: rows to return
-- columns:
--   place: rank by p_value
--   actor_id: the actor
--   name: its name
--   on_day: the day
--   named_count: articles or groups of that day that name it
--   total_count: articles or groups of that day under the same filter (the denominator)
--   share: named_count / total_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   expected_count: what the four weeks before and after lead one to expect
--   ratio: named_count / expected_count
--   dispersion: φ of the negative binomial count expected, variance μ + φμ²
--   p_value: chance of so high a count
--   q_value: the same after Benjamini–Hochberg over all actors and days looked at
--   is_gap: the crawl lost a fifth or more of what was expected that day
-- method: expected is the share in the 28 days before and after, without the three on either side of the day, times the day's denominator, so that weekdays and gaps are allowed for. The count is negative binomial: φ from the actor's own days by residuals cut off at 3.5 times their median, drawn towards the median actor, plus the uncertainty of the share. Days with q under .05 are returned.
-- example: top=5
WITH
  volume AS (
    SELECT
      v.on_day,
      v.total_count,
      sum(v.total_count) OVER (ORDER BY v.on_day RANGE BETWEEN INTERVAL 28 DAY PRECEDING AND INTERVAL 28 DAY FOLLOWING)
        - sum(v.total_count) OVER (ORDER BY v.on_day RANGE BETWEEN INTERVAL 3 DAY PRECEDING AND INTERVAL 3 DAY FOLLOWING)
        AS around_total
    FROM daily_volume($start, $until, $sources, $language, $count) AS v
  ),
  cells AS (
    SELECT
      h.actor_id,
      h.on_day,
      h.hit_count,
      1 + sum(h.hit_count) OVER (
        PARTITION BY h.actor_id ORDER BY h.on_day RANGE BETWEEN INTERVAL 28 DAY PRECEDING AND INTERVAL 28 DAY FOLLOWING
      ) - sum(h.hit_count) OVER (
        PARTITION BY h.actor_id ORDER BY h.on_day RANGE BETWEEN INTERVAL 3 DAY PRECEDING AND INTERVAL 3 DAY FOLLOWING
      ) AS around_count
    FROM actor_days($actor, $start, $until, $sources, $language, $count) AS h
  ),
  expected AS (
    SELECT c.*, v.total_count, v.total_count * c.around_count / CAST(v.around_total AS DOUBLE) AS mean
    FROM cells AS c
    INNER JOIN volume AS v ON v.on_day = c.on_day
    WHERE v.around_total > 0
  ),
  scaled AS (
    SELECT e.actor_id, e.mean, abs(e.hit_count - e.mean) / sqrt(e.mean) AS residual
    FROM expected AS e
  ),
  middles AS (
    SELECT s.actor_id, avg(s.mean) AS usual_mean, count(*) AS days, 1.4826 * median(s.residual) AS scale
    FROM scaled AS s
    GROUP BY s.actor_id
    HAVING avg(s.mean) >= 3 AND count(*) >= 14
  ),
  own AS (
    SELECT
      m.actor_id,
      m.days,
      greatest(0.0, avg(least(s.residual * s.residual, 12.25 * greatest(1.0, m.scale * m.scale))) - 1) / m.usual_mean AS phi
    FROM scaled AS s
    INNER JOIN middles AS m ON m.actor_id = s.actor_id
    GROUP BY m.actor_id, m.days, m.usual_mean
  ),
  usual AS (SELECT coalesce(median(o.phi), 0.0) AS phi FROM own AS o),
  family AS (
    SELECT (SELECT count(DISTINCT c.actor_id) FROM cells AS c) * (SELECT count(*) FROM volume AS v) AS tests
  ),
  spread AS (
    SELECT
      e.*,
      (coalesce(o.phi, u.phi) * coalesce(o.days, 0) + u.phi * 20) / (coalesce(o.days, 0) + 20) + 1.0 / e.around_count AS dispersion
    FROM expected AS e
    LEFT JOIN own AS o ON o.actor_id = e.actor_id
    CROSS JOIN usual AS u
    WHERE e.hit_count > e.mean
  ),
  sized AS (
    SELECT s.*, 1 / s.dispersion - 1 AS x, s.hit_count + 1 / s.dispersion - 1 AS n, 1 / (1 + s.dispersion * s.mean) AS p
    FROM spread AS s
  ),
  bent AS (
    SELECT s.*, peizer((s.x + 0.5) / (s.n * s.p)) AS g_low, peizer((s.n - s.x - 0.5) / (s.n * (1 - s.p))) AS g_high
    FROM sized AS s
  ),
  deviates AS (SELECT b.*, binomial_deviate(b.x, b.n, b.p, b.g_low, b.g_high) AS z FROM bent AS b),
  tested AS (SELECT d.*, normal_tail(-d.z) AS p_value FROM deviates AS d),
  ordered AS (SELECT t.*, row_number() OVER (ORDER BY t.p_value, t.actor_id, t.on_day) AS place FROM tested AS t),
  adjusted AS (
    SELECT
      o.*,
      least(1.0, min(o.p_value * f.tests / o.place) OVER (ORDER BY o.place DESC ROWS UNBOUNDED PRECEDING)) AS q_value
    FROM ordered AS o
    CROSS JOIN family AS f
  )
SELECT
  j.place,
  j.actor_id,
  a.name,
  j.on_day,
  j.hit_count AS named_count,
  j.total_count,
  j.hit_count / j.total_count AS share,
  share_low(j.hit_count, j.total_count) AS share_low,
  share_high(j.hit_count, j.total_count) AS share_high,
  j.mean AS expected_count,
  j.hit_count / j.mean AS ratio,
  j.dispersion,
  j.p_value,
  j.q_value,
  coalesce(g.is_gap, FALSE) AS is_gap
FROM adjusted AS j
LEFT JOIN actors AS a ON a.actor_id = j.actor_id
LEFT JOIN day_coverage($start, $until, $sources) AS g ON g.on_day = j.on_day
WHERE j.q_value < 0.05 AND j.place <= CAST($top AS INTEGER)
ORDER BY j.place
