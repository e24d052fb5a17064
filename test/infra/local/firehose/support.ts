import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FirehoseClient } from '@aws-sdk/client-firehose'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { pino } from 'pino'
import type { Test } from 'tap'
import type { FirehoseTransformationEvent } from '../../../../infra/lambda/firehose-event.ts'
import { type StreamSettings, startFirehose } from '../../../../infra/local/firehose/firehose.ts'
import { COLUMNS, DELIVERY_ERROR_PREFIX, DELIVERY_PREFIX } from '../../../../infra/pipeline.ts'

/** Nothing is delivered by itself within a test: tests flush. */
export const STREAM: StreamSettings = {
  name: 'clicks',
  prefix: DELIVERY_PREFIX,
  errorPrefix: DELIVERY_ERROR_PREFIX,
  bufferSeconds: 600,
  bufferBytes: 64 * 1024 * 1024,
  columns: COLUMNS,
}

export const silent = pino({ level: 'silent' })

/** A logger, and what it wrote. */
export function recorder(level = 'debug') {
  const lines: Record<string, unknown>[] = []
  return { lines, log: pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line)) }) }
}

export function client(t: Test, endpoint: string): FirehoseClient {
  const firehose = new FirehoseClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  })
  t.teardown(() => firehose.destroy())
  return firehose
}

/** A Firehose in a folder of the test's own. */
export async function start(t: Test, { stream = {}, dir = t.testdir({}), logger = silent }: StartOptions = {}) {
  const dataDir = join(dir, 'firehose')
  const lakeDir = join(dir, 'lake')
  const options = { stream: { ...STREAM, ...stream }, dataDir, lakeDir, host: '127.0.0.1', port: 0, logger }
  const firehose = await startFirehose(options)
  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= firehose.close()
    return closing
  }
  t.teardown(close)
  return { ...firehose, close, dir, dataDir, lakeDir, client: client(t, firehose.url) }
}

interface StartOptions {
  readonly stream?: Partial<StreamSettings>
  readonly dir?: string
  readonly logger?: typeof silent
}

/** Paths of the files below a folder, sorted, without those of `.tmp`. */
export async function files(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort()
}

/** Rows of a lake's Parquet files, read by a reader that did not write them. */
export async function rows(lakeDir: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = []
  for (const name of await files(lakeDir)) {
    if (!name.endsWith('.parquet')) continue
    const bytes = await readFile(join(lakeDir, name))
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
    found.push(...(await parquetReadObjects({ file, compressors })))
  }
  return found
}

/** Lines of the error objects of a type. */
export async function errors(lakeDir: string, type: string): Promise<Record<string, unknown>[]> {
  const names = (await files(lakeDir)).filter((name) => name.startsWith(`errors/${type}/`))
  const texts = await Promise.all(names.map((name) => readFile(join(lakeDir, name), 'utf8')))
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line))
}

export const encode = (text: string) => Buffer.from(text).toString('base64')
export const decode = (base64: unknown) => Buffer.from(String(base64), 'base64').toString()
export const data = (value: unknown) => ({
  Data: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
})

/** A transformer that changes nothing. */
export const unchanged = async ({ records }: FirehoseTransformationEvent) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: 'Ok' as const, data })),
})
