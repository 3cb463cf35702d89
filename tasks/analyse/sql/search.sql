-- search: articles whose headline and text have all of the words, the best match first.
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
-- method: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) over the postings; how many articles have a word, how many there are and how long they usually are is counted under the same filter. Only articles with every word are ranked.
-- example: words='river flood' top=3
WITH
  asked AS (
    SELECT DISTINCT left(t.term, 64) AS term
    FROM (SELECT unnest(regexp_split_to_array(lower($words), '[^\p{L}\p{N}]+')) AS term) AS t
    WHERE t.term <> ''
  ),
  pool AS (
    SELECT c.number, c.article_id, c.published_on, c.word_count
    FROM counted_articles($start, $until, $sources, $language, $count) AS c
  ),
  hits AS (
    SELECT p.term, p.number, p.count AS tf, a.article_id, a.published_on, a.word_count
    FROM postings AS p
    INNER JOIN pool AS a ON a.number = p.number
    WHERE p.term IN (SELECT k.term FROM asked AS k)
  ),
  totals AS (SELECT CAST(sum(v.total_count) AS BIGINT) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v),
  weights AS (
    SELECT h.term, ln(1 + (t.total_count - count(*) + 0.5) / (count(*) + 0.5)) AS idf
    FROM hits AS h
    CROSS JOIN totals AS t
    GROUP BY h.term, t.total_count
  ),
  lengths AS (SELECT avg(a.word_count) AS usual FROM pool AS a),
  scored AS (
    SELECT
      h.article_id,
      h.published_on,
      sum(w.idf * h.tf * 2.2 / (h.tf + 1.2 * (0.25 + 0.75 * h.word_count / greatest(1.0, l.usual)))) AS score
    FROM hits AS h
    INNER JOIN weights AS w ON w.term = h.term
    CROSS JOIN lengths AS l
    GROUP BY h.article_id, h.published_on
    HAVING count(*) = (SELECT count(*) FROM asked AS k)
  ),
  ranked AS (
    SELECT s.*, row_number() OVER (ORDER BY s.score DESC, s.published_on DESC, s.article_id) AS place, count(*) OVER () AS match_count
    FROM scored AS s
  )
SELECT
  r.place,
  r.article_id,
  r.published_on,
  a.source,
  a.title,
  coalesce(a.canonical_url, a.url) AS url,
  r.score,
  r.match_count,
  t.total_count,
  r.match_count / t.total_count AS share,
  share_low(r.match_count, t.total_count) AS share_low,
  share_high(r.match_count, t.total_count) AS share_high
FROM ranked AS r
INNER JOIN articles AS a ON a.article_id = r.article_id AND a.published_on = r.published_on
CROSS JOIN totals AS t
WHERE r.place <= CAST($top AS INTEGER)
ORDER BY r.place
