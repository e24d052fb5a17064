import type { FastifyBaseLogger } from 'fastify'
import { PREFIX } from '../prefixes.ts'
import { Breaker, PROBE_TIMEOUT_MS } from './breaker.ts'
import type { PutLines } from './bucket.ts'
import { nameOf, type Put, type PutFailure, WINDOW } from './firehose.ts'
import type { Ledger, RefusedReason } from './ledger.ts'
import { Batch, contents, createRecordBuffers, type PackedRecord, type Share } from './pack.ts'

/** How long the first click of a batch waits for company, when a put could leave at once. */
export const LINGER_MS = 5

/** The longest that a client is told to wait. */
const LONGEST_RETRY_AFTER_S = 30

/** Clicks of a request that were not made safe: `count` of them, from the request's click number `from` on. */
export interface Refusal {
  readonly from: number
  readonly count: number
  readonly reason: RefusedReason
}

/** Called once, when the fate of every click of a request is known. Nothing refused means that all are safe. */
export type Settled = (refusals: readonly Refusal[]) => void

/** The clicks of one request, on their way. */
interface Parcel {
  unsettled: number
  readonly refusals: Refusal[]
  readonly settled: Settled
}

type ClickRecord = PackedRecord<Parcel>
type ClickBatch = Batch<Parcel> & { readonly openedAt: number }

/** What became of a record: accepted by Firehose, parked in the spill bucket, or refused. */
type Fate = 'delivered' | 'spilled' | RefusedReason

/** Records that Firehose did not take, and why. */
interface Failure extends PutFailure<ClickRecord> {
  readonly reason: RefusedReason
}

export interface DeliveryOptions {
  readonly put: Put<ClickRecord>
  /** Where records are parked that Firehose does not take. Without it they are refused. */
  readonly spill?: PutLines | undefined
  readonly ledger: Ledger
  readonly log: FastifyBaseLogger
  /** Bytes of clicks that may wait or be in flight. */
  readonly bufferBytes: number
  /** How long a click may wait for Firehose, milliseconds. */
  readonly timeoutMs: number
}

