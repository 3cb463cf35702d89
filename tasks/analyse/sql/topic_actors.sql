-- topic_actors: who is named in articles on a topic, against all articles.
-- parameters:
--   topic VARCHAR: topic code or name
--   @filter
--   top INTEGER = 20: rows to return
-- columns:
--   place: rank by lift_low
--   actor_id: the actor
--   name: its name
--   kind: person, organisation, state or group
--   both_count: articles or groups that have the topic and name the actor
--   topic_count: articles or groups with the topic (the denominator of share)
--   named_count: articles or groups that name the actor
--   total_count: articles or groups under the same filter
--   share: both_count / topic_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
--   lift: share over the actor's share of all articles, drawn towards 1 by four pseudo-counts
--   lift_low: lower end of the 95 % interval of lift: the rank
-- method: as in actor_topics, seen from the topic.
-- example: topic=politics top=5
WITH
  wanted AS (SELECT f.topic_code FROM find_topic($topic) AS f),
  given AS (
    SELECT c.article_id, unnest(c.topics) AS topic
    FROM counted_articles($start, $until, $sources, $language, $count) AS c
  ),
  hits AS (SELECT DISTINCT g.article_id FROM given AS g WHERE g.topic.code IN (SELECT w.topic_code FROM wanted AS w)),
  counts AS (
    SELECT m.actor_id, count(*) AS named_count, count(h.article_id) AS both_count
    FROM counted_mentions($start, $until, $sources, $language, $count) AS m
    LEFT JOIN hits AS h ON h.article_id = m.article_id
    GROUP BY m.actor_id
  ),
  totals AS (
    SELECT
      (SELECT sum(v.total_count) FROM daily_volume($start, $until, $sources, $language, $count) AS v) AS total_count,
      (SELECT count(*) FROM hits AS h) AS topic_count
  ),
  joined AS (
    SELECT c.*, t.*, t.topic_count / CAST(t.total_count AS DOUBLE) AS part
    FROM counts AS c
    CROSS JOIN totals AS t
    WHERE t.topic_count > 0 AND c.both_count > 0
  ),
  weighed AS (SELECT j.*, j.both_count + 4 * j.part AS weight, j.named_count + 4.0 AS all_weight FROM joined AS j),
  bounded AS (
    SELECT w.*, w.weight / w.all_weight / w.part AS lift, scaled_low(w.weight, w.all_weight, 1.0) / w.part AS lift_low
    FROM weighed AS w
  )
SELECT
  row_number() OVER (ORDER BY b.lift_low DESC, b.both_count DESC, b.actor_id) AS place,
  b.actor_id,
  a.name,
  a.kind,
  b.both_count,
  b.topic_count,
  b.named_count,
  CAST(b.total_count AS BIGINT) AS total_count,
  b.both_count / b.topic_count AS share,
  share_low(b.both_count, b.topic_count) AS share_low,
  share_high(b.both_count, b.topic_count) AS share_high,
  b.lift,
  b.lift_low
FROM bounded AS b
LEFT JOIN actors AS a ON a.actor_id = b.actor_id
QUALIFY row_number() OVER (ORDER BY b.lift_low DESC, b.both_count DESC, b.actor_id) <= CAST($top AS INTEGER)
ORDER BY place
