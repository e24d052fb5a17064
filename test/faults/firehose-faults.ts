/** A Firehose that fails as it is told. A record counts as accepted when it is noted here, whatever is then answered. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.ts'
import { Stored } from './stored.ts'

/** One PutRecordBatch. */
export interface Call {
  /** From 1 on. */
  readonly number: number
  /** Milliseconds since the first call. */
  readonly since: number
  readonly random: Random
  readonly response: ServerResponse
  /** Accepts the records that are not refused. @returns the answer's body for it */
  accept(refuses?: () => boolean): string
}

/** What becomes of a call; it answers, or does not. */
export type Fault = (call: Call) => void | Promise<void>

export interface FaultyFirehose {
  readonly port: number
  readonly stored: Stored
  readonly calls: number
  behave(fault: Fault): void
}

const headers = { 'content-type': 'application/x-amz-json-1.1' }

export async function startFirehose(
  scope: AsyncDisposableStack,
  random: Random,
  first: Fault,
): Promise<FaultyFirehose> {
  const stored = new Stored()
  let fault = first
  let calls = 0
  let started: number | undefined
  const server = createServer(async (request, response) => {
    // The service may be killed, or give up, in the middle of a call: then there is nothing to accept.
    const body = await buffer(request).catch(() => undefined)
    if (body === undefined) return
    const { Records } = JSON.parse(body.toString()) as { Records: { Data: string }[] }
    started ??= performance.now()
    calls += 1
    await fault({
      number: calls,
      since: performance.now() - started,
      random,
      response,
      accept(refuses = () => false) {
        const entries = Records.map(({ Data }, n) => {
          if (refuses()) return { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }
          stored.addLines(Buffer.from(Data, 'base64').toString())
          return { RecordId: `record-${calls}-${n}` }
        })
        const FailedPutCount = entries.filter((entry) => 'ErrorCode' in entry).length
        return JSON.stringify({ FailedPutCount, Encrypted: false, RequestResponses: entries })
      },
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    stored,
    get calls() {
      return calls
    },
    behave: (next) => {
      fault = next
    },
  }
}

export const healthy = ({ response, accept }: Call): void => void response.writeHead(200, headers).end(accept())

/** Refuses each record with this probability. */
export const partial =
  (share: number): Fault =>
  ({ response, accept, random }) =>
    void response.writeHead(200, headers).end(accept(() => random() < share))

/** Refuses whole calls, as the real one does over its quotas. */
export const throttled: Fault = ({ response }) =>
  void response.writeHead(500, headers).end('{"__type":"ServiceUnavailableException","message":"Slow down."}')

export const brokenServer: Fault = ({ response }) => void response.writeHead(500).end('<html>Internal error</html>')

/** Accepts, and resets the connection in the middle of the answer. */
export const reset: Fault = async ({ response, accept }) => {
  const body = accept()
  response.writeHead(200, { ...headers, 'content-length': body.length }).write(body.slice(0, body.length / 2))
  await sleep(5)
  response.socket?.resetAndDestroy()
}

/** Accepts, and never says so. */
export const silent: Fault = ({ accept }) => void accept()

/** Accepts, and says so in half an answer that HTTP calls whole. */
export const truncated: Fault = ({ response, accept }) => {
  const body = accept()
  response.writeHead(200, headers).end(body.slice(0, body.length / 2))
}

/** Accepts, and answers what is not JSON. */
export const garbage: Fault = ({ response, accept }) => {
  accept()
  response.writeHead(200, headers).end('<html>It works!</html>')
}

/** Accepts, and answers valid JSON that says nothing of most records. */
export const incomplete: Fault = ({ response, accept }) => {
  const { RequestResponses } = JSON.parse(accept()) as { RequestResponses: unknown[] }
  response
    .writeHead(200, headers)
    .end(JSON.stringify({ FailedPutCount: 0, RequestResponses: RequestResponses.slice(1) }))
}

/** Accepts at once, or late. */
export const late =
  (ms: number): Fault =>
  async (call) => {
    await sleep(ms)
    healthy(call)
  }

/** A share of the calls meets the fault. */
export const sometimes =
  (share: number, fault: Fault): Fault =>
  (call) =>
    call.random() < share ? fault(call) : healthy(call)

/** The fault, for this long since the first call; then health. */
export const during =
  (ms: number, fault: Fault): Fault =>
  (call) =>
    call.since < ms ? fault(call) : healthy(call)
