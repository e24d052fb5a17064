/** Many clients that send clicks over kept-alive connections, and write down what each click was told. */
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Book } from './book.ts'
import { MIXTURE, type Mixture, makeRequest, pack, type SentClick, type SentRequest } from './clicks.ts'
import { createRandom, integer } from './random.ts'

export const KEY = 'a-secret-key'

export interface Load {
  readonly url: string
  readonly seed: number
  /** Prefix of the ids. */
  readonly name: string
  /** Ends after about so many clicks … */
  readonly clicks?: number
  /** … or after this time … */
  readonly durationMs?: number
  /** … or when this says so. */
  readonly stop?: AbortSignal
  readonly connections?: number
  /** Mean pause of a client between two requests. */
  readonly pauseMs?: number
  readonly mixture?: Partial<Mixture>
  /** What was told to try again, or not answered, is sent again until it is taken, at most this long. */
  readonly resendMs?: number
  /** Share of requests whose client goes away after up to `patienceMs`. */
  readonly impatient?: number
  readonly patienceMs?: number
}

/** The longest that a client waits before it sends again, whatever it is told: cases would take too long. */
const LONGEST_WAIT_S = 3

/** A request unanswered for this long is a problem in itself: the gateway would have cut it. */
const GATEWAY_MS = 30_000

/** @returns when every client is done; ids never repeat over the clients of one name */
export async function drive(load: Load, book: Book): Promise<void> {
  const { connections = 24, clicks = Number.POSITIVE_INFINITY, durationMs = Number.POSITIVE_INFINITY } = load
  const agent = new Agent({ keepAlive: true, maxSockets: connections * 2 })
  const started = performance.now()
  let sent = 0
  const client = async (number: number) => {
    const random = createRandom(load.seed + number)
    const mixture = { ...MIXTURE, ...load.mixture }
    let count = 0
    const nextId = () => `${load.name}-${number}-${count++}`
    while (sent < clicks && performance.now() - started < durationMs && !load.stop?.aborted) {
      const request = makeRequest(nextId, random, mixture)
      sent += request.clicks.length
      for (const click of request.clicks) book.send(click)
      const impatient = random() < (load.impatient ?? 0)
      const patienceMs = impatient ? integer(random, 0, load.patienceMs ?? 50) : undefined
      await exchange(load, agent, book, request, patienceMs)
      await sleep(random() * 2 * (load.pauseMs ?? 10))
    }
  }
  await Promise.all(Array.from({ length: connections }, (_, number) => client(number)))
  agent.destroy()
}

/**
 * Sends a request, and again what should be sent again: where the case says so, and always when the service had too much
 * to do, which on a busy machine is no matter of the case.
 */
async function exchange(load: Load, agent: Agent, book: Book, first: SentRequest, patienceMs?: number): Promise<void> {
  const started = performance.now()
  for (let request = first; ; ) {
    const { left, waitMs, overloaded } = await once(load.url, agent, book, request, patienceMs)
    const resendMs = overloaded ? GATEWAY_MS : load.resendMs
    if (left.length === 0 || resendMs === undefined) return
    if (load.stop?.aborted) return
    if (performance.now() - started > resendMs) {
      book.problem(`a click was not taken within ${resendMs} ms of trying`)
      return
    }
    await sleep(waitMs)
    request = pack(left)
  }
}

/** @returns the clicks that should be sent again, and when */
async function once(url: string, agent: Agent, book: Book, request: SentRequest, patienceMs?: number) {
  const started = performance.now()
  const reply = await post(url, agent, request, patienceMs)
  if (reply === undefined) {
    for (const click of request.clicks) book.tell(click, 'none')
    return { left: request.clicks, waitMs: 100, overloaded: false }
  }
  book.slowest = Math.max(book.slowest, performance.now() - started)
  const seconds = Number(reply.headers['retry-after'])
  if (reply.status === 503 && !(seconds >= 1)) book.problem('a 503 had no Retry-After')
  if (reply.status === 503) book.retryAfter.push(seconds)
  const left = read(request, reply, book)
  const overloaded = reply.status === 503 && reply.body.includes('CLK_OVERLOADED')
  if (overloaded) book.overloaded += left.length
  return { left, overloaded, waitMs: Math.min(LONGEST_WAIT_S, seconds || 1) * 1000 }
}

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** @returns undefined if the connection ended first */
function post(url: string, agent: Agent, { type, body }: SentRequest, patienceMs?: number): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    const headers = {
      authorization: `ALLOW=${KEY}`,
      'content-type': type,
      'content-length': Buffer.byteLength(body),
    }
    const outgoing = httpRequest(`${url}/clicklogger`, { method: 'POST', agent, headers, timeout: GATEWAY_MS })
    // A broken connection is what many cases are about: it is told as "no answer".
    outgoing.on('error', () => resolve(undefined))
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('response', (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        () => resolve(undefined), // The same, in the middle of an answer.
      )
    })
    outgoing.end(body)
    if (patienceMs !== undefined) setTimeout(() => outgoing.destroy(), patienceMs)
  })
}

type Answer = { status?: string; results?: { requestid: string | null; status: 'ok' | 'rejected' | 'retry' }[] }

/** Writes an answer down. @returns the clicks to send again */
function read({ clicks, several }: SentRequest, { status, body }: Reply, book: Book): SentClick[] {
  const all = (told: 'ok' | 'rejected' | 'retry') => {
    for (const click of clicks) book.tell(click, told)
    return told === 'retry' ? [...clicks] : []
  }
  const answer = parse(body)
  if (status === 200 && answer.status === 'OK') return all('ok')
  // Overload is told before the body is read, so of all its clicks at once.
  if (status === 503 && answer.results === undefined) return all('retry')
  if (!several && status === 400) return all('rejected')
  if (answer.results?.length === clicks.length) {
    const told = answer.results
    return clicks.filter((click, n) => {
      const { requestid, status } = told[n] as (typeof told)[number]
      if (requestid !== null && requestid !== click.id) book.problem('results were out of order')
      book.tell(click, status)
      return status === 'retry'
    })
  }
  book.problem(`an answer that no click can get: ${status} ${body.slice(0, 200)}`)
  for (const click of clicks) book.tell(click, 'none')
  return []
}

function parse(body: string): Answer {
  try {
    return JSON.parse(body) as Answer
  } catch {
    return {} // Then it fits nothing that a click can get, and is reported as such.
  }
}
