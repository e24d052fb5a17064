/**
 * Sends clicks with autocannon.
 *
 * Autocannon makes connections, requests and reads answers. When a request is sent is decided here, and what is told
 * about it is measured here. Its own rate limit sends the requests of each second in one burst, and not those for which
 * an earlier answer is late; its correction of latencies for that takes seconds for milliseconds; and it neither tells
 * that a server closed a connection before it answered, nor forgets the request.
 */
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import autocannon from 'autocannon'
import type { Arguments } from './arguments.ts'
import { createClicks } from './clicks.ts'
import type { Tally } from './tally.ts'

/** By which they are found in the lake, and left out. */
export const CALLER = 'load'

/** Longer than the gateway's own 30 s, so that a backend that hangs is seen as the gateway's 503. */
const TIMEOUT_SECONDS = 35

/** Autocannon tries again at once, which takes a whole core while nothing listens. */
const RECONNECT_MS = 100

/** How soon autocannon looks whether it should stop. */
const STOP_MS = 50

export interface Load extends Omit<Arguments, 'json'> {
  /** For how long an answer is waited for. */
  readonly timeoutSeconds?: number
  /** Ends the run early. Answers are waited for. */
  readonly signal: AbortSignal
}

/** What this uses of autocannon 9 that it does not document. */
interface Client extends Pick<autocannon.Client, 'setRequests'> {
  /** Undefined before the first. */
  readonly conn?: Socket
  readonly parser: { readonly type: string; reinitialize(type: string): void }
  /** Called for the first connection, and when one has ended. */
  _connect(): void
  _destroyConnection(): void
  /** Called when a connection is made, and after an answer. */
  _doRequest(): void
  on(event: 'connError', listener: (error: NodeJS.ErrnoException) => void): void
  on(event: 'timeout', listener: () => void): void
}

/**
 * @param tally takes what is sent and answered
 * @returns the seconds in which requests were sent, without those in which only answers were waited for
 */
export async function run(load: Load, tally: Tally): Promise<number> {
  const { url, rate, connections, seconds, timeoutSeconds = TIMEOUT_SECONDS, signal } = load
  const open = url.startsWith('https:') ? 'secureConnect' : 'connect'
  const createBody = createBodies(load)
  /** Those with a connection and without a request, and how they send one that is due at a time. */
  const free = new Map<Client, (due: number) => void>()
  let started: number | undefined
  let ended: number | undefined

  const ending = setTimeout(end, seconds * 1000)
  const schedule = rate === undefined ? undefined : setInterval(send, 1)
  const { promise: done, resolve, reject } = Promise.withResolvers<void>()
  const instance = autocannon(
    {
      url,
      method: 'POST',
      headers: headersOf(load),
      connections,
      timeout: timeoutSeconds,
      // Ended by `stop` before that.
      duration: 2 * (seconds + timeoutSeconds),
      sampleInt: STOP_MS,
      setupClient: (client) => takeOver(client as unknown as Client),
    },
    (error) => (error ? reject(error) : resolve()),
  )
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  await done
  clearTimeout(ending)
  return started === undefined || ended === undefined ? 0 : (ended - started) / 1000

  /** Sends what is due, on connections that are free. */
  function send(): void {
    for (const [client, request] of free) {
      const now = performance.now()
      const due = rate === undefined || started === undefined ? now : started + (tally.sent * 1000) / rate
      if (ended !== undefined || due > now) return
      free.delete(client)
      tally.sent += 1
      request(due)
    }
  }

  function end(): void {
    ended ??= performance.now()
    clearInterval(schedule)
    stopWhenDone()
  }

  function stopWhenDone(): void {
    if (ended !== undefined && tally.ended === tally.sent) instance.stop()
  }

  /** Lets a client of autocannon send when it is told to, and learns what became of each request. */
  function takeOver(client: Client): void {
    const connect = client._connect
    const request = client._doRequest
    /** When the request that has no answer yet should have been sent. */
    let due: number | undefined
    let reconnecting: NodeJS.Timeout | undefined

    const lose = (reason: string) => {
      if (due === undefined) return
      due = undefined
      tally.lose(reason)
      stopWhenDone()
    }
    const release = () => {
      free.set(client, (at) => {
        due = at
        request.call(client)
      })
      send()
    }
    const makeConnection = () => {
      connect.call(client)
      client.conn?.once(open, () => {
        if (ended !== undefined) return
        if (started === undefined) {
          // Making connections is not part of the run.
          started = performance.now()
          ending.refresh()
        }
        release()
      })
    }

    client.setRequests([
      {
        setupRequest: (request) => ({ ...request, body: createBody() }),
        onResponse: (status, body, _context, headers) => {
          if (due === undefined) return
          tally.answer(status, body, performance.now() - due)
          due = undefined
          stopWhenDone()
          if (!closes(headers)) release()
        },
      },
    ])
    client._doRequest = () => {}
    client._connect = () => {
      free.delete(client)
      if (client.conn === undefined) return makeConnection()
      // Else an error that comes late, and the unanswered request, would be taken for the next connection's.
      client._destroyConnection()
      client.parser.reinitialize(client.parser.type)
      clearTimeout(reconnecting)
      reconnecting = setTimeout(() => {
        // Errors and time-outs have been told by now.
        lose('connection closed')
        if (ended === undefined) makeConnection()
      }, RECONNECT_MS)
    }
    client.on('connError', ({ code, message }) => {
      if (due === undefined) tally.failConnection(code ?? message)
      lose(code ?? message)
    })
    client.on('timeout', () => lose('time-out'))
  }
}

/** A draining service says so with its last answer; another request on that connection would be lost. */
function closes(headers: autocannon.Request['headers'] = {}): boolean {
  return Object.entries(headers).some(([name, value]) => name.toLowerCase() === 'connection' && value === 'close')
}

function headersOf({ sender, gzip }: Load): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...('key' in sender ? { authorization: `ALLOW=${sender.key}` } : { origin: sender.origin }),
    ...(gzip && { 'content-encoding': 'gzip' }),
  }
}

/** @returns gives another body at each call, of clicks that no other has */
function createBodies({ clicks, gzip }: Load): () => string | Buffer {
  const next = createClicks(CALLER)
  return () => {
    const json = JSON.stringify(clicks === 1 ? next() : Array.from({ length: clicks }, next))
    // The fastest, since this process has one core to send with.
    return gzip ? gzipSync(json, { level: 1 }) : json
  }
}
