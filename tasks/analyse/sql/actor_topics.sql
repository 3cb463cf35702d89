-- actor_topics: what articles that name an actor are about, against all articles.
-- parameters:
--   actor VARCHAR: actor id, name or alias, whatever the case
--   @filter
--   top INTEGER = 20: rows to return
-- columns:
--   place: rank by lift_low
--   topic_code: IPTC Media Topic
--   name: its name
--   both_count: articles or groups that name the actor and have the topic
--   named_count: articles or groups that name the actor (the denominator of share)
--   topic_count: articles or groups with the topic
--   total_count: articles or groups under the same filter
--   share: both_count / named_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   lift: share over the topic's share of all articles, drawn towards 1 by four pseudo-counts
--   lift_low: lower end of the 95 % interval of lift: the rank
-- method: as in co_mentions, with topics in the place of the others.
-- example: actor=Hungary top=5
WITH
  hits AS (SELECT h.article_id FROM actor_hits($actor, $start, $until, $sources, $language, $count) AS h),
  given AS (
    SELECT c.article_id, unnest(c.topics) AS topic
    FROM counted_articles($start, $until, $sources, $language, $count) AS c
  ),
  counts AS (
    SELECT g.topic.code AS topic_code, count(*) AS topic_count, count(h.article_id) AS both_count
    FROM given AS g
    LEFT JOIN hits AS h ON h.article_id = g.article_id
    GROUP BY g.topic.code
  ),
  totals AS (
    SELECT
      (SELECT sum(v.total_count) FROM daily_volume($start, $until, $sources, $language, $count) AS v) AS total_count,
      (SELECT count(*) FROM hits AS h) AS named_count
  ),
  joined AS (
    SELECT c.*, t.*, t.named_count / CAST(t.total_count AS DOUBLE) AS part
    FROM counts AS c
    CROSS JOIN totals AS t
    WHERE t.named_count > 0 AND c.both_count > 0
  ),
  weighed AS (SELECT j.*, j.both_count + 4 * j.part AS weight, j.topic_count + 4.0 AS all_weight FROM joined AS j),
  bounded AS (
    SELECT w.*, w.weight / w.all_weight / w.part AS lift, scaled_low(w.weight, w.all_weight, 1.0) / w.part AS lift_low
    FROM weighed AS w
  )
SELECT
  row_number() OVER (ORDER BY b.lift_low DESC, b.both_count DESC, b.topic_code) AS place,
  b.topic_code,
  t.name,
  b.both_count,
  b.named_count,
  b.topic_count,
  CAST(b.total_count AS BIGINT) AS total_count,
  b.both_count / b.named_count AS share,
  share_low(b.both_count, b.named_count) AS share_low,
  share_high(b.both_count, b.named_count) AS share_high,
  b.lift,
  b.lift_low
FROM bounded AS b
LEFT JOIN topics AS t ON t.topic_code = b.topic_code
QUALIFY row_number() OVER (ORDER BY b.lift_low DESC, b.both_count DESC, b.topic_code) <= CAST($top AS INTEGER)
ORDER BY place
