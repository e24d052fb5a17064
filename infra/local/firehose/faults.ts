/** What the stream can be made to do, so that a person or a test sees what its callers do then. */

/** `throttled`: a small quota of records a second, as of a stream that is too small. `down`: every call fails. */
export const FAULTS = ['none', 'throttled', 'down'] as const
export type Fault = (typeof FAULTS)[number]

/** Records that a throttled stream accepts in a second: few, because clicks come packed. */
export const THROTTLED_RECORDS_PER_SECOND = 2

/** The fault that is on, and the quota while it is `throttled`. */
export class Faults {
  readonly #now: () => number
  #current: Fault = 'none'
  #second = 0
  #left = 0

  /** @param now a clock that never jumps, milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get current(): Fault {
    return this.#current
  }

  set current(fault: Fault) {
    this.#current = fault
    this.#left = 0
    this.#second = 0
  }

  /** Takes from the quota. @returns how many of these records may be accepted now, the first ones of a call */
  admit(records: number): number {
    if (this.#current !== 'throttled') return records
    const second = Math.floor(this.#now() / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#left = THROTTLED_RECORDS_PER_SECOND
    }
    const admitted = Math.min(records, this.#left)
    this.#left -= admitted
    return admitted
  }
}
