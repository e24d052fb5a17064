/** What is compared, each as a process of its own. */
import { readFileSync } from 'node:fs'
import { type Child, start } from './child.ts'
import type { Counts } from './stub.ts'

/** How long a put lasts where nothing else is said, milliseconds. */
export const PUT_MS = 20

/** As a task runs it. */
export const SERVICE = serviceArguments()

export const KEY = 'a-key-of-the-benchmark'
const ORIGIN = 'https://shop.example'

const JSON_TYPE = { 'content-type': 'application/json' }

/** Where, and as whom, applications send. */
export const APPLICATION = { path: '/clicklogger', headers: { ...JSON_TYPE, authorization: `ALLOW=${KEY}` } }

/** Where, and as whom, browsers send. */
export const BROWSER = { path: '/clicks', headers: { ...JSON_TYPE, origin: ORIGIN } }

/** @param firehose address of the stub */
export const environment = (firehose: string): Record<string, string> => ({
  DELIVERY_STREAM: 'clicks',
  CLIENTS: JSON.stringify({ BENCH: KEY }),
  ALLOWED_ORIGINS: ORIGIN,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_ENDPOINT_URL_FIREHOSE: firehose,
})

export const CONTENDERS = {
  'node:http': () => start([file('contenders/node-http.ts')], {}),
  Fastify: () => start([file('contenders/fastify.ts')], {}),
  'Fastify with schema': () => start([file('contenders/fastify.ts')], { SCHEMA: '1' }),
  /** The least that an answer after a put costs on Fastify, without any put. */
  'Fastify, answer held': () => start([file('contenders/fastify.ts')], { HOLD_MS: String(PUT_MS) }),
  'node:http, durable': ({ url }: Stub) => start([file('contenders/durable.ts')], environment(url)),
  Clicklake: ({ url }: Stub) => start(SERVICE, environment(url)),
} as const satisfies Record<string, (stub: Stub) => Promise<Child>>

export type Contender = keyof typeof CONTENDERS

/** @param scope stops them */
export async function startAll<Name extends Contender>(
  names: readonly Name[],
  stub: Stub,
  scope: AsyncDisposableStack,
): Promise<Record<Name, Child>> {
  const servers = await Promise.all(names.map(async (name) => [name, scope.use(await CONTENDERS[name](stub))] as const))
  return Object.fromEntries(servers) as Record<Name, Child>
}

/** A Firehose that takes everything, and counts. */
export interface Stub extends Child {
  /** What came since the last call, and forgets it. */
  counts(): Promise<Counts>
  /** How long a put lasts from now on, milliseconds. */
  setLatency(ms: number): Promise<void>
  /** Whether it answers 500, and takes nothing. */
  setDown(down: boolean): Promise<void>
}

export async function startStub(): Promise<Stub> {
  const child = await start([file('stub.ts')], { LATENCY_MS: String(PUT_MS) })
  const request = (method: string, path: string) => fetch(child.url + path, { method })
  return {
    ...child,
    counts: async () => (await (await request('DELETE', '/counts')).json()) as Counts,
    setLatency: async (ms) => void (await request('PUT', `/latency/${ms}`)),
    setDown: async (down) => void (await request('PUT', `/down/${down}`)),
  }
}

function file(path: string): string {
  return new URL(path, import.meta.url).pathname
}

/** Of node: the image's command, with the bundle where it is built. */
function serviceArguments(): string[] {
  const command = readFileSync(file('../../Dockerfile'), 'utf8').match(/^CMD (\["node".*"server\.mjs"\])$/m)?.[1]
  if (command === undefined) throw new Error('The Dockerfile has no CMD ["node", …, "server.mjs"].')
  const flags = (JSON.parse(command) as string[]).slice(1, -1)
  return [...flags, file('../../dist/server.mjs')]
}
