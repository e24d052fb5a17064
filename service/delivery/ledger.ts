/** Why clicks were not taken. A fixed set: a label from the outside would grow the metrics without bound. */
export type RejectedReason = 'schema' | 'malformed' | 'too_many'
export type RefusedReason = 'buffer_full' | 'timeout' | 'firehose' | 'spill'
export type DroppedReason = 'gpc'

/**
 * Where every click is. At every moment
 * `received = delivered + spilled + rejected + refused + dropped + inFlight`, and each of them is counted on its own,
 * where it happens: a term computed as the rest would hide what it should show.
 */
export class Ledger {
  /** Came in an authorized request, whatever became of them. */
  received = 0
  /** Accepted by Firehose. */
  delivered = 0
  /** Parked in the spill bucket. */
  spilled = 0
  /** Waiting in the buffer or in a put. */
  inFlight = 0
  /** No clicks: answered 400 or 413, or `rejected` in a batch. */
  readonly rejected: Record<RejectedReason, number> = { schema: 0, malformed: 0, too_many: 0 }
  /** Could not be made safe: answered 503, or `retry` in a batch. */
  readonly refused: Record<RefusedReason, number> = { buffer_full: 0, timeout: 0, firehose: 0, spill: 0 }
  /** Taken and left out on purpose, as a policy says. */
  readonly dropped: Record<DroppedReason, number> = { gpc: 0 }

  /** Clicks received beyond those accounted for. Anything but 0 is a bug or a loss. */
  mismatch(): number {
    const { received, delivered, spilled, inFlight, rejected, refused, dropped } = this
    return received - (delivered + spilled + inFlight + sum(rejected) + sum(refused) + sum(dropped))
  }
}

const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0)
