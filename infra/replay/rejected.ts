/** What cannot be put back goes below `rejected/`, with its reason. */
import { createHash } from 'node:crypto'
import { PREFIX, partition } from '../pipeline.ts'
import type { StoredObject } from './bucket.ts'
import type { RejectedLine } from './source.ts'

/** Bytes of rejected lines that are gathered for one object. */
const PART_BYTES = 8 * 1024 * 1024

/**
 * Derived from the object that the lines come from, so that the next try of the same one overwrites. There is a second
 * part only where the first is full.
 */
export function rejectedKey({ key, lastModified }: StoredObject, part: number): string {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32)
  return `${PREFIX.rejected}${partition(lastModified)}${name}${part === 0 ? '' : `-${part}`}.ndjson`
}

/** Gathers the rejects of one object and writes them, in parts, so that a whole object of them takes no more memory. */
export class Rejects {
  readonly #object: StoredObject
  readonly #put: (key: string, body: string) => Promise<void>
  #lines: string[] = []
  #length = 0
  #parts = 0

  constructor(object: StoredObject, put: (key: string, body: string) => Promise<void>) {
    this.#object = object
    this.#put = put
  }

  async add({ reason, error, line }: RejectedLine): Promise<void> {
    const text = line.toString()
    // Broken bytes would become replacement characters.
    const encoding = Buffer.from(text).equals(line) ? 'text' : 'base64'
    const json = JSON.stringify({
      reason,
      error,
      time: new Date().toISOString(),
      source: this.#object.key,
      bytes: line.length,
      encoding,
      data: encoding === 'text' ? text : line.toString('base64'),
    })
    this.#lines.push(`${json}\n`)
    this.#length += json.length
    if (this.#length >= PART_BYTES) await this.flush()
  }

  /** Resolves when everything that was added is in the bucket. */
  async flush(): Promise<void> {
    if (this.#lines.length === 0) return
    await this.#put(rejectedKey(this.#object, this.#parts), this.#lines.join(''))
    this.#parts += 1
    this.#lines = []
    this.#length = 0
  }
}
