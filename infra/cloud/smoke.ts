/**
 * What only AWS can show after a deployment: `npm run smoke -- <url> [--key <key>] [--origin <origin>]`.
 *
 * Writes four clicks of the caller `smoke` to the lake. One line for each check; the key is never shown.
 * Exit codes: 0 nothing failed, 1 a check failed or nothing answered, 2 wrong usage.
 */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

const USAGE = `usage: npm run smoke -- <url> [--key <key>] [--origin <origin>]
  <url>     of the deployed gateway, https://<id>.execute-api.<region>.amazonaws.com
  --key     of a client; better in the environment variable CLICKLAKE_KEY, which other users of a machine do not see
  --origin  one of the allowed origins, such as https://shop.example
`

/** Longer than the gateway's own 30 s, so that a backend that hangs is seen as the gateway's 503. */
const TIMEOUT_MS = 35_000

export interface Target {
  readonly url: string
  readonly key?: string | undefined
  readonly origin?: string | undefined
}

/** An answer, as far as checks look at it. */
interface Seen {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Of a body that is a JSON object; `{}` for any other. */
  readonly json: Readonly<Record<string, unknown>>
}

interface Check {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  /** Without it the check cannot be made. */
  readonly needs?: 'key' | 'origin'
  /** In words, for the line of a check that failed. */
  readonly expects: string
  readonly passes: (seen: Seen) => boolean
}

const isOk = ({ status, json }: Seen) => status === 200 && json.status === 'OK'

/** The gateway's own errors are `{"message"}`: with more, the request has reached the service. */
const byGateway = (status: number) => ({
  expects: `${status} with the gateway's own {"message"}`,
  passes: (seen: Seen) => seen.status === status && Object.keys(seen.json).join() === 'message',
})

const listed = (headers: Headers, name: string) => (headers.get(name) ?? '').split(',').map((item) => item.trim())

const click = (changes: object = {}) => {
  const contextid = `smoke-${randomUUID()}`
  const what = { callerid: 'smoke', component: 'smoke', action: 'click', type: 'smoke' }
  return JSON.stringify({ requestid: randomUUID(), contextid, ...what, ...changes })
}

function checksOf({ key = '', origin = '' }: Target): Check[] {
  const json = { 'content-type': 'application/json' }
  const withKey = { ...json, authorization: `ALLOW=${key}` }
  const withOrigin = { ...json, origin }
  // Never seen before, so that no answer comes from the authorizer's cache.
  const wrongKey = `ALLOW=wrong-${randomUUID()}`
  const foreign = `https://${randomUUID()}.invalid`
  const postKey = { method: 'POST', path: '/clicklogger' }
  const putOrigin = { method: 'PUT', path: '/clicks' }
  const safe = { expects: '200 {"status":"OK"}', passes: isOk }

  return [
    { name: 'no key', ...postKey, headers: json, body: click(), ...byGateway(401) },
    { name: 'wrong key', ...postKey, headers: { ...json, authorization: wrongKey }, body: click(), ...byGateway(403) },
    {
      name: 'no key, but the headers that the gateway sets',
      ...postKey,
      headers: { ...json, 'x-click-client': 'smoke', 'x-click-ip': '192.0.2.1' },
      body: click(),
      ...byGateway(401),
    },
    { name: 'click with a key', needs: 'key', ...postKey, headers: withKey, body: click(), ...safe },
    {
      name: 'click with a key, gzip',
      needs: 'key',
      ...postKey,
      headers: { ...withKey, 'content-encoding': 'gzip' },
      body: gzipSync(click()),
      ...safe,
    },
    {
      name: 'click with a blank component',
      needs: 'key',
      ...postKey,
      headers: withKey,
      body: click({ component: ' ' }),
      expects: '400 {"statusCode","code","error","message"} naming component',
      passes: ({ status, json }) =>
        status === 400 &&
        json.statusCode === 400 &&
        json.code === 'CLK_INVALID_CLICK' &&
        /component/.test(`${json.message}`),
    },
    { name: 'no origin', ...putOrigin, headers: json, body: click(), ...byGateway(401) },
    { name: 'foreign origin', ...putOrigin, headers: { ...json, origin: foreign }, body: click(), ...byGateway(403) },
    {
      name: 'a key in place of an origin',
      needs: 'key',
      ...putOrigin,
      headers: withKey,
      body: click(),
      ...byGateway(401),
    },
    {
      name: 'click from an origin',
      needs: 'origin',
      ...putOrigin,
      headers: withOrigin,
      body: click(),
      expects: '200 {"status":"OK"} with CORS headers: this origin, and retry-after exposed',
      passes: (seen) =>
        isOk(seen) &&
        seen.headers.get('access-control-allow-origin') === origin &&
        listed(seen.headers, 'access-control-expose-headers').some((name) => name.toLowerCase() === 'retry-after'),
    },
    {
      name: 'click as sendBeacon sends it',
      needs: 'origin',
      method: 'POST',
      path: '/clicks',
      headers: { 'content-type': 'text/plain;charset=UTF-8', origin },
      body: click(),
      ...safe,
    },
    {
      name: 'preflight',
      needs: 'origin',
      method: 'OPTIONS',
      path: '/clicks',
      headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' },
      expects: '204 with this origin, the methods POST and PUT, and the header content-type',
      passes: ({ status, headers }) =>
        status === 204 &&
        headers.get('access-control-allow-origin') === origin &&
        ['POST', 'PUT'].every((method) => listed(headers, 'access-control-allow-methods').includes(method)) &&
        listed(headers, 'access-control-allow-headers').some((name) => name.toLowerCase() === 'content-type'),
    },
    { name: 'unknown method', method: 'DELETE', path: '/clicks', ...byGateway(404) },
    { name: 'metrics from outside', method: 'GET', path: '/metrics', ...byGateway(404) },
    { name: 'health from outside', method: 'GET', path: '/health/ready', ...byGateway(404) },
  ]
}

