/** SQL that the page asks: read-only, a few rows, for some seconds. */
import createError from '@fastify/error'
import { type Lake, openLake, QueryError, type QueryResult } from '../lake.ts'

export const SHOWN_ROWS = 200
const TIMEOUT_MS = 10_000

/** Of an answer: one cell alone may be as large as memory, and the page shows none of it. */
const MAX_CHARACTERS = 1_000_000

export const QueryFailed = createError<[reason: string]>('CLK_QUERY_FAILED', '%s', 400)

/** Opens the lake with the first question, and keeps it open. */
export class PageQueries {
  readonly #lakeDir: string
  readonly #timeoutMs: number
  #lake: Promise<Lake> | undefined
  readonly #closing = new AbortController()

  constructor(lakeDir: string, timeoutMs = TIMEOUT_MS) {
    this.#lakeDir = lakeDir
    this.#timeoutMs = timeoutMs
  }

  /** @throws QueryFailed with one line: DuckDB's first one, or that it took too long */
  async ask(sql: string): Promise<QueryResult> {
    this.#lake ??= openLake(this.#lakeDir).catch((error) => {
      this.#lake = undefined
      throw error
    })
    const lake = await this.#lake
    const late = AbortSignal.timeout(this.#timeoutMs)
    try {
      const signal = AbortSignal.any([late, this.#closing.signal])
      const result = await lake.query(sql, { rows: SHOWN_ROWS, signal })
      if (JSON.stringify(result.rows).length <= MAX_CHARACTERS) return result
    } catch (error) {
      if (error instanceof QueryError) throw new QueryFailed(error.message.split('\n', 1)[0] as string)
      if (late.aborted) throw new QueryFailed(`It took longer than ${this.#timeoutMs / 1000} s, and was ended.`)
      if (this.#closing.signal.aborted) throw new QueryFailed('The server is closing.')
      throw error
    }
    throw new QueryFailed(`The answer is over ${MAX_CHARACTERS / 1e6} MB: ask for less.`)
  }

  /** Ends what is being asked. */
  interrupt(): void {
    this.#closing.abort()
  }

  async close(): Promise<void> {
    const lake = await this.#lake?.catch(() => undefined) // Whoever asked was told why.
    lake?.close()
  }
}
