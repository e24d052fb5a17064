-- How late the lake is: for each hour of arrival its newest click, that one's age, and how late its oldest came.
-- clicks counts duplicates too. The latest hour comes first.
-- secondslate: how long before its hour began the oldest click was received. 0 where all came straight through, large
-- where clicks were spilled and replayed. An object takes the hour of its first record, so newest may lie after its hour.
-- The same text runs in Athena and in DuckDB, both with UTC as the session's time zone.
SELECT
  dt,
  hour,
  count(*) AS clicks,
  max(receivedat) AS newest,
  date_diff('millisecond', max(receivedat), cast(current_timestamp AS timestamp)) / 1e3 AS secondsold,
  greatest(0e0, date_diff('millisecond', min(receivedat), cast(dt AS timestamp) + hour * INTERVAL '1' HOUR) / 1e3) AS secondslate
FROM clicks_raw
WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
GROUP BY dt, hour
ORDER BY dt DESC, hour DESC
