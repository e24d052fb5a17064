/** Processes that are measured: each contender and the stub has one of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../helpers/ports.ts'
import { Failure } from './report.ts'
import type { Usage } from './usage.ts'

const USAGE = new URL('usage.ts', import.meta.url).href

/** Longest time from a process's start to its first answer. */
const START_MS = 10_000

/** How often a process that does not listen yet is asked. */
const RETRY_MS = 20

const children = new Set<ChildProcess>()
// Whatever ends the benchmark, it leaves nobody behind.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

const { promise, reject } = Promise.withResolvers<never>()

/** Rejects when a process ends before it is told to: nothing that is measured then means anything. */
export const died = promise

export interface Launched extends AsyncDisposable {
  readonly process: ChildProcess
  readonly port: number
  /** SIGTERM, and its exit. @throws Failure if it does not exit 0 */
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Starts a server of Node.js that is to listen on the port in `PORT`.
 *
 * @param args of node: flags, and the file
 * @param channel whether messages go to and fro
 */
export async function launch(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  channel: boolean,
): Promise<Launched> {
  const [port = 0] = await freePorts(1)
  const child = spawn(process.execPath, args, {
    env: { NODE_ENV: 'production', HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', 'inherit', channel ? 'ipc' : 'ignore'],
  })
  children.add(child)
  let stopping = false
  const exit = once(child, 'exit').then(([code, signal]) => {
    children.delete(child)
    if (!stopping) reject(new Failure(`${args.at(-1)} ended with ${code ?? signal} in the middle of the run`))
    return code ?? signal
  })
  return {
    process: child,
    port,
    async [Symbol.asyncDispose]() {
      stopping = true
      child.kill('SIGTERM')
      const code = await exit
      if (code !== 0) throw new Failure(`${args.at(-1)} ended with ${code} when it was stopped`)
    },
  }
}

export interface Child extends AsyncDisposable {
  /** Base address. */
  readonly url: string
  usage(): Promise<Usage>
}

/** Launches a server that can be asked for its usage. @returns when it listens */
export async function start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Child> {
  const { process: child, port, [Symbol.asyncDispose]: stop } = await launch(['--import', USAGE, ...args], env, true)
  const url = `http://127.0.0.1:${port}`
  const late = performance.now() + START_MS
  while (!(await answers(url))) {
    if (performance.now() > late) throw new Failure(`${args.at(-1)} does not answer`)
    await sleep(RETRY_MS)
  }
  return {
    url,
    async usage() {
      // Where it cannot be sent, the process has died, which is told elsewhere.
      child.send('usage', () => {})
      const [usage] = await once(child, 'message')
      return usage as Usage
    },
    [Symbol.asyncDispose]: stop,
  }
}

/** Whether there is a server at all, whatever it answers. */
const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(START_MS) }).then(
    async (response) => {
      await response.bytes()
      return true
    },
    () => false,
  )
