-- Which clicks are in clicks_raw more than once, how often, and how far apart.
-- arrivals: 1 where the pipeline delivered one request's click again, more where the sender sent it again.
-- days: the view clicks removes duplicates within a day, so that is how many it shows.
-- The same text runs in Athena and in DuckDB.
SELECT
  contextid,
  requestid,
  count(*) AS copies,
  count(DISTINCT receivedat) AS arrivals,
  count(DISTINCT dt) AS days,
  min(receivedat) AS firstreceived,
  max(receivedat) AS lastreceived,
  date_diff('millisecond', min(receivedat), max(receivedat)) / 1e3 AS secondsapart
FROM clicks_raw
WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
GROUP BY contextid, requestid
HAVING count(*) > 1
ORDER BY copies DESC, secondsapart DESC, contextid, requestid
LIMIT 100
