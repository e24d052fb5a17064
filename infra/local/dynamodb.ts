/** DynamoDB on one machine: dynalite over a LevelDB folder, in a thread of its own. */
import { Worker } from 'node:worker_threads'
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  type TableDescription,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { TABLE } from '../pipeline.ts'

export interface DynamoDBOptions {
  /** The folder. It is made if it is missing. */
  readonly path: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /**
   * Called if the database dies while it serves; then nothing answers at its port any more.
   * Default: the error is thrown uncaught, and ends the process.
   */
  readonly onError?: (error: Error) => void
}

export interface LocalDynamoDB {
  /** What clients on this machine take as their endpoint. */
  readonly url: string
  readonly port: number
  /** Answers what has begun, closes the folder and frees the port. */
  close(): Promise<void>
}

/** Another process, or another database in this one, has the folder. The message names it. */
export class DataDirInUse extends Error {
  override readonly name = 'DataDirInUse'
  readonly code = 'CLK_DATA_DIR_IN_USE'
  constructor(path: string) {
    super(`${path} is in use by another process. Stop that one, or set DATA_DIR to another folder.`)
  }
}

/** What the worker tells. */
export type DynamoDBMessage =
  | { readonly state: 'listening'; readonly port: number }
  | { readonly state: 'failed'; readonly code: string | undefined; readonly message: string }

/** What the worker is told at its start. */
export type DynamoDBWorkerData = Pick<DynamoDBOptions, 'path' | 'host' | 'port'>

/**
 * Starts DynamoDB over a folder. What is written survives a killed process, not a power cut: LevelDB does not fsync.
 * It takes any credentials, and does not delete by `expiresat`: dynalite has no TTL.
 *
 * @throws DataDirInUse
 * @throws Error with code `EADDRINUSE` if the port is taken
 */
export async function startDynamoDB({ path, host, port, onError = raise }: DynamoDBOptions): Promise<LocalDynamoDB> {
  const worker = new Worker(new URL('./dynamodb-worker.ts', import.meta.url), {
    // As `top -H` and the benchmark show it.
    name: 'dynamodb',
    workerData: { path, host, port } satisfies DynamoDBWorkerData,
    // dynalite reads its region and account from the environment; they are part of the table's ARN.
    env: {},
    // Nor are flags of the process meant for it: Node.js refuses some of them in a thread.
    execArgv: [],
  })
  // Not events.once: it rejects on an error, which has its own way out.
  const exited = new Promise<number>((resolve) => worker.once('exit', resolve))
  const message = await firstMessage(worker)
  if (message.state === 'failed') {
    await exited
    if (message.code === 'LEVEL_LOCKED') throw new DataDirInUse(path)
    throw Object.assign(new Error(`DynamoDB did not start: ${message.message}`), { code: message.code })
  }

  let failure: Error | undefined
  let closing = false
  worker.on('error', (error) => {
    failure = error
  })
  worker.on('exit', (code) => {
    if (!closing) onError(new Error(`The local DynamoDB stopped with exit code ${code}`, { cause: failure }))
  })
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return {
    url: `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${message.port}`,
    port: message.port,
    async close() {
      if (!closing) worker.postMessage('close')
      closing = true
      await exited
      if (failure !== undefined) throw failure
    },
  }
}

function raise(error: Error): never {
  throw error
}

function firstMessage(worker: Worker): Promise<DynamoDBMessage> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`DynamoDB did not start: its thread exited with ${code}`)))
  })
}

/**
 * Makes the table of clicks if it is missing, and waits until it can be used.
 *
 * @throws Error if there is a table of that name with other keys
 */
export async function ensureTable(client: DynamoDBClient, tableName: string): Promise<void> {
  const found = await describe(client, tableName)
  if (found !== undefined) {
    const keys = found.KeySchema?.map(({ AttributeName, KeyType }) => {
      const type = found.AttributeDefinitions?.find((attribute) => attribute.AttributeName === AttributeName)
      return `${AttributeName} ${type?.AttributeType} ${KeyType}`
    }).join(', ')
    const expected = `${TABLE.hash} S HASH, ${TABLE.range} S RANGE`
    if (keys !== expected)
      throw new Error(
        `The table ${tableName} has the keys ${keys}; expected ${expected}. Remove the folder that it is kept in, or restore the one that fits.`,
      )
    return
  }
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      KeySchema: [
        { AttributeName: TABLE.hash, KeyType: 'HASH' },
        { AttributeName: TABLE.range, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: TABLE.hash, AttributeType: 'S' },
        { AttributeName: TABLE.range, AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 }, { TableName: tableName })
}

async function describe(client: DynamoDBClient, tableName: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}
