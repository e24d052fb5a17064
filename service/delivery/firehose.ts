import { setTimeout as sleep } from 'node:timers/promises'
import {
  FirehoseClient,
  type FirehoseClientConfig,
  PutRecordBatchCommand,
  type PutRecordBatchResponseEntry,
} from '@aws-sdk/client-firehose'
import { contents, MAX_BATCH_BYTES, MAX_BATCH_RECORDS, type PackedRecord } from './pack.ts'
import { BufferPool } from './pool.ts'

/** Puts that may be in flight at once. While they are, later clicks gather, so batches grow with the load. */
export const WINDOW = 8

/** A first pause of this many milliseconds at most, doubled with every try up to the longest. */
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2000

/** Errors that the same call would meet again: no permission, no such stream, a request that is wrong in itself. */
const PERMANENT = new Set([
  'AccessDeniedException',
  'InvalidArgumentException',
  'InvalidKMSResourceException',
  'ResourceNotFoundException',
  'SerializationException',
  'UnknownOperationException',
  'UnrecognizedClientException',
  'ValidationException',
])

/** One kept-alive client for the whole process. `put` tries again by itself, so the SDK does not. */
export function createFirehoseClient(overrides: FirehoseClientConfig = {}): FirehoseClient {
  const agent = { keepAlive: true, maxSockets: WINDOW }
  return new FirehoseClient({
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 1000,
      // An answer that never comes must leave time for a second try before the delivery's deadline.
      requestTimeout: 3000,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...overrides,
  })
}

export interface PutOptions<R> {
  /** Called once for each record, as soon as Firehose has accepted it. */
  accepted(record: R): void
  /** The deadline: ends the call in flight and the tries. */
  signal: AbortSignal
}

type Contents = Pick<PackedRecord<unknown>, 'buffer' | 'bytes'>

/** What is left of a put: records that Firehose was not seen to accept. It may have, if an answer was lost. */
export interface PutFailure<R> {
  readonly records: readonly R[]
  /** For logs: AWS's name of the error, or the SDK's. */
  readonly error: string
}

/** Sends records until all are accepted; gives the rest when time is up or trying again is useless. */
export type Put<R> = (records: readonly R[], options: PutOptions<R>) => Promise<PutFailure<R> | undefined>

/** Puts records into a delivery stream, at most 500 and 4 MiB a call (see pack.ts). */
export function createPut<R extends Contents>(client: FirehoseClient, streamName: string): Put<R> {
  const createBody = createBodies(streamName)
  return async (records, { accepted, signal }) => {
    let pending = records
    let error = 'Timeout'
    for (let attempt = 0; ; attempt += 1) {
      if (signal.aborted) return { records: pending, error }
      try {
        const body = createBody(pending)
        const command = createCommand(streamName, body.bytes)
        const { RequestResponses: entries = [] } = await client.send(command, { abortSignal: signal })
        // A call can succeed and still have refused some of its records: only these are sent again.
        if (entries.length !== pending.length) error = 'UnreadableAnswer'
        else {
          // Firehose has answered for all records, so it has read them. After anything else a socket may still send them.
          body.giveBack()
          const failed: R[] = []
          pending.forEach((record, index) => {
            const entry = entries[index] as PutRecordBatchResponseEntry
            if (entry.RecordId !== undefined && entry.ErrorCode === undefined) accepted(record)
            else {
              failed.push(record)
              error = entry.ErrorCode ?? 'UnreadableAnswer'
            }
          })
          pending = failed
        }
      } catch (cause) {
        if (!signal.aborted) error = nameOf(cause as NodeJS.ErrnoException)
        if (PERMANENT.has(error)) return { records: pending, error }
      }
      if (pending.length === 0) return undefined
      // Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"): tasks that failed together spread out.
      const pause = Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt)
      await sleep(pause, undefined, { signal }).catch(() => {}) // Cut short by the deadline, which the loop looks at.
    }
  }
}

/**
 * The SDK encodes each byte of a record in JavaScript, and copies what it has at every doubling: a sixth of the time of a
 * click that came in a batch. Here the SDK makes the request, for its endpoint, signature and headers, and its body is
 * replaced before it is measured and signed.
 */
function createCommand(streamName: string, body: Buffer): PutRecordBatchCommand {
  const command = new PutRecordBatchCommand({ DeliveryStreamName: streamName, Records: [] })
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { body })
      return next(args)
    },
    { step: 'build', priority: 'high', name: 'recordsInOnePass' },
  )
  return command
}

interface Body {
  readonly bytes: Buffer
  /** When nobody reads it any more. */
  giveBack(): void
}

/** Makes JSON of PutRecordBatch, each in one buffer and without a text of the whole: it has up to 5.6 MB. */
function createBodies(streamName: string): (records: readonly Contents[]) => Body {
  const start = `{"DeliveryStreamName":${JSON.stringify(streamName)},"Records":[`
  const [first, next, close, end] = ['{"Data":"', ',{"Data":"', '"}', ']}'] as const
  const size = (records: number, base64: number) =>
    start.length + records * (next.length + close.length) + base64 + end.length
  // Base64 of each record is up to two characters longer than its share. Pages that were never written take no memory.
  const largest = size(MAX_BATCH_RECORDS, base64Length(MAX_BATCH_BYTES) + 2 * MAX_BATCH_RECORDS)
  const buffers = new BufferPool(largest, WINDOW)
  return (records) => {
    const buffer = buffers.take(
      size(
        records.length,
        records.reduce((total, { bytes }) => total + base64Length(bytes), 0),
      ),
    )
    let at = buffer.write(start, 'latin1')
    for (const [index, record] of records.entries()) {
      at += buffer.write(index === 0 ? first : next, at, 'latin1')
      at += buffer.write(contents(record).toString('base64'), at, 'latin1')
      at += buffer.write(close, at, 'latin1')
    }
    at += buffer.write(end, at, 'latin1')
    return { bytes: buffer.subarray(0, at), giveBack: () => buffers.give(buffer) }
  }
}

const base64Length = (bytes: number) => 4 * Math.ceil(bytes / 3)

/** What tells most about an error without its message, which can hold addresses: `ECONNREFUSED`, or AWS's name. */
export const nameOf = ({ code, name }: NodeJS.ErrnoException): string => code ?? name