async function ask(url: string, { method, path, headers = {}, body }: Check, timeoutMs: number): Promise<Seen> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: objectOf(text) }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Not JSON: no check that looks into the body passes.
  }
  return {}
}

/** In one line, with what CORS checks look at. */
function describe({ status, headers, text }: Seen): string {
  const cors = [...headers].filter(([name]) => name.startsWith('access-control-'))
  const shown = [...cors.map(([name, value]) => `${name}: ${value}`), text.replaceAll(/\s+/g, ' ').trim()]
  return [status, ...shown.filter((part) => part !== '')].join(' ')
}

/** Why there is no answer: a code such as ECONNREFUSED. Never a message, since fetch's can quote a header. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as Error
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? name
}

const SHOWN_CHARACTERS = 400

/**
 * Makes the checks one after the other. Where there is no connection, the rest is not tried.
 *
 * @param write takes a line of the report
 * @returns whether none failed
 */
export async function smoke(target: Target, write: (line: string) => void, timeoutMs = TIMEOUT_MS): Promise<boolean> {
  const { key } = target
  const url = target.url.replace(/\/+$/, '')
  // Whatever answers may send the key back.
  const hide = (text: string) => (key === undefined ? text : text.replaceAll(key, '<key>')).slice(0, SHOWN_CHARACTERS)
  const count = { ok: 0, FAILED: 0, skipped: 0 }
  const report = (result: keyof typeof count, text: string) => {
    count[result]++
    write(`${result.padEnd(8)} ${text}`)
  }

  for (const check of checksOf(target)) {
    const { name, needs, expects, passes } = check
    if (needs && target[needs] === undefined) {
      report('skipped', `${name}: needs --${needs}`)
      continue
    }
    const seen = await ask(url, check, timeoutMs).catch(reasonOf)
    if (seen === 'TimeoutError') {
      report('FAILED', `${name}: expected ${expects}, saw no answer within ${timeoutMs} ms`)
    } else if (typeof seen === 'string') {
      report('FAILED', `${name}: no connection to ${url} (${seen}); the rest was not tried`)
      break
    } else if (passes(seen)) {
      report('ok', `${name}: ${hide(describe(seen))}`)
    } else {
      report('FAILED', `${name}: expected ${expects}, saw ${hide(describe(seen))}`)
    }
  }
  write(`${count.ok} ok, ${count.FAILED} failed, ${count.skipped} skipped`)
  return count.FAILED === 0
}

/** @throws Error that says what is wrong and never shows a key */
function readTarget(args: string[], environmentKey: string | undefined): Target {
  const options = { key: { type: 'string' }, origin: { type: 'string' } } as const
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [url, ...more] = positionals
  if (url === undefined || more.length > 0) throw new Error('one <url> is needed')
  // Not shown: it may be a key in the wrong place.
  if (!/^https?:\/\/[^?#@]+$/.test(url) || !URL.canParse(url))
    throw new Error('<url> must be an http or https address without user, query and fragment')
  const key = values.key ?? (environmentKey || undefined)
  if (key !== undefined && !/^[!-~]+$/.test(key)) throw new Error('the key has other than visible ASCII characters')
  const { origin } = values
  if (origin !== undefined && URL.parse(origin)?.origin !== origin)
    throw new Error(`${JSON.stringify(origin)} is no origin such as https://shop.example`)
  return { url, key, origin }
}

/** @returns the exit code */
async function main(args: string[], environmentKey: string | undefined): Promise<number> {
  let target: Target
  try {
    target = readTarget(args, environmentKey)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`)
    return 2
  }
  return (await smoke(target, (line) => process.stdout.write(`${line}\n`))) ? 0 : 1
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process.env.CLICKLAKE_KEY)
