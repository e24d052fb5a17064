/** What a case is, and how it is judged. */
import type { Book } from './book.ts'
import type { Stored } from './stored.ts'

export interface Case {
  readonly name: string
  /** Waits much and works little: it runs beside the others. */
  readonly patient?: true
  run(context: Context): Promise<Outcome>
}

export interface Context {
  readonly seed: number
  /** Short, and unique among cases: the beginning of its ids. */
  readonly prefix: string
  /** Everything that is started is ended with it. */
  readonly scope: AsyncDisposableStack
}

export interface Outcome {
  readonly book: Book
  /** Everywhere that a click is safe. */
  readonly stored: Stored
  /** MiB. */
  readonly maxRss: number
  /** What the case itself expected and did not see. */
  readonly problems: readonly string[]
  /** A word on what was seen. */
  readonly note?: string
  /** No click could be taken. */
  readonly nothingOk?: boolean
}

/** Thrown by a case that cannot run here. */
export class Skipped extends Error {}

export interface Row {
  readonly name: string
  readonly sent: number
  readonly ok: number
  readonly retries: number
  readonly rejected: number
  /** Answered ok, and nowhere. */
  readonly lost: number
  /** There more than once, though sent once. */
  readonly duplicated: number
  readonly maxRss: number
  readonly seconds: number
  readonly problems: readonly string[]
  readonly note?: string | undefined
}

/** Compares what was told with what is there. */
export function judge(name: string, outcome: Outcome, seconds: number): Row {
  const { book, stored, maxRss, problems, note, nothingOk = false } = outcome
  const lost = book.count(({ ok }) => ok > 0) - countBoth(book, stored)
  const invented = [...stored.counts.keys()].filter((id) => !book.entries.has(id)).length
  const wrong = [...stored.counts.keys()].filter((id) => book.entries.get(id)?.valid === false).length
  const found = [...book.problems(), ...problems]
  if (lost > 0) found.push(`${lost} clicks that were answered ok are nowhere`)
  if (invented > 0) found.push(`${invented} ids are there that nobody sent`)
  if (wrong > 0) found.push(`${wrong} ids are there that were no clicks`)
  if (book.ok === 0 && !nothingOk) found.push('nothing was answered ok')
  const { entries, retries, rejected } = book
  const row = { name, sent: entries.size, ok: book.ok, retries, rejected, lost, duplicated: stored.duplicated }
  return { ...row, maxRss, seconds, problems: found, note }
}

function countBoth(book: Book, stored: Stored): number {
  let count = 0
  for (const [id, { ok }] of book.entries) if (ok > 0 && stored.counts.has(id)) count += 1
  return count
}
