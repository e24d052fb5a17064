/** Rates from counts that only grow. */
import type { Snapshot } from '../snapshot.ts'

/** What a rate is the mean of. */
const WINDOW_MS = 2000

export type Read = (snapshot: Snapshot) => number

/** The last seconds' snapshots. */
export class Rates {
  #snapshots: Snapshot[] = []

  push(snapshot: Snapshot): void {
    const last = this.#snapshots.at(-1)
    // A process that was started again counts from 0.
    if (last !== undefined && (last.time > snapshot.time || last.ledger.received > snapshot.ledger.received))
      this.#snapshots = []
    this.#snapshots.push(snapshot)
    // One that is as old as the window stays: rates are taken over all of it.
    while ((this.#snapshots[1]?.time ?? snapshot.time) <= snapshot.time - WINDOW_MS) this.#snapshots.shift()
  }

  /** A second, of the last seconds. */
  perSecond(read: Read): number {
    const [first, last] = [this.#snapshots[0], this.#snapshots.at(-1)]
    if (first === undefined || last === undefined || first === last) return 0
    return (1000 * (read(last) - read(first))) / (last.time - first.time)
  }

  /** Since the snapshot before. */
  grown(read: Read): number {
    const [before, last] = [this.#snapshots.at(-2), this.#snapshots.at(-1)]
    return before === undefined || last === undefined ? 0 : read(last) - read(before)
  }
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, value) => total + value, 0)

/** Counts by the name of the place that they are shown at. */
export const COUNTS = {
  received: ({ ledger }) => ledger.received,
  /** A full buffer refuses before it packs. */
  packed: ({ ledger }) =>
    ledger.inFlight + ledger.delivered + ledger.spilled + sum(ledger.refused) - ledger.refused.buffer_full,
  accepted: ({ ledger }) => ledger.delivered,
  transformed: ({ transformer }) => transformer.clicks,
  written: ({ lake }) => lake.clicks,
  rejected: ({ ledger }) => sum(ledger.rejected),
  refused: ({ ledger }) => sum(ledger.refused),
  dropped: ({ ledger }) => sum(ledger.dropped),
  away: ({ ledger }) => sum(ledger.rejected) + sum(ledger.refused) + sum(ledger.dropped),
  spilled: ({ ledger }) => ledger.spilled,
  items: ({ transformer }) => transformer.items,
  replayed: ({ replay }) => replay.clicks,
} as const satisfies Record<string, Read>
