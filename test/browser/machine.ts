/** The one-machine pipeline as a process of its own, over a temporary folder, and its lake. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePorts } from '../helpers/ports.ts'

const PORTS = ['PORT', 'LOCAL_FIREHOSE_PORT', 'LOCAL_S3_PORT', 'LOCAL_DYNAMODB_PORT'] as const

/** Rows that are not there after it will not come. */
const PATIENCE_MS = 30_000
const RETRY_MS = 300

export type Row = Readonly<Record<string, unknown>>

export interface Machine {
  /** `http://localhost:<port>`, an allowed origin of its own. */
  readonly url: string
  query(sql: string): Promise<Row[]>
  /**
   * Asks until the rows are as they should be.
   *
   * @throws with the rows that were there last
   */
  queryUntil(sql: string, fine: (rows: readonly Row[]) => boolean): Promise<Row[]>
  /** Kills the process, with no time to finish anything (SIGKILL). */
  crash(): Promise<void>
  /** Starts it again, over the same folder and ports. */
  restart(): Promise<void>
}

/** @param env in addition to ports and folder, such as GPC_POLICY */
export async function startMachine(
  scope: AsyncDisposableStack,
  env: Readonly<Record<string, string>> = {},
): Promise<Machine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'clicklake-browser-'))
  scope.defer(() => rm(dataDir, { recursive: true, force: true }))
  const ports = await freePorts(PORTS.length)
  const environment = {
    PATH: process.env.PATH ?? '',
    DATA_DIR: dataDir,
    LOCAL_BUFFER_SECONDS: '1',
    ...Object.fromEntries(PORTS.map((name, index) => [name, String(ports[index])])),
    ...env,
  }
  const start = () =>
    spawn(process.execPath, ['infra/local/main.ts'], { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  let child = start()
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  scope.defer(async () => {
    process.off('exit', kill)
    await end(child, 'SIGTERM')
  })
  await listening(child)

  const query = async (sql: string): Promise<Row[]> => {
    const args = ['infra/local/query.ts', '--json', sql]
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: environment,
      maxBuffer: 64 * 1024 * 1024,
    })
    return JSON.parse(stdout)
  }
  return {
    url: `http://localhost:${ports[0]}`,
    query,
    async queryUntil(sql, fine) {
      const late = performance.now() + PATIENCE_MS
      for (;;) {
        const rows = await query(sql)
        if (fine(rows)) return rows
        if (performance.now() > late) throw new Error(`${sql} still gives ${JSON.stringify(rows).slice(0, 2000)}`)
        await sleep(RETRY_MS)
      }
    },
    crash: () => end(child, 'SIGKILL'),
    restart() {
      child = start()
      return listening(child)
    },
  }
}

async function listening(child: ChildProcess): Promise<void> {
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  child.once('exit', (code) => reject(new Error(`the pipeline ended with ${code}: ${output}`)))
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk
    if (output.includes('Clicklake listens on')) resolve()
  })
  await promise
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}
