import { gzipSync } from 'node:zlib'
import { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3'
import type { Test } from 'tap'
import { Bucket } from '../../../infra/replay/bucket.ts'
import { createDeliver, type Deliver } from '../../../infra/replay/deliver.ts'
import { Progress } from '../../../infra/replay/progress.ts'
import { BUFFER_BYTES, type ReplayOptions, replay } from '../../../infra/replay/replay.ts'
import { type Source, sourceOf } from '../../../infra/replay/source.ts'
import { click } from '../../helpers/app.ts'
import { type Behave, startFirehoseStub } from '../../helpers/firehose-stub.ts'
import { BUCKET, createTestS3 } from '../local/s3/support.ts'

export { BUCKET }

export const RECEIVED = '2026-01-31T12:00:00.000Z'

export const stored = (changes: Record<string, unknown> = {}) =>
  click({ userid: 'GUEST', createdtime: RECEIVED, receivedat: RECEIVED, client: 'SHOP', ...changes })

/** Lines of clicks with these ids. */
export const lines = (...ids: readonly (string | number)[]) =>
  ids.map((requestid) => `${JSON.stringify(stored({ requestid: String(requestid) }))}\n`).join('')

export const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')

/** Firehose's line of a record that the transformer failed. */
export const processingFailed = (record: string | Buffer) =>
  `${JSON.stringify({
    attemptsMade: 4,
    arrivalTimestamp: Date.parse(RECEIVED),
    errorCode: 'Lambda.FunctionError',
    errorMessage: 'The Lambda function was successfully invoked but it returned an error result.',
    attemptEndingTimestamp: Date.parse(RECEIVED) + 1000,
    rawData: base64(record),
    lambdaArn: 'arn:aws:lambda:us-east-1:000000000000:function:transformer',
  })}\n`

/** And of one that could not be converted. */
export const conversionFailed = (record: string) =>
  `${JSON.stringify({
    attemptsMade: 1,
    arrivalTimestamp: Date.parse(RECEIVED),
    lastErrorCode: 'DataFormatConversion.MalformedData',
    lastErrorMessage: 'Data does not match the schema.',
    attemptEndingTimestamp: Date.parse(RECEIVED) + 1000,
    rawData: base64(record),
  })}\n`

export const SPILL = 'spill/dt=2026-01-31/hour=12/'
export const PROCESSING = 'errors/processing-failed/dt=2026-01-31/hour=12/'
export const CONVERSION = 'errors/format-conversion-failed/dt=2026-01-31/hour=12/'

/** A bucket in a folder of the test's own. */
export async function createTestBucket(t: Test, dir?: string) {
  const { client, dir: root, s3 } = await createTestS3(t, dir)
  const bucket = new Bucket(client, BUCKET)
  const put = (Key: string, Body: string | Buffer) =>
    client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: Body as string }))
  const keys = async (prefix = ''): Promise<string[]> => {
    const pages = await Array.fromAsync(paginateListObjectsV2({ client }, { Bucket: BUCKET, Prefix: prefix }))
    return pages.flatMap(({ Contents = [] }) => Contents.map(({ Key = '' }) => Key))
  }
  const read = async (key: string): Promise<Buffer> => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))
    return Buffer.from((await Body?.transformToByteArray()) ?? [])
  }
  return {
    client,
    bucket,
    dir: root,
    port: s3.port,
    put,
    keys,
    read,
    /** As the service writes it. */
    spill: (name: string, text: string) => put(`${SPILL}${name}.ndjson.gz`, gzipSync(text)),
    /** Lines of the objects below `rejected/`. */
    async rejected(): Promise<Record<string, unknown>[]> {
      const texts = await Promise.all((await keys('rejected/')).map(read))
      return texts.flatMap((text) => text.toString().trimEnd().split('\n')).map((line) => JSON.parse(line))
    },
    async remove(keys: readonly string[]) {
      const Delete = { Objects: keys.map((Key) => ({ Key })) }
      await client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete }))
    },
  }
}

/** A bucket, a Firehose stub that fails as it is told, and replay between them. */
export async function setUp(t: Test, { behave, timeoutMs = 10_000 }: { behave?: Behave; timeoutMs?: number } = {}) {
  const bucket = await createTestBucket(t)
  const stub = await startFirehoseStub(t, behave)
  const deliver = createDeliver({ firehose: stub.client(), stream: 'clicks', bufferBytes: BUFFER_BYTES, timeoutMs })
  const told: string[] = []
  return {
    ...bucket,
    stub,
    deliver,
    /** What went wrong, so far. */
    told,
    /** Ids of the clicks that were accepted, sorted. */
    ids: () =>
      stub
        .clicks()
        .map(({ requestid }) => String(requestid))
        .sort(),
    replay: (prefix: string, options: Partial<ReplayOptions> = {}) =>
      run({ bucket: bucket.bucket, deliver, failed: (message) => told.push(message), prefix, ...options }),
  }
}

/** With all that a test need not say. */
export function run(
  options: Partial<ReplayOptions> & {
    bucket: Bucket
    deliver: Deliver
    failed: (message: string) => void
    prefix: string
  },
) {
  return replay({
    source: sourceOf(options.prefix) as Source,
    dryRun: false,
    signal: new AbortController().signal,
    progress: new Progress(),
    ...options,
  })
}
