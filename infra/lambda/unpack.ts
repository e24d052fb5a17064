/** From a Firehose record to its clicks. Pure. */
import { parseTime, StoredClick } from '../../service/click.ts'
import { compile } from '../../service/validate.ts'

/** A line that is no click. */
export interface Reject {
  readonly kind: 'encoding' | 'json' | 'schema'
  /** For people: names the field, never its value. */
  readonly reason: string
  /** The line's bytes, as they came. */
  readonly line: Buffer
}

export interface Unpacked {
  readonly clicks: readonly StoredClick[]
  readonly rejects: readonly Reject[]
}

const LINE_FEED = 0x0a
const BLANK = /^[ \t\r]*$/
const utf8 = new TextDecoder('utf-8', { fatal: true })
const check = compile(StoredClick)

/**
 * Takes a record apart. Lines are split as bytes and decoded one by one, so that broken bytes in one line cost this
 * line only. Blank lines are nothing: the last line ends in a newline.
 *
 * @param data base64 of newline-delimited JSON
 */
export function unpack(data: string): Unpacked {
  const bytes = Buffer.from(data, 'base64')
  const clicks: StoredClick[] = []
  const rejects: Reject[] = []
  for (const line of lines(bytes)) {
    const read = readLine(line)
    if (read === undefined) continue
    if ('reason' in read) rejects.push(read)
    else clicks.push(read)
  }
  return { clicks, rejects }
}

function* lines(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, start)
    const end = feed === -1 ? bytes.length : feed
    yield bytes.subarray(start, end)
    start = end + 1
  }
}

function readLine(line: Buffer): StoredClick | Reject | undefined {
  let text: string
  try {
    text = utf8.decode(line)
  } catch {
    return { kind: 'encoding', reason: 'the line is not valid UTF-8', line }
  }
  if (BLANK.test(text)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'json', reason: 'the line is not valid JSON', line }
  }
  if (!check.is(value)) return { kind: 'schema', reason: check(value) ?? 'not a click', line }
  return withNormalTimes(value)
}

/**
 * The service writes both times as `YYYY-MM-DDTHH:mm:ss.sssZ`. Whoever else puts into the stream may write an offset,
 * which the schema takes and the OpenX SerDe does not read: the column would be null, or the whole record lost.
 */
function withNormalTimes(click: StoredClick): StoredClick {
  return {
    ...click,
    createdtime: parseTime(click.createdtime) ?? click.createdtime,
    receivedat: parseTime(click.receivedat) ?? click.receivedat,
  }
}

/** The lake's form of clicks: newline-delimited JSON, as they came in, so that the transformer takes its own output. */
export function pack(clicks: readonly StoredClick[]): string {
  return clicks.map((click) => `${JSON.stringify(click)}\n`).join('')
}
