/** How long Firehose is left alone before one batch tries it again, milliseconds. */
export const PROBE_INTERVAL_MS = 5000

/** How long that batch may wait for it: the clicks in it are to be parked, or refused, in time. */
export const PROBE_TIMEOUT_MS = 2000

/**
 * Remembers that Firehose takes nothing, so that clicks need not find it out one after the other, each at the price of
 * a whole deadline.
 *
 *     closed ──(a batch of which nothing was accepted)──> open ──(every five seconds)──> one batch probes
 *        ^──────────────────(something was accepted)───────────────────────────────────────────┘
 */
export class Breaker {
  readonly #now: () => number
  #openedAt: number | undefined
  #nextProbe = 0

  /** @param now a clock that never jumps, milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get open(): boolean {
    return this.#openedAt !== undefined
  }

  /** Seconds since Firehose took its last click, as far as it is known; 0 while it takes them. */
  get outageSeconds(): number {
    return this.#openedAt === undefined ? 0 : (this.#now() - this.#openedAt) / 1000
  }

  /** Whether a batch may try Firehose now. Where it says yes while it is open, that batch is the probe. */
  allows(): boolean {
    if (this.#openedAt === undefined) return true
    if (this.#now() < this.#nextProbe) return false
    this.#nextProbe = this.#now() + PROBE_INTERVAL_MS
    return true
  }

  /** Firehose accepted something. @returns whether that ends an outage */
  succeeded(): boolean {
    const wasOpen = this.open
    this.#openedAt = undefined
    return wasOpen
  }

  /** A batch was refused whole. @returns whether that begins an outage */
  failed(): boolean {
    if (this.open) return false
    this.#openedAt = this.#now()
    this.#nextProbe = this.#now() + PROBE_INTERVAL_MS
    return true
  }
}
