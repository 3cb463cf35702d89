-- rising: actors or topics whose share rose against the time before, ranked by the lower bound of the ratio.
-- parameters:
--   what VARCHAR: actors or topics
--   first_day DATE: first day of the recent period, or null: a week before its end
--   day_after DATE: day after its last, or null: after the last day there is
--   before INTEGER: days of the time before
--   outlets VARCHAR[]: sources or null
--   spoken VARCHAR: language or null
--   unit VARCHAR: groups or articles
WITH
  volume AS (SELECT v.on_day, v.total_count FROM daily_volume(CAST($first_day AS DATE) - CAST($before AS INTEGER), $day_after, $outlets, $spoken, $unit) AS v),
  ends AS (SELECT coalesce(CAST($day_after AS DATE), max(v.on_day) + 1) AS end_on FROM volume AS v),
  period AS (SELECT e.end_on, coalesce(CAST($first_day AS DATE), e.end_on - 7) AS recent_on FROM ends AS e),
  days AS (
    SELECT v.on_day, v.total_count, v.on_day >= p.recent_on AS is_recent
    FROM volume AS v
    CROSS JOIN period AS p
    WHERE v.on_day >= p.recent_on - CAST($before AS INTEGER)
      AND v.on_day < p.end_on
      AND v.on_day NOT IN (SELECT g.on_day FROM day_coverage(NULL, $day_after, $outlets) AS g WHERE g.is_gap)
  ),
  totals AS (
    SELECT
      CAST(sum(d.total_count) FILTER (WHERE d.is_recent) AS DOUBLE) AS recent_total,
      CAST(sum(d.total_count) FILTER (WHERE NOT d.is_recent) AS DOUBLE) AS base_total,
      count(*) FILTER (WHERE d.is_recent) AS recent_days,
      count(*) FILTER (WHERE NOT d.is_recent) AS base_days
    FROM days AS d
  ),
  sums AS (
    SELECT
      h.subject_id,
      coalesce(sum(h.hit_count) FILTER (WHERE d.is_recent), 0) AS recent_count,
      coalesce(sum(h.hit_count) FILTER (WHERE NOT d.is_recent), 0) AS base_count,
      coalesce(sum(h.hit_count * h.hit_count / CAST(d.total_count AS DOUBLE)) FILTER (WHERE NOT d.is_recent), 0.0) AS spread
    FROM daily_counts($what, CAST($first_day AS DATE) - CAST($before AS INTEGER), $day_after, $outlets, $spoken, $unit) AS h
    INNER JOIN days AS d ON d.on_day = h.on_day
    GROUP BY h.subject_id
  ),
  scattered AS (
    SELECT s.*, CASE WHEN s.base_count > 0 THEN s.spread * t.base_total / s.base_count - s.base_count ELSE 0 END AS chi_square, t.*
    FROM sums AS s
    CROSS JOIN totals AS t
    WHERE t.recent_total > 0 AND t.base_total > 0
  ),
  pooled AS (
    SELECT coalesce(avg(s.chi_square / (s.base_days - 1)), 1.0) AS usual
    FROM scattered AS s
    WHERE s.base_count >= 10 AND s.base_days > 1
  ),
  weighed AS (
    SELECT
      s.*,
      greatest(1.0, (s.chi_square + 20 * p.usual) / (s.base_days - 1 + 20)) AS dispersion,
      s.recent_total / (s.recent_total + s.base_total) AS recent_part,
      s.base_total / s.recent_total AS odds
    FROM scattered AS s
    CROSS JOIN pooled AS p
  ),
  shrunk AS (
    SELECT
      w.*,
      w.recent_count + 4 * w.recent_part AS recent_weight,
      w.base_count + 4 * (1 - w.recent_part) AS base_weight,
      w.recent_count + w.base_count + 4.0 AS weight,
      w.recent_count / w.dispersion - 1 AS x,
      (w.recent_count + w.base_count) / w.dispersion AS n
    FROM weighed AS w
  ),
  bounded AS (
    SELECT
      s.*,
      scaled_low(s.recent_weight, s.weight, s.dispersion) AS low,
      scaled_high(s.recent_weight, s.weight, s.dispersion) AS high,
      (s.x + 0.5) / (s.n * s.recent_part) AS y_low,
      (s.n - s.x - 0.5) / (s.n * (1 - s.recent_part)) AS y_high
    FROM shrunk AS s
  ),
  bent AS (SELECT b.*, peizer(b.y_low) AS g_low, peizer(b.y_high) AS g_high FROM bounded AS b),
  deviates AS (SELECT b.*, binomial_deviate(b.x, b.n, b.recent_part, b.g_low, b.g_high) AS z FROM bent AS b),
  tested AS (SELECT d.*, binomial_tail(d.x, d.n, d.recent_part, d.z) AS p_value FROM deviates AS d),
  ordered AS (
    SELECT b.*, row_number() OVER (ORDER BY b.p_value, b.subject_id) AS place, count(*) OVER () AS tests
    FROM tested AS b
  )
SELECT
  o.subject_id,
  CAST(o.recent_count AS BIGINT) AS recent_count,
  CAST(o.recent_total AS BIGINT) AS recent_total,
  o.recent_count / o.recent_total AS recent_share,
  share_low(o.recent_count, o.recent_total) AS share_low,
  share_high(o.recent_count, o.recent_total) AS share_high,
  CAST(o.base_count AS BIGINT) AS base_count,
  CAST(o.base_total AS BIGINT) AS base_total,
  o.base_count / o.base_total AS base_share,
  o.recent_weight / o.base_weight * o.odds AS ratio,
  o.low / (1 - o.low) * o.odds AS ratio_low,
  o.high / greatest(1e-12, 1 - o.high) * o.odds AS ratio_high,
  o.dispersion,
  o.p_value,
  least(1.0, min(o.p_value * o.tests / o.place) OVER (ORDER BY o.place DESC ROWS UNBOUNDED PRECEDING)) AS q_value,
  o.recent_days,
  o.base_days
FROM ordered AS o
