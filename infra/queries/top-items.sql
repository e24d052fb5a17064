-- Which items are clicked most, in how many sessions, and what enrichment last knew about them.
-- The facts are those of ENRICHMENT_FIELDS: put your own here if the pipeline copies others.
-- The same text runs in Athena and in DuckDB. The filters are for DuckDB's max_by too, which leaves out NULL by itself
-- where Athena's would answer it.
SELECT
  itemid,
  count(*) AS clicks,
  count(DISTINCT contextid) AS sessions,
  max_by(goodevil, receivedat) FILTER (WHERE goodevil IS NOT NULL) AS goodevil,
  max_by(lawchaos, receivedat) FILTER (WHERE lawchaos IS NOT NULL) AS lawchaos,
  max_by(species, receivedat) FILTER (WHERE species IS NOT NULL) AS species
FROM (
  SELECT
    itemid,
    contextid,
    receivedat,
    element_at(attributes, 'goodevil') AS goodevil,
    element_at(attributes, 'lawchaos') AS lawchaos,
    element_at(attributes, 'species') AS species
  FROM clicks
  WHERE dt >= cast(cast(current_date - INTERVAL '7' DAY AS date) AS varchar)
    AND itemid IS NOT NULL
)
GROUP BY itemid
ORDER BY clicks DESC, itemid
LIMIT 100
