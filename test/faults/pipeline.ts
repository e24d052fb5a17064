/** Service, faulty Firehose and spill bucket, with proxies between them that can vanish. */
import { Book } from './book.ts'
import { BUCKET, type Bucket, startBucket } from './bucket.ts'
import type { Context, Outcome } from './case.ts'
import { drive, type Load } from './driver.ts'
import { type Fault, type FaultyFirehose, healthy, startFirehose } from './firehose-faults.ts'
import { startProxy, type TcpProxy } from './proxy.ts'
import { createRandom } from './random.ts'
import { type Service, startService, stopService } from './service.ts'
import { Stored } from './stored.ts'

export interface PipelineOptions {
  readonly fault?: Fault
  /** @default true */
  readonly spill?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly preload?: readonly string[]
}

export interface Pipeline {
  readonly service: Service
  readonly firehose: FaultyFirehose
  readonly firehoseProxy: TcpProxy
  readonly bucket: Bucket
  readonly s3Proxy: TcpProxy
  readonly book: Book
  /** For another instance of the service. */
  readonly env: Readonly<Record<string, string>>
  drive(load?: Partial<Load>): Promise<void>
}

export async function startPipeline(
  { scope, seed, prefix }: Context,
  options: PipelineOptions = {},
): Promise<Pipeline> {
  const { fault = healthy, spill = true, preload } = options
  const bucket = await startBucket(scope)
  const s3Proxy = await startProxy(scope, [bucket.port])
  const firehose = await startFirehose(scope, createRandom(seed), fault)
  const firehoseProxy = await startProxy(scope, [firehose.port])
  const env = {
    AWS_ENDPOINT_URL_FIREHOSE: firehoseProxy.url,
    AWS_ENDPOINT_URL_S3: s3Proxy.url,
    ...(spill && { SPILL_BUCKET: BUCKET }),
    ...options.env,
  }
  const service = await startService(scope, { env, ...(preload && { preload }) })
  const book = new Book()
  return {
    service,
    firehose,
    firehoseProxy,
    bucket,
    s3Proxy,
    book,
    env,
    drive: (load) => drive({ url: service.url, seed, name: prefix, clicks: 6000, ...load }, book),
  }
}

/** Asks the service for its ledger. @returns what is wrong with it */
export async function checkLedger(service: Service): Promise<string[]> {
  const mismatch = await service.metric('clicklake_ledger_mismatch')
  return mismatch === 0 ? [] : [`the ledger does not add up: ${mismatch}`]
}

/** Checks the ledger of a service that lives, ends it, and gathers what is stored. */
export async function finish(pipeline: Pipeline, expected: Expectations = {}, note?: string): Promise<Outcome> {
  const { service, firehose, bucket, book } = pipeline
  const problems: string[] = []
  if (service.running) {
    problems.push(...(await checkLedger(service)))
    const code = await stopService(service)
    if (code !== 0) problems.push(`SIGTERM ended it with ${code}`)
  }
  const spilled = await bucket.spilled()
  const stored = new Stored()
  stored.addAll(firehose.stored)
  stored.addAll(spilled)
  problems.push(...unmet(expected))
  const seen = note ?? (spilled.counts.size > 0 ? `${spilled.counts.size} ids spilled` : undefined)
  return { book, stored, maxRss: service.maxRss(), problems, ...(seen && { note: seen }) }
}

/** What a case expects, in words, and whether it was so. */
export type Expectations = Readonly<Record<string, boolean>>

export const unmet = (expected: Expectations): string[] =>
  Object.entries(expected).flatMap(([what, met]) => (met ? [] : [`expected: ${what}`]))
