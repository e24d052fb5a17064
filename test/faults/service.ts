/** The real service, as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { KEY } from './driver.ts'

export interface Service {
  readonly url: string
  readonly port: number
  readonly process: ChildProcess
  /** Code, or the signal's name. */
  readonly exit: Promise<number | string>
  /** Log lines of level warn and above. */
  readonly complaints: readonly Record<string, unknown>[]
  readonly running: boolean
  /** The most memory that it ever had, MiB. */
  maxRss(): number
  /** A sum over the samples of a metric, of those whose labels hold the text. */
  metric(name: string, labels?: string): Promise<number>
}

const children = new Set<ChildProcess>()
// Whatever ends the driver, it leaves nobody behind.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** What an exit may take: the longest deadline of a click, and closing. */
const EXIT_MS = 25_000

export interface ServiceOptions {
  readonly env: Readonly<Record<string, string>>
  /** Modules that are loaded first. */
  readonly preload?: readonly string[]
}

/** @throws if it does not start */
export async function startService(
  scope: AsyncDisposableStack,
  { env, preload = [] }: ServiceOptions,
): Promise<Service> {
  const flags = preload.flatMap((module) => ['--import', module])
  const child = spawn(process.execPath, [...flags, 'service/server.ts'], {
    env: {
      DELIVERY_STREAM: 'clicks',
      CLIENTS: JSON.stringify({ FAULTS: KEY }),
      HOST: '127.0.0.1',
      PORT: '0',
      DELIVERY_TIMEOUT_MS: '1500',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.add(child)
  const exit = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  let running = true
  void exit.then(() => {
    running = false
    children.delete(child)
  })
  scope.defer(async () => {
    child.kill('SIGKILL')
    await exit
  })

  const complaints: Record<string, unknown>[] = []
  const { promise: listening, resolve } = Promise.withResolvers<string>()
  createInterface(child.stdout as NodeJS.ReadableStream).on('line', (text) => {
    const line = JSON.parse(text) as Record<string, unknown>
    if (Number(line.level) >= 40) complaints.push(line)
    const [, url] = /listening at (\S+)/.exec(String(line.msg)) ?? []
    if (url !== undefined) resolve(url)
  })
  const url = await Promise.race([
    listening,
    exit.then((code) => Promise.reject(new Error(`it did not start: ${code}`))),
  ])

  let maxRss = 0
  const look = () => {
    if (!running) return maxRss
    try {
      const [, kib = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? []
      maxRss = Math.max(maxRss, Number(kib) / 1024)
    } catch {
      // It ended a moment ago: the last look counts.
    }
    return maxRss
  }
  const timer = setInterval(look, 100)
  scope.defer(() => clearInterval(timer))

  return {
    url,
    port: Number(new URL(url).port),
    process: child,
    exit,
    complaints,
    get running() {
      return running
    },
    maxRss: look,
    async metric(name, labels = '') {
      const text = await (await fetch(`${url}/metrics`)).text()
      const samples = text.split('\n').filter((line) => /^\w+/.exec(line)?.[0] === name && line.includes(labels))
      if (samples.length === 0) throw new Error(`there is no metric ${name} ${labels}`)
      return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
    },
  }
}

/** Ends it as ECS does. @returns what it ended with, `killed` if it did not end */
export async function stopService({ process: child, exit }: Service): Promise<number | string> {
  child.kill('SIGTERM')
  const late = new AbortController()
  const code = await Promise.race([
    exit,
    sleep(EXIT_MS, 'killed', { signal: late.signal }).catch(() => 'killed'), // Ended in time: nobody looks at it.
  ])
  late.abort()
  return code
}
