/** What the pipeline in the cloud and the one on one machine share: names, prefixes, buffering, keys and columns. */
import { StoredClick } from '../service/click.ts'
import { PREFIX, partition } from '../service/prefixes.ts'

export { PREFIX, partition }

/** Partitions are the arrival at Firehose, UTC. `yyyy` and `dd`: `YYYY` is the week-year and `DD` the day of the year. */
const PARTITIONS = 'dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/'

/** Firehose's prefix expressions. */
export const DELIVERY_PREFIX = `${PREFIX.clicks}${PARTITIONS}`
export const DELIVERY_ERROR_PREFIX = `${PREFIX.errors}!{firehose:error-output-type}/${PARTITIONS}`

/** How Firehose gathers records before it calls the transformer, and how often it tries. */
export const TRANSFORMER = {
  /** MiB of records a call: 0.2 to 3. The answer may be larger than the call, and both are bounded by 6 MB. */
  bufferMiB: 1,
  bufferSeconds: 60,
  /** Tries after the first. */
  retries: 3,
} as const

/** How Firehose gathers records into one Parquet object in the cloud. Conversion needs 64 MiB at least. */
export const DELIVERY = { bufferMiB: 128, bufferSeconds: 300 } as const

/** A session's clicks are one query, and no index doubles the price. A replayed click overwrites itself. */
export const TABLE = {
  hash: 'contextid',
  range: 'requestid',
  ttl: 'expiresat',
  /** Days after `receivedat` until DynamoDB may delete an item. */
  retentionDays: 90,
} as const

/** Names in the catalogue: Glue's in the cloud, DuckDB's on one machine. */
export const LAKE = { rows: 'clicks_raw', view: 'clicks' } as const

/** Types that the Glue catalogue knows and we use. */
export type ColumnType = 'string' | 'timestamp' | 'map<string,string>'
export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly comment: string
}

/** Columns of the lake, in order, from the schema. */
export const COLUMNS: readonly Column[] = Object.entries(StoredClick.properties).map(([name, schema]) => ({
  name,
  type: schema.type === 'object' ? 'map<string,string>' : schema.format === 'date-time' ? 'timestamp' : 'string',
  comment: schema.description ?? '',
}))

/** Partition columns, which are in the path and not in the files. */
export const PARTITION_COLUMNS = [
  { name: 'dt', type: 'string', comment: 'Day of arrival at Firehose, UTC, yyyy-MM-dd' },
  { name: 'hour', type: 'int', comment: 'Hour of arrival at Firehose, UTC' },
] as const

/**
 * The view without duplicates: of the rows that share contextid and requestid, the one received first.
 * `dt` is among the keys so that a query over some days still reads only these days.
 * Read alike by Athena and DuckDB.
 */
export const VIEW_SQL = `SELECT ${[...COLUMNS, ...PARTITION_COLUMNS].map(({ name }) => name).join(', ')}
FROM (
  SELECT *, row_number() OVER (PARTITION BY dt, contextid, requestid ORDER BY receivedat) AS nth
  FROM ${LAKE.rows}
)
WHERE nth = 1`

/** Environment of the transformer Lambda. The construct sets these names, the handler reads them. */
export const TRANSFORMER_ENV = {
  table: 'TABLE_NAME',
  bucket: 'BUCKET_NAME',
  retentionDays: 'RETENTION_DAYS',
  enrichmentUrl: 'ENRICHMENT_URL',
  enrichmentFields: 'ENRICHMENT_FIELDS',
} as const

/** What enrichment copies from the catalogue into a click's attributes, unless told otherwise. */
export const ENRICHMENT_FIELDS = 'goodevil,lawchaos,species'
