/** Puts clicks back into the stream with the service's own delivery: its packing, and its retry of what failed only. */
import type { FirehoseClient } from '@aws-sdk/client-firehose'
import { pino } from 'pino'
import { Delivery, type DeliveryOptions, type Refusal } from '../../service/delivery/delivery.ts'
import { createPut } from '../../service/delivery/firehose.ts'
import { Ledger } from '../../service/delivery/ledger.ts'

/** How long one click is tried: nobody waits for an answer, and a throttled stream needs time. Milliseconds. */
export const TIMEOUT_MS = 120_000

/** Puts lines back. Resolves when all are accepted, and rejects with RefusedError otherwise. */
export type Deliver = (lines: readonly string[]) => Promise<void>

/** Firehose did not take some clicks, however often they were tried. */
export class RefusedError extends Error {}

export interface DeliverOptions {
  readonly firehose: FirehoseClient
  readonly stream: string
  /** Bytes that callers may have in flight together. */
  readonly bufferBytes: number
  /** @default two minutes */
  readonly timeoutMs?: number
}

export function createDeliver({ firehose, stream, bufferBytes, timeoutMs = TIMEOUT_MS }: DeliverOptions): Deliver {
  const put: DeliveryOptions['put'] = createPut(firehose, stream)
  let error = 'Timeout'
  const delivery = new Delivery({
    put: async (records, options) => {
      const failure = await put(records, options)
      if (failure !== undefined) error = failure.error
      return failure
    },
    ledger: new Ledger(),
    // Its lines are for the service's operators (503, spill); the error below tells ours.
    log: pino({ level: 'silent' }),
    bufferBytes,
    timeoutMs,
  })
  return async (lines) => {
    const refusals = await new Promise<readonly Refusal[]>((resolve) => delivery.deliver(lines, resolve))
    if (refusals.length === 0) return
    const clicks = refusals.reduce((total, { count }) => total + count, 0)
    throw new RefusedError(`the stream ${stream} did not take ${clicks} of ${lines.length} clicks: ${error}`)
  }
}
