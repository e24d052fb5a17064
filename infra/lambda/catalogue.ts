/** One question to the catalogue, which is somebody else's: it may hang, lie, or answer without end. */
import { errorName } from './tally.ts'

export type Answer =
  | { readonly outcome: 'found'; readonly entry: object }
  /** 404: the catalogue works and does not have it. */
  | { readonly outcome: 'absent' }
  | { readonly outcome: Failure }

/** Why there is no answer. `status` is any but 200 and 404, redirects included. */
export type Failure = 'timeout' | 'network' | 'status' | 'oversize' | 'garbage'

export interface AskLimits {
  /** For the whole exchange, headers and body. */
  readonly timeoutMs: number
  /** Of the body, inflated. */
  readonly maxBytes: number
}

const PLACEHOLDER = '{itemid}'

/**
 * Reads a template such as `https://catalogue.example.org/items/{itemid}`.
 *
 * @returns the address of an item, or undefined for an item that cannot have one
 * @throws if the template is no http(s) address with `{itemid}` in its path or query
 */
export function addresses(template: string): (itemid: string) => string | undefined {
  // A replacement given as a function: in a text, `$&` would be a pattern.
  const fill = (itemid: string) => template.replaceAll(PLACEHOLDER, () => encodeURIComponent(itemid))
  const [one, other] = [URL.parse(fill('a')), URL.parse(fill('b'))]
  if (one === null || other === null || !/^https?:$/.test(one.protocol)) {
    throw new Error(`The enrichment URL must be an http or https address, not ${JSON.stringify(template)}`)
  }
  if (one.origin !== other.origin || one.pathname + one.search === other.pathname + other.search) {
    throw new Error(`The enrichment URL must have ${PLACEHOLDER} in its path or query: ${JSON.stringify(template)}`)
  }
  if (one.username !== '' || one.password !== '') {
    throw new Error('The enrichment URL must not carry a user name or password: fetch refuses those')
  }
  // `.` and `..` climb the path even when percent-encoded: https://url.spec.whatwg.org/#double-dot-path-segment
  return (itemid) => (itemid === '' || itemid === '.' || itemid === '..' ? undefined : fill(itemid))
}

/** Asks for one entry. Never rejects: whatever goes wrong is an outcome. */
export async function ask(url: string, { timeoutMs, maxBytes }: AskLimits): Promise<Answer> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      // Another place is not the one that was configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.status !== 200) {
      await response.body?.cancel()
      return { outcome: response.status === 404 ? 'absent' : 'status' }
    }
    const body = await read(response, maxBytes)
    return body === undefined ? { outcome: 'oversize' } : parse(body)
  } catch (error) {
    return { outcome: errorName(error) === 'TimeoutError' ? 'timeout' : 'network' }
  }
}

async function read(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop early cancels the body, and with it the transfer.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parse(body: string): Answer {
  try {
    const entry: unknown = JSON.parse(body)
    if (typeof entry === 'object' && entry !== null && !Array.isArray(entry)) return { outcome: 'found', entry }
  } catch {
    // Text that is not JSON is garbage too.
  }
  return { outcome: 'garbage' }
}
