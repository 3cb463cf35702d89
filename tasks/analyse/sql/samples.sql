-- samples: articles to read: the ones most about an actor or topic, the newest first among equals.
-- parameters:
--   actor VARCHAR = NULL: actor id, name or alias; null: any
--   topic VARCHAR = NULL: topic code or name; null: any
--   @filter
--   top INTEGER = 10: rows to return
-- columns:
--   place: rank
--   article_id: the article
--   published_on: day it was published
--   source: outlet
--   title: headline
--   url: where it was
--   copy_count: articles in its duplicate group
--   salience: how central the actor is to it, 0–1; null without an actor
--   score: score of the topic, 0–1; null without a topic
--   match_count: articles or groups that match (of which these are the first)
--   total_count: articles or groups under the same filter (the denominator)
--   share: match_count / total_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
-- method: ordered by salience plus topic score, then by day, newest first, then by id.
-- example: actor=Hungary top=3
WITH
  wanted AS (SELECT f.topic_code FROM find_topic($topic) AS f),
  named AS (
    SELECT m.article_id, m.published_on, m.salience
    FROM actor_hits($actor, $start, $until, $sources, $language, $count) AS m
    WHERE $actor IS NOT NULL
  ),
  about AS (
    SELECT p.article_id, p.published_on, max(p.given.score) AS score
    FROM (
      SELECT c.article_id, c.published_on, unnest(c.topics) AS given
      FROM counted_articles($start, $until, $sources, $language, $count) AS c
      WHERE $topic IS NOT NULL
    ) AS p
    WHERE p.given.code IN (SELECT w.topic_code FROM wanted AS w)
    GROUP BY p.article_id, p.published_on
  ),
  hits AS (
    SELECT n.article_id, n.published_on, n.salience, CAST(NULL AS FLOAT) AS score FROM named AS n WHERE $topic IS NULL
    UNION ALL
    SELECT t.article_id, t.published_on, CAST(NULL AS FLOAT) AS salience, t.score FROM about AS t WHERE $actor IS NULL
    UNION ALL
    SELECT n.article_id, n.published_on, n.salience, t.score FROM named AS n INNER JOIN about AS t ON t.article_id = n.article_id
    UNION ALL
    SELECT c.article_id, c.published_on, CAST(NULL AS FLOAT) AS salience, CAST(NULL AS FLOAT) AS score
    FROM counted_articles($start, $until, $sources, $language, $count) AS c
    WHERE $actor IS NULL AND $topic IS NULL
  ),
  matches AS (SELECT h.*, count(*) OVER () AS match_count FROM hits AS h),
  ranked AS (
    SELECT
      h.*,
      row_number() OVER (
        ORDER BY coalesce(h.salience, 0) + coalesce(h.score, 0) DESC, h.published_on DESC, h.article_id
      ) AS place
    FROM matches AS h
  ),
  first_ones AS (SELECT r.* FROM ranked AS r WHERE r.place <= CAST($top AS INTEGER)),
  totals AS (SELECT sum(v.total_count) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v)
SELECT
  r.place,
  r.article_id,
  r.published_on,
  a.source,
  a.title,
  coalesce(a.canonical_url, a.url) AS url,
  g.size AS copy_count,
  r.salience,
  r.score,
  r.match_count,
  CAST(t.total_count AS BIGINT) AS total_count,
  r.match_count / t.total_count AS share,
  share_low(r.match_count, t.total_count) AS share_low,
  share_high(r.match_count, t.total_count) AS share_high
FROM first_ones AS r
INNER JOIN articles AS a ON a.article_id = r.article_id AND a.published_on = r.published_on
LEFT JOIN groups AS g ON g.group_id = a.group_id
CROSS JOIN totals AS t
ORDER BY r.place
