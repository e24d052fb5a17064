/** Puts what was cut out of records into the bucket, with its reason. */
import { createHash } from 'node:crypto'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { PREFIX, partition } from '../pipeline.ts'
import type { FirehoseRecord } from './firehose-event.ts'
import type { Reject } from './unpack.ts'

export interface RejectedRecord {
  readonly record: FirehoseRecord
  readonly rejects: readonly Reject[]
}

/** One line of an object below `rejected/`. */
export interface RejectedLine {
  readonly reason: string
  /** When it was rejected, UTC. */
  readonly time: string
  readonly recordId: string
  /** When its record arrived at Firehose, UTC. */
  readonly arrival: string
  /** Bytes of the line, of which `data` may be only the beginning. */
  readonly bytes: number
  readonly encoding: 'text' | 'base64'
  readonly data: string
}

/** Bytes of a rejected line that are kept. The longest click is shorter, so whatever can be mended is there. */
export const MAX_REJECTED = 300 * 1024

const PUT_TIMEOUT_MS = 20_000

/**
 * Where the rejects of an invocation go. Derived from the records alone, so that Firehose's next try of the same
 * invocation overwrites the object instead of adding one.
 */
export function rejectedKey(records: readonly FirehoseRecord[]): string {
  const arrival = new Date(Math.min(...records.map((record) => record.approximateArrivalTimestamp)))
  const name = createHash('sha256')
    .update(records.map((record) => record.recordId).join('\n'))
    .digest('hex')
  return `${PREFIX.rejected}${partition(arrival)}${name.slice(0, 32)}.ndjson`
}

export function rejectedLine(record: FirehoseRecord, { kind, reason, line }: Reject, now: Date): RejectedLine {
  const data = line.subarray(0, MAX_REJECTED)
  const encoding = kind === 'encoding' ? 'base64' : 'text'
  return {
    reason,
    time: now.toISOString(),
    recordId: record.recordId,
    arrival: new Date(record.approximateArrivalTimestamp).toISOString(),
    bytes: line.length,
    encoding,
    data: data.toString(encoding === 'base64' ? 'base64' : 'utf8'),
  }
}

/**
 * Writes one object with all rejects of an invocation.
 *
 * @returns its key; rejects with the SDK's error
 */
export async function putRejected(s3: S3Client, bucket: string, rejected: readonly RejectedRecord[]): Promise<string> {
  const now = new Date()
  const lines = rejected.flatMap(({ record, rejects }) => rejects.map((reject) => rejectedLine(record, reject, now)))
  const Key = rejectedKey(rejected.map(({ record }) => record))
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key,
      Body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      ContentType: 'application/x-ndjson',
    }),
    { abortSignal: AbortSignal.timeout(PUT_TIMEOUT_MS) },
  )
  return Key
}
