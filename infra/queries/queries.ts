/** The questions that everybody asks first, one file of SQL each: saved queries in Athena, and `npm run query -- --file` on one machine. */
import { readdirSync, readFileSync } from 'node:fs'

export interface NamedQuery {
  /** Name of its file, without `.sql`. */
  readonly name: string
  /** First line of its file: what it answers. */
  readonly description: string
  /** One SELECT with its comments, without a semicolon. The same text for Athena and DuckDB. */
  readonly sql: string
}

const FOLDER = new URL('./', import.meta.url)

/** By name. */
export const NAMED_QUERIES: readonly NamedQuery[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .map((file) => {
    const sql = readFileSync(new URL(file, FOLDER), 'utf8').trim()
    const description = /^-- (.+)/.exec(sql)?.[1]
    if (description === undefined)
      throw new Error(`infra/queries/${file} must start with a comment that says what it answers`)
    return { name: file.slice(0, -'.sql'.length), description, sql }
  })
