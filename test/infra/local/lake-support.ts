import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'

const DEFAULTS = {
  requestid: "'r-1'",
  contextid: "'c-1'",
  callerid: "'shop'",
  component: "'login'",
  action: "'click'",
  type: "'webpage'",
  userid: "'GUEST'",
  itemid: 'NULL::VARCHAR',
  url: 'NULL::VARCHAR',
  referrer: 'NULL::VARCHAR',
  createdtime: "TIMESTAMP '2026-01-01 10:00:00.123'",
  attributes: "MAP {'goodevil': 'Good'}",
  receivedat: "TIMESTAMP '2026-01-01 10:00:01'",
  clientip: 'NULL::VARCHAR',
  useragent: 'NULL::VARCHAR',
  client: "'SHOP'",
}

/** A click by SQL expressions. `undefined` leaves out a column, as files from before it was added do. */
export type RowSql = { readonly [Column in keyof typeof DEFAULTS]?: string | undefined }

/**
 * Writes a Parquet file as the pipeline does.
 *
 * @param file such as `dt=2026-01-01/hour=10/a.parquet`
 */
export async function writeParquet(lakeDir: string, file: string, rows: readonly RowSql[]): Promise<void> {
  const path = join(lakeDir, 'clicks', file)
  await mkdir(dirname(path), { recursive: true })
  const selects = rows.map((row) => {
    const columns = Object.entries({ ...DEFAULTS, ...row }).filter(([, sql]) => sql !== undefined)
    return `SELECT ${columns.map(([name, sql]) => `${sql} AS ${name}`).join(', ')}`
  })
  const database = await DuckDBInstance.create(':memory:')
  const connection = await database.connect()
  await connection.run(
    `COPY (${selects.join(' UNION ALL ')}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy)`,
  )
  connection.closeSync()
  database.closeSync()
}
