/**
 * Reads requests, with Firehose's own limits and errors. The model is the SDKs' `firehose-2015-08-04`; what its errors
 * say was compared with what users of the real service report: a broken model is a ValidationException with all that
 * is wrong at once, the sum of a batch is checked after it and is an InvalidArgumentException.
 */
import { AwsError, serializationError, validationError } from './aws-error.ts'

/** Records of one call. */
export const MAX_RECORDS = 500
/** Bytes of one record, before base64. */
export const MAX_RECORD_BYTES = 1_024_000
/** Bytes of one call's records, before base64. */
export const MAX_BATCH_BYTES = 4 * 1024 * 1024

/** Records that may be accepted. */
export interface Put {
  readonly stream: string
  /** Base64, which has been checked. */
  readonly data: readonly string[]
  /** Sum of the records before base64. */
  readonly bytes: number
}

/** A structure whose members have not been checked. */
export type Members = Readonly<Record<string, unknown>>

/**
 * Reads a body as a structure.
 *
 * @throws SerializationException
 */
export function parseBody(body: unknown): Members {
  let value: unknown
  try {
    value = JSON.parse(typeof body === 'string' ? body : '')
  } catch {
    // The parser's own message would quote the body.
    throw serializationError('The body is not JSON')
  }
  return structure(value, 'the body')
}

/** Reads `PutRecord`. */
export function readPut(body: Members): Put {
  const problems: string[] = []
  const stream = streamName(body, problems)
  const data = record(body.Record, 'record', problems)
  return put(stream, [data], problems)
}

/** Reads `PutRecordBatch`. */
export function readPutBatch(body: Members): Put {
  const problems: string[] = []
  const stream = streamName(body, problems)
  const records = body.Records ?? undefined
  if (records === undefined) {
    problems.push(missing('records'))
    return put(stream, [], problems)
  }
  if (!Array.isArray(records)) throw serializationError('Records must be a list')
  if (records.length === 0) problems.push(length('[]', 'records', 'greater than or equal to 1'))
  // The real message holds every record; their number says as much.
  if (records.length > MAX_RECORDS) {
    problems.push(length(`[${records.length} records]`, 'records', `less than or equal to ${MAX_RECORDS}`))
  }
  const data = records.map((each, index) => record(each, `records.${index + 1}.member`, problems))
  return put(stream, data, problems)
}

/** Reads the stream that is asked for. */
export function readStreamName(body: Members): string {
  const problems: string[] = []
  const stream = streamName(body, problems)
  refuse(problems)
  return stream
}

function put(stream: string, data: readonly string[], problems: readonly string[]): Put {
  refuse(problems)
  const bytes = data.reduce((sum, each) => sum + decodedBytes(each), 0)
  if (bytes > MAX_BATCH_BYTES) throw new AwsError('InvalidArgumentException', 'Records size exceeds 4 MB limit')
  return { stream, data, bytes }
}

function refuse(problems: readonly string[]): void {
  if (problems.length === 0) return
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`
  throw validationError(`${count} detected: ${problems.join('; ')}`)
}

function streamName(body: Members, problems: string[]): string {
  const at = 'deliveryStreamName'
  const name = body.DeliveryStreamName ?? undefined
  if (name === undefined) {
    problems.push(missing(at))
    return ''
  }
  if (typeof name !== 'string') throw serializationError('DeliveryStreamName must be a string')
  if (name.length < 1) problems.push(length(`'${name}'`, at, 'greater than or equal to 1'))
  if (name.length > 64) problems.push(length(`'${name}'`, at, 'less than or equal to 64'))
  if (!/^[a-zA-Z0-9_.-]*$/.test(name)) {
    problems.push(failed(`'${name}'`, at, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+'))
  }
  return name
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

function record(value: unknown, at: string, problems: string[]): string {
  if (value === undefined || value === null) {
    problems.push(missing(at))
    return ''
  }
  const data = structure(value, 'a record').Data ?? undefined
  if (data === undefined) {
    problems.push(missing(`${at}.data`))
    return ''
  }
  if (typeof data !== 'string' || data.length % 4 !== 0 || !BASE64.test(data)) {
    throw serializationError('Data must be base64')
  }
  const bytes = decodedBytes(data)
  if (bytes > MAX_RECORD_BYTES) {
    const buffer = `'java.nio.HeapByteBuffer[pos=0 lim=${bytes} cap=${bytes}]'`
    problems.push(length(buffer, `${at}.data`, `less than or equal to ${MAX_RECORD_BYTES}`))
  }
  return data
}

/** Bytes that well-formed base64 stands for. */
export function decodedBytes(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return (base64.length / 4) * 3 - padding
}

function structure(value: unknown, what: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw serializationError(`${what} must be an object`)
  }
  return value as Members
}

const failed = (value: string, at: string, constraint: string) =>
  `Value ${value} at '${at}' failed to satisfy constraint: ${constraint}`
const missing = (at: string) => failed('null', at, 'Member must not be null')
const length = (value: string, at: string, bound: string) => failed(value, at, `Member must have length ${bound}`)
