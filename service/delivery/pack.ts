/**
 * Packs clicks into records and records into batches. Pure: no time, no I/O, no counting beyond its own sizes.
 * Clicks are kept as bytes: as text they would be collected as garbage by the thousand while they wait.
 *
 *     click click click   click click   click          lines of JSON, each with its newline
 *     └──── record ────┘  └─ record ─┘  └ record ┘     tens of KB: what Firehose bills, retries and hands to the Lambda
 *     └───────────────── batch ─────────────────┘      one PutRecordBatch
 */
import { BufferPool } from './pool.ts'

/** Firehose's quota, before base64 (Service quotas, "maximum size of a record"). */
export const MAX_RECORD_BYTES = 1000 * 1024
/** Firehose's quotas of one PutRecordBatch. */
export const MAX_BATCH_RECORDS = 500
export const MAX_BATCH_BYTES = 4 * 1024 * 1024

/**
 * Where a record is closed. Firehose bills every record rounded up to 5 KB: filled to just below twelve times that,
 * rounding costs next to nothing, and a record that fails takes only some two hundred clicks with it.
 */
export const RECORD_BYTES = 12 * 5 * 1024

/** Record buffers that are kept for the next records: 8 MB at most, what a few large batches hold. */
const KEPT_RECORDS = 128

/** For all batches of one delivery. */
export const createRecordBuffers = (): BufferPool => new BufferPool(RECORD_BYTES, KEPT_RECORDS)

/** Clicks of one sender inside one record: `count` of them, from the sender's click number `from` on. */
export interface Share<Owner> {
  readonly owner: Owner
  readonly from: number
  count: number
}

/** Newline-delimited JSON in UTF-8, at most RECORD_BYTES unless one click alone is larger. */
export interface PackedRecord<Owner> {
  /** With room for more behind the first `bytes`. */
  readonly buffer: Buffer
  bytes: number
  clicks: number
  /** Whose clicks these are, in order. */
  readonly shares: Share<Owner>[]
}

/** What a record holds. Valid as long as the record. */
export const contents = ({ buffer, bytes }: Pick<PackedRecord<unknown>, 'buffer' | 'bytes'>): Buffer =>
  buffer.subarray(0, bytes)

/** Records for one PutRecordBatch. A passive container: it never sends, and never throws when it is full. */
export class Batch<Owner> {
  readonly records: PackedRecord<Owner>[] = []
  bytes = 0
  clicks = 0
  readonly #buffers: BufferPool

  /** @param buffers whoever empties a record gives its buffer back */
  constructor(buffers: BufferPool) {
    this.#buffers = buffers
  }

  /**
   * Adds a click behind the others.
   *
   * @param line JSON of one click with its newline, at most MAX_RECORD_BYTES
   * @param bytes length of the line in UTF-8
   * @param index number of the click among its owner's; clicks of one owner are added in order
   * @returns false, and nothing is changed, when Firehose's limits leave no room
   */
  tryAdd(line: string, bytes: number, owner: Owner, index: number): boolean {
    if (this.bytes + bytes > MAX_BATCH_BYTES) return false
    let record = this.records.at(-1)
    if (record === undefined || record.bytes + bytes > RECORD_BYTES) {
      if (this.records.length === MAX_BATCH_RECORDS) return false
      record = { buffer: this.#buffers.take(bytes), bytes: 0, clicks: 0, shares: [] }
      this.records.push(record)
    }
    record.buffer.write(line, record.bytes, bytes === line.length ? 'latin1' : 'utf8')
    record.bytes += bytes
    record.clicks += 1
    this.bytes += bytes
    this.clicks += 1
    const last = record.shares.at(-1)
    if (last?.owner === owner) last.count += 1
    else record.shares.push({ owner, from: index, count: 1 })
    return true
  }
}
