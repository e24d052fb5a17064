-- How many clicks arrived, hour by hour and component by component.
-- dt and hour are the arrival at Firehose, UTC; the latest hour comes first. The same text runs in Athena and in DuckDB.
SELECT dt, hour, component, count(*) AS clicks
FROM clicks
WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
GROUP BY dt, hour, component
ORDER BY dt DESC, hour DESC, clicks DESC, component
