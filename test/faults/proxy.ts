/** A TCP proxy that can vanish: what is behind it is then refused, as by a machine that is down. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly url: string
  /** New connections go to these ports in turn. */
  use(ports: readonly number[]): void
  /** Breaks all connections and refuses new ones. */
  down(): Promise<void>
  up(): Promise<void>
}

export async function startProxy(scope: AsyncDisposableStack, first: readonly number[]): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let ports = first
  let turn = 0
  const server = createServer((client) => {
    const target = connect(ports[turn++ % ports.length] as number, '127.0.0.1')
    const pair = [client, target] as const
    for (const [one, other] of [pair, [target, client]] as const) {
      sockets.add(one)
      // What breaks on one side is broken on the other.
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const { port } = server.address() as AddressInfo
  const down = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  scope.defer(down)
  return {
    url: `http://127.0.0.1:${port}`,
    use: (next) => {
      ports = next
    },
    down,
    up: () => listen(port),
  }
}
