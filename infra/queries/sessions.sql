-- What happened in each session: its steps in the order of the clicks, how many, and how long it took.
-- The order is that of the sender's clock. Of more than 100 sessions, the latest.
-- The same text runs in Athena and in DuckDB. Milliseconds, because Athena's date_diff counts whole units that have
-- passed and DuckDB's counts boundaries that were crossed: in the unit of the data itself they agree.
SELECT
  contextid,
  count(*) AS clicks,
  min(createdtime) AS started,
  max(createdtime) AS ended,
  date_diff('millisecond', min(createdtime), max(createdtime)) / 1e3 AS seconds,
  array_join(array_agg(component || '/' || action ORDER BY createdtime, receivedat, requestid), ' > ') AS journey
FROM clicks
WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
GROUP BY contextid
ORDER BY started DESC, contextid
LIMIT 100
