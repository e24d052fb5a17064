/**
 * Firehose's prefix expressions: `!{namespace:value}` inside an object's prefix.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
import { createHash } from 'node:crypto'

/** What went wrong, as `!{firehose:error-output-type}` names it. */
export type ErrorOutputType = 'processing-failed' | 'format-conversion-failed'

/** What an object's prefix depends on. */
export interface PrefixContext {
  /** Arrival of the object's oldest record. */
  readonly time: Date
  /** The same seed gives the same random strings, so that writing an object again overwrites it. */
  readonly seed: string
  /** Only error prefixes have one. */
  readonly errorOutputType?: ErrorOutputType
}

/** Gives an object's prefix. */
export type Prefix = (context: PrefixContext) => string

type Part = (context: PrefixContext, index: number) => string

const EXPRESSION = /!\{([^:}]*):?([^}]*)\}/g

/**
 * Compiles the prefix of the delivered objects. Without any timestamp, Firehose appends `yyyy/MM/dd/HH/`.
 *
 * @throws an expression that is unknown, or that only an error prefix may have
 */
export function compilePrefix(expression: string): Prefix {
  if (expression.includes('!{firehose:error-output-type}')) {
    throw new Error(`Prefix ${quote(expression)}: !{firehose:error-output-type} belongs in the error prefix only`)
  }
  return compile(expression.includes('!{timestamp:') ? expression : `${expression}!{timestamp:yyyy/MM/dd/HH/}`)
}

/**
 * Compiles the prefix of the objects with what failed.
 *
 * @throws an expression that is unknown, or that does not tell one type of error from another, as Firehose requires
 */
export function compileErrorPrefix(expression: string): Prefix {
  if (!expression.includes('!{firehose:error-output-type}')) {
    throw new Error(`Error prefix ${quote(expression)}: !{firehose:error-output-type} is missing`)
  }
  return compile(expression)
}

function compile(expression: string): Prefix {
  const parts: Part[] = []
  let end = 0
  for (const match of expression.matchAll(EXPRESSION)) {
    const [whole, namespace = '', value = ''] = match
    const literal = expression.slice(end, match.index)
    parts.push(() => literal, evaluator(namespace, value, expression))
    end = match.index + whole.length
  }
  const rest = expression.slice(end)
  if (rest.includes('!{')) throw new Error(`Prefix ${quote(expression)}: an expression is not closed by }`)
  return (context) => parts.map((part, index) => part(context, index)).join('') + rest
}

function evaluator(namespace: string, value: string, expression: string): Part {
  if (namespace === 'timestamp') return timestamp(value, expression)
  if (namespace === 'firehose' && value === 'error-output-type') return ({ errorOutputType = '' }) => errorOutputType
  if (namespace === 'firehose' && value === 'random-string') return randomString
  throw new Error(
    `Prefix ${quote(expression)}: unknown expression !{${namespace}:${value}}; known are !{timestamp:…}, ` +
      '!{firehose:error-output-type} and !{firehose:random-string}',
  )
}

/** Fields of Java's DateTimeFormatter that are known here, and where they are in an ISO time. */
const FIELDS: Readonly<Record<string, readonly [number, number]>> = {
  yyyy: [0, 4],
  MM: [5, 7],
  dd: [8, 10],
  HH: [11, 13],
  mm: [14, 16],
}

const PATTERN = /'([^']*)'|([A-Za-z])\2*|[^A-Za-z']+/g

function timestamp(pattern: string, expression: string): Part {
  const parts = Array.from(pattern.matchAll(PATTERN), ([text, quoted, letter]): ((iso: string) => string) => {
    if (quoted !== undefined) return () => quoted || "'"
    if (letter === undefined) return () => text
    const field = FIELDS[text]
    if (field === undefined) {
      // YYYY is Java's week-year and DD its day of the year: a wrong partition at each turn of a year or month.
      throw new Error(
        `Prefix ${quote(expression)}: unknown time field ${text}; known are ${Object.keys(FIELDS).join(', ')}`,
      )
    }
    return (iso) => iso.slice(...field)
  })
  return ({ time }) => {
    const iso = time.toISOString()
    return parts.map((part) => part(iso)).join('')
  }
}

/** Eleven characters, as Firehose's are. */
function randomString({ seed }: PrefixContext, index: number): string {
  const digest = createHash('sha256').update(`${seed}/${index}`).digest('hex').slice(0, 16)
  return BigInt(`0x${digest}`).toString(36).padStart(11, '0').slice(-11)
}

const quote = (text: string) => JSON.stringify(text)
