/** Puts what was parked in `spill/` back into the stream, as `npm run replay -- spill` does. */
import type { FirehoseClient } from '@aws-sdk/client-firehose'
import type { S3Client } from '@aws-sdk/client-s3'
import { Bucket } from '../../replay/bucket.ts'
import { createDeliver } from '../../replay/deliver.ts'
import { Progress } from '../../replay/progress.ts'
import { BUFFER_BYTES, replay } from '../../replay/replay.ts'
import { SPILL } from '../../replay/source.ts'

/** How long a click is tried: somebody waits at a button, and the process must be able to end. */
const TIMEOUT_MS = 5000

export interface SpillReplayOptions {
  readonly s3: S3Client
  readonly bucket: string
  readonly firehose: FirehoseClient
  readonly stream: string
}

/** What a run did. */
export interface Replayed {
  readonly objects: number
  readonly clicks: number
  /** Objects that are still in their place, and why. */
  readonly left: number
  readonly problems: readonly string[]
}

export class SpillReplay {
  readonly #bucket: Bucket
  readonly #options: SpillReplayOptions
  readonly #stop = new AbortController()
  #run: Promise<Replayed> | undefined
  /** Clicks put back since the process started. */
  clicks = 0

  constructor(options: SpillReplayOptions) {
    this.#options = options
    this.#bucket = new Bucket(options.s3, options.bucket)
  }

  get running(): boolean {
    return this.#run !== undefined
  }

  /** One run at a time: who asks for another one gets the answer of the one that is running. */
  run(): Promise<Replayed> {
    this.#run ??= this.#replay().finally(() => {
      this.#run = undefined
    })
    return this.#run
  }

  /** Objects in flight are finished, the others stay. */
  stop(): void {
    this.#stop.abort()
  }

  async #replay(): Promise<Replayed> {
    const { firehose, stream } = this.#options
    // Anew for each run: an earlier one that failed remembers an outage, and would not ask a Firehose that is back.
    const deliver = createDeliver({ firehose, stream, bufferBytes: BUFFER_BYTES, timeoutMs: TIMEOUT_MS })
    const problems: string[] = []
    const { replayed, clicks, left } = await replay({
      bucket: this.#bucket,
      deliver: async (lines) => {
        await deliver(lines)
        this.clicks += lines.length
      },
      source: SPILL,
      prefix: SPILL,
      dryRun: false,
      signal: this.#stop.signal,
      progress: new Progress(),
      failed: (message) => void problems.push(message),
    })
    return { objects: replayed, clicks, left, problems }
  }
}
