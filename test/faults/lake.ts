/** The lake of one machine: local Firehose and its transformer, which a case may break, behind the real service. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { type Processor, startFirehose } from '../../infra/local/firehose/firehose.ts'
import { COLUMNS, DELIVERY_ERROR_PREFIX, DELIVERY_PREFIX, PREFIX } from '../../infra/pipeline.ts'
import { filesOf, silentLog, temporaryFolder } from './bucket.ts'
import { Stored } from './stored.ts'

export interface LakeOptions {
  /** Of the write-ahead files and the lake. @default a temporary folder */
  readonly dir?: string
  /** @default 1 */
  readonly bufferSeconds?: number
  readonly processor?: Omit<Processor, 'arn' | 'bufferBytes'>
}

export interface LocalLake {
  readonly url: string
  /** Delivers what is there; then what is in the lake, and what is among the errors. */
  contents(): Promise<{ lake: Stored; failed: Stored }>
}

/** Small, so that the transformer is called often. */
const INVOCATION_BYTES = 64 * 1024

export async function startLake(scope: AsyncDisposableStack, options: LakeOptions): Promise<LocalLake> {
  const { dir = await temporaryFolder(scope), bufferSeconds = 1, processor } = options
  const lakeDir = join(dir, 'lake')
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:transformer'
  const firehose = await startFirehose({
    stream: {
      name: 'clicks',
      prefix: DELIVERY_PREFIX,
      errorPrefix: DELIVERY_ERROR_PREFIX,
      bufferSeconds,
      bufferBytes: 64 * 1024 * 1024,
      columns: COLUMNS,
      ...(processor && { processor: { ...processor, arn, bufferBytes: INVOCATION_BYTES } }),
    },
    dataDir: join(dir, 'firehose'),
    lakeDir,
    host: '127.0.0.1',
    port: 0,
    logger: silentLog,
  })
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= firehose.close()
    return closing
  }
  scope.defer(close)
  return {
    url: firehose.url,
    async contents() {
      await firehose.flush()
      return { lake: await readLake(lakeDir), failed: await readErrors(lakeDir) }
    },
  }
}

async function readLake(lakeDir: string): Promise<Stored> {
  const stored = new Stored()
  for (const path of await filesOf(join(lakeDir, PREFIX.clicks))) {
    const bytes = await readFile(path)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    for (const { requestid } of await parquetReadObjects({ file, compressors, columns: ['requestid'] })) {
      stored.add({ requestid: String(requestid) })
    }
  }
  return stored
}

/** Error objects hold the records as they came. */
async function readErrors(lakeDir: string): Promise<Stored> {
  const stored = new Stored()
  for (const path of await filesOf(join(lakeDir, PREFIX.errors))) {
    for (const line of (await readFile(path, 'utf8')).trimEnd().split('\n')) {
      const { rawData } = JSON.parse(line) as { rawData: string }
      stored.addLines(Buffer.from(rawData, 'base64').toString())
    }
  }
  return stored
}
