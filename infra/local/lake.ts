/** SQL over the lake of one machine, by DuckDB: the same tables and, as far as the dialects meet, the same SQL as Athena. */
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from '@duckdb/node-api'
import { COLUMNS, LAKE, PARTITION_COLUMNS, PREFIX, VIEW_SQL } from '../pipeline.ts'
import { DUCKDB_TYPES, literal } from './duckdb.ts'
import { type Json, toJson } from './lake-values.ts'

/** An answer to a query. */
export interface QueryResult {
  /** In order. `type` is DuckDB's name for it. Of two columns with one name, the later is `name:1`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** By column name. Times are ISO 8601 in UTC; numbers that JSON would not carry exactly are strings. */
  readonly rows: readonly Record<string, Json>[]
  /** Whether there are more rows than were asked for. */
  readonly more: boolean
}

/** How much of an answer is wanted. */
export interface QueryLimits {
  /** @default all */
  readonly rows?: number
  /** Ends the query, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

export interface Lake {
  /**
   * Asks over `clicks_raw` (all rows) and `clicks` (without duplicates), as the files are at this moment.
   *
   * @param sql one SELECT (or WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW)
   * @throws QueryError if the SQL is wrong or is not allowed
   */
  query(sql: string, limits?: QueryLimits): Promise<QueryResult>
  close(): void
}

/** The SQL is wrong, or does what is not allowed. The message is DuckDB's, and may have several lines. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
}

const INTERRUPT_EVERY_MS = 20

const ALL_COLUMNS = [...COLUMNS, ...PARTITION_COLUMNS]

/** Used with no file yet, and beside files that were written before a column was added. */
const NO_ROWS = `SELECT ${ALL_COLUMNS.map(({ name, type }) => `CAST(NULL AS ${DUCKDB_TYPES[type]}) AS ${name}`).join(', ')} WHERE false`

/** Athena's functions that DuckDB lacks or has otherwise, so that the same SQL runs in both. */
const ATHENA_FUNCTIONS = [
  // NULL where the key is missing. DuckDB's own answers a list.
  'element_at(map, key) AS map[key]',
  'array_join(list, separator) AS array_to_string(list, separator)',
]

/**
 * Opens the lake for reading. A folder that is not there is an empty lake.
 * SQL can read files in the lake and nothing else on the machine, and can write nothing.
 *
 * @param lakeDir the folder that has `clicks/dt=…/hour=…/*.parquet`
 */
export async function openLake(lakeDir: string): Promise<Lake> {
  const dir = resolve(lakeDir) + sep
  const database = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: '1GB',
    // Made when a large query needs it, gone on close. The working directory may be read-only.
    temp_directory: join(tmpdir(), `clicklake-${randomUUID()}`),
  })
  const connection = await database.connect()
  for (const setting of [
    "TimeZone = 'UTC'",
    // A pattern is checked as it is written, the files that it finds as they are named.
    `allowed_directories = [${literal(dir)}, ${literal(withoutPatterns(dir))}]`,
    'enable_external_access = false',
    'lock_configuration = true',
  ])
    await connection.run(`SET ${setting}`)
  connection.closeSync()

  return {
    async query(sql, { rows = Number.POSITIVE_INFINITY, signal } = {}) {
      // Names in the temporary schema are the connection's own: queries at the same time do not meet.
      const connection = await database.connect()
      // Again and again: an interrupt before DuckDB has begun is lost.
      let interrupts: NodeJS.Timeout | undefined
      const interrupt = () => {
        interrupts = setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS)
      }
      signal?.addEventListener('abort', interrupt)
      try {
        signal?.throwIfAborted()
        await defineTables(connection, `${withoutPatterns(dir)}${PREFIX.clicks}*/*/*.parquet`)
        return await read(connection, sql, rows)
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      } finally {
        signal?.removeEventListener('abort', interrupt)
        clearInterval(interrupts)
        connection.closeSync()
      }
    },
    close: () => database.closeSync(),
  }
}

/** Anew for each query: what a view over no file is, changes with the first file. */
async function defineTables(connection: DuckDBConnection, files: string): Promise<void> {
  const found = await connection.runAndReadAll(`SELECT 1 FROM glob(${literal(files)}) LIMIT 1`)
  const rows =
    found.currentRowCount === 0
      ? NO_ROWS
      : `SELECT ${ALL_COLUMNS.map(({ name }) => name).join(', ')} FROM (
           ${NO_ROWS} UNION ALL BY NAME SELECT * FROM read_parquet(${literal(files)}, union_by_name = true,
             hive_partitioning = true, hive_types = {${PARTITION_COLUMNS.map(({ name, type }) => `${name}: ${DUCKDB_TYPES[type]}`).join(', ')}})
         )`
  await connection.run(`CREATE TEMP VIEW ${LAKE.rows} AS ${rows}`)
  await connection.run(`CREATE TEMP VIEW ${LAKE.view} AS ${VIEW_SQL}`)
  for (const definition of ATHENA_FUNCTIONS) await connection.run(`CREATE TEMP MACRO ${definition}`)
}

async function read(connection: DuckDBConnection, sql: string, limit: number): Promise<QueryResult> {
  await checkIsSelect(connection, sql)
  let reader: DuckDBResultReader
  try {
    reader = await connection.streamAndReadUntil(sql, limit + 1)
  } catch (error) {
    throw new QueryError((error as Error).message)
  }
  const names = reader.deduplicatedColumnNames()
  // They come by the thousand.
  const rows = reader.getRows()
  return {
    columns: names.map((name, index) => ({ name, type: String(reader.columnType(index)) })),
    rows: rows.slice(0, limit).map((row) => Object.fromEntries(names.map((name, i) => [name, toJson(row[i])]))),
    more: rows.length > limit,
  }
}

/**
 * DuckDB lets COPY, ATTACH and EXPORT write into an allowed directory: EXPORT as soon as it is prepared, and EXPLAIN
 * ANALYZE runs what it explains. So the SQL is parsed, by the function that takes SELECT alone, before anything is done.
 */
async function checkIsSelect(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [sql])
  const parsed: { error: boolean; error_type?: string; error_message?: string; statements?: unknown[] } = JSON.parse(
    String(reader.value(0, 0)),
  )
  if (parsed.error_type === 'parser') throw new QueryError(`Parser Error: ${parsed.error_message}`)
  if (parsed.error) throw new QueryError('Only SELECT is allowed here: the lake is read-only.')
  const count = parsed.statements?.length
  if (count !== 1) throw new QueryError(`One SELECT at a time: there are ${count} statements.`)
}

/** A path in which nothing is a pattern. */
const withoutPatterns = (path: string) => path.replace(/[[*?]/g, '[$&]')
