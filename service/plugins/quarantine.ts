import fp from 'fastify-plugin'
import type { PutLines } from '../delivery/bucket.ts'
import { nameOf } from '../delivery/firehose.ts'
import { PREFIX } from '../prefixes.ts'

/** Invalid clicks that may wait to be written, and are kept of a flood: a sample tells what is wrong. */
const MAX_WAITING = 500
/** The same in characters, so that a few large ones cannot fill the memory. */
const MAX_WAITING_LENGTH = 1024 * 1024
/** How often what waits is written. With the bounds above this is also the most that is ever written. */
const INTERVAL_MS = 10_000

/** A value that was no click, as it is kept below `rejected/`. */
export interface RejectedValue {
  readonly reason: string
  /** When it came, UTC. */
  readonly time: string
  readonly client: string
  /** What came: the value, or the text where it was no JSON. */
  readonly data: unknown
}

export interface Quarantine {
  /** Keeps it, if there is room. Never fails, and never waits. */
  add(rejected: RejectedValue): void
  /** Written so far, and left out because there was no room or the bucket failed. */
  readonly written: number
  readonly leftOut: number
}

declare module 'fastify' {
  interface FastifyInstance {
    quarantine: Quarantine
  }
}

/**
 * Keeps what was no click, with its reason, below `rejected/`: for whoever wonders where their clicks are. Bounded and
 * sampled, and beside the way of good clicks: it shares neither their buffer nor their puts, and nobody waits for it.
 * Without a bucket nothing is kept; the counts by reason are in the ledger all the same.
 */
export default fp<{ putLines?: PutLines | undefined }>(
  async (app, { putLines }) => {
    let waiting: string[] = []
    let length = 0
    let written = 0
    let leftOut = 0

    async function flush(): Promise<void> {
      if (putLines === undefined || waiting.length === 0) return
      const lines = waiting
      waiting = []
      length = 0
      try {
        await putLines(PREFIX.rejected, lines.join(''))
        written += lines.length
      } catch (cause) {
        leftOut += lines.length
        app.log.warn({ error: nameOf(cause as Error), clicks: lines.length }, 'invalid clicks could not be kept')
      }
    }

    app.decorate('quarantine', {
      add(rejected) {
        if (putLines === undefined) return
        // Looked at first, so that a flood is not even written down.
        const line = waiting.length < MAX_WAITING ? `${JSON.stringify(rejected)}\n` : undefined
        if (line === undefined || length + line.length > MAX_WAITING_LENGTH) leftOut += 1
        else {
          waiting.push(line)
          length += line.length
        }
      },
      get written() {
        return written
      },
      get leftOut() {
        return leftOut
      },
    } satisfies Quarantine)

    const timer = setInterval(() => void flush(), INTERVAL_MS).unref()
    app.addHook('onClose', async () => {
      clearInterval(timer)
      await flush()
    })
  },
  { name: 'quarantine' },
)
