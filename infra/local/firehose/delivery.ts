/** Delivers complete segments, one after the other, until their objects are in place. */
import { rename, rm } from 'node:fs/promises'
import type { FastifyBaseLogger } from 'fastify'
import { pMapIterable } from 'p-map'
import { ConversionError, type Row, readRows } from './documents.ts'
import type { ConversionFailure } from './error-lines.ts'
import type { StreamObserver } from './observer.ts'
import { type OutputContext, Outputs } from './outputs.ts'
import { readSegment, type Segment } from './segments.ts'
import { streamArn } from './stream.ts'
import { gather, type Transformation, transform } from './transform.ts'

const FIRST_PAUSE_MS = 1_000
const LAST_PAUSE_MS = 60_000

/** Data that is read at once where no transformer says how much. */
const DEFAULT_GATHER_BYTES = 1024 * 1024

export interface DeliveryOptions extends OutputContext {
  readonly log: FastifyBaseLogger
  readonly observer?: StreamObserver | undefined
}

export class Delivery {
  readonly #options: DeliveryOptions
  /** Ends when everything that was added so far is delivered. It never rejects. */
  #tail: Promise<void> = Promise.resolve()
  #wake = () => {}
  #closing = false

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /** Adds a segment behind the others. Like Firehose, a delivery that fails holds up those behind it. */
  add(segment: Segment): void {
    this.#tail = this.#tail.then(() => this.#deliver(segment))
  }

  /** Waits until everything added so far is delivered, and tries at once what waits for its next try. */
  async idle(): Promise<void> {
    this.#wake()
    await this.#tail
  }

  /** Tries each segment that is left once; what fails stays on disk for the next start. */
  async close(): Promise<void> {
    this.#closing = true
    await this.idle()
  }

  async #deliver(segment: Segment): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      try {
        await this.#attempt(segment)
        return
      } catch (error) {
        const kept = { err: error, segment: segment.path }
        if (this.#closing) {
          this.#options.log.error(kept, 'cannot deliver; the records are kept for the next start')
          return
        }
        this.#options.log.error({ ...kept, retryMs: pause }, 'cannot deliver; the records are kept and tried again')
      }
      await this.#pause(pause)
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, ms)
    this.#wake = resolve
    await promise
    clearTimeout(timer)
  }

  async #attempt(segment: Segment): Promise<void> {
    const { log, observer, stream } = this.#options
    const { processor } = stream
    const started = performance.now()
    const total = { records: 0, clicks: 0, bytes: 0, dropped: 0, failed: 0 }
    let damaged = 0
    await using outputs = new Outputs(this.#options, segment)
    const records = readSegment(segment, (line) => {
      damaged += 1
      log.error({ segment: segment.path, line }, 'a line of the write-ahead file is no record')
    })
    const batches = pMapIterable(
      gather(records, processor?.bufferBytes ?? DEFAULT_GATHER_BYTES),
      async (batch): Promise<{ read: typeof batch; result: Transformation }> => ({
        read: batch,
        result:
          processor === undefined
            ? {
                transformed: batch.map((record) => ({ record, base64: record.base64 })),
                failed: [],
                dropped: 0,
                attempts: 0,
              }
            : await transform(batch, processor, streamArn(stream.name), log),
      }),
      { concurrency: processor?.concurrency ?? 1 },
    )
    for await (const { read, result } of batches) {
      const converted = await this.#convert(result, outputs)
      total.records += read.length
      for (const { bytes } of read) total.bytes += bytes
      total.clicks += converted.clicks
      total.dropped += result.dropped
      total.failed += result.failed.length + converted.failed
    }
    const file = await outputs.commit()
    // A damaged segment is kept aside for whoever wants to look at it.
    if (damaged > 0) await rename(segment.path, `${segment.path}.damaged`)
    else await rm(segment.path)
    const { records: count, clicks } = total
    log.info(
      { ...total, file, ms: Math.round(performance.now() - started) },
      `delivered ${clicks} clicks of ${count} records`,
    )
    observer?.delivered({ records: count, clicks, failed: total.failed, file })
  }

  async #convert(result: Transformation, outputs: Outputs): Promise<{ clicks: number; failed: number }> {
    const { log, stream } = this.#options
    const rows: Row[] = []
    const failed: ConversionFailure[] = []
    let unknownKeys = 0
    for (const { record, base64 } of result.transformed) {
      try {
        const read = readRows(Buffer.from(base64, 'base64'), stream.columns)
        for (const row of read.rows) rows.push(row)
        unknownKeys += read.unknownKeys
      } catch (error) {
        if (!(error instanceof ConversionError)) throw error
        failed.push({ record, base64, error })
      }
    }
    await outputs.rows(rows)
    await outputs.conversionFailed(failed)
    await outputs.processingFailed(result.failed, result.attempts)
    if (unknownKeys > 0) log.debug({ unknownKeys }, 'keys that no column has were left out')
    return { clicks: rows.length, failed: failed.length }
  }
}
