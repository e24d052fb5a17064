import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { JSON_TYPE, KEY, SAMPLE } from '../helpers/app.ts'
import { type Behave, startFirehoseStub } from '../helpers/firehose-stub.ts'

interface Service {
  readonly process: ChildProcess
  readonly url: string
  /** Resolves with the exit code. */
  readonly exit: Promise<number | null>
  /** Resolves when a log line has this message. */
  logged(message: RegExp): Promise<Record<string, unknown>>
  post(): Promise<Response>
}

/** Starts the service as a process of its own, against a Firehose stub. Killed with the test. */
async function start(t: Test, env: Record<string, string> = {}, behave?: Behave) {
  const stub = await startFirehoseStub(t, behave)
  const child = run(t, {
    DELIVERY_STREAM: 'clicks',
    CLIENTS: '{"SHOP":"a-secret-key"}',
    HOST: '127.0.0.1',
    PORT: '0',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_FIREHOSE: stub.url,
    ...env,
  })
  const lines: Record<string, unknown>[] = []
  const waiting: { message: RegExp; resolve: (line: Record<string, unknown>) => void }[] = []
  createInterface(child.stdout as NodeJS.ReadableStream).on('line', (text) => {
    const line = JSON.parse(text) as Record<string, unknown>
    lines.push(line)
    for (const { message, resolve } of waiting) if (message.test(String(line.msg))) resolve(line)
  })
  const logged = (message: RegExp) =>
    new Promise<Record<string, unknown>>((resolve) => {
      const line = lines.find(({ msg }) => message.test(String(msg)))
      if (line === undefined) waiting.push({ message, resolve })
      else resolve(line)
    })
  const { msg } = await logged(/listening at/)
  const url = String(msg).replace(/.* /, '')
  const service: Service = {
    process: child,
    url,
    exit: once(child, 'exit').then(([code]) => code as number | null),
    logged,
    post: () =>
      fetch(`${url}/clicklogger`, { method: 'POST', headers: { ...KEY, ...JSON_TYPE }, body: JSON.stringify(SAMPLE) }),
  }
  return { stub, ...service }
}

function run(t: Test, env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, ['service/server.ts'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

/** Runs a service that cannot start. */
async function fail(t: Test, env: Record<string, string>) {
  const child = run(t, env)
  const stderr: Buffer[] = []
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  const [code] = await once(child, 'close')
  return { code, stderr: Buffer.concat(stderr).toString() }
}

function connects(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  }).finally(() => socket.destroy()) as Promise<boolean>
}

t.test('start – without a delivery stream: one clear line, exit 1', async (t) => {
  const { code, stderr } = await fail(t, { AWS_REGION: 'us-east-1' })
  t.equal(code, 1)
  t.equal(stderr, 'clicklake: DELIVERY_STREAM is missing: Name of the Firehose delivery stream.\n')
})

t.test('start – a port taken: one clear line, exit 1', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { code, stderr } = await fail(t, {
    DELIVERY_STREAM: 'x',
    AWS_REGION: 'us-east-1',
    HOST: '127.0.0.1',
    PORT: String(port),
  })
  t.equal(code, 1)
  t.match(stderr, new RegExp(`^clicklake: .*EADDRINUSE.*:${port}\\n$`))
})

t.test('SIGTERM – what is in flight is delivered and answered, exit 0', async (t) => {
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  let arrived = () => {}
  const inFlight = new Promise<void>((resolve) => (arrived = resolve))
  const service = await start(t, {}, async (texts) => {
    arrived()
    await held
    return texts.map(() => undefined)
  })
  const answer = service.post()
  await inFlight
  service.process.kill('SIGTERM')
  await service.logged(/draining/)
  // It is closing when nobody can connect any more.
  while (await connects(service.url));
  release()
  const { status, headers } = await answer
  t.equal(status, 200)
  t.equal(headers.get('connection'), 'close', 'nobody keeps a connection that would keep the process')
  t.equal(await service.exit, 0)
  t.equal(service.stub.clicks().length, 1)
  t.ok(await service.logged(/every click is answered/))
})

t.test('SIGTERM – not ready at once, served until the drain delay is over', async (t) => {
  const service = await start(t, { DRAIN_DELAY_MS: '3000' })
  t.equal((await fetch(`${service.url}/health/ready`)).status, 200)
  service.process.kill('SIGTERM')
  await service.logged(/draining/)
  t.equal((await fetch(`${service.url}/health/ready`)).status, 503)
  t.equal((await fetch(`${service.url}/health/live`)).status, 200)
  t.equal((await service.post()).status, 200, 'the load balancer still sends some')
  t.equal(await service.exit, 0)
})

t.test('signals – the same one twice within a second is one: npm passes Ctrl-C on', async (t) => {
  const service = await start(t, { DRAIN_DELAY_MS: '500' })
  service.process.kill('SIGINT')
  await service.logged(/draining/)
  service.process.kill('SIGINT')
  t.equal(await service.exit, 0)
})

t.test(
  'signals – a second one, of another kind, ends it at once: exit 1, and says what was not answered',
  async (t) => {
    let arrived = () => {}
    const inFlight = new Promise<void>((resolve) => (arrived = resolve))
    const service = await start(t, {}, () => {
      arrived()
      return new Promise(() => {})
    })
    const answer = service.post().catch((error: Error) => error)
    await inFlight
    service.process.kill('SIGTERM')
    await service.logged(/draining/)
    service.process.kill('SIGINT')
    t.equal(await service.exit, 1)
    t.match(await service.logged(/not answered 200/), { clicks: 1 })
    t.ok((await answer) instanceof Error, 'the client was not told that its click is safe')
  },
)
