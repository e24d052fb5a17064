/** What the driver knows of each click: that it was sent, and every answer that it got. */
import type { SentClick } from './clicks.ts'

/** `none`: the connection ended without an answer. The click may be safe, and may be lost; nobody was told. */
export type Told = 'ok' | 'retry' | 'rejected' | 'none'

export interface Entry {
  readonly valid: boolean
  /** Times that it was answered ok. */
  ok: number
  last: Told | undefined
}

export class Book {
  readonly entries = new Map<string, Entry>()
  /** Answers that told to try again later, a click tried twice counted twice. */
  retries = 0
  /** Those of them that the service told because it had too much to do. */
  overloaded = 0
  unanswered = 0
  rejected = 0
  /** Seconds of each `Retry-After`, in the order of the answers. */
  readonly retryAfter: number[] = []
  /** Milliseconds from a request to its answer. */
  slowest = 0
  readonly #problems = new Map<string, number>()

  send({ id, valid }: SentClick): void {
    if (!this.entries.has(id)) this.entries.set(id, { valid, ok: 0, last: undefined })
  }

  tell({ id }: SentClick, told: Told): void {
    const entry = this.entries.get(id)
    if (entry === undefined) throw new Error(`${id} was answered and never sent`)
    entry.last = told
    if (told === 'ok') entry.ok += 1
    else if (told === 'retry') this.retries += 1
    else if (told === 'none') this.unanswered += 1
    else this.rejected += 1
    if (told === 'ok' && !entry.valid) this.problem('no click was answered ok')
    if (told === 'rejected' && entry.valid) this.problem('a good click was rejected')
  }

  problem(what: string): void {
    this.#problems.set(what, (this.#problems.get(what) ?? 0) + 1)
  }

  /** Distinct ids that were answered ok. */
  get ok(): number {
    return this.count(({ ok }) => ok > 0)
  }

  count(which: (entry: Entry) => boolean): number {
    let count = 0
    for (const entry of this.entries.values()) if (which(entry)) count += 1
    return count
  }

  problems(): string[] {
    return [...this.#problems].map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`))
  }
}
