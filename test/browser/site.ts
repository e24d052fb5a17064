/** A site on an origin of its own, as real ones have: its pages reach Clicklake across origins. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface SitePage {
  readonly html: string
  readonly headers?: Readonly<Record<string, string>>
}

/** @param pages by path */
export async function startSite(scope: AsyncDisposableStack, pages: Readonly<Record<string, SitePage>>) {
  const server = createServer(({ url = '' }, answer) => {
    const page = pages[url.split('?', 1)[0] as string]
    if (page === undefined) return void answer.writeHead(404).end()
    // The cookie goes to every port of the host, where a request carries credentials.
    const headers = { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'session=secret', ...page.headers }
    answer.writeHead(200, headers).end(page.html)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.defer(async () => {
    server.close()
    server.closeAllConnections()
  })
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}` }
}
