/** What Firehose gets back. Pure. */
import type { StoredClick } from '../../service/click.ts'
import type { FirehoseRecord, TransformedRecord } from './firehose-event.ts'
import { pack } from './unpack.ts'

/**
 * Bytes of an answer: a synchronous Lambda's limit is 6 MB, and past it Firehose sees the whole invocation failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_ANSWER = 6_000_000

/** JSON of a record in the answer, besides its id and data. */
const OVERHEAD = '{"recordId":"","result":"ProcessingFailed","data":""},'.length

/** A record on its way through the transformer. */
export interface Delivery {
  readonly record: FirehoseRecord
  /** Its good clicks as they came. */
  readonly plain: readonly StoredClick[]
  /** The same after enrichment. */
  readonly clicks: readonly StoredClick[]
}

/**
 * Makes the answer fit. Enrichment can add 20 KB to a click of 300 bytes; where that is too much, records go back to
 * their clicks without it, from the last on: a click without the catalogue's facts is better than one in `errors/`.
 * What fits without enrichment always fits, as the event has the same limit. Before the table is written, so that table
 * and lake agree.
 */
export function fit(deliveries: readonly Delivery[], limit = MAX_ANSWER): Delivery[] {
  let excess = deliveries.reduce((sum, { record, clicks }) => sum + size(record, clicks), 0) - limit
  return deliveries
    .toReversed()
    .map((delivery) => {
      if (excess <= 0) return delivery
      const { record, plain, clicks } = delivery
      excess -= size(record, clicks) - size(record, plain)
      return { record, plain, clicks: plain }
    })
    .toReversed()
}

/** Bytes of a record in the answer, whether its clicks are delivered or it fails and its own data goes back. */
function size({ recordId, data }: FirehoseRecord, clicks: readonly StoredClick[]): number {
  const packed = Math.ceil(Buffer.byteLength(pack(clicks)) / 3) * 4
  return OVERHEAD + recordId.length + Math.max(data.length, packed)
}

/** Good clicks, and the rest is in `rejected/`. */
export function delivered({ record, clicks }: Delivery): TransformedRecord {
  return { recordId: record.recordId, result: 'Ok', data: Buffer.from(pack(clicks)).toString('base64') }
}

/** No good click in it: nothing to deliver. */
export function dropped({ recordId, data }: FirehoseRecord): TransformedRecord {
  return { recordId, result: 'Dropped', data }
}

/** As it came in, so that what Firehose puts below `errors/` can be replayed. */
export function failed({ recordId, data }: FirehoseRecord): TransformedRecord {
  return { recordId, result: 'ProcessingFailed', data }
}
