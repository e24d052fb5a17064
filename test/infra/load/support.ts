import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** A server that answers posts as the test has it, with their body, and anything else with 404. Stopped with the test. */
export async function startServer(
  t: Test,
  answer: (response: ServerResponse, body: string, request: IncomingMessage) => void,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer)
    } catch {
      // The connection ended before the body.
      return
    }
    if (request.method === 'POST') answer(response, Buffer.concat(chunks).toString(), request)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
