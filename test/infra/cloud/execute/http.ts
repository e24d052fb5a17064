/** Servers of the harness, and requests that are passed on. */
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
  request as send,
} from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer | string
}

export interface LocalServer {
  readonly url: string
  close(): Promise<void>
}

/** A server on a free port of this machine. What its handler throws is reported by a broken connection and `onError`. */
export async function serve(
  handle: (request: IncomingMessage, body: Buffer) => Promise<Answer>,
  onError: (error: unknown) => void,
): Promise<LocalServer> {
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      onError(error)
      response.destroy()
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, headers, body } = await handle(request, Buffer.concat(await request.toArray()))
    response.writeHead(status, headers).end(body)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Headers of one connection: they are not passed on. RFC 9110, 7.6.1; and what the new connection says for itself. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
  'expect',
  'host',
  'content-length',
]

/** Sends a request to another server, and reads its answer. */
export async function forward(
  to: string,
  method: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<Answer & { headers: IncomingHttpHeaders; body: Buffer }> {
  const kept = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name))
  const outgoing = send(to, {
    method,
    headers: { ...Object.fromEntries(kept), ...(body.length > 0 && { 'content-length': body.length }) },
    agent: false,
  })
  outgoing.end(body)
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const answer = Buffer.concat(await incoming.toArray())
  const answered = Object.entries(incoming.headers).filter(([name]) => !HOP_BY_HOP.includes(name))
  return { status: incoming.statusCode ?? 0, headers: Object.fromEntries(answered), body: answer }
}