/**
 * Takes clicks and says when they are safe. The actor around the passive Batch: it owns the timers, the window of puts
 * in flight, and the bound on memory.
 *
 *     deliver() ──> open batch ──(full)──> queue ──> put, put, put, put ──> settle
 *                        └──(lingered, and a put is free)──┘     └──(fails)──> spill ──(fails)──> refuse
 *
 * Invariant: every click that `deliver` accepts is in exactly one record of exactly one batch, which is open, queued or
 * in a put; it leaves by `#settle`, once. Clicks leave the buffer's byte count there too.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #breaker = new Breaker()
  readonly #buffers = createRecordBuffers()
  #open: ClickBatch | undefined
  #lingered = false
  #linger: NodeJS.Timeout | undefined
  readonly #queue: ClickBatch[] = []
  #puts = 0
  #bytes = 0
  #closing = false
  #idle: (() => void) | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  /** Bytes of clicks that wait or are in flight. */
  get bufferedBytes(): number {
    return this.#bytes
  }

  /** Batches that are being put or spilled, retries included. */
  get puts(): number {
    return this.#puts
  }

  /** Seconds since Firehose took its last click, as far as it is known; 0 while it takes them. */
  get outageSeconds(): number {
    return this.#breaker.outageSeconds
  }

  /** Seconds after which a refused client should try again: the longer Firehose has failed, the later. */
  get retryAfter(): number {
    return Math.min(LONGEST_RETRY_AFTER_S, 1 + Math.round(this.#breaker.outageSeconds / 2))
  }

  /**
   * Delivers the clicks of one request.
   *
   * @param lines JSON of each click, with its newline
   */
  deliver(lines: readonly string[], settled: Settled): void {
    const { ledger, bufferBytes } = this.#options
    if (lines.length === 0) {
      settled([])
      return
    }
    const sizes: number[] = []
    let bytes = 0
    for (const line of lines) {
      const size = Buffer.byteLength(line)
      sizes.push(size)
      bytes += size
    }
    if (this.#bytes + bytes > bufferBytes) {
      ledger.refused.buffer_full += lines.length
      settled([{ from: 0, count: lines.length, reason: 'buffer_full' }])
      return
    }
    ledger.inFlight += lines.length
    this.#bytes += bytes
    const parcel: Parcel = { unsettled: lines.length, refusals: [], settled }
    for (let n = 0; n < lines.length; n += 1) {
      while (!this.#batch().tryAdd(lines[n] as string, sizes[n] as number, parcel, n)) this.#enqueue()
    }
    this.#pump()
  }

  /** Sends at once whatever waits, and resolves when every click is settled. */
  async close(): Promise<void> {
    this.#closing = true
    if (this.#open !== undefined) this.#enqueue()
    this.#pump()
    if (this.#puts > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
  }

  /** The batch that clicks gather in. */
  #batch(): ClickBatch {
    const { timeoutMs } = this.#options
    // A batch that waits for a free put keeps the deadline of its first click: late clicks get a batch of their own.
    if (this.#open !== undefined && performance.now() - this.#open.openedAt > timeoutMs / 2) this.#enqueue()
    if (this.#open === undefined) {
      this.#open = Object.assign(new Batch<Parcel>(this.#buffers), { openedAt: performance.now() })
      this.#linger = setTimeout(() => {
        this.#lingered = true
        this.#pump()
      }, LINGER_MS)
    }
    return this.#open
  }

  /** Closes the open batch: it leaves as soon as a put is free. */
  #enqueue(): void {
    clearTimeout(this.#linger)
    this.#lingered = false
    this.#queue.push(this.#open as ClickBatch)
    this.#open = undefined
  }

  /** Starts puts while there are batches and free puts. */
  #pump(): void {
    while (this.#puts < WINDOW) {
      if (this.#queue.length === 0) {
        if (this.#open === undefined || !(this.#lingered || this.#closing)) return
        this.#enqueue()
      }
      void this.#send(this.#queue.shift() as ClickBatch)
    }
  }

  /** Settles each record of a batch, exactly once: by Firehose, or else by the spill. Never rejects. */
  async #send(batch: ClickBatch): Promise<void> {
    this.#puts += 1
    const failure = this.#breaker.allows()
      ? await this.#put(batch)
      : { records: batch.records, error: 'Outage', reason: 'firehose' as const }
    if (failure !== undefined) await this.#park(failure)
    this.#puts -= 1
    this.#pump()
    if (this.#puts === 0) this.#idle?.()
  }

  /** @returns what Firehose did not take */
  async #put(batch: ClickBatch): Promise<Failure | undefined> {
    const { put, timeoutMs } = this.#options
    // A timer and not AbortSignal.timeout: a deadline must hold the process while clicks are unanswered.
    const deadline = new AbortController()
    const waited = performance.now() - batch.openedAt
    const left = Math.min(timeoutMs - waited, this.#breaker.open ? PROBE_TIMEOUT_MS : timeoutMs)
    const timer = setTimeout(() => deadline.abort(), left)
    if (left <= 0) deadline.abort()
    let accepted = 0
    const failure = await put(batch.records, {
      signal: deadline.signal,
      accepted: (record) => {
        accepted += 1
        this.#settle(record, 'delivered')
      },
    })
    clearTimeout(timer)
    if (accepted > 0) this.#recovered()
    else if (left > 0) this.#failed(failure?.error)
    return failure && { ...failure, reason: deadline.signal.aborted ? 'timeout' : 'firehose' }
  }

  /** Parks records that Firehose did not take. What cannot be parked either is refused. */
  async #park({ records, reason }: Failure): Promise<void> {
    const { spill, log } = this.#options
    let fate: Fate = reason
    if (spill !== undefined) {
      try {
        await spill(PREFIX.spill, Buffer.concat(records.map(contents)))
        fate = 'spilled'
      } catch (cause) {
        fate = 'spill'
        log.error({ error: nameOf(cause as Error) }, 'the spill bucket does not take clicks; they are refused')
      }
    }
    for (const record of records) this.#settle(record, fate)
  }

  #failed(error: string | undefined): void {
    if (!this.#breaker.failed()) return
    const then = this.#options.spill === undefined ? 'refused with 503' : 'parked in the spill bucket'
    this.#options.log.error({ error }, `Firehose does not take clicks; until it does they are ${then}`)
  }

  #recovered(): void {
    const seconds = Math.round(this.#breaker.outageSeconds)
    if (this.#breaker.succeeded()) this.#options.log.info({ seconds }, 'Firehose takes clicks again')
  }

  /** Counts a record's clicks, and tells their owners what became of them. Nobody reads the record after it. */
  #settle(record: ClickRecord, fate: Fate): void {
    const { ledger } = this.#options
    this.#bytes -= record.bytes
    ledger.inFlight -= record.clicks
    if (fate === 'delivered') ledger.delivered += record.clicks
    else if (fate === 'spilled') ledger.spilled += record.clicks
    else ledger.refused[fate] += record.clicks
    this.#buffers.give(record.buffer)
    const refused = fate === 'delivered' || fate === 'spilled' ? undefined : fate
    for (const share of record.shares) this.#settleShare(share, refused)
  }

  #settleShare({ owner, from, count }: Share<Parcel>, refused: RefusedReason | undefined): void {
    if (refused !== undefined) owner.refusals.push({ from, count, reason: refused })
    owner.unsettled -= count
    if (owner.unsettled > 0) return
    try {
      owner.settled(owner.refusals)
    } catch (err) {
      // In the midst of a put: thrown on, it would be taken for the put's own failure, and its clicks be sent again.
      this.#options.log.error({ err }, 'a request could not be told what became of its clicks')
    }
  }
}
