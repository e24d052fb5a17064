/** `npm run query -- [--json] "<SQL>"` or `--file <name>`: asks the lake of this machine, also while the server writes. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NAMED_QUERIES } from '../queries/queries.ts'
import { openLake, QueryError, type QueryResult } from './lake.ts'
import { formatTable } from './table.ts'

const NAME_WIDTH = Math.max(...NAMED_QUERIES.map(({ name }) => name.length))

const NAMES = NAMED_QUERIES.map(({ name, description }) => `  ${name.padEnd(NAME_WIDTH)}   ${description}\n`).join('')

const USAGE = `Usage: npm run query -- [--json] "<SQL>"
       npm run query -- [--json] --file <name>

  --json   print an array of rows instead of a table
  --file   ask one of the questions in infra/queries, over the last 7 days:

${NAMES}
Tables: clicks (one row per contextid and requestid) and clicks_raw (all rows).
DATA_DIR (default ./data) is the folder that the server keeps its data in.

  npm run query -- "SELECT component, count(*) AS clicks FROM clicks GROUP BY component"
`

/** A reader that has seen enough (`| head`) is no error. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

/** The arguments make no question; the message says what is wrong, or how it is asked. */
class UsageError extends Error {}

try {
  await run(readArguments())
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(error.message)
  process.exitCode = 2
}

function readArguments(): { sql: string; json: boolean } {
  const { values, positionals } = parse()
  const { file, json } = values
  const [sql = '', ...more] = positionals
  if (file === undefined) {
    if (sql.trim() === '' || more.length > 0) throw new UsageError(USAGE)
    return { sql, json }
  }
  if (positionals.length > 0) throw new UsageError(`Either SQL or --file, not both.\n${USAGE}`)
  const named = NAMED_QUERIES.find(({ name }) => name === file)
  if (named === undefined) throw new UsageError(`There is no query ${JSON.stringify(file)}. There are:\n${NAMES}`)
  return { sql: named.sql, json }
}

function parse() {
  try {
    return parseArgs({
      options: { json: { type: 'boolean', default: false }, file: { type: 'string' } },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${USAGE}`)
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
