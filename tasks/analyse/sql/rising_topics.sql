-- rising_topics: topics whose share of coverage rose most surely against the weeks before.
-- parameters:
--   @filter
--   baseline_days INTEGER = 56: days before the recent period to compare with
--   top INTEGER = 20: rows to return
-- columns:
--   place: rank by ratio_low
--   topic_code: the topic
--   name: its name
--   recent_count: articles or groups of the recent period with it
--   recent_total: articles or groups of the recent period under the same filter (the denominator)
--   recent_share: recent_count / recent_total
--   share_low: lower end of the 95 % interval of recent_share
--   share_high: upper end of that interval
--   base_count: articles or groups with it in the time before
--   base_total: articles or groups of the time before
--   base_share: base_count / base_total
--   ratio: recent share over base share, drawn towards 1 by four pseudo-counts
--   ratio_low: lower end of the 95 % interval of the ratio: the rank
--   ratio_high: upper end of that interval
--   dispersion: variance over mean of its daily counts in the time before; widens the interval
--   p_value: chance of so high a recent count without any rise
--   q_value: the same after Benjamini–Hochberg over all topics
--   recent_days: days compared, gap days left out
--   base_days: days of the time before, gap days left out
-- method: start to until is the recent period: by default the last seven days. Gap days are left out of both periods. Given their sum, the two counts are binomial: Wilson interval of the recent part with a beta prior centred on no change, widened by quasi-likelihood dispersion. Ranked by the lower bound, so that 2 against 0 is no sensation.
-- example: top=5
SELECT
  row_number() OVER (ORDER BY r.ratio_low DESC, r.recent_count DESC, r.subject_id) AS place,
  r.subject_id AS topic_code,
  a.name,
  r.recent_count,
  r.recent_total,
  r.recent_share,
  r.share_low,
  r.share_high,
  r.base_count,
  r.base_total,
  r.base_share,
  r.ratio,
  r.ratio_low,
  r.ratio_high,
  r.dispersion,
  r.p_value,
  r.q_value,
  r.recent_days,
  r.base_days
FROM rising('topics', $start, $until, $baseline_days, $sources, $language, $count) AS r
LEFT JOIN topics AS a ON a.topic_code = r.subject_id
QUALIFY row_number() OVER (ORDER BY r.ratio_low DESC, r.recent_count DESC, r.subject_id) <= CAST($top AS INTEGER)
ORDER BY place
