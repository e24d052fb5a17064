import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'

/** Ports that nobody uses now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => promisify(server.close.bind(server))()))
  return ports
}
