/** `npm run query -- [--json] "<SQL>"`: asks the lake of this machine, also while the server writes. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openLake, QueryError, type QueryResult } from './lake.ts'
import { formatTable } from './table.ts'

const USAGE = `Usage: npm run query -- [--json] "<SQL>"

  --json   print an array of rows instead of a table

Tables: clicks (one row per contextid and requestid) and clicks_raw (all rows).
DATA_DIR (default ./data) is the folder that the server keeps its data in.

  npm run query -- "SELECT component, count(*) AS clicks FROM clicks GROUP BY component"
`

/** A reader that has seen enough (`| head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const args = readArguments()
if (args === undefined) {
  process.stderr.write(USAGE)
  process.exitCode = 2
} else {
  await run(args)
}

function readArguments(): { sql: string; json: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const [sql = '', ...more] = positionals
    return sql.trim() === '' || more.length > 0 ? undefined : { sql, json: values.json }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`)
    return undefined
  }
}

async function run({ sql, json }: { sql: string; json: boolean }): Promise<void> {
  const lake = await openLake(join(process.env.DATA_DIR || './data', 'lake'))
  try {
    const result = await lake.query(sql)
    process.stdout.write(json ? formatJson(result) : formatTable(result, process.stdout.columns ?? Infinity))
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    process.stderr.write(`${oneLine(error.message)}\n`)
    process.exitCode = 1
  } finally {
    lake.close()
  }
}

/** One array, one row a line. */
function formatJson({ rows }: QueryResult): string {
  return `[${rows.map((row) => `\n${JSON.stringify(row)}`).join(',')}\n]\n`
}

/** DuckDB's message without the picture of the place in the SQL. */
function oneLine(message: string): string {
  return message.replace(/\n+LINE \d+:.*/s, '').replace(/\s*\n\s*/g, ' ')
}
