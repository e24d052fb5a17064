/** The one-machine pipeline, as a process of its own, and what its log tells about the way of clicks. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../../helpers/ports.ts'

const PORTS = ['PORT', 'LOCAL_FIREHOSE_PORT', 'LOCAL_S3_PORT', 'LOCAL_DYNAMODB_PORT'] as const

/** A segment of the local Firehose that became a Parquet file. */
export interface Delivered {
  /** When its delivery began and ended, milliseconds since 1970. */
  readonly from: number
  readonly to: number
  readonly clicks: number
}

export interface Machine {
  readonly url: string
  readonly dynamodbUrl: string
  readonly env: Readonly<Record<string, string>>
  readonly pid: number
  /** When each invocation of the transformer was done, its items in the table: milliseconds since 1970. */
  readonly transformed: readonly number[]
  readonly delivered: readonly Delivered[]
  /**
   * Waits until the log tells that so many clicks are in Parquet files.
   *
   * @throws if the process ends before, or it takes longer than anybody waits
   */
  untilDelivered(clicks: number): Promise<void>
}

/**
 * Starts it over a temporary folder, with the buffering that `npm start` has.
 *
 * @throws if it does not start
 */
export async function startMachine(scope: AsyncDisposableStack): Promise<Machine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'clicklake-bench-'))
  scope.defer(() => rm(dataDir, { recursive: true, force: true }))
  const ports = await freePorts(PORTS.length)
  const [port, , , dynamodbPort] = ports
  const env = {
    PATH: process.env.PATH ?? '',
    HOST: '127.0.0.1',
    DATA_DIR: dataDir,
    // The summaries of the transformer are at this level: some fifty lines for 100,000 clicks, and no other.
    LOG_LEVEL: 'debug',
    ...Object.fromEntries(PORTS.map((name, index) => [name, String(ports[index])])),
  }
  const child = spawn(process.execPath, ['infra/local/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal)
  scope.defer(() => end(child))

  const transformed: number[] = []
  const delivered: Delivered[] = []
  let told = Promise.withResolvers<void>()
  const listening = Promise.withResolvers<void>()
  createInterface(child.stdout).on('line', (text) => {
    if (text.startsWith('Clicklake listens on')) listening.resolve()
    if (!text.startsWith('{')) return
    const { time, level, msg, ...line } = JSON.parse(text)
    if (level >= WARN) process.stderr.write(`${text}\n`)
    if (msg === 'transformed') transformed.push(time)
    if (!String(msg).startsWith('delivered ')) return
    delivered.push({ from: time - line.ms, to: time, clicks: line.clicks })
    told.resolve()
    told = Promise.withResolvers()
  })
  const death = ended.then((code) => Promise.reject(new Error(`the pipeline ended with ${code}`)))
  // Whoever waits hears of it; at its end nobody does.
  death.catch(() => {})
  await Promise.race([listening.promise, death])

  return {
    url: `http://127.0.0.1:${port}`,
    dynamodbUrl: `http://127.0.0.1:${dynamodbPort}`,
    env,
    pid: child.pid as number,
    transformed,
    delivered,
    async untilDelivered(clicks) {
      const late = new AbortController()
      const patience = sleep(PATIENCE_MS, undefined, { signal: late.signal }).then(() => {
        throw new Error(`not all of ${clicks} clicks are in Parquet files after ${PATIENCE_MS / 1000} s`)
      })
      const count = () => delivered.reduce((sum, each) => sum + each.clicks, 0)
      try {
        while (count() < clicks) await Promise.race([told.promise, death, patience])
      } finally {
        late.abort()
        patience.catch(() => {})
      }
    },
  }
}

/** Clicks that are not there after it will not come. */
const PATIENCE_MS = 120_000

/** pino's level. */
const WARN = 40

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
