/** Drives a server with autocannon: as many requests as are answered, each connection sending its own again and again. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createHistogram } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import type { Child } from './child.ts'
import type { Stub } from './contenders.ts'
import { Failure, number } from './report.ts'
import type { Counts } from './stub.ts'

/** Longest time until every connection is made. */
const CONNECT_SECONDS = 20

/** Connections that are made at once: a listening socket of Node.js keeps 511, and the others try again after seconds. */
const CONNECT_AT_ONCE = 100

/** How long the requests are left alone that all connections send at once at first. */
const RAMP_MS = 500

/** How soon autocannon looks whether it should stop. */
const STOP_MS = 50

/** How long clicks whose sender is gone may still be on their way to Firehose. */
const SETTLE_MS = 500

export interface Load {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  /** Body of one connection. */
  readonly body: () => string | Buffer
  /** For how long. */
  readonly seconds: number
}

export interface Driven {
  /** Requests answered 2xx, and those that were not, from the first connection on. */
  readonly answered: number
  readonly failed: number
  /** Requests answered 2xx. */
  readonly perSecond: number
  /** Of these, milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Of the server for each of these, microseconds: user and system, collecting garbage included. */
  readonly cpu: number
  /** Of the server at the end, bytes. */
  readonly rss: number
}

/** What this uses of autocannon 9 that it does not document. */
interface Client {
  readonly conn: Socket
  /** Called for the first connection, and when one has ended. */
  _connect(): void
  /** Called when a connection begins, and after an answer. */
  _doRequest(): void
}

/** Counts and times answers when all connections are made, which autocannon would time with each one's first request. */
export async function drive(server: Child, load: Load): Promise<Driven> {
  const { path, headers, connections, body, seconds } = load
  const latency = createHistogram()
  const total = { answered: 0, failed: 0 }
  let measuring = false
  const clients: Held[] = []
  const done = Promise.withResolvers<void>()
  const instance = autocannon(
    {
      url: server.url + path,
      method: 'POST',
      headers,
      connections,
      // Ended by `stop` before that.
      duration: CONNECT_SECONDS + 2 * seconds,
      timeout: 30,
      sampleInt: STOP_MS,
      setupClient: (client) => {
        client.setBody(body())
        clients.push(hold(client as unknown as Client))
      },
    },
    (error) => (error ? done.reject(error) : done.resolve()),
  )
  instance.on('reqError', () => {
    total.failed += 1
  })
  instance.on('response', (_client, status, _bytes, ms) => {
    if (status >= 200 && status < 300) {
      total.answered += 1
      // A histogram counts from 1.
      if (measuring) latency.record(Math.max(1, Math.round(ms * 1000)))
    } else total.failed += 1
  })
  await connect(clients)
  for (const { send } of clients) send()
  await sleep(RAMP_MS)

  const before = await server.usage()
  const began = performance.now()
  measuring = true
  await sleep(seconds * 1000)
  measuring = false
  const took = (performance.now() - began) / 1000
  const after = await server.usage()
  instance.stop()
  await done.promise
  const ms = (percentile: number) => latency.percentile(percentile) / 1000
  return {
    ...total,
    perSecond: latency.count / took,
    p50: ms(50),
    p99: ms(99),
    cpu: (after.cpu - before.cpu) / latency.count,
    rss: after.rss,
  }
}

/** A client that neither connects nor sends until it is told to. */
interface Held {
  /** @returns when it is connected */
  connect(signal: AbortSignal): Promise<unknown>
  send(): void
}

function hold(client: Client): Held {
  const { _connect: connect, _doRequest: send } = client
  client._connect = () => {}
  client._doRequest = () => {}
  return {
    connect(signal) {
      client._connect = connect
      client._connect()
      return once(client.conn, 'connect', { signal })
    },
    send() {
      client._doRequest = send
      client._doRequest()
    },
  }
}

/**
 * Connects clients before any of them sends: Node.js accepts one connection each time it looks for what is to do, and a
 * server with requests looks seldom.
 */
async function connect(clients: readonly Held[]): Promise<void> {
  const signal = AbortSignal.timeout(CONNECT_SECONDS * 1000)
  const waiting = clients.values()
  const connectSome = async () => {
    for (const client of waiting) await client.connect(signal)
  }
  try {
    await Promise.all(Array.from({ length: CONNECT_AT_ONCE }, connectSome))
  } catch (error) {
    throw new Failure(`not all of ${number(clients.length)} connections were made: ${(error as Error).message}`)
  }
}

/** What a load did to the service, and what Firehose got of it. */
export interface Delivered extends Driven {
  readonly counts: Counts
}

/**
 * Drives the service, and checks that every click it answered 200 is in Firehose.
 *
 * @param clicks valid ones in a request
 * @throws Failure
 */
export async function driveService(stub: Stub, service: Child, load: Load, clicks: number): Promise<Delivered> {
  const driven = await drive(service, load)
  const { answered, failed } = driven
  // Of what failed, and of each connection's last request, nobody knows.
  const unknown = failed + load.connections
  const counts = await settle(stub, answered * clicks, (answered + unknown) * clicks)
  return { ...driven, counts }
}

/**
 * Waits until everything that was sent is in Firehose.
 *
 * @param least clicks that must have come since the last call
 * @param most clicks that may have come
 * @throws Failure
 */
export async function settle(stub: Stub, least: number, most: number): Promise<Counts> {
  await sleep(SETTLE_MS)
  const counts = await stub.counts()
  const { clicks } = counts
  if (clicks < least) {
    throw new Failure(`${number(least)} clicks were answered 200, and Firehose has only ${number(clicks)} of them`)
  }
  if (clicks > most)
    throw new Failure(`Firehose has ${number(clicks)} clicks, of at most ${number(most)} that were good`)
  return counts
}
