-- places: where coverage takes place: how many articles name a place.
-- parameters:
--   @filter
--   top INTEGER = 50: rows to return
-- columns:
--   place: rank by place_count
--   place_id: GeoNames id, or a country code
--   name: name in English
--   country: ISO 3166-1 alpha-2 code
--   latitude: degrees north
--   longitude: degrees east
--   place_count: articles or groups that name it
--   total_count: articles or groups under the same filter, enriched only (the denominator)
--   share: place_count / total_count
--   share_low: lower end of the 95 % interval of share
--   share_high: upper end of that interval
-- method: Wilson interval.
-- example: top=5
WITH
  counts AS (
    SELECT p.place_id, min(p.name) AS name, min(p.country) AS country, min(p.latitude) AS latitude, min(p.longitude) AS longitude,
      count(DISTINCT p.article_id) AS place_count
    FROM places AS p
    INNER JOIN counted_articles($start, $until, $sources, $language, $count) AS c ON c.article_id = p.article_id
    GROUP BY p.place_id
  ),
  totals AS (SELECT sum(v.total_count) AS total_count FROM daily_volume($start, $until, $sources, $language, $count) AS v)
SELECT
  row_number() OVER (ORDER BY n.place_count DESC, n.place_id) AS place,
  n.place_id,
  n.name,
  n.country,
  n.latitude,
  n.longitude,
  n.place_count,
  CAST(t.total_count AS BIGINT) AS total_count,
  n.place_count / t.total_count AS share,
  share_low(n.place_count, t.total_count) AS share_low,
  share_high(n.place_count, t.total_count) AS share_high
FROM counts AS n
CROSS JOIN totals AS t
QUALIFY row_number() OVER (ORDER BY n.place_count DESC, n.place_id) <= CAST($top AS INTEGER)
ORDER BY place
