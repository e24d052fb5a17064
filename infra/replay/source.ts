/** What can be replayed, and the formats it is in. Pure. */
import { StoredClick } from '../../service/click.ts'
import { MAX_RECORD_BYTES } from '../../service/delivery/pack.ts'
import { compile } from '../../service/validate.ts'
import { PREFIX } from '../pipeline.ts'

/** Lines are clicks. */
export const SPILL = PREFIX.spill
/** Firehose's own lines, with the record as it came in `rawData`. */
export const PROCESSING_FAILED = `${PREFIX.errors}processing-failed/`
/** The same; `rawData` is what the transformer made of the record. */
export const CONVERSION_FAILED = `${PREFIX.errors}format-conversion-failed/`

export const SOURCES = [SPILL, PROCESSING_FAILED, CONVERSION_FAILED] as const
export type Source = (typeof SOURCES)[number]

/** @returns the source that a prefix is, or lies below; `spill` is `spill/` */
export function sourceOf(prefix: string): Source | undefined {
  return SOURCES.find((source) => `${prefix}/`.startsWith(source))
}

/** A click to put back. */
export interface ClickLine {
  /** The line as it is, with its newline. */
  readonly text: string
  readonly contextid: string
  readonly requestid: string
  /** The line's bytes, without the newline. */
  readonly line: Buffer
  /** Firehose's reason for which it is here. */
  readonly error?: string | undefined
}

/** A line that is no click. */
export interface RejectedLine {
  /** For people: names the field, never its value. */
  readonly reason: string
  readonly line: Buffer
  readonly error?: string | undefined
}

/** An object that is not in the format of its place. The message says why. */
export class UnreadableError extends Error {}

/** Longest line of an object. Firehose's are base64 of 6 MB at most, which a transformer may answer. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

const LINE_FEED = 0x0a
const BLANK = /^[ \t\r]*$/
// A byte order mark is kept: what is put back is the line as it is.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const check = compile(StoredClick)

/** @throws UnreadableError when a line is longer than any that was written here */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, feed)])
      rest = []
      bytes = 0
      start = feed + 1
    }
    rest.push(chunk.subarray(start))
    bytes += chunk.length - start
    if (bytes > MAX_LINE_BYTES) throw new UnreadableError(`a line is longer than ${MAX_LINE_BYTES} bytes`)
  }
  if (bytes > 0) yield Buffer.concat(rest)
}

/** The clicks in one line of an object, and what is none. */
export function* readLine(source: Source, line: Buffer): Generator<ClickLine | RejectedLine> {
  if (source === SPILL) yield* readClick(line)
  else yield* readErrorLine(line)
}

export const isClick = (item: ClickLine | RejectedLine): item is ClickLine => 'text' in item

function* readErrorLine(line: Buffer): Generator<ClickLine | RejectedLine> {
  if (BLANK.test(line.toString('latin1'))) return
  const { rawData, errorMessage, lastErrorMessage } = parseObject(line)
  if (typeof rawData !== 'string') {
    yield { reason: 'the line is no error line of Firehose: it has no rawData', line }
    return
  }
  const message = lastErrorMessage ?? errorMessage
  const error = typeof message === 'string' ? message : undefined
  const record = Buffer.from(rawData, 'base64')
  for (let start = 0; start < record.length; ) {
    const feed = record.indexOf(LINE_FEED, start)
    const end = feed === -1 ? record.length : feed
    yield* readClick(record.subarray(start, end), error)
    start = end + 1
  }
}

/** @returns its members; none where it is no JSON object */
function parseObject(line: Buffer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(line.toString()))
  } catch {
    return {}
  }
}

/** Blank lines are nothing, as for the transformer. */
function* readClick(line: Buffer, error?: string): Generator<ClickLine | RejectedLine> {
  let text: string
  let value: unknown
  try {
    text = utf8.decode(line)
  } catch {
    yield { reason: 'the line is not valid UTF-8', line, error }
    return
  }
  if (BLANK.test(text)) return
  try {
    // The transformer reads over a byte order mark too: what it takes is put back.
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    yield { reason: 'the line is not valid JSON', line, error }
    return
  }
  if (!check.is(value)) yield { reason: check(value) ?? 'not a click', line, error }
  // White space can make a click longer than Firehose takes; the call would fail with all its neighbours.
  else if (line.length >= MAX_RECORD_BYTES) yield { reason: 'the line is too long for Firehose', line, error }
  else yield { text: `${text}\n`, contextid: value.contextid, requestid: value.requestid, line, error }
}
