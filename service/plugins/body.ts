import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { EmptyBody } from '../errors.ts'

/** What a body holds, before anything is checked: one value, or several of which each stands for itself. */
export interface SentBody {
  readonly several: boolean
  readonly values: readonly unknown[]
}

/** In place of a value that is no click whatever the schema says: it is counted and answered as what was sent. */
export class Unfit {
  readonly kind: 'malformed' | 'schema'
  readonly reason: string
  /** What came. */
  readonly data: unknown
  constructor(kind: Unfit['kind'], reason: string, data: unknown) {
    this.kind = kind
    this.reason = reason
    this.data = data
  }
}

/**
 * What a request sent.
 *
 * @throws EmptyBody when it had no body at all, which no parser gets to see
 */
export function sentBody(request: FastifyRequest): SentBody {
  if (!request.body) throw new EmptyBody()
  return request.body as SentBody
}

/** Reads the three content types that clicks come in. Plain text is what `sendBeacon` sends without a preflight. */
export default fp(
  async (app) => {
    app.removeAllContentTypeParsers()
    const options = { parseAs: 'buffer' } as const
    const parsers = { 'application/json': readJson, 'application/x-ndjson': readLines, 'text/plain': readEither }
    for (const [type, read] of Object.entries(parsers)) {
      app.addContentTypeParser(type, options, (_request: FastifyRequest, body: Buffer, done) => done(null, read(body)))
    }
  },
  { name: 'body' },
)

function readJson(body: Buffer): SentBody {
  const value = parse(body)
  if (value === undefined) throw new EmptyBody()
  return Array.isArray(value) ? { several: true, values: value } : { several: false, values: [value] }
}

/** Every line stands for itself; empty ones do not count. */
function readLines(body: Buffer): SentBody {
  const values = lines(body)
    .map(parse)
    .filter((value) => value !== undefined)
  if (values.length === 0) throw new EmptyBody()
  return { several: true, values }
}

/** JSON where the whole is JSON; lines where at least one of several is. */
function readEither(body: Buffer): SentBody {
  const whole = readJson(body)
  if (!(whole.values[0] instanceof Unfit)) return whole
  const each = readLines(body)
  return each.values.every((value) => value instanceof Unfit) ? whole : each
}

function lines(body: Buffer): Buffer[] {
  const found: Buffer[] = []
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(0x0a, from)
    const to = end === -1 ? body.length : end
    found.push(body.subarray(from, to))
    from = to + 1
  }
  return found
}

/** Undefined for nothing but white space. */
function parse(bytes: Buffer): unknown {
  // Buffer.toString would put U+FFFD in place of what it cannot read: stored, and never noticed.
  if (!isUtf8(bytes)) return new Unfit('malformed', 'it is not valid UTF-8', bytes.toString('base64'))
  // `trim` takes a byte order mark too, which is no JSON, but which some editors and shells write.
  const text = bytes.toString().trim()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch (error) {
    return new Unfit('malformed', `it is not JSON: ${(error as Error).message}`, text)
  }
}
