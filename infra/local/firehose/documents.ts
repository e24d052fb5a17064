/**
 * Reads a record as Firehose's format conversion does with the OpenX SerDe: JSON documents, one after the other, with
 * or without white space between them, each of which must fit the columns.
 * https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion.html
 */
import type { Column } from '../../pipeline.ts'

/** Why a record cannot be converted, with Firehose's code and a message for its error object. */
export class ConversionError extends Error {
  readonly code: 'DataFormatConversion.ParseError' | 'DataFormatConversion.MalformedData'

  constructor(code: ConversionError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** One row: values by column, without those that are NULL. */
export type Row = Readonly<Record<string, string | Readonly<Record<string, string>>>>

export interface Rows {
  readonly rows: readonly Row[]
  /** Keys that no column has: they vanish, as in the cloud. */
  readonly unknownKeys: number
}

/**
 * Reads the documents of a record.
 *
 * @param data the record's bytes, UTF-8
 * @throws ConversionError if one of them does not parse or fit: the whole record fails then
 */
export function readRows(data: Uint8Array, columns: readonly Column[]): Rows {
  const rows: Row[] = []
  let unknownKeys = 0
  for (const document of parseDocuments(decode(data))) {
    const row: Record<string, Row[string]> = {}
    let known = 0
    for (const { name, type } of columns) {
      const value = Object.hasOwn(document, name) ? document[name] : undefined
      if (value !== undefined) known += 1
      if (value !== undefined && value !== null) row[name] = READERS[type](value, name)
    }
    unknownKeys += Object.keys(document).length - known
    rows.push(row)
  }
  return { rows, unknownKeys }
}

function decode(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data)
  } catch {
    throw new ConversionError('DataFormatConversion.ParseError', 'Encountered malformed JSON. Invalid UTF-8')
  }
}

type Document = Readonly<Record<string, unknown>>

/** Cuts where the outermost bracket closes: the documents may stand on one line. */
function parseDocuments(text: string): Document[] {
  const documents: Document[] = []
  let depth = 0
  let start = 0
  let inString = false
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (inString) {
      if (character === '\\') index += 1
      else inString = character !== '"'
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      depth -= 1
      if (depth > 0) continue
      documents.push(parse(text.slice(start, index + 1)))
      start = index + 1
    }
  }
  // What is left is white space, or it gives its own error.
  if (text.slice(start).trim() !== '') documents.push(parse(text.slice(start)))
  if (documents.length === 0) throw malformed('The record was empty or contained only whitespace.')
  return documents
}

function parse(text: string): Document {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ConversionError(
      'DataFormatConversion.ParseError',
      `Encountered malformed JSON. ${error instanceof Error ? error.message : ''}`,
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('Data does not match the schema. A document must be an object')
  }
  return value as Document
}

const malformed = (message: string) => new ConversionError('DataFormatConversion.MalformedData', message)

// Stricter than the SerDe, which would make text of a number: nothing of ours writes one, so it is a bug to be seen.
const READERS: Readonly<Record<Column['type'], (value: unknown, name: string) => Row[string]>> = {
  string: (value, name) => {
    if (typeof value !== 'string') throw malformed(`Data does not match the schema. ${name} must be a string`)
    // An unpaired surrogate has no UTF-8 form, and one of them would fail the whole file.
    return value.toWellFormed()
  },
  timestamp: (value, name) => {
    const time = readTimestamp(value)
    if (time === undefined) throw malformed(`Data does not match the schema. ${name} must be a timestamp`)
    return time
  },
  'map<string,string>': (value, name) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw malformed(`Data does not match the schema. ${name} must be an object`)
    }
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => {
        if (typeof each !== 'string') throw malformed(`Data does not match the schema. ${name} must hold strings`)
        return [key.toWellFormed(), each.toWellFormed()]
      }),
    )
  },
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d{1,9})?Z?$|^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,9})?$/

const NUMBER = /^\d+(\.\d+)?$/

/** From here on, a number is milliseconds and no longer seconds. */
const FIRST_MILLISECONDS = 1e12
const LAST_MILLISECONDS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/**
 * Reads the forms of a timestamp that the OpenX SerDe reads: `yyyy-MM-dd'T'HH:mm:ss[.S]'Z'`, `yyyy-MM-dd HH:mm:ss[.S]`
 * and a number of seconds or milliseconds since 1970, also as text. An offset such as `+02:00` is none of them.
 *
 * @returns `yyyy-MM-dd HH:mm:ss.SSSSSS` in UTC, or undefined if it is none
 */
export function readTimestamp(value: unknown): string | undefined {
  if (typeof value === 'number' || (typeof value === 'string' && NUMBER.test(value))) return fromEpoch(Number(value))
  if (typeof value !== 'string') return undefined
  const match = TIMESTAMP.exec(value)
  if (match === null) return undefined
  const date = match[1] ?? match[4]
  const clock = match[2] ?? match[5]
  // Date.parse makes the 2nd of March of the 30th of February, and knows 24:00.
  const moment = new Date(`${date}T${clock}Z`)
  if (Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 19) !== `${date}T${clock}`) return undefined
  return `${date} ${clock}.${(match[3] ?? match[6] ?? '.').slice(1, 7).padEnd(6, '0')}`
}

function fromEpoch(epoch: number): string | undefined {
  const milliseconds = epoch < FIRST_MILLISECONDS ? epoch * 1000 : epoch
  if (milliseconds < 0 || milliseconds > LAST_MILLISECONDS) return undefined
  return `${new Date(milliseconds).toISOString().replace('T', ' ').slice(0, -1)}000`
}
