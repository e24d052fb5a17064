/** The thread that dynalite runs in, so that neither a busy service nor a busy database holds up the other. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { DynamoDBMessage, DynamoDBWorkerData } from './dynamodb.ts'

type Dynalite = (options: {
  path: string
  createTableMs: number
  deleteTableMs: number
  updateTableMs: number
}) => Server

interface StoredTable {
  TableStatus?: string
}

interface Put {
  readonly type: 'put'
  readonly key: string
  readonly value: unknown
}

/** What we need of the package `level`. It and dynalite are CommonJS without types. */
interface LevelFolder {
  open(): Promise<void>
  get(key: string): Promise<unknown>
  getSync(key: string): unknown
  put(key: string, value: unknown): Promise<void>
  batch(operations: readonly Put[]): Promise<void>
  iterator(range: { gte: string; lt: string }): AsyncIterable<[key: string, value: StoredTable]>
}

/** How long requests that have begun may take while it closes, milliseconds. */
const CLOSE_TIMEOUT = 2_000

const { path, host, port } = workerData as DynamoDBWorkerData

try {
  const { server, folder } = create()
  await folder.open()
  await repair(folder)
  await listen(server)
} catch (error) {
  // abstract-level says "failed to open" and has the reason as its cause.
  const { cause = error } = error as Error
  const { code, message } = cause as NodeJS.ErrnoException
  tell({ state: 'failed', code, message })
}

/**
 * dynalite opens its folder unseen, and if that fails, crashes on the first request. So the class that it makes the
 * folder with is one that shows it to us: whether it opens is known before anybody is served.
 */
function create(): { server: Server; folder: LevelFolder } {
  const require = createRequire(import.meta.url)
  const level: { Level: new (...args: unknown[]) => LevelFolder } = createRequire(require.resolve('dynalite'))('level')
  const folders: LevelFolder[] = []
  level.Level = class extends level.Level {
    #puts: Put[] = []
    #written: Promise<void> | undefined

    constructor(...args: unknown[]) {
      super(...args)
      folders.push(this)
    }

    // dynalite gets and puts items one by one. Handing each to another thread would cost several times what LevelDB
    // takes for it: what is got is mostly in memory, and the puts of one turn of the event loop are one batch.
    override async get(key: string): Promise<unknown> {
      return this.getSync(key)
    }

    override put(key: string, value: unknown): Promise<void> {
      this.#puts.push({ type: 'put', key, value })
      this.#written ??= nextTurn().then(() => {
        this.#written = undefined
        return this.batch(this.#puts.splice(0))
      })
      return this.#written
    }
  }
  const dynalite: Dynalite = require('dynalite')
  const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  const [folder] = folders
  if (folder === undefined) throw new Error('dynalite made no LevelDB folder')
  return { server, folder }
}

/** A process that was killed while it made a table left one that never becomes active. */
async function repair(folder: LevelFolder): Promise<void> {
  for await (const [key, table] of folder.iterator({ gte: 'table~', lt: 'table~\u{10FFFF}' }))
    if (table.TableStatus === 'CREATING') await folder.put(key, { ...table, TableStatus: 'ACTIVE' })
}

async function listen(server: Server): Promise<void> {
  // dynalite throws the error of a broken connection, which would end it for everybody. Its own listener comes first.
  server.on('request', (request) => {
    request.removeAllListeners('error')
    request.on('error', () => request.destroy())
  })
  server.listen(port, host)
  await once(server, 'listening')
  parentPort?.once('message', () => {
    server.close((error) => {
      if (error) throw error
    })
    setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT).unref()
  })
  tell({ state: 'listening', port: (server.address() as AddressInfo).port })
}

function tell(message: DynamoDBMessage): void {
  parentPort?.postMessage(message)
}
