/**
 * Firehose's rules for calling its transformer Lambda and for reading its answer.
 * https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html; codes, messages and what is tried again
 * are those of objects that the real service wrote: an invocation that fails is repeated and fails all its records,
 * while an answer that leaves a record out, or gives it twice, is final and fails that record only.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyBaseLogger } from 'fastify'
import type { FirehoseTransformationEvent } from '../../lambda/firehose-event.ts'
import type { BufferedRecord } from './segments.ts'
import { type Processor, REGION } from './stream.ts'

/** Bytes that a Lambda may answer: the invocation fails above it. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_ANSWER_BYTES = 6 * 1024 * 1024

const DEFAULT_TIMEOUT_MS = 300_000
const FIRST_PAUSE_MS = 100

/** A record that is to be converted: what came, and what the transformer made of it. */
export interface TransformedRecord {
  readonly record: BufferedRecord
  readonly base64: string
}

/** Why a record could not be processed. */
export interface ProcessingFailure {
  readonly record: BufferedRecord
  readonly errorCode: string
  readonly errorMessage: string
}

export interface Transformation {
  readonly transformed: readonly TransformedRecord[]
  readonly failed: readonly ProcessingFailure[]
  readonly dropped: number
  /** Invocations that it took. */
  readonly attempts: number
}

/** Gathers records for one invocation each: up to `bytes` of data, and one record at least. */
export async function* gather(records: AsyncIterable<BufferedRecord>, bytes: number): AsyncGenerator<BufferedRecord[]> {
  let batch: BufferedRecord[] = []
  let size = 0
  for await (const record of records) {
    if (batch.length > 0 && size + record.bytes > bytes) {
      yield batch
      batch = []
      size = 0
    }
    batch.push(record)
    size += record.bytes
  }
  if (batch.length > 0) yield batch
}

/**
 * Has records transformed, with as many tries as the processor has.
 *
 * @returns what became of each record; it never rejects because of the function
 */
export async function transform(
  records: readonly BufferedRecord[],
  processor: Processor,
  deliveryStreamArn: string,
  log: FastifyBaseLogger,
): Promise<Transformation> {
  const event = {
    deliveryStreamArn,
    region: REGION,
    records: records.map(({ recordId, arrival, base64 }) => ({
      recordId,
      approximateArrivalTimestamp: arrival,
      data: base64,
    })),
  }
  for (let attempt = 1; ; attempt++) {
    try {
      // Each try has its own invocationId; record ids stay.
      const answer = await invoke(processor, { invocationId: randomUUID(), ...event })
      return { ...readAnswer(answer, records), attempts: attempt }
    } catch (error) {
      log.warn({ err: error, attempt, records: records.length }, 'the transformer failed')
      if (attempt > processor.retries) return { ...failAll(records, error), attempts: attempt }
    }
    await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1))
  }
}

/** An answer that fails all records. */
class AnswerError extends Error {}

const FUNCTION_ERROR = 'The Lambda function was successfully invoked but it returned an error result.'
const WRONG_FORMAT =
  'Check your function and make sure the output is in required format. In addition to that, make sure the processed ' +
  'records contain valid result status of Dropped, Ok, or ProcessingFailed'

function failAll(records: readonly BufferedRecord[], error: unknown): Omit<Transformation, 'attempts'> {
  // The function's own message may hold data; it is in our log, as the cloud has it in the function's log.
  const errorMessage = error instanceof AnswerError ? error.message : FUNCTION_ERROR
  const failed = records.map((record) => ({ record, errorCode: 'Lambda.FunctionError', errorMessage }))
  return { transformed: [], failed, dropped: 0 }
}

async function invoke(processor: Processor, event: FirehoseTransformationEvent): Promise<unknown> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = processor
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`the transformer took longer than ${timeoutMs} ms`)), timeoutMs)
  try {
    const answer = await Promise.race([processor.invoke(event), late])
    // What goes over the wire in the cloud: only what JSON can say.
    const json = JSON.stringify(answer) ?? 'null'
    const bytes = Buffer.byteLength(json)
    if (bytes > MAX_ANSWER_BYTES) {
      throw new Error(`the transformer answered ${bytes} bytes; ${MAX_ANSWER_BYTES} are allowed`)
    }
    return JSON.parse(json)
  } finally {
    clearTimeout(timer)
  }
}

interface Entry {
  readonly result: 'Ok' | 'Dropped' | 'ProcessingFailed'
  readonly data?: unknown
}

/** What fails one record. */
const MISSING = {
  errorCode: 'Lambda.MissingRecordId',
  errorMessage:
    'One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.',
}
const DUPLICATED = {
  errorCode: 'Lambda.DuplicatedRecordId',
  errorMessage:
    'Multiple records were returned with the same record Id. Ensure that the Lambda function returns a unique record ' +
    'Id for each record.',
}
const PROCESSING_FAILED = {
  errorCode: 'Lambda.ProcessingFailedStatus',
  errorMessage: 'ProcessingFailed status set for record',
}

/** @throws AnswerError */
function readAnswer(answer: unknown, records: readonly BufferedRecord[]): Omit<Transformation, 'attempts'> {
  const { entries, duplicated } = readEntries(answer)
  const transformed: TransformedRecord[] = []
  const failed: ProcessingFailure[] = []
  let dropped = 0
  for (const record of records) {
    const entry = entries.get(record.recordId)
    if (duplicated.has(record.recordId)) failed.push({ record, ...DUPLICATED })
    else if (entry === undefined) failed.push({ record, ...MISSING })
    else if (entry.result === 'Dropped') dropped += 1
    else if (entry.result === 'ProcessingFailed') failed.push({ record, ...PROCESSING_FAILED })
    else if (isBase64(entry.data)) transformed.push({ record, base64: entry.data })
    else throw new AnswerError(WRONG_FORMAT)
  }
  return { transformed, failed, dropped }
}

/** By record id; ids that were not asked for are ignored by the caller, as Firehose does. */
function readEntries(answer: unknown): { entries: Map<string, Entry>; duplicated: Set<string> } {
  const entries = new Map<string, Entry>()
  const duplicated = new Set<string>()
  const list = (answer as { records?: unknown } | null)?.records
  // No list leaves every record out.
  if (!Array.isArray(list)) return { entries, duplicated }
  for (const each of list as readonly ({ recordId?: unknown; result?: unknown; data?: unknown } | null)[]) {
    const { recordId, result, data } = each ?? {}
    if (typeof recordId !== 'string' || (result !== 'Ok' && result !== 'Dropped' && result !== 'ProcessingFailed')) {
      throw new AnswerError(WRONG_FORMAT)
    }
    if (entries.has(recordId)) duplicated.add(recordId)
    entries.set(recordId, { result, data })
  }
  return { entries, duplicated }
}

function isBase64(data: unknown): data is string {
  return typeof data === 'string' && data.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(data)
}
