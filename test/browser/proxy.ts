/**
 * Between page and service: an HTTP proxy that writes down what comes by, and does to it what networks, gateways and
 * overloaded services do.
 */
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Click } from '../../service/click.ts'

/** What happens to a request. */
export type Fault =
  /** The service never sees it, and the page no answer. */
  | 'drop'
  /** The service takes it, and the page sees no answer. */
  | 'lose answer'
  /** Answered 503 in the service's place. Without a time it is a gateway's, which pages cannot read: it has no CORS headers. */
  | { readonly retryAfter: number | undefined }
  /** The answer is held back. */
  | { readonly delayMs: number }

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** On the clock of `performance`. */
  readonly at: number
  /** When the answer had been sent, or the connection broken; undefined until then. */
  answeredAt?: number
  readonly clicks: readonly Click[]
  /** Those of them that the service answered ok, whether the page learned of it or not. */
  taken: readonly Click[]
}

export interface FaultyProxy {
  readonly url: string
  readonly seen: readonly Seen[]
  /** From now on. */
  fault: Fault | undefined
  /** Waits for a request, an answer of the service, or the end of one to the page, after which it is so. @throws `what` if none comes */
  until(fine: () => boolean, what: () => string): Promise<void>
}

/** A tracker that backs off comes again within half of it. */
const PATIENCE_MS = 45_000

/** @param target the service's address, `http://localhost:<port>` */
export async function startProxy(scope: AsyncDisposableStack, target: string): Promise<FaultyProxy> {
  const seen: Seen[] = []
  const changes = new EventEmitter()
  const proxy: Omit<FaultyProxy, 'url'> = {
    seen,
    fault: undefined,
    async until(fine, what) {
      const signal = AbortSignal.timeout(PATIENCE_MS)
      while (!fine()) {
        await once(changes, 'change', { signal }).catch(() => {
          throw new Error(`still not after ${PATIENCE_MS / 1000} s: ${what()}`)
        })
      }
    },
  }
  const server = createServer((incoming, answer) => {
    // A page that goes away in the middle, or a service that is down: what breaks on one side is broken on the other.
    pass(incoming, answer).catch(() => answer.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.defer(async () => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return Object.assign(proxy, { url: `http://localhost:${port}` })

  async function pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = incoming
    const { fault } = proxy
    const at = performance.now()
    const body = await buffer(incoming)
    const one: Seen = { method, path, headers, at, clicks: readClicks(body), taken: [] }
    seen.push(one)
    answer.on('close', () => {
      one.answeredAt = performance.now()
      changes.emit('change')
    })
    changes.emit('change')
    if (fault === 'drop') return void answer.destroy()
    if (typeof fault === 'object' && 'retryAfter' in fault) return refuse(answer, fault.retryAfter)
    const response = await forward(incoming, body)
    const text = await buffer(response)
    one.taken = readTaken(one.clicks, response.statusCode, text)
    changes.emit('change')
    if (fault === 'lose answer') return void answer.destroy()
    if (fault) await sleep(fault.delayMs)
    answer.writeHead(response.statusCode ?? 502, response.headers).end(text)
  }

  async function forward({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const outgoing = request(`${target}${url}`, { method, headers, agent: false }).end(body)
    const [response] = await once(outgoing, 'response')
    return response
  }
}

function refuse(answer: ServerResponse, retryAfter: number | undefined): void {
  const headers =
    retryAfter === undefined
      ? {}
      : {
          'retry-after': String(retryAfter),
          'access-control-allow-origin': '*',
          'access-control-expose-headers': 'retry-after',
        }
  answer.writeHead(503, headers).end('{"message":"Service Unavailable"}')
}

function readClicks(body: Buffer): Click[] {
  return body
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function readTaken(clicks: readonly Click[], status: number | undefined, body: Buffer): readonly Click[] {
  if (status !== 200 || clicks.length === 0) return []
  const { results, dropped }: { results?: { status: string }[]; dropped?: string } = JSON.parse(body.toString())
  if (dropped !== undefined) return []
  return results === undefined ? clicks : clicks.filter((_, n) => results[n]?.status === 'ok')
}
