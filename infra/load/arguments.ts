/** The command line of the load test. Pure. */
import { parseArgs } from 'node:util'
import { MAX_CLICKS } from '../../service/take.ts'

export const USAGE = `Usage: npm run load -- <url> [--key <key> | --origin <origin>] [options]

Sends clicks of the caller \`load\` to a Clicklake, and tells what became of every one of them.

  <url>          of the service or the gateway, http://localhost:3000 or https://<id>.execute-api.<region>.amazonaws.com
  --key          of a client; better in the environment variable CLICKLAKE_KEY, which other users of a machine do not see
  --origin       one of the allowed origins, such as https://shop.example; with neither and a local <url>, the origin
                 http://localhost:3000, which the pipeline of this machine allows
  --rate         requests a second, sent by the clock whatever the answers do; without it each connection sends its next
                 request when it has its answer
  --connections  at once, which is also how many requests wait for their answer at most (100)
  --duration     seconds in which requests are sent (10); answers are waited for
  --clicks       in one request, up to ${MAX_CLICKS} (1)
  --gzip         compresses the bodies
  --json         prints one JSON object in place of the summary

Ctrl-C ends a run early, with its summary.

Exit codes: 0 clicks were accepted, and none was rejected, failed or lost; 1 any of these, or none was accepted; 2 wrong
usage. Refusals, 503 and 429, are what an overloaded service should answer: they are counted, and do not fail a run.
`

/** What the pipeline of this machine allows, whatever its port. */
export const LOCAL_ORIGIN = 'http://localhost:3000'

/** The arguments are no load test; the message says what is wrong and how it is done, and never shows a key. */
export class UsageError extends Error {
  constructor(what: string) {
    super(`${what}\n\n${USAGE}`)
  }
}

export interface Arguments {
  /** Where clicks are posted. */
  readonly url: string
  readonly sender: { readonly key: string } | { readonly origin: string }
  /** Requests a second; undefined: as fast as answers come. */
  readonly rate: number | undefined
  readonly connections: number
  readonly seconds: number
  /** In one request. */
  readonly clicks: number
  readonly gzip: boolean
  readonly json: boolean
}

/**
 * @param args without node and the script
 * @param environmentKey a key that counts where no sender is named
 * @returns undefined when it is help that is wanted
 * @throws UsageError
 */
export function readArguments(args: readonly string[], environmentKey?: string): Arguments | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const [url, ...more] = positionals
  if (url === undefined || more.length > 0) throw new UsageError('Name one <url>.')
  // Not shown: it may be a key in the wrong place.
  if (!/^https?:\/\/[^?#@]+$/.test(url) || !URL.canParse(url)) {
    throw new UsageError('<url> must be an http or https address without user, query and fragment.')
  }
  const sender = readSender(url, values, environmentKey)
  return {
    url: `${url.replace(/\/+$/, '')}${'key' in sender ? '/clicklogger' : '/clicks'}`,
    sender,
    rate: values.rate === undefined ? undefined : readInteger('rate', values.rate, 1_000_000),
    connections: readInteger('connections', values.connections, 10_000),
    seconds: readInteger('duration', values.duration, 86_400),
    clicks: readInteger('clicks', values.clicks, MAX_CLICKS),
    gzip: values.gzip,
    json: values.json,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        key: { type: 'string' },
        origin: { type: 'string' },
        rate: { type: 'string' },
        connections: { type: 'string', default: '100' },
        duration: { type: 'string', default: '10' },
        clicks: { type: 'string', default: '1' },
        gzip: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function readSender(
  url: string,
  named: { readonly key?: string; readonly origin?: string },
  environmentKey: string | undefined,
): Arguments['sender'] {
  const { origin } = named
  if (named.key !== undefined && origin !== undefined) throw new UsageError('--key and --origin exclude each other.')
  if (origin !== undefined) {
    if (URL.parse(origin)?.origin === origin) return { origin }
    throw new UsageError(`${JSON.stringify(origin)} is no origin such as https://shop.example.`)
  }
  const key = named.key ?? (environmentKey || undefined)
  if (key !== undefined) {
    if (/^[!-~]+$/.test(key)) return { key }
    throw new UsageError('The key has other than visible ASCII characters, or none.')
  }
  if (['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname)) return { origin: LOCAL_ORIGIN }
  throw new UsageError(
    'Name --key (or CLICKLAKE_KEY) or --origin: only a service of this machine takes clicks without.',
  )
}

function readInteger(name: string, text: string, most: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value
  throw new UsageError(`--${name} must be an integer from 1 to ${most}, not ${JSON.stringify(text)}.`)
}
