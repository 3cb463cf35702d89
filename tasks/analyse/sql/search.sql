-- search: articles whose headline or text has all of the words, the best match first.
-- parameters:
--   words VARCHAR: words to look for, whole words, whatever the case
--   @filter
--   top INTEGER = 10: rows to return
-- columns:
--   place: rank by score
--   article_id: the article
--   published_on: day it was published
--   source: outlet
--   title: headline
--   url: where it was
--   score: BM25
--   match_count: articles or groups that have all words (of which these are the first)
--   total_count: articles or groups under the same filter (the denominator)
--   share: match_count / total_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
-- method: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75). Texts are read from end to end, so give a period on a large lake. Only articles with every word are ranked; how many articles have one word is taken among those that have them all as a part of a word.
-- example: words='river flood' top=3
WITH
  terms AS (SELECT DISTINCT unnest(regexp_split_to_array(trim(lower($words)), '[^\p{L}\p{N}]+')) AS term),
  asked AS (SELECT t.term FROM terms AS t WHERE t.term <> ''),
  pool AS (
    SELECT c.article_id, c.published_on
    FROM counted_articles($start, $until, $sources, $language, $count) AS c
  ),
  bodies AS (
    SELECT p.article_id, p.published_on, lower(concat_ws(' ', a.title, x.text)) AS body, a.word_count
    FROM pool AS p
    INNER JOIN articles AS a ON a.article_id = p.article_id AND a.published_on = p.published_on
    INNER JOIN texts AS x ON x.article_id = p.article_id AND x.published_on = p.published_on
  ),
  likely AS (
    SELECT b.article_id, b.published_on, b.word_count, ' ' || regexp_replace(b.body, '[^\p{L}\p{N}]+', '  ', 'g') || ' ' AS body
    FROM bodies AS b
    WHERE (SELECT count(*) FROM asked AS k) > 0
      AND contains(b.body, coalesce((SELECT min(k.term) FROM asked AS k), ''))
      AND contains(b.body, coalesce((SELECT max(k.term) FROM asked AS k), ''))
  ),
  occurrences AS (
    SELECT
      m.article_id,
      m.published_on,
      m.word_count,
      k.term,
      (length(m.body) - length(replace(m.body, ' ' || k.term || ' ', ''))) / (length(k.term) + 2.0) AS tf
    FROM likely AS m
    CROSS JOIN asked AS k
  ),
  weights AS (
    SELECT o.term, ln(1 + (t.total - count(*) + 0.5) / (count(*) + 0.5)) AS idf
    FROM occurrences AS o
    CROSS JOIN (SELECT CAST(count(*) AS DOUBLE) AS total FROM pool AS p) AS t
    WHERE o.tf > 0
    GROUP BY o.term, t.total
  ),
  scored AS (
    SELECT
      o.article_id,
      o.published_on,
      sum(w.idf * o.tf * 2.2 / (o.tf + 1.2 * (0.25 + 0.75 * o.word_count / l.usual))) AS score
    FROM occurrences AS o
    INNER JOIN weights AS w ON w.term = o.term
    CROSS JOIN (SELECT avg(m.word_count) AS usual FROM likely AS m) AS l
    WHERE o.tf > 0
    GROUP BY o.article_id, o.published_on
    HAVING count(*) = (SELECT count(*) FROM asked AS k)
  ),
  ranked AS (
    SELECT s.*, row_number() OVER (ORDER BY s.score DESC, s.published_on DESC, s.article_id) AS place, count(*) OVER () AS match_count
    FROM scored AS s
  ),
  totals AS (SELECT sum(v.total_count) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v)
SELECT
  r.place,
  r.article_id,
  r.published_on,
  a.source,
  a.title,
  coalesce(a.canonical_url, a.url) AS url,
  r.score,
  r.match_count,
  CAST(t.total_count AS BIGINT) AS total_count,
  r.match_count / t.total_count AS share,
  share_low(r.match_count, t.total_count) AS share_low,
  share_high(r.match_count, t.total_count) AS share_high
FROM ranked AS r
INNER JOIN articles AS a ON a.article_id = r.article_id AND a.published_on = r.published_on
CROSS JOIN totals AS t
WHERE r.place <= CAST($top AS INTEGER)
ORDER BY r.place
